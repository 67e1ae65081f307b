"""How an outcome of a journey stands in an observation: what came of it, by which requests."""

from typing import Any, assert_never

from probes.canonical import thaw
from probes.shop.outcome import Broken, Denied, Done, Outcome, came


def told(outcome: Outcome, who: str, *, outputs: bool = True) -> dict[str, Any]:
    """Return ``{"outcome": "done|denied|broken", "step", "why", "outputs", "requests": [line, ...]}``."""
    record: dict[str, Any] = {
        "outcome": came(outcome),
        "requests": [exchange.line(who) for exchange in outcome.exchanges],
    }
    match outcome:
        case Done():
            return record | {"outputs": thaw(outcome.outputs) if outputs else {}}
        case Denied() | Broken():
            return record | {"step": outcome.step_id, "why": outcome.why}
        case _:
            assert_never(outcome)
