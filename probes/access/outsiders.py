"""``access.outsiders``: what somebody without a session sees of a buyer's order and account.

Subject: ``visitor``. Data: ``{"tries": [attempt, ...], "owner_before": bool, "owner_after": bool, "number": str}``.
"""

from probes.access.attempt import attempt, works
from probes.cast import account, logged_in
from probes.look import Look, Probe, Seen
from probes.order import order_of
from probes.target import Target


def look(given: Look) -> Seen:
    """Try the order, the order list and the account page as nobody."""
    order = order_of(given)
    owner = logged_in(given, order.owner)
    owner_before = works(owner.do("read_order", number=order.number))
    visitor = given.scene.shop.session("visitor", deadline=given.deadline)
    words = (*order.canaries, *order.goods)
    names = (order.number, account(given, order.owner).username)
    tries = [
        attempt(
            visitor,
            who="visitor",
            thing=thing,
            verb=verb,
            inputs=inputs,
            canaries=canaries,
            own=lambda: works(visitor.do("home")),
        )
        for thing, verb, inputs, canaries in (
            ("order", "read_order", {"number": order.number}, words),
            ("order list", "list_orders", {}, names),
            ("account page", "who_am_i", {}, names[1:]),
        )
        if visitor.can(verb)
    ]
    owner_after = works(owner.do("read_order", number=order.number))
    return Seen(data={"tries": tries, "owner_before": owner_before, "owner_after": owner_after, "number": order.number})


def subjects(target: Target) -> tuple[str, ...]:
    """Nobody in particular."""
    return ("visitor",) if target.platform.adapter else ()


PROBE = Probe(name="access.outsiders", version="1", look=look, subjects=subjects, deadline_s=120, after=("shop.order",))
