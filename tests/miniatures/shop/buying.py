"""The cart, the checkout in two steps, and the buyer's own orders."""

from decimal import Decimal, InvalidOperation

from tests.miniatures.shop import trackers, trading
from tests.miniatures.shop.goods import yuan
from tests.miniatures.shop.members import address_inputs, taken_address
from tests.miniatures.shop.state import Account, Line, Order, Quote, State
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect, refused, to_login

HEADS = "<tr><th>商品 Item</th><th>单价 Price</th><th>数量 Quantity</th><th>小计 Subtotal</th></tr>"


def _refused_quantity(shop: State, call: Call) -> Answer:
    told = '<p class="error">数量不符合要求或库存不足。 No such quantity, or not in stock.</p>'
    return page(shop, call, "数量不符 Quantity", told)


def _claimed_price(call: Call) -> int | None:
    try:
        return int(Decimal(call.form.get("price", "")) * 100)
    except (InvalidOperation, ValueError):
        return None


def add(shop: State, call: Call) -> Answer:
    """Put an article in the cart."""
    goods = shop.goods(call.form.get("goods", ""))
    if goods is None:
        return missing(shop, call)
    quantity = trading.pieces(shop, call, least=1)
    held = shop.cart(call.me).get(goods.key)
    if quantity is None or not trading.in_stock(shop, goods, quantity + (held.quantity if held else 0)):
        return _refused_quantity(shop, call)
    shop.add_to_cart(call.me, goods, quantity, _claimed_price(call))
    return redirect("/cart/")


def cart(shop: State, call: Call) -> Answer:
    """Show one's own cart."""
    lines = tuple(shop.cart(call.me).values())
    if not lines or shop.wrong("cart-empty-after-add"):
        return page(shop, call, "购物车 Cart", '<p class="empty-cart">购物车是空的。 Your cart is empty.</p>')
    rows = []
    for line in lines:
        key = line.goods.key
        quantity = f'<input type="number" name="quantity" value="{line.quantity}" min="0">'
        rows.append(
            f'<tr class="line"><td><a class="name" href="/goods/{key}/">{e(line.goods.name)}</a></td>'
            f'<td class="unit-price">{yuan(line.unit_fen)}</td>'
            f"<td>{form(call, f'quantity-{key}', f'/cart/lines/{key}/', quantity, '更新 Update')}</td>"
            f'<td class="line-total">{yuan(line.total_fen)}</td>'
            f"<td>{form(call, f'remove-{key}', f'/cart/lines/{key}/remove/', '', '删除 Remove')}</td></tr>"
        )
    total = yuan(sum(line.total_fen for line in lines))
    main = (
        f'<table class="cart">{HEADS}{"".join(rows)}</table>'
        f'<p>商品合计 Goods: <span id="cart-total">{total}</span></p>'
        f'{form(call, "empty-cart", "/cart/empty/", "", "清空 Empty")}<p><a href="/checkout/">去结算 Check out</a></p>'
    )
    return page(shop, call, "购物车 Cart", main)


def change(shop: State, call: Call, key: str) -> Answer:
    """Change the quantity of one line; 0 removes it."""
    own = shop.cart(call.me)
    if key not in own:
        return missing(shop, call)
    quantity = trading.pieces(shop, call, least=0)
    if quantity is None or not trading.in_stock(shop, own[key].goods, quantity):
        return _refused_quantity(shop, call)
    if not shop.wrong("quantity-change-ignored"):
        old = own.pop(key)
        if quantity:
            own[key] = shop.line(old.goods, quantity, old.unit_fen)
    return redirect("/cart/")


def remove(shop: State, call: Call, key: str) -> Answer:
    """Take one line out of the cart."""
    if not shop.wrong("removed-line-stays"):
        shop.cart(call.me).pop(key, None)
    return redirect("/cart/")


def empty(shop: State, call: Call) -> Answer:
    """Take everything out of the cart."""
    shop.cart(call.me).clear()
    return redirect("/cart/")


def address_form(shop: State, call: Call) -> Answer:
    """Ask where the goods shall go."""
    values = (
        {} if call.account is None else {name: call.me.profile[name] for name in ("first_name", "last_name", "phone")}
    )
    inner = address_inputs(values) + field("note", "备注 Note")
    main = form(call, "checkout", "/checkout/", inner, "下一步 Next") + trackers.on_checkout(shop)
    return page(shop, call, "填写收货地址 Checkout", main)


def take_address(shop: State, call: Call) -> Answer:
    """Keep the address for the preview."""
    if not shop.cart(call.me):
        return redirect("/cart/")
    address = taken_address(call)
    if not address["line1"] or not address["city"] or trading.stored(shop, address) is None:
        return address_form(shop, call)
    call.session.address, call.session.note = address, call.form.get("note", "")
    return redirect("/checkout/preview/")


def _sums(quote: Quote) -> str:
    return (
        f'<p>商品金额 Goods total: <span class="goods-total">{yuan(quote.goods_fen)}</span></p>'
        f'<p>配送费 Delivery fee: <span class="delivery-fee">{yuan(quote.fee_fen)}</span></p>'
        f'<p>应付总额 Total: <span class="grand-total">{yuan(quote.total_fen)}</span></p>'
    )


def _table(lines: tuple[Line, ...]) -> str:
    rows = "".join(
        f'<tr class="line"><td class="name">{e(line.goods.name)}</td><td class="unit-price">{yuan(line.unit_fen)}</td>'
        f'<td class="quantity">{line.quantity}</td><td class="line-total">{yuan(line.total_fen)}</td></tr>'
        for line in lines
    )
    return f'<table class="lines">{HEADS}{rows}</table>'


def preview(shop: State, call: Call) -> Answer:
    """Show what the order costs before it is confirmed: goods, delivery, total."""
    lines = tuple(shop.cart(call.me).values())
    if not lines or call.session.address is None:
        return redirect("/cart/")
    quote = shop.quote(lines)
    if shop.wrong("preview-sum-wrong"):
        quote = Quote(goods_fen=quote.goods_fen, fee_fen=quote.fee_fen, total_fen=quote.total_fen + 100)
    sums = _sums(quote)
    if shop.wrong("fee-hidden-in-total"):
        sums = f'<p>应付总额 Total: <span class="grand-total">{yuan(quote.total_fen)}</span></p>'
    address = "，".join(value for value in call.session.address.values() if value)
    once = trading.previewed(shop, call, lines)
    confirm = form(call, "confirm", "/checkout/confirm/", once, "提交订单 Confirm")
    main = f'<div id="preview">{_table(lines)}{sums}<p class="address">{e(address)}</p>{confirm}</div>'
    main += trackers.on_preview(shop, address)
    return page(shop, call, "确认订单 Preview", main)


def confirm(shop: State, call: Call) -> Answer:
    """Place the order."""
    number = trading.confirmed(shop, call)
    return redirect("/cart/" if number is None else f"/checkout/done/{number}/")


def done(shop: State, call: Call, number: str) -> Answer:
    """Acknowledge the order with its number."""
    main = f'<p>订单已提交，订单号 Order number: <strong id="order-number">{e(number)}</strong></p>'
    placed = shop.orders.get(number)
    main += trackers.on_done(shop, number, placed.quote.total_fen if placed else None)
    return page(shop, call, "下单成功 Thank you", main)


def orders(shop: State, call: Call) -> Answer:
    """List one's own orders."""
    everybody = shop.wrong("order-list-of-others")
    own = [found for found in shop.orders.values() if everybody or found.owner == call.me.key]
    return page(
        shop, call, "我的订单 My orders", order_list([(found, found.quote.total_fen) for found in own], "/orders/")
    )


def order_list(found: list[tuple[Order, int]], prefix: str) -> str:
    """Return the table of orders that buyer, seller and operator see, each with links of their own."""
    rows = "".join(
        f'<tr class="order"><td><a class="number" href="{prefix}{order.number}/">{order.number}</a></td>'
        f'<td class="total">{yuan(total_fen)}</td><td class="status">{e(order.status)}</td></tr>'
        for order, total_fen in reversed(found)
    )
    return f'<table class="orders">{rows}</table>'


def order_view(order: Order, lines: tuple[Line, ...], quote: Quote, further: str = "") -> str:
    """Return one order as buyer, seller and operator see it."""
    address = "，".join(value for value in order.address.values() if value)
    note = f'<p class="note">备注 Note: {e(order.note)}</p>' if order.note else ""
    return (
        f'<article class="order"><p>订单号 Number: <strong id="order-number">{order.number}</strong></p>'
        f'<p>状态 Status: <span class="status">{e(order.status)}</span></p>{_table(lines)}{_sums(quote)}'
        f'<p>收货地址 Address: <span class="address">{e(address)}</span></p>{note}{further}</article>'
    )


def _may_read(shop: State, order: Order, who: Account | None) -> bool:
    if who is None:
        return shop.wrong("order-open-to-visitors")
    return order.owner == who.key or shop.wrong("order-by-number-readable")


def readable_order(shop: State, who: Account | None, number: str) -> Order | None:
    """Return an order that the one who asks may read as its buyer, else None."""
    found = shop.orders.get(number)
    return found if found is not None and _may_read(shop, found, who) else None


def order(shop: State, call: Call, number: str) -> Answer:
    """Show one of one's own orders."""
    found = readable_order(shop, call.account, number)
    if found is None:
        return to_login(call) if call.account is None else missing(shop, call)
    quote = trading.quote_shown(shop, found)
    if shop.wrong("buyer-order-total-altered"):
        quote = Quote(goods_fen=quote.goods_fen, fee_fen=quote.fee_fen, total_fen=quote.total_fen - 100)
    cancel = ""
    if call.account is not None and found.owner == call.account.key and found.status.startswith("待发货"):
        cancel = form(call, "cancel", f"/orders/{number}/cancel/", "", "取消订单 Cancel")
    shown = order_view(found, trading.lines_shown(shop, found), quote, cancel)
    return page(shop, call, "订单详情 Order", trading.in_currency(shop, found, shown))


def cancel(shop: State, call: Call, number: str) -> Answer:
    """Cancel one of one's own orders that has not been shipped."""
    found = shop.orders.get(number)
    if found is not None and found.owner != call.me.key and shop.wrong("order-of-others-cancelled-despite-403"):
        found.status = "已取消 Cancelled"
        return refused(shop, call)
    if found is None or found.owner != call.me.key:
        return missing(shop, call)
    if found.status.startswith("待发货"):
        before, found.status = found.status, "已取消 Cancelled"
        shop.books.cancelled(call.me.username, number, before, found.status)
        trading.cancelled(shop, found)
    return redirect(f"/orders/{number}/")
