"""An order to send, for carriers' interfaces that send the goods of an order only: a newcomer's, of three pieces.

Three, since there must be something left to send when those ask who may not: else their refusal would prove nothing.
"""

from probes.errors import Unprepared
from probes.goods import offered
from probes.interfaces.kinds import Kind
from probes.look import Look
from probes.order_budget import may_order
from probes.shop.adapter_steps import asked_by
from probes.trade.traders import address_of, bought, trader

SENDER = 35
"""The number of the invented person whose order it is."""
PIECES = 3


def sends_an_order(look: Look, kind: Kind) -> bool:
    """Tell whether the adapter's journey that makes something for this kind is about an order."""
    journey = look.scene.shop.adapter.journey(kind.act) if kind.acts else None
    return journey is not None and any("order" in asked_by(step) for step in journey.steps)


def order_to_send(look: Look, probe: str) -> str:
    """Place an order of several pieces of one article, and return its number.

    Raises:
        NotPermitted: the run may not place it.
        NotSet: the adapter lacks a journey that buying needs.
        Unprepared: it was not acknowledged.
    """
    may_order(look, probe)
    session = trader(look, SENDER)
    purchase = bought(session, None, offered(look, 1)[0], PIECES, address_of(look, SENDER))
    if purchase["number"] is None:
        raise Unprepared("no order to send was placed", cause="target")
    return str(purchase["number"])
