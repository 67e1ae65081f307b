"""One attempt at something foreign, with the two proofs that make a denial mean anything.

The oracle is data, not status: of a foreign object only the status, the length and *which canary words* appear are
kept. ``own_before`` and ``own_after`` say whether the same session's own access worked before and after.
"""

from collections.abc import Callable, Iterable
from typing import Any

from probes.shop.outcome import Denied, Done, Outcome
from probes.shop.session import ShopSession


def works(outcome: Outcome) -> bool:
    """Tell whether the session's own access came about."""
    return isinstance(outcome, Done)


def attempt(
    session: ShopSession,
    *,
    who: str,
    thing: str,
    verb: str,
    inputs: dict[str, Any],
    canaries: Iterable[str],
    own: Callable[[], bool],
) -> dict[str, Any]:
    """Try ``verb`` as ``session`` between two own accesses and return what came back.

    Returns:
        ``{"who", "thing", "verb", "outcome": "done|denied|broken", "why", "status", "length", "canaries": [words seen],
        "own_before", "own_after", "request"}``; every body of the attempt is searched, redirects included.
    """
    before = own()
    outcome = session.do(verb, **inputs)
    seen = sorted({word for word in canaries for exchange in outcome.exchanges if word and exchange.holds(word)})
    last = outcome.exchanges[-1] if outcome.exchanges else None
    return {
        "who": who,
        "thing": thing,
        "verb": verb,
        "outcome": "done" if isinstance(outcome, Done) else "denied" if isinstance(outcome, Denied) else "broken",
        "why": "" if isinstance(outcome, Done) else outcome.why,
        "status": last.status if last else 0,
        "length": last.length if last else 0,
        "canaries": seen,
        "own_before": before,
        "own_after": own(),
        "request": last.line(who) if last else "",
    }
