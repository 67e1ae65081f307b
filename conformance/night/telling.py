"""What a night would do, and what one came to, as text for people. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.night.planned import Planned
from conformance.night.schedule import Permission
from conformance.turn import said
from probes.target import Target


def plan(target: Target, steps: Sequence[Planned], permission: Permission, refused: Sequence[str]) -> Iterator[str]:
    """Yield the plan of a night, step by step, with how long each takes at most."""
    platform = target.platform
    yield f"Night of {platform.name} ({platform.id}, {platform.environment}), {platform.base_url}"
    yield f"It has to be over by {_over_by(permission)}; what would not end by then is not begun."
    for number, step in enumerate(steps, start=1):
        yield f"{number}. {step.words}, up to {timedelta(seconds=round(step.lasts_s))}"
    longest = timedelta(seconds=round(sum(step.lasts_s for step in steps)))
    yield f"Together up to {longest}, one after the other; the examination leaves the report."
    yield ""
    yield "It would be refused now:" if refused else "Nothing here refuses it; each step has refusals of its own."
    yield from (f"- {reason}" for reason in refused)


def _over_by(permission: Permission) -> str:
    return "no given time" if permission.span is None else said(permission.span.ends)


def told(data: Mapping[str, Any]) -> str:
    """Return one line that says what a night came to."""
    states = [step["ended"] for step in data["steps"]]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    since = said(datetime.fromtimestamp(data["started_ms"] / 1000, UTC))
    why = f" ({data['why']})" if data["why"] else ""
    return f"night of {since}: {data['ended']}{why}; of {len(states)} steps {counts}; on record as {data['run_id']}"
