"""``shop.order``: buy three pieces of two goods and follow the order through everyone's eyes.

Subject: ``buyer_a``. Data::

    {"delivery_shown": [money, ...], "ordered": {"lines": [{"name", "quantity", "unit_price"}], "recipient": {...}},
     "add": [told, told], "preview": told, "preview_text": str, "confirm": told, "number": str | null,
     "buyer_list": told, "buyer": told, "operator_list": told, "operator": told,
     "sellers": [{"role", "own": [goods names], "read": told}],
     "ship": told, "buyer_after": told, "operator_after": told, "schemes": ["https"]}

The outputs are those of the verbs ``check_out`` and ``read_order``. What could not be tried because an earlier step
did not come about is absent; the judges tell what that means. The order is handed on as ``shop.order/order``.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from probes.cast import account, logged_in
from probes.errors import NotSet, Unprepared
from probes.goods import DELIVERY_SHOWN, Goods, offered
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.person import Person, invent_person
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "buyer_a"
ORDER = "shop.order/order"
QUANTITIES = (2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An acknowledged order: whose it is, what is in it, and the words that must not appear to strangers."""

    number: str
    owner: str
    goods: tuple[str, ...]
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


def _sellers(given: Look) -> dict[str, tuple[ShopSession, frozenset[str]]]:
    """Return the seller sessions that can be had, each with the names of its own goods."""
    found: dict[str, tuple[ShopSession, frozenset[str]]] = {}
    for role in ("seller_a", "seller_b"):
        if role not in given.target.roles:
            continue
        session = logged_in(given, role)
        if session.can("seller_list_goods"):
            goods = session.do("seller_list_goods")
            names = (
                frozenset(str(item["name"]) for item in goods.outputs["goods"])
                if isinstance(goods, Done)
                else frozenset()
            )
            found[role] = (session, names)
    return found


def _buy(session: ShopSession, goods: tuple[Goods, ...], recipient: dict[str, str], data: dict[str, Any]) -> str | None:
    if session.can("empty_cart"):
        session.do("empty_cart")
    data["add"] = []
    for item, quantity in zip(goods, QUANTITIES, strict=True):
        data["add"].append(told(session.do("add_to_cart", url=item.url, ref=item.ref, quantity=quantity), WHO))
    preview = session.do("check_out", **recipient)
    data["preview"] = told(preview, WHO)
    data["preview_text"] = session.last_text()[:3000]
    data["schemes"] = sorted({urlsplit(exchange.url).scheme for exchange in preview.exchanges})
    if not isinstance(preview, Done):
        return None
    confirmed = session.do("confirm_order")
    data["confirm"] = told(confirmed, WHO)
    return str(confirmed.outputs["number"]) if isinstance(confirmed, Done) else None


def _views(given: Look, session: ShopSession, number: str, data: dict[str, Any]) -> ShopSession | None:
    data["buyer_list"] = told(session.do("list_orders"), WHO)
    data["buyer"] = told(session.do("read_order", number=number), WHO)
    try:
        operator = logged_in(given, "operator")
    except NotSet as missing:
        data["operator_missing"] = missing.detail
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
    sellers = _sellers(given)
    own = sellers["seller_a"][1] if "seller_a" in sellers else frozenset()
    goods = offered(given, len(QUANTITIES), among=own)
    buyer = account(given, WHO)
    person = buyer.person or invent_person(given.scene.run_token, 0)
    session = logged_in(given, WHO)
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
    given.scene.put(
        ORDER,
        Order(
            number=number,
            owner=WHO,
            goods=tuple(item.name for item in goods),
            canaries=(person.line1, person.last_name),
        ),
    )
    operator = _views(given, session, number, data)
    data["sellers"] = [
        {"role": role, "own": sorted(names), "read": told(seller.do("seller_read_order", number=number), role)}
        for role, (seller, names) in sellers.items()
        if seller.can("seller_read_order")
    ]
    if operator is not None and operator.can("operator_ship"):
        _ship(operator, session, number, data)
    return Seen(data=data)


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
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=240,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_a"}),
    writes=True,
)
