"""Reading cells of the matrix, and how few requests prove many of them.

All of a session's attempts lie between two accesses to what is its own, and all attempts at a thing lie between two
accesses of its owner. Nothing logs in between, and a session that is over does not come back: so one proof before and
one after hold for every attempt in between, and what n kinds and m sessions cost is 2n + m(n + 2) requests for nm
cells instead of the 5nm of one attempt at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probes.access.attempt import seen_in, works
from probes.access.stage import Thing, proves_itself, steady
from probes.shop.outcome import Done, Outcome, came
from probes.shop.session import ShopSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A thing, the session of its owner, and those who try to reach it."""

    thing: Thing
    owner: ShopSession
    tried_by: tuple[str, ...]


def read_all(asked: Sequence[Asked], sessions: Mapping[str, ShopSession]) -> list[dict[str, Any]]:
    """Let every session read every thing that it must not, and return a cell each; shape in ``matrix``."""
    before = [each.thing.ask(each.owner) for each in asked]
    cells: list[dict[str, Any]] = []
    for who, session in sessions.items():
        mine = [index for index, each in enumerate(asked) if who in each.tried_by]
        if mine:
            cells += _as_one(who, session, [(asked[index], before[index]) for index in mine])
    after = {(each.thing.kind.name, each.thing.id): works(each.thing.ask(each.owner)) for each in asked}
    for cell in cells:
        cell["owner_after"] = after[cell["kind"], cell.pop("id")]
    return cells


def _as_one(who: str, session: ShopSession, asked: Iterable[tuple[Asked, Outcome]]) -> list[dict[str, Any]]:
    own_before = proves_itself(session)
    cells = [_cell(who, session, each.thing, owner, own_before) for each, owner in asked]
    alive = works(proves_itself(session))
    return [cell | {"own_before": works(own_before), "own_after": alive} for cell in cells]


def _cell(who: str, session: ShopSession, thing: Thing, owner: Outcome, own: Outcome) -> dict[str, Any]:
    # A name that stands on the session's own page tells nothing.
    names = (name for name in thing.telling(thing.names) if not seen_in(own, (name,)))
    words = (*thing.telling(thing.words), *names)
    outcome = thing.ask(session)
    owned, last = _content(owner, thing), outcome.exchanges[-1] if outcome.exchanges else None
    return {
        "id": thing.id,
        "kind": thing.kind.name,
        "owner": thing.kind.owner,
        "who": who,
        "verb": "read",
        "by_id": thing.read_by_id,
        "outcome": came(outcome),
        "why": "" if isinstance(outcome, Done) else outcome.why,
        "status": last.status if last else 0,
        "length": last.length if last else 0,
        "shown": seen_in(outcome, words),
        "same": bool(owned) and _content(outcome, thing) == owned,
        "owner_sees": [*seen_in(owner, words), *(["its content"] if owned else [])],
        "owner_before": works(owner),
        "request": last.line(who) if last else "",
    }


def _content(outcome: Outcome, thing: Thing) -> str:
    """Return what a page says of a thing that has an identifier of its own; empty where nothing, or nothing came."""
    if not isinstance(outcome, Done) or not thing.read_by_id or not any(outcome.outputs.values()):
        return ""
    return steady(outcome.outputs)
