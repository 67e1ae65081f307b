"""One attempt at something foreign, with the proofs that make a denial mean anything.

The oracle is data, not status: of a foreign object only the status, the length, *which canary words* appear and how
many rows are not one's own are kept.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probes.shop.outcome import Done, Exchange, Outcome, came, spellings
from probes.shop.session import ShopSession

SHORTEST_CANARY = 5
"""Characters below which a word may stand on any page by chance."""

_UNMISTAKABLE = 9
"""Characters from which a word may be a part of a longer one and still be no chance (``LastnameFirstname``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Something that is somebody else's: how it is asked for, and by what it would be known.

    ``canaries`` are words that can stand in an answer only because of it (a run invents them); ``names`` are words of
    its own too, yet ordinary ones (a number, a declared user name): where the session's own page holds one, it is
    none. ``known`` returns further words for what the
    adapter read of the answer is known by (an order by its lines); ``rows`` counts what a list shows beyond one's own;
    ``owner`` asks for it as its owner.
    """

    thing: str
    ask: Callable[[ShopSession], Outcome]
    owner: Callable[[], Outcome]
    canaries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    known: Callable[[Mapping[str, Any]], Iterable[str]] = field(default=lambda _: ())
    rows: Callable[[Mapping[str, Any]], int] = field(default=lambda _: 0)


def works(outcome: Outcome) -> bool:
    """Tell whether the session's own access came about."""
    return isinstance(outcome, Done)


def attempt(session: ShopSession, foreign: Foreign, *, who: str, own: Callable[[], Outcome]) -> dict[str, Any]:
    """Ask for a foreign thing between two own accesses, each of the session and of the owner.

    Returns:
        ``{"who", "thing", "outcome": "done|denied|broken", "why", "status", "length", "canaries": [words seen],
        "foreign_rows": int, "owner_sees": [words], "owner_before", "owner_after", "own_before", "own_after",
        "request"}``; every body of the attempt is searched, redirects included. ``owner_sees`` is what the owner's own
        answer is known by: the words, and ``rows`` where a list shows any.
    """
    owner_before, own_before = foreign.owner(), own()
    words = (*strong(foreign.canaries), *(name for name in strong(foreign.names) if not _in(own_before, name)))
    outcome = foreign.ask(session)
    own_after, owner_after = own(), foreign.owner()
    last = outcome.exchanges[-1] if outcome.exchanges else None
    return {
        "who": who,
        "thing": foreign.thing,
        "outcome": came(outcome),
        "why": "" if isinstance(outcome, Done) else outcome.why,
        "status": last.status if last else 0,
        "length": last.length if last else 0,
        "canaries": _seen(outcome, words, foreign),
        "foreign_rows": foreign.rows(outcome.outputs) if isinstance(outcome, Done) else 0,
        "owner_sees": _seen(owner_before, words, foreign),
        "owner_before": works(owner_before),
        "owner_after": works(owner_after),
        "own_before": works(own_before),
        "own_after": works(own_after),
        "request": last.line(who) if last else "",
    }


def _seen(outcome: Outcome, words: Iterable[str], foreign: Foreign) -> list[str]:
    known = foreign.known(outcome.outputs) if isinstance(outcome, Done) else ()
    return sorted({*seen_in(outcome, words), *known})


def seen_in(outcome: Outcome, words: Iterable[str]) -> list[str]:
    """Return those of the words that stand in any answer of an outcome, sorted."""
    return sorted({word for word in words if _in(outcome, word)})


def strong(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that are long enough to stand nowhere by chance."""
    return tuple(dict.fromkeys(word for word in words if len(word) >= SHORTEST_CANARY))


def _in(outcome: Outcome, word: str) -> bool:
    return any(holds(exchange, word) for exchange in outcome.exchanges)


def holds(exchange: Exchange, word: str) -> bool:
    """Tell whether a word stands in an answer, visible or not, in any case and however it is escaped.

    Short words and numbers must stand on their own: ``100001`` is not in ``2100001``.
    """
    searched = (exchange.body.casefold(), exchange.text.casefold())
    pattern = "|".join(re.escape(form.casefold()) for form in sorted(spellings(word)))
    if len(word) < _UNMISTAKABLE or word.isdecimal():
        pattern = rf"(?<![0-9a-z])(?:{pattern})(?![0-9a-z])"
    return any(re.search(pattern, text) for text in searched)
