"""What a visitor sees: home, list, search, detail, delivery fees, about us, qualifications."""

from tests.miniatures.shop.goods import CATALOGUE, COMPANY, CREDIT_CODE, DELIVERY_FEN, LICENCE, ODD_ONE, Goods, yuan
from tests.miniatures.shop.state import State
from tests.miniatures.shop.web import Answer, Call, e, form, missing, page, to_login


def _price(shop: State, goods: Goods) -> str:
    shown = yuan(shop.prices[goods.key])
    return shown.removeprefix("¥") if shop.wrong("price-without-currency") else shown


def _listing(shop: State, offered: tuple[Goods, ...]) -> str:
    if not offered:
        return '<p class="nothing">暂无商品 Nothing found</p>'
    items = []
    for goods in offered:
        price = "" if shop.wrong("list-without-prices") else f' <span class="price">{_price(shop, goods)}</span>'
        items.append(f'<li class="goods"><a class="name" href="/goods/{goods.key}/">{e(goods.name)}</a>{price}</li>')
    return f'<ul class="goods-list">{"".join(items)}</ul>'


SEARCH = (
    '<form id="search" method="get" action="/search/"><input type="search" name="q"><button>搜索 Search</button></form>'
)


def home(shop: State, call: Call) -> Answer:
    """Show the front page."""
    return page(shop, call, "微型商城 Miniature shop", f"{SEARCH}<p>欢迎光临。 Welcome.</p>")


def goods_list(shop: State, call: Call) -> Answer:
    """Show all goods."""
    offered = () if shop.wrong("list-page-empty") else CATALOGUE
    return page(shop, call, "全部商品 All goods", SEARCH + _listing(shop, offered))


def search(shop: State, call: Call) -> Answer:
    """Show the goods whose name holds the term."""
    term = call.query.get("q", "").strip().casefold()
    found = tuple(goods for goods in CATALOGUE if term and term in goods.name.casefold())
    return page(shop, call, "搜索结果 Search", SEARCH + _listing(shop, found))


def _delivery_fee(shop: State) -> str:
    if shop.wrong("delivery-fee-hidden-before-checkout"):
        return '<p class="delivery">配送费以结算页为准。 Delivery is priced at checkout.</p>'
    return f'<p class="delivery">配送费 Delivery fee: <span class="fee">{yuan(DELIVERY_FEN)}</span> / 单 per order</p>'


def detail(shop: State, call: Call, key: str) -> Answer:
    """Show one article with its price, its delivery fee, and the form that puts it in the cart."""
    goods = shop.goods(key)
    if goods is None:
        return missing(shop, call)
    if goods.key == ODD_ONE and shop.wrong("detail-page-empty-200"):
        return Answer()
    if goods.key == ODD_ONE and shop.wrong("detail-shows-other-product"):
        goods = CATALOGUE[0]
    if goods.key == ODD_ONE and shop.wrong("price-on-request"):
        asked = '<p class="price-note">价格面议，请咨询客服。 Ask us for the price.</p>'
        return page(shop, call, goods.name, f'<article class="detail">{asked}{_delivery_fee(shop)}</article>')
    price = f'<p>售价 Price: <span class="price">{_price(shop, goods)}</span></p>'
    inner = (
        f'<input type="hidden" name="goods" value="{goods.key}">'
        f'<input type="hidden" name="price" value="{shop.prices[goods.key] / 100:.2f}">'
        '<label>数量 Quantity <input type="number" name="quantity" value="1" min="1"></label>'
    )
    buy = form(call, "add-to-cart", "/cart/add/", inner, "加入购物车 Add to cart")
    left = f'<p>库存 In stock: <span class="stock">{shop.stall.stock[goods.key]}</span></p>'
    edit = ""
    if call.account is not None and call.account.role == "operator":
        edit = f'<p><a class="edit-price" href="/operator/goods/{goods.key}/">修改价格 Edit price</a></p>'
    main = f'<article class="detail">{price}{left}{_delivery_fee(shop)}{buy}{edit}</article>'
    return page(shop, call, goods.name, main)


def delivery(shop: State, call: Call) -> Answer:
    """Show what delivery costs."""
    return page(
        shop,
        call,
        "配送费用 Delivery fees",
        f"<p>全国统一配送。 One fee for the whole country.</p>{_delivery_fee(shop)}",
    )


def about(shop: State, call: Call) -> Answer:
    """Show who runs the shop."""
    further = ""
    if shop.wrong("qualification-three-clicks-away"):
        further = '<p><a href="/about/company/">公司介绍 The company</a></p>'
    return page(shop, call, "关于我们 About us", f"<p>微型商城为测试而设。 A shop made for tests.</p>{further}")


def company(shop: State, call: Call) -> Answer:
    """Show the company: a page that only one way of being wrong has."""
    if not shop.wrong("qualification-three-clicks-away"):
        return missing(shop, call)
    link = '<p><a href="/about/company/qualification/">经营资质 Qualifications</a></p>'
    return page(shop, call, "公司介绍 The company", link)


def qualification(shop: State, call: Call) -> Answer:
    """Show licences and the unified social credit code, on a page of their own."""
    if shop.wrong("qualification-only-footer-text"):
        return missing(shop, call)
    if shop.wrong("qualification-three-clicks-away") != (call.path == "/about/company/qualification/"):
        return missing(shop, call)
    if shop.wrong("qualification-behind-login") and call.account is None:
        return to_login(call)
    if shop.wrong("qualification-page-empty"):
        return Answer()
    rows = (
        ("企业名称 Company", COMPANY),
        ("统一社会信用代码 Unified social credit code", CREDIT_CODE),
        ("营业执照 Business licence", "上海市市场监督管理局，2026年1月1日核准"),
        ("许可证 Licence", LICENCE),
    )
    table = "".join(f"<tr><th>{e(name)}</th><td>{e(value)}</td></tr>" for name, value in rows)
    return page(shop, call, "经营资质 Qualifications", f'<table class="qualification">{table}</table>')
