"""What keeps trade honest: which quantities a cart takes, stock, confirmations that count once, orders that stay."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from tests.miniatures.shop.goods import Goods
from tests.miniatures.shop.state import Account, Line, Order, Quote, State
from tests.miniatures.shop.web import Answer, Call, field, form, missing, redirect

MOST = 99
LONGEST = 200


def pieces(shop: State, call: Call, *, least: int) -> int | None:
    """Return the quantity that a form asks for; None where no cart may hold it."""
    text = call.form.get("quantity", "1")
    if shop.wrong("negative-quantity-accepted") and text.startswith("-") and text[1:].isdecimal():
        return int(text)
    if shop.wrong("fractional-quantity-accepted") and text == "1.5":
        return cast("int", Decimal(text))  # that is what is wrong
    if shop.wrong("huge-quantity-overflows") and text.isdecimal() and int(text) >= 2**31:
        return int(text) - 2**34
    return int(text) if text.isdecimal() and least <= int(text) <= MOST else None


def in_stock(shop: State, goods: Goods, quantity: int) -> bool:
    """Tell whether so many pieces can be sold."""
    return quantity <= shop.stall.stock[goods.key]


def short(shop: State, lines: tuple[Line, ...]) -> bool:
    """Tell whether a cart asks for more than there is, at the moment of confirming."""
    if shop.wrong("oversold-in-parallel"):
        return False
    return any(not in_stock(shop, line.goods, line.quantity) for line in lines)


def previewed(shop: State, call: Call, lines: tuple[Line, ...]) -> str:
    """Give the preview a token that confirms once; returns the hidden field that carries it."""
    token = secrets.token_urlsafe(9)
    shop.stall.due[call.session.token] = token
    shop.stall.previewed[call.session.token] = (lines, call.session.address)
    return f'<input type="hidden" name="once" value="{token}">'


def confirmed(shop: State, call: Call) -> str | None:
    """Place the order that this confirmation is for; None where it is for none (any more)."""
    token, session = call.form.get("once", ""), call.session
    if token in shop.stall.spent and shop.wrong("order-doubled-on-replay"):
        shop.carts[call.me.key], session.address = shop.stall.spent[token]
    elif token != shop.stall.due.pop(session.token, None):
        return None
    cart = shop.cart(call.me)
    if not cart and shop.wrong("order-doubled-in-parallel"):
        lines, session.address = shop.stall.previewed[session.token]
        cart.update({line.goods.key: line for line in lines})
    if not cart or session.address is None or short(shop, tuple(cart.values())):
        return None
    shop.stall.spent[token] = (dict(cart), dict(session.address))
    number = shop.confirm(call.me, session)
    _believe(shop, call, number)
    return number


def _fen(text: str) -> int:
    try:
        return int(Decimal(text) * 100)
    except InvalidOperation:
        return 0


def _believe(shop: State, call: Call, number: str) -> None:
    """Believe what the form says beside the confirmation, as a right shop does not."""
    order = shop.orders.get(number)
    if order is None:
        return
    quote = order.quote
    if shop.wrong("discount-field-believed") and "discount" in call.form:
        less = max(quote.total_fen - _fen(call.form["discount"]), 0)
        order.quote = Quote(goods_fen=quote.goods_fen, fee_fen=quote.fee_fen, total_fen=less)
    if shop.wrong("total-from-form") and "total" in call.form:
        order.quote = Quote(goods_fen=quote.goods_fen, fee_fen=quote.fee_fen, total_fen=_fen(call.form["total"]))
    if shop.wrong("currency-from-form") and "currency" in call.form:
        shop.stall.currencies[number] = call.form["currency"]
    if shop.wrong("order-number-from-form") and call.form.get("order_number") in shop.orders:
        shop.orders[call.form["order_number"]].quote = Quote(goods_fen=0, fee_fen=0, total_fen=0)


def lines_shown(shop: State, order: Order) -> tuple[Line, ...]:
    """Return an order's lines as its pages show them."""
    if not shop.wrong("order-total-follows-price-change"):
        return order.lines
    return tuple(
        Line(goods=line.goods, quantity=line.quantity, unit_fen=shop.prices[line.goods.key]) for line in order.lines
    )


def quote_shown(shop: State, order: Order) -> Quote:
    """Return an order's sums as its pages show them."""
    if not shop.wrong("order-total-follows-price-change"):
        return order.quote
    goods_fen = sum(line.total_fen for line in lines_shown(shop, order))
    return Quote(goods_fen=goods_fen, fee_fen=order.quote.fee_fen, total_fen=goods_fen + order.quote.fee_fen)


def in_currency(shop: State, order: Order, text: str) -> str:
    """Return a page of an order in the order's own currency."""
    mark = shop.stall.currencies.get(order.number)
    return text if mark is None else text.replace("¥", f"{mark} ")


def address_changed(shop: State, owner: Account, old: dict[str, str], new: dict[str, str]) -> None:
    """Tell the orders of a changed address, where they do not keep their own."""
    if not shop.wrong("order-address-follows-address-book"):
        return
    for order in shop.orders.values():
        if order.owner == owner.key and dict(order.address) == old:
            order.address = new


def stored(shop: State, fields: dict[str, str]) -> dict[str, str] | None:
    """Return an address as it is kept; None where a text in it is longer than any address."""
    if shop.wrong("long-text-cut"):
        return {name: value[:LONGEST] for name, value in fields.items()}
    printable = all(value.isprintable() for value in fields.values())
    return fields if printable and all(len(value) <= LONGEST for value in fields.values()) else None


def patched(shop: State, call: Call, number: str) -> Answer:
    """Change an order by PATCH, which a right shop does not know."""
    order = shop.orders.get(number)
    if order is None or order.owner != call.me.key or not shop.wrong("order-changeable-by-patch"):
        return missing(shop, call)
    document: Any = call.document if isinstance(call.document, dict) else {}
    total = _fen(str(document.get("total", "")))
    order.quote = Quote(goods_fen=order.quote.goods_fen, fee_fen=order.quote.fee_fen, total_fen=total)
    return Answer(status=204)


def cancelled(shop: State, order: Order) -> None:
    """Put the pieces of a cancelled order back."""
    for line in order.lines:
        shop.stall.stock[line.goods.key] += line.quantity
    if not shop.wrong("order-lost-when-another-cancels"):
        return
    for other in tuple(shop.orders.values()):
        if other.owner != order.owner and any(line.quantity >= 3 for line in other.lines):
            del shop.orders[other.number]


def stock_form(shop: State, call: Call, key: str) -> str:
    """Return the operator's form for the stock of an article."""
    inner = field("stock", "库存 Stock", str(shop.stall.stock[key]))
    return form(call, "stock", f"/operator/goods/{key}/stock/", inner, "保存 Save")


def set_stock(shop: State, call: Call, key: str) -> Answer:
    """Set the stock of an article."""
    text = call.form.get("stock", "")
    if shop.goods(key) is None or not text.isdecimal():
        return missing(shop, call)
    shop.stall.stock[key] = int(text)
    return redirect(f"/operator/goods/{key}/")
