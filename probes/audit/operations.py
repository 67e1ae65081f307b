"""``audit.operations``: is what an operator does found in the audit trail, with who, when, what, old and new value?

Subject: ``trail``. A price is changed (and set back), rights are given to an account of this look (and taken back), the
order of ``audit.records`` is cancelled, and the operator logs in; after each the trail is read anew, again and again
within ``[audit] settle_s`` until it holds an entry of it. Data::

    {"operations": [{"operation": "log-in|price|rights|cancel", "actor": [name], "marks": [text],
                     "old": text | null, "new": text | null, "began": instant, "ended": instant,
                     "done": told | null, "missing": why it was not tried, "read": told,
                     "entries": [{"who", "when", "what", "old", "new"}], "others": int}]}

``entries`` are those that the trail did not have before and that name the actor, a mark or the new value, and log-ins
of somebody unknown, who may be the actor under another name: ``who`` is ``*`` there. ``others`` counts the rest, which
other people made.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from probes.audit.records import ORDERED, Ordered, newcomer
from probes.audit.wording import SPEAKS_OF, somebody_else, stands
from probes.cast import account, inside
from probes.clock import rfc3339
from probes.errors import NotSet
from probes.goods import last_offered
from probes.look import Look, Probe, Seen
from probes.patience import Patience, settle_s
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

PERSON = 51
WHO = "audit_promoted"
COLUMNS = ("who", "when", "what", "old", "new")
_DEARER = Decimal("1.01")

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One operation: who does it, what it is known by in the trail, the value before and after (None: has none)."""

    operation: str
    actor: tuple[str, ...]
    marks: tuple[str, ...]
    act: Callable[[], Outcome]
    old: str | None = None
    new: str | None = None


class Trail:
    """The platform's audit trail through the operator's eyes: what is new in it since it was last read."""

    def __init__(self, operator: ShopSession) -> None:
        """Read it once, so that what stood there before is known."""
        self._operator = operator
        self.read: Outcome = operator.do("operator_read_audit")
        self._known = Counter(map(_key, self._entries()))

    def _entries(self) -> list[Entry]:
        rows: Any = self.read.outputs["entries"] if isinstance(self.read, Done) else ()
        return [{name: row.get(name) for name in COLUMNS} for row in rows]

    def fresh(self) -> list[Entry]:
        """Read the trail again and return the entries that are new."""
        self.read = self._operator.do("operator_read_audit")
        found = self._entries()
        now = Counter(map(_key, found))
        # A trail that dates all its entries anew (or says how long ago) is told apart by what else they say.
        key = _key if now & self._known else _undated
        new = Counter(map(key, found)) - _again(self._known, key)
        self._known = now
        fresh = []
        for entry in found:
            if new[key(entry)]:
                new[key(entry)] -= 1
                fresh.append(entry)
        return fresh


Key = tuple[str, ...]


def _key(entry: Entry) -> Key:
    return tuple(str(entry[name]) for name in COLUMNS)


def _undated(entry: Entry) -> Key:
    return _key({**entry, "when": ""})


def _again(known: Counter[Key], key: Callable[[Entry], Key]) -> Counter[Key]:
    return Counter(key(dict(zip(COLUMNS, each, strict=True))) for each in known.elements())


def _done(given: Look, deed: Deed, trail: Trail) -> dict[str, Any]:
    began = given.clock.now()
    outcome = deed.act()
    ended = given.clock.now()
    fresh: list[Entry] = []

    def seen() -> list[Entry]:
        fresh.extend(trail.fresh())
        return [entry for entry in fresh if _names(entry, deed)]

    # Trails are written in their own time; what was not done, or cannot be read, is not waited for.
    own, _ = _patience(given).until(lambda found: bool(found) or not _awaited(outcome, trail), seen, "the trail")
    return {
        "operation": deed.operation,
        "actor": list(deed.actor),
        "marks": list(deed.marks),
        "old": deed.old,
        "new": deed.new,
        "began": rfc3339(began),
        "ended": rfc3339(ended),
        "done": told(outcome, deed.actor[0], outputs=False),
        "missing": "",
        "read": told(trail.read, "operator", outputs=False),
        "entries": [_kept(entry, deed) for entry in own],
        "others": len(fresh) - len(own),
    }


def _patience(given: Look) -> Patience:
    return Patience(settle_s=settle_s(given.target, "audit"), deadline=given.deadline)


def _awaited(outcome: Outcome, trail: Trail) -> bool:
    return isinstance(outcome, Done) and isinstance(trail.read, Done)


def _names(entry: Entry, deed: Deed) -> bool:
    text = " ".join(str(entry[name]) for name in COLUMNS)
    known_by = (*deed.actor, *deed.marks, *((deed.new,) if deed.new else ()))
    return any(stands(mark, text) for mark in known_by) or _by_unknown(entry, deed)


def _by_unknown(entry: Entry, deed: Deed) -> bool:
    """Tell whether an entry is of a log-in by one who may be the actor: shown as a number, or a name we do not know."""
    who = str(entry["who"] or "").strip()
    return (
        deed.operation == "log-in" and bool(SPEAKS_OF["log-in"].search(str(entry["what"]))) and not somebody_else(who)
    )


def _kept(entry: Entry, deed: Deed) -> dict[str, str | None]:
    """Return an entry as it may stand in evidence: a name that is not the actor's may be anybody's."""
    kept = {name: None if entry[name] is None else str(entry[name]) for name in COLUMNS}
    if _by_unknown(entry, deed) and kept["who"] and not any(stands(name, kept["who"]) for name in deed.actor):
        return {**dict.fromkeys(COLUMNS), "who": "*", "when": kept["when"], "what": deed.operation}
    return kept


def _untried(operation: str, why: str) -> dict[str, Any]:
    return {"operation": operation, "done": None, "missing": why, "entries": [], "others": 0}


def look(given: Look) -> Seen:
    """Do four operations as test users and look for each in the trail."""
    shop = given.scene.shop
    if not shop.can("operator_read_audit"):
        raise NotSet("the adapter describes no operator_read_audit journey: where the audit trail is read is not known")
    operator = inside(given, "operator")
    name = _names_of_operator(given, operator)
    trail = Trail(operator)
    operations = [_done(given, _log_in(given, name), trail)]
    operations += _priced(given, operator, name, trail)
    operations += _rights(given, operator, name, trail)
    operations += _cancelled(given, operator, name, trail)
    return Seen(data={"operations": operations})


def _names_of_operator(given: Look, operator: ShopSession) -> tuple[str, ...]:
    """Return the names by which the operator may be shown: the user name, and what the shop itself calls them."""
    seen = operator.do("who_am_i") if operator.can("who_am_i") else None
    shown = [str(seen.outputs.get(name) or "").strip() for name in ("email", "name")] if isinstance(seen, Done) else []
    return tuple(dict.fromkeys((account(given, "operator").username, *(each for each in shown if each))))


def _log_in(given: Look, name: tuple[str, ...]) -> Deed:
    who = account(given, "operator")
    visitor = given.scene.shop.session("operator", deadline=given.deadline)
    return Deed(
        operation="log-in",
        actor=name,
        marks=(),
        act=lambda: visitor.do("log_in", username=who.username, password=who.password),
    )


def _priced(given: Look, operator: ShopSession, name: tuple[str, ...], trail: Trail) -> list[dict[str, Any]]:
    """Change the price of one article and set it back: of the last on offer, which other looks take last."""
    if not operator.can("set_price"):
        return [_untried("price", "the adapter describes no set_price journey")]
    goods = last_offered(given)
    old = Decimal(str(goods.price["amount"]))
    new = (old * _DEARER).quantize(old if old.as_tuple().exponent else Decimal(1)) + 1
    deed = Deed(
        operation="price",
        actor=name,
        marks=(goods.name,),
        old=str(old),
        new=str(new),
        act=lambda: operator.do("set_price", url=goods.url, price=str(new)),
    )
    try:
        return [_done(given, deed, trail)]
    finally:
        operator.do("set_price", url=goods.url, price=str(old))
        trail.fresh()


def _rights(given: Look, operator: ShopSession, name: tuple[str, ...], trail: Trail) -> list[dict[str, Any]]:
    if not operator.can("operator_set_rights"):
        return [_untried("rights", "the adapter describes no operator_set_rights journey")]
    person, session = newcomer(given, WHO, PERSON)
    session.close()
    trail.fresh()
    deed = Deed(
        operation="rights",
        actor=name,
        marks=(person.email, person.last_name),
        act=lambda: operator.do("operator_set_rights", username=person.email, granted="granted"),
    )
    try:
        return [_done(given, deed, trail)]
    finally:
        operator.do("operator_set_rights", username=person.email)
        trail.fresh()


def _cancelled(given: Look, operator: ShopSession, name: tuple[str, ...], trail: Trail) -> list[dict[str, Any]]:
    """Cancel the order of ``audit.records``: as its buyer, or where only the operator can, as the operator."""
    if not operator.can("cancel_order"):
        return [_untried("cancel", "the adapter describes no cancel_order journey")]
    if not given.scene.has(ORDERED):
        return [_untried("cancel", "no order was placed that could be cancelled")]
    order: Ordered = given.scene.get(ORDERED)
    order.session.deadline = given.deadline
    told_by: dict[str, Any] = {}
    for actor, session in ((order.names, order.session), (name, operator)):
        deed = Deed(
            operation="cancel",
            actor=actor,
            marks=(order.number,),
            act=lambda session=session: session.do("cancel_order", number=order.number),  # type: ignore[misc]
        )
        told_by = _done(given, deed, trail)
        if told_by["done"]["outcome"] == "done":
            break
    return [told_by]


def subjects(target: Target) -> tuple[str, ...]:
    """The platform's audit trail."""
    return ("trail",) if target.platform.adapter else ()


PROBE = Probe(
    name="audit.operations",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=180,
    after=("audit.records",),
    exclusive=frozenset({"account:operator"}),
    writes=True,
)
