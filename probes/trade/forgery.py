"""``trade.forgery``: are orders forged or doubled by who sends more, or again, than the shop's own forms do?

Subject: ``buyer``, a member of this look's own. Two pieces of one article are bought honestly, then once for each
family of forgeries, which every request from the cart to the confirmation carries (fields that are there, and plausible
ones that are not); then the same confirmation is sent again with the same body, and by two sessions of the same member
at the same instant. Data::

    {"goods": name, "quantity": 2, "shown": money, "honest": purchase,
     "forged": [purchase | {"what": "sums|discount|currency|order number", "sent": {field: value}}],
     "honest_after": {"buyer": told, "operator": told},               the honest order, read again at the end
     "replay": {"purchase": purchase, "again": {"status", "request"} | null,
                "fresh": [{"number", "read": told}] | null},           the orders that the list of orders gained
     "parallel": {"checked_out": [bool, bool], "confirm": [told, told], "fresh": [...] | null}}

A ``purchase`` is that of ``probes.trade.traders``. ``again`` is null where confirming sent nothing that changes.
Quantities are not forged here: a quantity that no order may have is ``trade.fields``'s to try.
"""

import re
from typing import Any

from probes.forging import Forgery, RewritingHttp
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.shop.session import ShopSession
from probes.target import Target
from probes.trade import traders
from probes.trade.twice import KeepingHttp, confirmed_together, fresh_orders, numbers_listed, sent_again, told_by
from probes.transports.port import Http

QUANTITY = 2
"""Pieces bought each time: more than one, so that a price a piece shows beside the sum."""

CHEAPER = ("INR", "THB")
"""Currencies of which one unit is worth little: the first that is not the shop's own is forged."""

_COUNTS = re.compile(r"_forms$|count|quantity|qty", re.IGNORECASE)
_SUMS = re.compile(r"price|amount|cost|total", re.IGNORECASE)
_REBATES = re.compile(r"discount|rebate|coupon|voucher|promo", re.IGNORECASE)
_FEES = re.compile(r"(?:delivery|shipping|freight)[_-]?(?:fee|cost|price|charge)", re.IGNORECASE)
_CURRENCY = re.compile(r"currency", re.IGNORECASE)
_NUMBER = re.compile(r"order[_-]?(?:id|no|number)$", re.IGNORECASE)


def _named(*rules: tuple[re.Pattern[str], str], added: dict[str, str]) -> Forgery:
    def instead(name: str, _: str) -> str | None:
        if _COUNTS.search(name):
            return None
        return next((value for pattern, value in rules if pattern.search(name)), None)

    return Forgery(instead=instead, added=added)


def forgeries(number: str, currency: str | None) -> dict[str, Forgery]:
    """Return the families of forgeries by name.

    Args:
        number: that of an order that is there already.
        currency: the shop's own, so that another one is forged.
    """
    other = next(code for code in CHEAPER if code != currency)
    sums = ("price", "amount", "total", "grand_total", "order_total", "goods_total")
    return {
        "sums": _named((_FEES, "0.01"), (_SUMS, "0.01"), added=dict.fromkeys(sums, "0.01")),
        "discount": _named(
            (_REBATES, "99.00"),
            (_FEES, "0.00"),
            added={"discount": "99.00", "discount_amount": "99.00", "delivery_fee": "0.00", "shipping_cost": "0.00"},
        ),
        "currency": _named((_CURRENCY, other), added={"currency": other, "currency_code": other}),
        "order number": _named(
            (_NUMBER, number), added={"order_id": number, "order_number": number, "order_no": number}
        ),
    }


def _forged(
    given: Look, session: ShopSession, operator: ShopSession | None, goods: Goods, forgery: Forgery
) -> dict[str, Any]:
    """Buy with forged requests; the order is read without them."""
    wrapped: list[RewritingHttp] = []

    def wrap(inner: Http) -> Http:
        wrapped.append(RewritingHttp(inner, forgery))
        return wrapped[-1]

    traders.emptied(session)
    with session.through(wrap):
        purchase = traders.put(session, goods, QUANTITY)
        if traders.checked_out(session, traders.address_of(given, traders.FORGER), purchase):
            traders.confirmed(session, purchase)
    if purchase["number"] is not None:
        purchase |= traders.viewed(session, operator, purchase["number"])
    return purchase | {"sent": {name: value for http in wrapped for name, value in http.sent.items()}}


def _replayed(given: Look, session: ShopSession, goods: Goods) -> dict[str, Any]:
    """Confirm an order, and send the last request that did it once more."""
    before = numbers_listed(session)
    purchase = traders.filled(session, goods, QUANTITY)
    keeping: list[KeepingHttp] = []

    def wrap(inner: Http) -> Http:
        keeping.append(KeepingHttp(inner))
        return keeping[-1]

    if traders.checked_out(session, traders.address_of(given, traders.FORGER), purchase):
        with session.through(wrap):
            traders.confirmed(session, purchase)
    kept = [request for http in keeping for request in http.kept]
    again = None
    if purchase["number"] is not None and kept:
        again = sent_again(session, kept[-1], deadline=given.deadline)
    return {"purchase": purchase, "again": again, "fresh": fresh_orders(session, before)}


def _parallel(given: Look, session: ShopSession, goods: Goods) -> dict[str, Any]:
    """Confirm what lies in the cart once by two sessions of one member at the same instant."""
    other = traders.another(given, traders.FORGER)
    try:
        before = numbers_listed(session)
        purchase = traders.filled(session, goods, QUANTITY)
        address = traders.address_of(given, traders.FORGER)
        ready = [traders.checked_out(one, address, purchase) for one in (session, other)]
        sessions = tuple(one for one, reached in zip((session, other), ready, strict=True) if reached)
        outcomes = confirmed_together(sessions) if sessions else ()
        return {
            "checked_out": ready,
            "confirm": told_by(outcomes, sessions),
            "fresh": fresh_orders(session, before),
        }
    finally:
        other.close()


def look(given: Look) -> Seen:
    """Buy honestly, by forged requests, twice by the same request and twice at once, and read what became of it."""
    may_order(given, PROBE.name)
    session = traders.trader(given, traders.FORGER)
    operator = traders.operator_of(given)
    goods = offered(given, 1)[0]
    address = traders.address_of(given, traders.FORGER)
    honest = traders.bought(session, operator, goods, QUANTITY, address)
    data: dict[str, Any] = {
        "goods": goods.name,
        "quantity": QUANTITY,
        "shown": dict(goods.price),
        "honest": honest,
        "forged": [],
    }
    number = honest["number"]
    if number is None:
        return Seen(data=data)
    for what, forgery in forgeries(number, goods.price["currency"]).items():
        data["forged"].append({"what": what} | _forged(given, session, operator, goods, forgery))
    data["replay"] = _replayed(given, session, goods)
    data["parallel"] = _parallel(given, session, goods)
    data["honest_after"] = traders.viewed(session, operator, number)
    traders.emptied(session)
    return Seen(data=data)


def subjects(target: Target) -> tuple[str, ...]:
    """One member of this look's own."""
    return ("buyer",) if target.platform.adapter else ()


PROBE = Probe(
    name="trade.forgery",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=180,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:trader", "account:operator"}),
    writes=True,
)
