"""``trade.race``: is more sold than there is, to one buyer or to two at the same instant?

Subject: ``goods``: the last article on offer, of which the operator leaves three pieces while this looks. Data::

    {"goods": name, "stock": 3, "set": [told], "stock_before": int | null, "seen_as": int | null,
     "alone": purchase | {"asked": 4, "cart": told}, "stock_after_alone": int | null,
     "seen_again": int | null,                                     only where it had to be set once more
     "together": [purchase, purchase], "asked_together": 2,
     "stock_after": int | null, "restored": told}

Two members of this look's own put two pieces each in their carts, and confirm at the same instant. Stocks are pieces
that can still be sold, by the operator's page. Where the shop did not take the three, nothing was tried.
"""

from typing import Any

from probes.errors import LookFailed, NotSet, Unprepared
from probes.goods import Goods, last_offered
from probes.look import Look, Probe, Seen
from probes.order import order_number
from probes.order_budget import may_order
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told
from probes.trade import traders
from probes.trade.twice import confirmed_together

STOCK, ALONE, TOGETHER = 3, 4, 2


def free(operator: ShopSession, goods: Goods) -> tuple[int | None, int | None]:
    """Return the pieces that can be sold, and those that are kept (promised ones included), as the shop says."""
    read = operator.do("read_stock", url=goods.url)
    outputs = read.outputs if isinstance(read, Done) else {}
    stock, kept = outputs.get("stock"), outputs.get("kept")
    return stock if isinstance(stock, int) else None, kept if isinstance(kept, int) else None


def _left(operator: ShopSession, goods: Goods, kept: int, told_by: list[dict[str, Any]]) -> int | None:
    """Leave ``STOCK`` pieces to be sold; where some are promised to orders, that takes so many more."""
    stock = STOCK
    for _ in range(2):
        outcome = operator.do("set_stock", url=goods.url, stock=stock, was=kept)
        told_by.append(told(outcome, operator.who))
        seen, _kept = free(operator, goods)
        if seen is None or seen == STOCK:
            return seen
        stock += STOCK - seen
    return seen


def _alone(given: Look, session: ShopSession, operator: ShopSession, goods: Goods) -> dict[str, Any]:
    """Try to buy one piece more than there is."""
    purchase = traders.filled(session, goods, ALONE) | {"asked": ALONE}
    cart = session.do("read_cart")
    purchase["cart"] = told(cart, session.who)
    if traders.checked_out(session, traders.address_of(given, traders.RACER), purchase):
        traders.confirmed(session, purchase)
    if purchase["number"] is not None:
        purchase |= traders.viewed(session, operator, purchase["number"])
    traders.emptied(session)
    return purchase


def _together(
    given: Look, sessions: tuple[ShopSession, ShopSession], operator: ShopSession, goods: Goods
) -> list[dict[str, Any]]:
    """Let two buyers confirm at the same instant what cannot be had by both."""
    purchases, ready = [], []
    for session, number in zip(sessions, (traders.RACER, traders.FORGER), strict=True):
        purchase = traders.filled(session, goods, TOGETHER)
        purchases.append(purchase)
        if traders.checked_out(session, traders.address_of(given, number), purchase):
            ready.append((session, purchase))
    outcomes = confirmed_together(tuple(session for session, _ in ready)) if ready else ()
    for (session, purchase), outcome in zip(ready, outcomes, strict=True):
        purchase["confirm"], purchase["number"] = told(outcome, session.who), order_number(outcome)
        if purchase["number"] is not None:
            purchase.update(traders.viewed(session, operator, purchase["number"]))
    for session in sessions:
        traders.emptied(session)
    return purchases


def look(given: Look) -> Seen:
    """Leave three pieces, try to buy four, then twice two at once, and set the stock back."""
    may_order(given, PROBE.name)
    operator = traders.operator_of(given)
    if operator is None or not (operator.can("set_stock") and operator.can("read_stock")):
        raise NotSet("the adapter describes no journeys read_stock and set_stock, or there is no operator")
    goods = last_offered(given)
    sessions = (traders.trader(given, traders.RACER), traders.trader(given, traders.FORGER))
    before, kept = free(operator, goods)
    if before is None:
        raise Unprepared(f"the operator's page names no stock of {goods.name}", cause="target")
    kept = before if kept is None else kept
    data: dict[str, Any] = {"goods": goods.name, "stock": STOCK, "stock_before": before, "asked_together": TOGETHER}
    data["set"] = []
    try:
        data["seen_as"] = _left(operator, goods, kept, data["set"])
        if data["seen_as"] == STOCK:
            data["alone"] = _alone(given, sessions[0], operator, goods)
            data["stock_after_alone"] = free(operator, goods)[0]
            if data["stock_after_alone"] != STOCK:  # some shops sell what they have to who asks for more
                data["seen_again"] = _left(operator, goods, kept, data["set"])
            data["together"] = _together(given, sessions, operator, goods)
            data["stock_after"] = free(operator, goods)[0]
    finally:
        try:
            restored = operator.do("set_stock", url=goods.url, stock=kept, was=STOCK)
            data["restored"] = told(restored, operator.who)
        except LookFailed as failed:  # the trail has it, and cleaning up will try again
            data["restored"] = {"outcome": "broken", "step": "", "why": failed.detail, "requests": []}
    return Seen(data=data)


def subjects(target: Target) -> tuple[str, ...]:
    """One article."""
    return ("goods",) if target.platform.adapter else ()


PROBE = Probe(
    name="trade.race",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:trader", "account:operator"}),
    writes=True,
)
