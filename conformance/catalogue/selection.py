"""Which requirements a ``--clauses`` list means. Pure.

A list of selectors with commas between. Each is a clause (``3.1.3`` means 3.1.3 and all below it: 3.1.3.3, 3.1.3#1,
not 3.1.33) or an id (``SBT-3.1.3.3-ssl128``; a group's id means the group and all in it). A group above is added where
all that is in it is chosen: of a group that is looked at in part nothing can be said. One member of an ``any`` group
brings all of its members: one backup kind alone cannot tell whether one of five is in use.
"""

import difflib
from collections.abc import Iterable, Sequence

from probes.errors import SettingsError
from reports.verdict import Requirement

_NEAR = 3


def select(requirements: Sequence[Requirement], clauses: str, *, option: str = "--clauses") -> tuple[Requirement, ...]:
    """Return the requirements that the list names, with the groups that are chosen whole, in the given order.

    ``option`` names the argument in messages.

    Raises:
        SettingsError: for every selector that names nothing, with near misses.
    """
    selectors = [part.strip() for part in clauses.split(",") if part.strip()]
    if not selectors:
        raise SettingsError(f"{option}: empty; give clauses or ids with commas between, such as 3.1.3,SBT-3.2.5-page")
    chosen: set[str] = set()
    faults: list[str] = []
    for selector in selectors:
        named = {item.id for item in requirements if item.id == selector or _under(item.clause, selector)}
        if not named:
            names = [name for item in requirements for name in (item.clause, item.id)]
            faults.append(f'{option}: no clause or id "{selector}"; {near_misses(selector, names)}')
        chosen |= named
    if faults:
        raise SettingsError(*faults)
    complete = _with_groups(requirements, chosen)
    return tuple(item for item in requirements if item.id in complete)


def near_misses(name: str, names: Iterable[str]) -> str:
    """Return the half sentence that helps after a name that is not in the catalogue."""
    near = difflib.get_close_matches(name, dict.fromkeys(names), n=_NEAR, cutoff=0.6)
    return f"did you mean {', '.join(near)}?" if near else "duheng explain --list shows all"


def _under(clause: str, selector: str) -> bool:
    return clause == selector or clause.startswith((f"{selector}.", f"{selector}#"))


def _with_groups(requirements: Sequence[Requirement], chosen: set[str]) -> set[str]:
    by_id = {item.id: item for item in requirements}
    whole = set(chosen)
    for start in chosen:
        item = by_id[start]
        while item.parent is not None:
            item = by_id[item.parent]
            if item.aggregate == "any":
                whole.add(item.id)
    # Groups precede their members, so one pass downward reaches every descendant of what is wanted whole.
    for item in requirements:
        if item.parent in whole:
            whole.add(item.id)
    members: dict[str, list[str]] = {}
    for item in requirements:
        if item.parent is not None:
            members.setdefault(item.parent, []).append(item.id)
    # Members follow their groups, so one pass upward settles the inner groups first.
    for item in reversed(requirements):
        if item.node == "group":
            (whole.add if all(member in whole for member in members.get(item.id, ())) else whole.discard)(item.id)
    return whole
