"""The shop's side of paying: the payment page of an order, the provider's notices, refunds by the operator."""

import hmac
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from tests.miniatures.shop.goods import yuan
from tests.miniatures.shop.provider import signature
from tests.miniatures.shop.state import Order, State
from tests.miniatures.shop.till import Received
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect

ENDS = {"paid": "已支付 Paid", "failed": "支付失败 Failed"}
_VANISHES = 30
"""Which notice of a paid order gets lost under ``payment-vanishes``: one that only a long row of payments reaches."""
_LENGTH = 64


def _signed(shop: State, notice: Mapping[str, str]) -> bool:
    given = notice.get("signature", "")
    if not given:
        return shop.wrong("unsigned-notice-accepted")
    if shop.wrong("wrong-signature-accepted"):
        return len(given) == _LENGTH
    order_too = not shop.wrong("replayed-notice-pays-other-order")
    return hmac.compare_digest(given, signature(shop.till.secret, notice, order_too=order_too))


def take(shop: State, notice: Mapping[str, str]) -> bool:
    """Take a notice into the books; False where it is refused. One that was taken before is taken and not counted."""
    number, status, amount = (notice.get(name, "") for name in ("order", "status", "amount"))
    order = shop.orders.get(number)
    if order is None or status not in ENDS or not amount.isdecimal() or not _signed(shop, notice):
        return False
    if status == "paid" and int(amount) != order.quote.total_fen and not shop.wrong("notice-amount-not-compared"):
        return False
    told = (notice.get("event", ""), number)
    if told in shop.till.taken and not shop.wrong("notice-counted-twice"):
        return True
    shop.till.taken.add(told)
    shop.till.notices += status == "paid"
    if status == "paid" and shop.till.notices == _VANISHES and shop.wrong("payment-vanishes"):
        return True
    paid = status == "paid" or shop.wrong("failed-payment-shown-paid")
    received = Received(reference=notice.get("payment", ""), amount_fen=int(amount), end="paid" if paid else "failed")
    shop.till.of(number).append(received)
    return True


def notified(shop: State, call: Call) -> Answer:
    """Answer a notice from outside."""
    return Answer(body=b"success", kind="text/plain") if take(shop, call.form) else Answer(status=400, body=b"fail")


def _status(shop: State, order: Order) -> str:
    if shop.till.paid(order.number) is not None:
        return ENDS["paid"]
    return ENDS["failed"] if shop.till.of(order.number) else "待支付 Unpaid"


def _view(shop: State, order: Order, further: str) -> str:
    payments = "".join(
        f'<tr class="payment"><td class="reference">{e(one.reference)}</td><td class="amount">{yuan(one.amount_fen)}'
        f'</td><td class="state">{ENDS[one.end]}</td></tr>'
        for one in shop.till.of(order.number)
    )
    refunds = "".join(
        f'<tr class="refund"><td class="amount">{yuan(one.amount_fen)}</td>'
        f'<td class="state">{"退款处理中 Pending" if one.completed is None else "已退款 Completed"}</td></tr>'
        for one in shop.till.refunds
        if one.order == order.number
    )
    return (
        f'<article class="paying"><p>应付总额 Total: <span class="grand-total">{yuan(order.quote.total_fen)}</span></p>'
        f'<p>支付状态 Payment: <span class="payment-status">{_status(shop, order)}</span></p>'
        f'<table class="payments">{payments}</table><table class="refunds">{refunds}</table>{further}</article>'
    )


def own_page(shop: State, call: Call, number: str) -> Answer:
    """Show the owner what is to be paid and what was paid, with the form that leads to the provider."""
    order = shop.orders.get(number)
    if order is None or order.owner != call.me.key:
        return missing(shop, call)
    values = {"order": number, "amount": str(order.quote.total_fen)}
    hidden = "".join(f'<input type="hidden" name="{name}" value="{e(value)}">' for name, value in values.items())
    pay = (
        f'<form id="pay" method="post" action="{shop.till.provider_url}/checkout/">{hidden}'
        f"{field('card', '卡号 Card')}<button>去支付 Pay</button></form>"
    )
    return page(shop, call, "订单支付 Payment", _view(shop, order, pay))


def operator_page(shop: State, call: Call, number: str) -> Answer:
    """Show the operator the same, with the form that gives money back."""
    order = shop.orders.get(number)
    if order is None:
        return missing(shop, call)
    refund = ""
    if shop.till.paid(number) is not None:
        inner = field("amount", "退款金额 Amount")
        refund = form(call, "refund", f"/operator/orders/{number}/refund/", inner, "退款 Refund")
    return page(shop, call, "订单支付 Payment", _view(shop, order, refund))


def refund(shop: State, call: Call, number: str) -> Answer:
    """Give money back, no more than was paid and is not yet given back."""
    paid = shop.till.paid(number)
    try:
        amount_fen = int(Decimal(call.form.get("amount", "")) * 100)
    except InvalidOperation:
        amount_fen = 0
    given = sum(one.amount_fen for one in shop.till.refunds if one.order == number)
    if paid is None or not 0 < amount_fen <= paid.amount_fen - given:
        return page(shop, call, "退款 Refund", '<p class="error">退款金额有误。 The amount is wrong.</p>', 400)
    if not shop.wrong("refund-accepted-but-not-kept"):
        shop.till.refund(number, amount_fen)
    return redirect(f"/operator/orders/{number}/payment/")
