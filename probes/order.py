"""``shop.order``: buy three pieces of two goods and follow the order through everyone's eyes.

Subject: ``buyer_a``. Data::

    {"delivery_shown": [money, ...], "ordered": {"lines": [{"name", "quantity", "unit_price"}], "recipient": {...}},
     "add": [told, told], "preview": told, "preview_text": str, "confirm": told, "number": str | null,
     "buyer_list": told, "buyer": told, "operator_list": told, "operator": told,
     "operator_missing": sentence, "operator_cause": cause,      where nobody could look as the operator
     "sellers": [{"role", "own": [goods names] | null, "read": told}],     null: they could not be listed
     "ship": told, "buyer_after": told, "operator_after": told,
     "schemes": ["https"]}                                       of all requests from checkout to the order's page

The outputs are those of the verbs ``check_out`` and ``read_order``. What could not be tried because an earlier step
did not come about is absent; the judges tell what that means. The order is handed on as ``shop.order/order``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from probes.cast import NotLetIn, account, inside, invented
from probes.errors import Cause, NotSet, Unprepared
from probes.goods import DELIVERY_SHOWN, Goods, offered
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.shop.outcome import Done, Outcome
from probes.shop.person import Person
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "buyer_a"
ORDER = "shop.order/order"
QUANTITIES = (2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An acknowledged order: whose it is, what is in it, and the words that must not appear to strangers.

    ``canaries`` stand on its pages only; the names of its ``goods`` are public and are none.
    """

    number: str
    owner: str
    goods: tuple[str, ...]
    recipient: Mapping[str, str]
    canaries: tuple[str, ...]


def recipient(person: Person) -> dict[str, str]:
    """Return the inputs of ``check_out`` for a person."""
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "line1": person.line1,
        "city": person.city,
        "postcode": person.postcode,
        "country": person.country,
        "phone": person.phone,
    }


def _sellers(given: Look) -> dict[str, tuple[ShopSession, frozenset[str] | None]]:
    """Return the seller sessions that can be had, each with the names of its own goods (None: not to be had)."""
    found: dict[str, tuple[ShopSession, frozenset[str] | None]] = {}
    for role in ("seller_a", "seller_b"):
        if role not in given.target.roles:
            continue
        session = inside(given, role)
        if session.can("seller_list_goods"):
            goods = session.do("seller_list_goods")
            names = frozenset(str(item["name"]) for item in goods.outputs["goods"]) if isinstance(goods, Done) else None
            found[role] = (session, names)
    return found


def _schemes(*outcomes: Outcome) -> set[str]:
    return {urlsplit(exchange.url).scheme for outcome in outcomes for exchange in outcome.exchanges}


def order_number(confirmed: Outcome) -> str | None:
    """Return the number under which an order was acknowledged; None where there is none."""
    number = confirmed.outputs["number"] if isinstance(confirmed, Done) else None
    return str(number).strip() or None if number is not None else None


def due(cart: Any, preview: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an order must hold, by the lines of the cart and the preview that its buyer was shown.

    ``{"lines": [held], "total": decimal text | null}``, as a note ``due`` on the trail has it.
    """
    lines = [line for line in cart if isinstance(line, Mapping)] if isinstance(cart, tuple | list) else []
    return {"lines": [held(line) for line in lines], "total": sum_of(preview.get("grand_total"))}


def held(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of a cart or an order as ``{"name", "quantity", "total": decimal text | null}``."""
    return {
        "name": str(line.get("name") or ""),
        "quantity": line.get("quantity"),
        "total": sum_of(line.get("line_total")),
    }


def sum_of(money: Any) -> str | None:
    """Return the amount of a sum of money as a decimal text; None where there is none."""
    amount = money.get("amount") if isinstance(money, Mapping) else None
    return None if amount is None else str(amount)


def _buy(session: ShopSession, goods: tuple[Goods, ...], address: dict[str, str], data: dict[str, Any]) -> str | None:
    if session.can("empty_cart"):
        session.do("empty_cart")
    data["add"] = []
    for item, quantity in zip(goods, QUANTITIES, strict=True):
        data["add"].append(told(session.do("add_to_cart", url=item.url, ref=item.ref, quantity=quantity), WHO))
    preview = session.do("check_out", **address)
    data["preview"] = told(preview, WHO)
    data["preview_text"] = session.last_text()[:3000]
    data["schemes"] = sorted(_schemes(preview))
    if not isinstance(preview, Done):
        return None
    confirmed = session.do("confirm_order")
    data["confirm"] = told(confirmed, WHO)
    data["schemes"] = sorted(_schemes(preview, confirmed))
    return order_number(confirmed)


def _as_buyer(session: ShopSession, number: str, data: dict[str, Any]) -> None:
    listed, read = session.do("list_orders"), session.do("read_order", number=number)
    data["buyer_list"], data["buyer"] = told(listed, WHO), told(read, WHO)
    data["schemes"] = sorted({*data["schemes"], *_schemes(listed, read)})


def _as_operator(given: Look, number: str, data: dict[str, Any]) -> ShopSession | None:
    try:
        operator = inside(given, "operator")
    except (NotSet, NotLetIn) as missing:
        cause: Cause = missing.cause
        data |= {"operator_missing": given.redactor.text(missing.detail), "operator_cause": cause}
        return None
    data["operator_list"] = told(operator.do("operator_list_orders"), "operator")
    data["operator"] = told(operator.do("operator_read_order", number=number), "operator")
    return operator


def _ship(operator: ShopSession, session: ShopSession, number: str, data: dict[str, Any]) -> None:
    data["ship"] = told(operator.do("operator_ship", number=number), "operator")
    data["operator_after"] = told(operator.do("operator_read_order", number=number), "operator")
    data["buyer_after"] = told(session.do("read_order", number=number), WHO)


def look(given: Look) -> Seen:
    """Place the order, read it as buyer, operator and sellers, ship it, and read it again."""
    if not given.scene.shop.can("confirm_order"):
        raise NotSet("the adapter describes no confirm_order journey")
    may_order(given, PROBE.name)
    sellers = _sellers(given)
    goods = offered(given, len(QUANTITIES), among=sellers.get("seller_a", (None, None))[1])
    person = account(given, WHO).person or invented(given, 0)
    session = inside(given, WHO)
    data: dict[str, Any] = {
        "delivery_shown": list(given.scene.get(DELIVERY_SHOWN)),
        "ordered": {
            "lines": [
                {"name": item.name, "quantity": quantity, "unit_price": dict(item.price)}
                for item, quantity in zip(goods, QUANTITIES, strict=True)
            ],
            "recipient": recipient(person),
        },
    }
    number = _buy(session, goods, recipient(person), data)
    data["number"] = number
    if number is None:
        return Seen(data=data)
    given.scene.put(ORDER, _order(number, goods, person))
    _as_buyer(session, number, data)
    operator = _as_operator(given, number, data)
    data["sellers"] = [
        {
            "role": role,
            "own": None if names is None else sorted(names),
            "read": told(seller.do("seller_read_order", number=number), role),
        }
        for role, (seller, names) in sellers.items()
        if seller.can("seller_read_order")
    ]
    if operator is not None and operator.can("operator_ship"):
        _ship(operator, session, number, data)
    return Seen(data=data)


def _order(number: str, goods: tuple[Goods, ...], person: Person) -> Order:
    return Order(
        number=number,
        owner=WHO,
        goods=tuple(item.name for item in goods),
        recipient=recipient(person),
        canaries=(person.line1, person.last_name),
    )


def subjects(target: Target) -> tuple[str, ...]:
    """One order of one buyer."""
    return (WHO,) if target.platform.adapter else ()


def order_of(look: Look) -> Order:
    """Return the order that this run placed.

    Raises:
        Unprepared: it did not come about.
    """
    found = look.scene.get(ORDER)
    if not isinstance(found, Order):
        raise Unprepared("no order was placed", cause="target")
    return found


PROBE = Probe(
    name="shop.order",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=240,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_a", "account:operator", "account:seller_a", "account:seller_b"}),
    writes=True,
)
