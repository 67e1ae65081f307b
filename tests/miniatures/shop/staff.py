"""The pages of operator and sellers."""

from decimal import Decimal, InvalidOperation

from tests.miniatures.shop import audit, trading
from tests.miniatures.shop.buying import order_list, order_view
from tests.miniatures.shop.goods import CATALOGUE, yuan
from tests.miniatures.shop.state import Line, Order, Quote, State
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect


def operator_orders(shop: State, call: Call) -> Answer:
    """List all orders."""
    seen = [order for order in shop.orders.values() if order.number not in shop.hidden_from_operator]
    rows = [(order, order.quote.total_fen) for order in seen]
    return page(shop, call, "订单管理 All orders", order_list(rows, "/operator/orders/"))


def _seen_by_operator(shop: State, order: Order) -> tuple[Line, ...]:
    if shop.wrong("operator-view-lacks-line"):
        return order.lines[:-1]
    if shop.wrong("operator-view-other-quantity"):
        first = order.lines[0]
        return (Line(goods=first.goods, quantity=first.quantity + 1, unit_fen=first.unit_fen), *order.lines[1:])
    return trading.lines_shown(shop, order)


def operator_order(shop: State, call: Call, number: str) -> Answer:
    """Show any order."""
    found = shop.orders.get(number)
    if found is None or number in shop.hidden_from_operator:
        return missing(shop, call)
    ship = form(call, "ship", f"/operator/orders/{number}/ship/", "", "发货 Ship") + audit.record(shop, found)
    shown = order_view(found, _seen_by_operator(shop, found), trading.quote_shown(shop, found), ship)
    return page(shop, call, "订单管理 Order", trading.in_currency(shop, found, shown))


def ship(shop: State, call: Call, number: str) -> Answer:
    """Mark an order as shipped."""
    found = shop.orders.get(number)
    if found is None or number in shop.hidden_from_operator:
        return missing(shop, call)
    if not shop.wrong("shipping-does-not-stick"):
        found.status = "已发货 Shipped"
    return redirect(f"/operator/orders/{number}/")


def edit_price(shop: State, call: Call, key: str, told: str = "") -> Answer:
    """Show the form that changes a price."""
    goods = shop.goods(key)
    if goods is None:
        return missing(shop, call)
    inner = field("price", "售价 Price", f"{shop.prices[key] / 100:.2f}")
    fault = f'<p class="error">{e(told)}</p>' if told else ""
    main = fault + form(call, "price", f"/operator/goods/{key}/", inner, "保存 Save")
    return page(shop, call, goods.name, main + trading.stock_form(shop, call, key))


def set_price(shop: State, call: Call, key: str) -> Answer:
    """Change the price of an article."""
    goods = shop.goods(key)
    if goods is None:
        return missing(shop, call)
    try:
        price = int(Decimal(call.form.get("price", "")) * 100)
    except InvalidOperation:
        return edit_price(shop, call, key, "请输入价格。")
    if price <= 0:
        return edit_price(shop, call, key, "请输入价格。")
    who = "" if call.account is None else call.account.username
    shop.books.priced(who, goods.name, yuan(shop.prices[key]), yuan(price))
    shop.prices[key] = price
    return redirect(f"/goods/{key}/")


def _own_lines(order: Order, seller: str) -> tuple[Line, ...]:
    return tuple(line for line in order.lines if line.goods.seller == seller)


def seller_orders(shop: State, call: Call) -> Answer:
    """List the orders that hold goods of this seller."""
    own = [(order, _own_lines(order, call.me.username)) for order in shop.orders.values()]
    rows = [(order, sum(line.total_fen for line in lines)) for order, lines in own if lines]
    return page(shop, call, "我的销售订单 Sales", order_list(rows, "/seller/orders/"))


def seller_order(shop: State, call: Call, number: str) -> Answer:
    """Show this seller's lines of an order."""
    found = shop.orders.get(number)
    lines = () if found is None else _own_lines(found, call.me.username)
    if found is not None and not lines and shop.wrong("seller-reads-other-sellers-order"):
        lines = found.lines
    if found is None or not lines:
        return missing(shop, call)
    if shop.wrong("seller-reads-whole-shared-order"):
        lines = found.lines
    goods_fen = sum(line.total_fen for line in lines)
    whole = len(lines) == len(found.lines)
    quote = found.quote if whole else Quote(goods_fen=goods_fen, fee_fen=0, total_fen=goods_fen)
    return page(shop, call, "销售订单 Sale", order_view(found, lines, quote))


def seller_goods_list(shop: State, call: Call) -> Answer:
    """List this seller's own goods."""
    rows = "".join(
        f'<li class="goods"><a class="name" href="/seller/goods/{goods.key}/">{e(goods.name)}</a></li>'
        for goods in (*CATALOGUE, *shop.cabinet.offers.values())
        if goods.seller == call.me.username
    )
    further = '<p><a href="/seller/goods/new/">新商品 New goods</a></p>'
    return page(shop, call, "我的商品 My goods", f'<ul class="goods-list">{rows}</ul>{further}')


def seller_goods(shop: State, call: Call, key: str) -> Answer:
    """Show one of this seller's own goods."""
    goods = shop.goods(key)
    if goods is None or goods.seller != call.me.username:
        return missing(shop, call)
    main = f'<p>售价 Price: <span class="price">{yuan(shop.prices[key])}</span></p>'
    main += f'<p><a class="page" href="/goods/{key}/">商品页 Public page</a></p>'
    if key in shop.cabinet.offers:
        inner = field("price", "售价 Price", f"{shop.prices[key] / 100:.2f}")
        main += form(call, "price", f"/seller/goods/{key}/", inner, "保存 Save")
        main += form(call, "delete", f"/seller/goods/{key}/delete/", "", "删除 Delete")
    return page(shop, call, goods.name, main)
