"""``access.operator_pages``: do the operator's pages open to lower roles?

Subjects: ``visitor``, ``buyer_b``, ``seller_b`` (where declared). Data: ``{"tries": [attempt, ...], "operator_before":
bool, "operator_after": bool}``. The canary words are what the operator read there in this run: the order's number, its
recipient, its goods.
"""

from probes.access.attempt import attempt, works
from probes.cast import logged_in
from probes.look import Look, Probe, Seen
from probes.order import order_of
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target


def _own(session: ShopSession, who: str) -> bool:
    return works(session.do("home" if who == "visitor" else "who_am_i"))


def _own_goods(session: ShopSession, who: str) -> frozenset[str]:
    if not who.startswith("seller") or not session.can("seller_list_goods"):
        return frozenset()
    listed = session.do("seller_list_goods")
    return frozenset(str(item["name"]) for item in listed.outputs["goods"]) if isinstance(listed, Done) else frozenset()


def look(given: Look) -> Seen:
    """Try the operator's order list and order page as a lower role."""
    who = given.subject
    order = order_of(given)
    operator = logged_in(given, "operator")
    before = works(operator.do("operator_list_orders")) and works(
        operator.do("operator_read_order", number=order.number)
    )
    session = (
        given.scene.shop.session("visitor", deadline=given.deadline) if who == "visitor" else logged_in(given, who)
    )
    involved = bool(_own_goods(session, who) & set(order.goods))
    plan: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
        ("operator's order list", "operator_list_orders", {}, (order.number,)),
        ("operator's order page", "operator_read_order", {"number": order.number}, (*order.canaries, *order.goods)),
    )
    tries = [
        attempt(session, who=who, thing=thing, verb=verb, inputs=inputs, canaries=words, own=lambda: _own(session, who))
        for thing, verb, inputs, words in plan
        if not involved
    ]
    after = works(operator.do("operator_list_orders"))
    return Seen(
        data={"tries": tries, "operator_before": before, "operator_after": after, "seller_of_the_order": involved}
    )


def subjects(target: Target) -> tuple[str, ...]:
    """Everyone below the operator."""
    if not target.platform.adapter:
        return ()
    return tuple(
        role for role in ("visitor", "buyer_b", "seller_b") if not role.startswith("seller") or role in target.roles
    )


PROBE = Probe(
    name="access.operator_pages", version="1", look=look, subjects=subjects, deadline_s=120, after=("shop.order",)
)
