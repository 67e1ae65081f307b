"""The pages of invoices, returns, wish lists, vouchers and users, and of the goods that sellers enter themselves."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from tests.miniatures.shop.cabinet import Paper, Sort
from tests.miniatures.shop.goods import Goods, yuan
from tests.miniatures.shop.state import Order, State
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect

Handler = Callable[..., Answer]
For = Literal["everybody", "members", "sellers", "operator"]
Row = tuple[str, str, Handler, For]
PLACES: dict[Sort, str] = {
    "invoice": "/account/invoices/",
    "return": "/account/returns/",
    "wish-list": "/account/wish-lists/",
    "voucher": "/operator/vouchers/",
}


def _listing(call: Call, sort: Sort, papers: tuple[Paper, ...], further: str = "") -> str:
    rows = "".join(
        f'<li class="paper"><a class="open" href="{PLACES[sort]}{paper.key}/">{e(paper.text)}</a> '
        f'<span class="number">{e(paper.number)}</span>'
        f"{form(call, f'delete-{paper.key}', f'{PLACES[sort]}{paper.key}/delete/', '', '删除 Delete')}</li>"
        for paper in papers
    )
    return f'<ul class="papers">{rows}</ul>{further}'


def _page(shop: State, call: Call, sort: Sort, paper: Paper) -> Answer:
    place = f"{PLACES[sort]}{paper.key}/"
    inner = f'<p class="text">{e(paper.text)}</p>' + form(
        call, "change", place, field("text", "内容 Text", paper.text), "保存 Save"
    )
    return page(shop, call, f"{sort} {paper.key}", f'<article class="paper">{inner}</article>')


# ---- invoices -----------------------------------------------------------------------------------------------------


def _invoice_of(shop: State, order: Order) -> Paper:
    kept = next((paper for paper in shop.cabinet.of("invoice") if paper.number == order.number), None)
    if kept is None:
        address = "，".join(value for value in order.address.values() if value)
        text = f"发票 Invoice: {yuan(order.quote.total_fen)}, {address}"
        kept = Paper(key=shop.take_key(), owner=order.owner, text=text, number=order.number)
        shop.cabinet.put("invoice", kept)
    return kept


def invoices(shop: State, call: Call) -> Answer:
    """List one's own invoices: one an order, written when it is first asked for."""
    own = tuple(_invoice_of(shop, order) for order in shop.orders.values() if order.owner == call.me.key)
    return page(shop, call, "发票 Invoices", _listing(call, "invoice", own))


def invoice(shop: State, call: Call, key: str) -> Answer:
    """Show one of one's own invoices."""
    paper = shop.cabinet.get("invoice", key)
    own = paper is not None and call.account is not None and paper.owner == call.account.key
    if paper is None or not (own or shop.wrong("invoice-open-by-id")):
        return missing(shop, call)
    return page(shop, call, "发票 Invoice", f'<article class="paper"><p class="text">{e(paper.text)}</p></article>')


# ---- returns and wish lists: each member's own --------------------------------------------------------------------


def returns(shop: State, call: Call) -> Answer:
    """List one's own requests to send goods back, with the form for another."""
    inner = field("number", "订单号 Order") + field("text", "原因 Reason")
    further = form(call, "new", PLACES["return"], inner, "申请退货 Ask for a return")
    return page(shop, call, "退货 Returns", _listing(call, "return", shop.cabinet.of("return", call.me.key), further))


def request_return(shop: State, call: Call) -> Answer:
    """Ask to send goods of an order of one's own back."""
    order = shop.orders.get(call.form.get("number", ""))
    if order is None or order.owner != call.me.key:
        return missing(shop, call)
    text = call.form.get("text", "")
    shop.cabinet.put("return", Paper(key=shop.take_key(), owner=call.me.key, text=text, number=order.number))
    return redirect(PLACES["return"])


def wish_lists(shop: State, call: Call) -> Answer:
    """List one's own wish lists, with the form for another."""
    further = form(call, "new", PLACES["wish-list"], field("text", "名称 Name"), "新建 New")
    own = shop.cabinet.of("wish-list", call.me.key)
    return page(shop, call, "心愿单 Wish lists", _listing(call, "wish-list", own, further))


def add_wish_list(shop: State, call: Call) -> Answer:
    """Make a wish list."""
    shop.cabinet.put("wish-list", Paper(key=shop.take_key(), owner=call.me.key, text=call.form.get("text", "")))
    return redirect(PLACES["wish-list"])


def _own(shop: State, call: Call, sort: Sort, key: str) -> Paper | None:
    paper = shop.cabinet.get(sort, key)
    return paper if paper is not None and paper.owner == call.me.key else None


def read(sort: Sort) -> Handler:
    """Return the page that shows one of one's own."""

    def shown(shop: State, call: Call, key: str) -> Answer:
        paper = _own(shop, call, sort, key)
        return missing(shop, call) if paper is None else _page(shop, call, sort, paper)

    return shown


def change(sort: Sort) -> Handler:
    """Return what changes one of one's own."""

    def changed(shop: State, call: Call, key: str) -> Answer:
        paper = _own(shop, call, sort, key)
        if paper is None:
            return missing(shop, call)
        paper.text = call.form.get("text", "")
        return redirect(PLACES[sort])

    return changed


def delete(sort: Sort) -> Handler:
    """Return what throws away one of one's own."""

    def deleted(shop: State, call: Call, key: str) -> Answer:
        anybody_s = sort == "wish-list" and shop.wrong("wish-list-of-others-deletable")
        if _own(shop, call, sort, key) is None and not (anybody_s and shop.cabinet.get(sort, key)):
            return missing(shop, call)
        shop.cabinet.remove(sort, key)
        return redirect(PLACES[sort])

    return deleted


# ---- vouchers and users: the operator's ---------------------------------------------------------------------------


def vouchers(shop: State, call: Call) -> Answer:
    """List all vouchers, with the form for another."""
    inner = field("text", "名称 Name") + field("code", "券码 Code")
    further = form(call, "new", PLACES["voucher"], inner, "新建 New")
    return page(shop, call, "优惠券 Vouchers", _listing(call, "voucher", shop.cabinet.of("voucher"), further))


def add_voucher(shop: State, call: Call) -> Answer:
    """Make a voucher."""
    paper = Paper(
        key=shop.take_key(), owner=call.me.key, text=call.form.get("text", ""), number=call.form.get("code", "")
    )
    shop.cabinet.put("voucher", paper)
    return redirect(PLACES["voucher"])


def voucher(shop: State, call: Call, key: str) -> Answer:
    """Show a voucher."""
    paper = shop.cabinet.get("voucher", key)
    if paper is None:
        return missing(shop, call)
    shown = _page(shop, call, "voucher", paper)
    return replace(shown, body=shown.body.replace(b"</article>", f"<p>{e(paper.number)}</p></article>".encode()))


def users(shop: State, call: Call) -> Answer:
    """List all users."""
    rows = "".join(
        f'<li class="paper"><a class="open" href="/operator/users/{account.key}/">{e(account.username)}</a></li>'
        for account in shop.accounts.values()
    )
    return page(shop, call, "用户 Users", f'<ul class="papers">{rows}</ul>')


def user(shop: State, call: Call, key: str) -> Answer:
    """Show a user."""
    account = shop.accounts.get(int(key))
    if account is None:
        return missing(shop, call)
    told = "，".join(value for value in (account.username, account.role, *account.profile.values()) if value)
    return page(shop, call, "用户 User", f'<article class="paper"><p class="text">{e(told)}</p></article>')


# ---- goods that sellers enter: they have a page, and stand on no list before the operator lists them ----------------


def _fen(text: str) -> int | None:
    try:
        return int(Decimal(text) * 100)
    except InvalidOperation:
        return None


def new_goods(shop: State, call: Call) -> Answer:
    """Show the form for further goods of a seller."""
    inner = field("name", "名称 Name") + field("price", "售价 Price")
    return page(shop, call, "新商品 New goods", form(call, "new", "/seller/goods/new/", inner, "保存 Save"))


def add_goods(shop: State, call: Call) -> Answer:
    """Enter goods of a seller."""
    price = _fen(call.form.get("price", ""))
    if price is None:
        return new_goods(shop, call)
    key = str(1000 + shop.take_key())
    goods = Goods(key=key, name=call.form.get("name", ""), price_fen=price, seller=call.me.username)
    shop.cabinet.offers[key] = goods
    shop.prices[key] = price
    return redirect("/seller/goods/")


def _sellers_own(shop: State, call: Call, key: str, defect: str) -> Goods | None:
    goods = shop.cabinet.offers.get(key)
    return goods if goods is not None and (goods.seller == call.me.username or shop.wrong(defect)) else None


def change_goods(shop: State, call: Call, key: str) -> Answer:
    """Set another price on goods that a seller entered."""
    price = _fen(call.form.get("price", ""))
    if _sellers_own(shop, call, key, "price-of-other-sellers-changeable") is None or price is None:
        return missing(shop, call)
    shop.prices[key] = price
    return redirect(f"/seller/goods/{key}/")


def delete_goods(shop: State, call: Call, key: str) -> Answer:
    """Take away goods that a seller entered."""
    if _sellers_own(shop, call, key, "") is None:
        return missing(shop, call)
    del shop.cabinet.offers[key]
    del shop.prices[key]
    return redirect("/seller/goods/")


def _members_own(sort: Sort) -> tuple[Row, ...]:
    place = PLACES[sort] + "{key}/"
    return (
        ("GET", place, read(sort), "members"),
        ("POST", place, change(sort), "members"),
        ("POST", place + "delete/", delete(sort), "members"),
    )


PAGES: tuple[Row, ...] = (
    ("GET", "/account/invoices/", invoices, "members"),
    ("GET", "/account/invoices/{key}/", invoice, "everybody"),
    ("GET", "/account/returns/", returns, "members"),
    ("POST", "/account/returns/", request_return, "members"),
    ("GET", "/account/wish-lists/", wish_lists, "members"),
    ("POST", "/account/wish-lists/", add_wish_list, "members"),
    *_members_own("return"),
    *_members_own("wish-list"),
    ("GET", "/operator/vouchers/", vouchers, "operator"),
    ("POST", "/operator/vouchers/", add_voucher, "operator"),
    ("GET", "/operator/vouchers/{key}/", voucher, "operator"),
    ("POST", "/operator/vouchers/{key}/", change("voucher"), "operator"),
    ("POST", "/operator/vouchers/{key}/delete/", delete("voucher"), "operator"),
    ("GET", "/operator/users/", users, "operator"),
    ("GET", "/operator/users/{key}/", user, "operator"),
    ("GET", "/seller/goods/new/", new_goods, "sellers"),
    ("POST", "/seller/goods/new/", add_goods, "sellers"),
    ("POST", "/seller/goods/{key}/", change_goods, "sellers"),
    ("POST", "/seller/goods/{key}/delete/", delete_goods, "sellers"),
)
"""Method, address, handler, and who may go there: rows of the shop's one table of routes."""
