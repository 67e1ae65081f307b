"""``access.outsiders``: what somebody without a session sees of a buyer's order and account.

Subject: ``visitor``. Data: ``{"tries": [attempt, ...], "number": str}``; an attempt is told in
``probes.access.attempt``. The visitor's own access is the shop's home page.
"""

from probes.access import things
from probes.access.attempt import attempt
from probes.cast import account, inside
from probes.look import Look, Probe, Seen
from probes.order import order_of
from probes.target import Target

WHO = "visitor"


def look(given: Look) -> Seen:
    """Try the order, the order list, the account page and the profile as nobody."""
    order = order_of(given)
    owner = inside(given, order.owner)
    buyer = account(given, order.owner)
    visitor = given.scene.shop.session(WHO, deadline=given.deadline)
    personal = () if buyer.person is None else (buyer.person.email, buyer.person.last_name)
    foreign = [
        things.order_page(order, owner, thing="order", verb="read_order"),
        things.order_list(
            order, owner, thing="order list", verb="list_orders", names=(buyer.username,), own=frozenset()
        ),
        things.page(
            owner, thing="account page", verb="who_am_i", inputs={}, canaries=personal, names=(buyer.username,)
        ),
    ]
    if owner.can("read_profile"):
        profile = things.page(
            owner, thing="profile", verb="read_profile", inputs={}, canaries=personal, names=(buyer.username,)
        )
        foreign.append(profile)
    tries = [attempt(visitor, each, who=WHO, own=visitor.home) for each in foreign]
    return Seen(data={"tries": tries, "number": order.number})


def subjects(target: Target) -> tuple[str, ...]:
    """Nobody in particular."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="access.outsiders",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.order",),
    exclusive=frozenset({"account:buyer_a"}),
)
