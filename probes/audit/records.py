"""``audit.records``: does each order record tell who ordered, when, and by which way?

Subject: ``orders``. A person invented for this look registers and orders one thing; the operator's view of that order,
and of a few earlier ones, is read. Data::

    {"described": [field],                         of account, placed_at, channel: what the adapter can read
     "account": [name], "began": instant, "ended": instant, "number": str | null, "confirm": told,
     "own": told | null,                           the operator's view of the order just placed
     "sample": [{"account": bool, "placed_at": bool, "channel": bool} | null]}      null: could not be read

``account`` holds the names by which the account may be known: user name first, then the person's. Of other people's
orders only whether a field is filled is kept. The order is handed on as ``audit.records/order``.
"""

from dataclasses import dataclass
from typing import Any

from probes.cast import inside, invented, registered
from probes.clock import rfc3339
from probes.errors import NotSet, Unprepared
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.order import order_number, recipient
from probes.order_budget import may_order
from probes.shop.journey import Adapter
from probes.shop.outcome import Done, Outcome
from probes.shop.person import Person
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "audit_buyer"
PERSON = 50
ORDERED = "audit.records/order"
FIELDS = ("account", "placed_at", "channel")
SAMPLED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The order of this look: its number, the session of its buyer, and the names by which the buyer may be known."""

    number: str
    session: ShopSession
    names: tuple[str, ...]


def described(adapter: Adapter) -> tuple[str, ...]:
    """Return which of the fields the adapter reads from the operator's view of an order."""
    journey = adapter.journeys.get("operator_read_order")
    outputs = {name for step in journey.steps for name in step.outputs} if journey else set()
    return tuple(name for name in FIELDS if name in outputs)


def newcomer(given: Look, who: str, number: int) -> tuple[Person, ShopSession]:
    """Register an invented person and return a session that is logged in as them.

    Raises:
        Unprepared: registering or logging in did not come about.
    """
    person = invented(given, number)
    came = registered(given, given.scene.shop.session(who, deadline=given.deadline), person)
    session = given.scene.shop.session(who, deadline=given.deadline)
    entered = (
        came if not isinstance(came, Done) else session.do("log_in", username=person.email, password=person.password)
    )
    if not isinstance(entered, Done):
        raise Unprepared(f"{who} could not register and log in: {entered.why}", cause="target")
    return person, session


def names_of(person: Person) -> tuple[str, ...]:
    """Return the names by which a person's account may be shown: user name, then the person's own."""
    first, last = person.first_name, person.last_name
    return person.email, f"{first} {last}", f"{last} {first}", f"{last}{first}", last


def _order(session: ShopSession, goods: Goods, person: Person) -> Outcome:
    session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)
    preview = session.do("check_out", **recipient(person))
    return session.do("confirm_order") if isinstance(preview, Done) else preview


def _sample(operator: ShopSession, own: str | None) -> list[dict[str, bool] | None]:
    listed = operator.do("operator_list_orders")
    rows: Any = listed.outputs["orders"] if isinstance(listed, Done) else ()
    numbers = [str(row["number"]) for row in rows if str(row["number"]) != own]
    filled: list[dict[str, bool] | None] = []
    for number in numbers[:SAMPLED]:
        read = operator.do("operator_read_order", number=number)
        outputs = read.outputs if isinstance(read, Done) else None
        filled.append(None if outputs is None else {name: bool(outputs.get(name)) for name in FIELDS})
    return filled


def look(given: Look) -> Seen:
    """Order as somebody new, and read the operator's record of that order and of a few others."""
    shop = given.scene.shop
    fields = described(shop.adapter)
    if not fields:
        raise NotSet(
            "the adapter's operator_read_order journey reads no account, placed_at or channel of an order; describe "
            "where the operator's view, or an export, shows them"
        )
    may_order(given, "audit.operations")
    goods = offered(given, 1)[0]
    operator = inside(given, "operator")
    person, session = newcomer(given, WHO, PERSON)
    began = given.clock.now()
    confirmed = _order(session, goods, person)
    ended = given.clock.now()
    number = order_number(confirmed)
    data: dict[str, Any] = {
        "described": list(fields),
        "account": list(names_of(person)),
        "began": rfc3339(began),
        "ended": rfc3339(ended),
        "number": number,
        "confirm": told(confirmed, WHO),
        "own": None,
        "sample": [],
    }
    if number is None:
        return Seen(data=data)
    given.scene.put(ORDERED, Ordered(number=number, session=session, names=names_of(person)))
    data["own"] = told(operator.do("operator_read_order", number=number), "operator")
    data["sample"] = _sample(operator, number)
    return Seen(data=data)


def subjects(target: Target) -> tuple[str, ...]:
    """The orders of the platform."""
    return ("orders",) if target.platform.adapter else ()


PROBE = Probe(
    name="audit.records",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:operator"}),
    writes=True,
)
