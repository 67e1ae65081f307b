"""The walk of a person through a shop whose pages are made by scripts, out of an adapter file (``[walk]``)."""

from collections.abc import Iterator
from difflib import get_close_matches

from probes.shop.adapter_parts import extractor, selector
from probes.shop.adapter_table import Table
from probes.shop.journey import Act, CssTake, Extractor, UrlTake
from probes.shop.selecting import SELF
from probes.shop.templates import names
from probes.shop.verbs import VERBS

WALKED = (
    "home", "list_products", "read_product", "register", "log_in", "who_am_i", "add_to_cart", "read_cart", "check_out",
    "confirm_order", "list_orders", "read_order", "read_profile", "list_addresses",
)  # fmt: skip
"""The verbs that a walk can have, in the order in which they are walked."""

NEEDED = ("register", "log_in", "add_to_cart", "check_out", "confirm_order", "read_order")
_READ = {"confirm_order": "number", "read_order": "total"}
_MONEY = ("grand_total", "total")
_FROM_EMPTY = "log_in"
"""Who has registered is forgotten before logging in, and so the page is left."""


def walk(owner: Table | None) -> dict[str, tuple[Act, ...]]:
    """Return the acts by verb, in the order in which they are walked; none where the file has no walk."""
    if owner is None:
        return {}
    for verb in owner.values:
        if verb not in WALKED:
            near = get_close_matches(verb, WALKED, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(WALKED)}"
            owner.fault(f"{verb} is no part of the walk; {hint}", verb)
    if lacking := [verb for verb in NEEDED if verb not in owner.values]:
        owner.fault(f"lacks {', '.join(lacking)}; add [[walk.{lacking[0]}.steps]]")
    read: dict[str, tuple[Act, ...]] = {}
    known: set[str] = set()
    for verb in WALKED:
        table = owner.table(verb)
        if table is not None:
            table.label = f"[walk.{verb}]"
            known |= {*VERBS[verb].inputs}
            read[verb] = _acts(verb, table, known, empty=not read or verb == _FROM_EMPTY)
    return read


def _acts(verb: str, owner: Table, known: set[str], *, empty: bool) -> tuple[Act, ...]:
    """Return the acts of one verb, and add what they read to the ``known`` names."""
    tables = owner.tables("steps")
    owner.unknown()
    if not tables:
        owner.fault(f"has no steps; add [[walk.{verb}.steps]]")
        return ()
    acts: list[Act] = []
    for position, table in enumerate(tables, start=1):
        act = _act(table, owner.label, position)
        if any(act.step_id == other.step_id for other in acts):
            table.fault(f"stepId {act.step_id} stands twice; rename one")
        for name in sorted(_asked(act) - known):
            table.fault(f"{{{name}}} has no value here; it is neither an input of the walk nor read by an earlier step")
        known |= set(act.read)
        acts.append(act)
    if empty and not tables[0].has("goto"):
        tables[0].fault("begins on an empty page; add goto")
    if not tables[-1].has("wait_for"):
        tables[-1].fault("is the last, and nothing tells that it came about; add wait_for")
    _check_read(verb, owner, {name: taken for act in acts for name, taken in act.read.items()})
    return tuple(acts)


def _act(table: Table, owner: str, position: int) -> Act:
    identity = table.text("stepId")
    table.label = f"{owner} step {identity or position}"
    if not identity:
        table.fault("stepId is missing; add it")
    act = Act(
        step_id=identity or str(position),
        goto=_goto(table),
        fill=_by_selector(table, "fill"),
        select=_by_selector(table, "select"),
        click=_selector(table, "click"),
        wait_for=_selector(table, "wait_for"),
        read=dict(_read(table)),
    )
    if not set(table.values) - {"stepId"}:
        table.fault("says nothing; give goto, fill, select, click, wait_for or read")
    table.unknown()
    return act


def _goto(table: Table) -> str | None:
    path = table.text("goto")
    if path is not None and not path.startswith(("/", "{")):
        table.fault(f"goto = {path!r} is no path of the shop; begin it with /", "goto")
    return path


def _selector(table: Table, key: str) -> str | None:
    found = selector(table, key)
    if found == SELF:
        table.fault(f"{key} = '.' means a row, and there is none here; give a CSS selector", key)
    return found


def _by_selector(table: Table, key: str) -> dict[str, str]:
    given = table.text_mapping(key)
    for each in given:
        one = Table({"selector": each}, path=(*table.path, key), label=f"{table.label} {key}", faults=table.faults)
        _selector(one, "selector")
    return given


def _read(table: Table) -> Iterator[tuple[str, Extractor]]:
    inner = table.table("read")
    for name in inner.values if inner else ():
        one = inner.table(name) if inner else None
        if one is not None:
            one.label = f"{table.label} read {name}"
            taken = extractor(one)
            if not isinstance(taken.take, CssTake | UrlTake):
                one.fault("is read off a page; give css or url")
            yield name, taken


def _check_read(verb: str, owner: Table, read: dict[str, Extractor]) -> None:
    wanted = _READ.get(verb)
    if wanted is not None and wanted not in read:
        owner.fault(f"reads no {wanted}; add read.{wanted} = {{css = ...}} to a step")
    for name in _MONEY:
        if name in read and read[name].kind != "money":
            owner.fault(f'read {name} is a sum; add as = "money"')


def _asked(act: Act) -> frozenset[str]:
    asked = names(act.goto) | names(act.fill) | names(act.select) | names(act.click) | names(act.wait_for)
    return asked.union(*(names(taken.take.css) for taken in act.read.values() if isinstance(taken.take, CssTake)))
