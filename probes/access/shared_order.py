"""``access.shared_order``: in an order that holds goods of two sellers, does each see the own lines only?

Subject: ``sellers``. Data: ``{"sellers": false}`` where the adapter says that the shop has none, else::

    {"sellers": true, "goods": {role: name}, "confirm": told, "number": str | null,
     "reads": [{"who", "own": name, "foreign": name, "read": told, "foreign_shown": bool}]}

``foreign_shown`` looks into the whole answer, not only into the lines that the adapter reads.
"""

from typing import Any

from probes.cast import inside, invented, told_apart
from probes.errors import NotSet, Unprepared
from probes.goods import OFFERED, Goods
from probes.look import Look, Probe, Seen
from probes.order import order_number, recipient
from probes.order_budget import may_order
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

BUYER = "buyer_a"
SELLERS = ("seller_a", "seller_b")
RECIPIENT = 5  # the number of an invented person: whoever of the first order is looked for stands on that one only


def _goods_of(session: ShopSession, who: str) -> frozenset[str]:
    listed = session.do("seller_list_goods")
    if not isinstance(listed, Done):
        raise Unprepared(f"{who} could not list the own goods: {listed.why}", cause="target")
    return frozenset(str(item["name"]) for item in listed.outputs["goods"])


def _one_each(given: Look, sessions: dict[str, ShopSession]) -> dict[str, Goods]:
    """Return for each seller one of the goods on offer that only this seller has.

    Raises:
        Unprepared: the sampled goods hold none of some seller's.
    """
    owned = {who: _goods_of(session, who) for who, session in sessions.items()}
    offered: tuple[Goods, ...] = given.scene.get(OFFERED)
    chosen: dict[str, Goods] = {}
    for who, names in owned.items():
        others = frozenset().union(*(found for other, found in owned.items() if other != who))
        own = next((goods for goods in offered if goods.name in names and goods.name not in others), None)
        if own is None:
            raise Unprepared(f"none of the sampled goods belongs to {who} alone", cause="settings")
        chosen[who] = own
    return chosen


def _place(given: Look, goods: dict[str, Goods]) -> tuple[dict[str, Any], str | None]:
    buyer = inside(given, BUYER)
    person = invented(given, RECIPIENT)
    if buyer.can("empty_cart"):
        buyer.do("empty_cart")
    for item in goods.values():
        buyer.do("add_to_cart", url=item.url, ref=item.ref, quantity=1)
    preview = buyer.do("check_out", **recipient(person))
    if not isinstance(preview, Done):
        return told(preview, BUYER), None
    confirmed = buyer.do("confirm_order")
    return told(confirmed, BUYER), order_number(confirmed)


def look(given: Look) -> Seen:
    """Place one order of goods from both sellers and let each read it."""
    shop = given.scene.shop
    if "seller" not in shop.adapter.roles:
        return Seen(data={"sellers": False})
    if missing := [who for who in SELLERS if who not in given.target.roles]:
        raise NotSet(f"the shop has sellers, and the target file declares no {', '.join(missing)} in [roles]")
    if not (shop.can("seller_list_goods") and shop.can("seller_read_order")):
        raise NotSet("the adapter describes no seller_list_goods and seller_read_order journeys")
    may_order(given, PROBE.name)
    told_apart(given, *SELLERS)
    sessions = {who: inside(given, who) for who in SELLERS}
    goods = _one_each(given, sessions)
    confirm, number = _place(given, goods)
    data: dict[str, Any] = {
        "sellers": True,
        "goods": {who: item.name for who, item in goods.items()},
        "confirm": confirm,
        "number": number,
        "reads": [],
    }
    if number is None:
        return Seen(data=data)
    for who, session in sessions.items():
        foreign = next(item.name for other, item in goods.items() if other != who)
        read = session.do("seller_read_order", number=number)
        shown = any(exchange.holds(foreign) for exchange in read.exchanges)
        entry = {
            "who": who,
            "own": goods[who].name,
            "foreign": foreign,
            "read": told(read, who),
            "foreign_shown": shown,
        }
        data["reads"].append(entry)
    return Seen(data=data)


def subjects(target: Target) -> tuple[str, ...]:
    """The sellers together."""
    return ("sellers",) if target.platform.adapter else ()


PROBE = Probe(
    name="access.shared_order",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.order",),
    exclusive=frozenset({"account:buyer_a", "account:seller_a", "account:seller_b"}),
    writes=True,
)
