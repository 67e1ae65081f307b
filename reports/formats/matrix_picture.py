"""The access matrix as a picture: who tried what on which kind of object, and what came of it. Pure.

A table, so that it can be read aloud, copied and printed: a row a kind of object, a column a role with one place for
each verb. Each place has a sign, a colour and a text; what a shop does not have is never green.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.access.cells import state_of
from probes.access.kinds import DOES, ENDED, KINDS, TRIED_BY, VISITOR
from probes.observation import Observation, Reading
from reports import access_words
from reports.verdict import Text

TOLD_BY = ("access.matrix", "access.matrix_writes")
COLUMNS = ("owner", "buyer_b", "seller_b", VISITOR, ENDED)

_WORST = ("altered", "shown", "pointer", "unproven", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of the picture: a role, a verb, what came of it, and why where that is known."""

    role: str
    verb: str
    state: str
    why: str = ""

    @property
    def says(self) -> Text:
        """What the place says, in words."""
        return access_words.STATES[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A kind of object: its name, whose it is, how guessable its identifiers are, and its places."""

    kind: str
    name: Text
    owner: Text
    guess: Text | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All rows, those of one owner together, the states that occur in them, and what it took."""

    groups: tuple[tuple[Text, tuple[Row, ...]], ...]
    columns: tuple[tuple[str, Text], ...]
    verbs: tuple[tuple[str, Text, Text], ...]
    states: tuple[tuple[str, Text], ...]
    cells: int
    requests: int
    observations: tuple[str, ...]


def picture(readings: Iterable[Reading]) -> Picture | None:
    """Return the picture of the matrices among the readings; None where there is none."""
    seen = [each for each in readings if isinstance(each, Observation) and each.header.kind in TOLD_BY]
    if not seen:
        return None
    rows = tuple(_row(seen, kind) for kind in KINDS)
    used = dict.fromkeys(place.state for row in rows for place in row.places)
    owners = dict.fromkeys(row.owner for row in rows)
    return Picture(
        groups=tuple((owner, tuple(row for row in rows if row.owner == owner)) for owner in owners),
        columns=tuple((role, access_words.ROLES[role]) for role in COLUMNS),
        verbs=tuple((verb, access_words.SHORT_VERBS[verb], access_words.VERBS[verb]) for verb in DOES),
        states=tuple((state, text) for state, text in access_words.STATES.items() if state in used),
        cells=sum(len(each.data["cells"]) for each in seen),
        requests=sum(int(each.data["requests"]) for each in seen),
        observations=tuple(each.id for each in seen),
    )


def _row(seen: list[Observation], name: str) -> Row:
    kind = KINDS[name]
    cells = [cell for each in seen for cell in each.data["cells"] if cell["kind"] == name]
    places = tuple(_place(seen, name, cells, role, verb) for role in COLUMNS for verb in DOES)
    return Row(
        kind=name,
        name=access_words.KINDS[name],
        owner=access_words.ROLES[kind.owner],
        guess=_guess(seen, name) if cells else None,
        places=places,
    )


def _place(seen: list[Observation], name: str, cells: list[Mapping[str, Any]], role: str, verb: str) -> Place:
    of_verb = [cell for cell in cells if cell["verb"] == verb]
    if role == "owner":
        state, why = _own(seen, name, of_verb, verb)
        return Place(role=role, verb=verb, state=state, why=why)
    states = {state_of(cell): str(cell["why"]) for cell in of_verb if cell["who"] == role}
    worst = next((state for state in _WORST if state in states), None)
    if worst is not None:
        return Place(role=role, verb=verb, state=worst, why=states[worst] if worst == "unproven" else "")
    state, why = _untried(seen, name, of_verb, role, verb)
    return Place(role=role, verb=verb, state=state, why=why)


def _own(seen: list[Observation], name: str, cells: list[Mapping[str, Any]], verb: str) -> tuple[str, str]:
    if not cells:
        return _lacking(seen, name, verb)
    worked = any(cell["owner_before"] and (verb == "read" or cell["control"] is not False) for cell in cells)
    return ("own" if worked else "unproven"), ""


def _lacking(seen: list[Observation], name: str, verb: str) -> tuple[str, str]:
    lacks = [lack for each in seen for lack in each.data["lacks"] if lack["kind"] == name]
    why = next((str(lack["why"]) for lack in lacks if lack["verb"] in {verb, "make"}), "")
    return ("lacking", why) if why or KINDS[name].verb(verb) else ("none", "")  # type: ignore[arg-type]


def _untried(
    seen: list[Observation], name: str, cells: list[Mapping[str, Any]], role: str, verb: str
) -> tuple[str, str]:
    if role == ENDED and (verb != "read" or KINDS[name].owner != "buyer_a"):
        return "none", ""
    if not cells:
        return _lacking(seen, name, verb)
    absent = next((str(each.data["absent"][role]) for each in seen if role in each.data["absent"]), "")
    if absent and (role in TRIED_BY[KINDS[name].owner] or role == ENDED):
        return "absent", absent
    if any(role in each.data["entitled"] for each in seen):
        return "entitled", ""
    return "none", ""


def _guess(seen: list[Observation], name: str) -> Text | None:
    measured = [kind["guess"] for each in seen for kind in each.data["kinds"] if kind["kind"] == name and kind["guess"]]
    if not measured:
        return None
    best = max(measured, key=lambda each: each["ids"])
    if best["sequential"]:
        return Text(zh="标识递增", en="ids count up")
    return Text(zh=f"标识熵 ≤ {best['entropy_bits']} 比特", en=f"ids ≤ {best['entropy_bits']} bits")
