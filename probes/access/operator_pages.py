"""``access.operator_pages``: do the operator's pages open to lower roles?

Subjects: ``visitor``, ``buyer_b``, ``seller_b`` (where declared). Data: ``{"tries": [attempt, ...],
"seller_of_the_order": bool}``; an attempt is told in ``probes.access.attempt``. Tried are the operator's list of
orders, the order's page there, and, by visitor and buyer, each page that the adapter calls the operator's (some of
those are the sellers' as well). They are known by the order's number and recipient, and by the buyer's user name.
"""

from probes.access import things
from probes.access.attempt import attempt
from probes.cast import account, inside, told_apart
from probes.errors import LookFailed
from probes.look import Look, Probe, Seen
from probes.order import Order, order_of
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target

VISITOR = "visitor"


def _session(given: Look, who: str) -> ShopSession:
    if who == VISITOR:
        return given.scene.shop.session(VISITOR, deadline=given.deadline)
    told_apart(given, "operator", who)
    return inside(given, who)


def _own(session: ShopSession, who: str) -> Outcome:
    return session.do("home" if who == VISITOR else "who_am_i")


def _sold_by(session: ShopSession, order: Order) -> bool:
    """Tell whether a seller sold goods of the order, and so may see it."""
    if not session.can("seller_list_goods"):
        return False
    listed = session.do("seller_list_goods")
    if not isinstance(listed, Done):
        raise LookFailed(f"the seller could not list the own goods: {listed.why}")
    return bool({str(item["name"]) for item in listed.outputs["goods"]} & set(order.goods))


def _own_numbers(session: ShopSession) -> frozenset[str] | None:
    """Return the numbers of a seller's own orders, which may stand on a list that operator and sellers share."""
    listed = session.do("seller_list_orders") if session.can("seller_list_orders") else None
    if not isinstance(listed, Done):
        return None
    return frozenset(str(entry["number"]).strip() for entry in listed.outputs["orders"])


def look(given: Look) -> Seen:
    """Try the operator's order list, order page and other pages as a lower role."""
    who = given.subject
    order = order_of(given)
    operator, session = inside(given, "operator"), _session(given, who)
    seller = who.startswith("seller")
    if seller and _sold_by(session, order):
        return Seen(data={"tries": [], "seller_of_the_order": True})
    names = (order.number, account(given, order.owner).username)
    foreign = [
        things.order_list(
            order,
            operator,
            thing="operator's order list",
            verb="operator_list_orders",
            names=() if seller else names[1:],
            own=_own_numbers(session) if seller else frozenset(),
        ),
        things.order_page(order, operator, thing="operator's order page", verb="operator_read_order"),
    ]
    paths = () if seller else given.scene.shop.page_list("operator")
    foreign += [
        things.visited(operator, path, thing="operator's page", canaries=order.canaries, names=names) for path in paths
    ]
    tries = [attempt(session, each, who=who, own=lambda: _own(session, who)) for each in foreign]
    return Seen(data={"tries": tries, "seller_of_the_order": False})


def subjects(target: Target) -> tuple[str, ...]:
    """Everyone below the operator."""
    if not target.platform.adapter:
        return ()
    return tuple(
        role for role in (VISITOR, "buyer_b", "seller_b") if not role.startswith("seller") or role in target.roles
    )


PROBE = Probe(
    name="access.operator_pages",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.order",),
    exclusive=frozenset({"account:operator", "account:buyer_b", "account:seller_b"}),
)
