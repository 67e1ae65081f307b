"""Which address leads to which page, and who may go there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.miniatures.shop import (
    audit,
    back_office,
    browse,
    buying,
    forgotten,
    graphql_face,
    json_face,
    members,
    papers,
    payments,
    staff,
    trading,
)
from tests.miniatures.shop.state import State
from tests.miniatures.shop.web import Answer, Call, missing, page, redirect, refused, to_login

Handler = Callable[..., Answer]
For = Literal["everybody", "members", "sellers", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address; ``{key}`` and ``{number}`` in it are digits that the handler gets."""

    method: str
    path: str
    handler: Handler
    who: For = "everybody"
    form: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        """The address as a regular expression."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9]+)", self.path))


def _get(path: str, handler: Handler, who: For = "everybody") -> Route:
    return Route(method="GET", path=path, handler=handler, who=who)


def _post(path: str, handler: Handler, who: For = "everybody") -> Route:
    return Route(method="POST", path=path, handler=handler, who=who)


def _given_up(shop: State, call: Call) -> Answer:
    return page(shop, call, "入口已停用 Gone", "<p>此入口已停用。 This entry is no longer in use.</p>", 410)


def _broken(shop: State, call: Call) -> Answer:
    return (
        Answer(status=500, body="<h1>服务器错误</h1>".encode())
        if shop.wrong("plain-redirect-to-broken")
        else missing(shop, call)
    )


ROUTES = (
    _get("/", browse.home),
    _get("/goods/", browse.goods_list),
    _get("/search/", browse.search),
    _get("/goods/{key}/", browse.detail),
    _get("/delivery/", browse.delivery),
    _get("/about/", browse.about),
    _get("/about/company/", browse.company),
    _get("/qualification/", browse.qualification),
    _get("/about/company/qualification/", browse.qualification),
    _get("/broken/", _broken),
    _get("/register/", members.register_form),
    _post("/register/", members.register),
    _get("/register/done/", members.registered),
    _get("/login/", members.login_form),
    _post("/login/", members.log_in),
    _post("/logout/", members.log_out),
    _get("/account/", members.account, "members"),
    _get("/account/profile/", members.profile, "members"),
    _post("/account/profile/", members.change_profile, "members"),
    _get("/password/forgotten/", forgotten.ask_form),
    _post("/password/forgotten/", forgotten.send_link),
    _get("/password/reset/{key}/", forgotten.reset_form),
    _post("/password/reset/{key}/", forgotten.reset),
    _get("/account/password/", members.password_form, "members"),
    _post("/account/password/", members.change_password, "members"),
    _get("/account/addresses/", members.addresses, "members"),
    _get("/account/addresses/new/", members.new_address, "members"),
    _post("/account/addresses/new/", members.add_address, "members"),
    _get("/account/addresses/{key}/", members.address, "members"),
    _post("/account/addresses/{key}/", members.change_address, "members"),
    _post("/account/addresses/{key}/delete/", members.delete_address, "members"),
    _get("/account/delete/", members.delete_form, "members"),
    _post("/account/delete/", members.delete_account, "members"),
    _get("/cart/", buying.cart, "members"),
    _post("/cart/add/", buying.add, "members"),
    _post("/cart/lines/{key}/", buying.change, "members"),
    _post("/cart/lines/{key}/remove/", buying.remove, "members"),
    _post("/cart/empty/", buying.empty, "members"),
    _get("/checkout/", buying.address_form, "members"),
    _post("/checkout/", buying.take_address, "members"),
    _get("/checkout/preview/", buying.preview, "members"),
    _post("/checkout/confirm/", buying.confirm, "members"),
    _get("/checkout/done/{number}/", buying.done, "members"),
    _get("/orders/", buying.orders, "members"),
    _get("/orders/{number}/", buying.order),
    _post("/orders/{number}/cancel/", buying.cancel, "members"),
    Route(method="PATCH", path="/orders/{number}/", handler=trading.patched, who="members", form=False),
    _get("/operator/orders/", staff.operator_orders, "operator"),
    _get("/operator/orders/{number}/", staff.operator_order, "operator"),
    _post("/operator/orders/{number}/ship/", staff.ship, "operator"),
    _get("/operator/goods/{key}/", staff.edit_price, "operator"),
    _post("/operator/goods/{key}/", staff.set_price, "operator"),
    _post("/operator/goods/{key}/stock/", trading.set_stock, "operator"),
    _get("/orders/{number}/payment/", payments.own_page, "members"),
    Route(method="POST", path="/payment/notice/", handler=payments.notified, form=False),
    _get("/operator/orders/{number}/payment/", payments.operator_page, "operator"),
    _post("/operator/orders/{number}/refund/", payments.refund, "operator"),
    _get("/seller/orders/", staff.seller_orders, "sellers"),
    _get("/seller/orders/{number}/", staff.seller_order, "sellers"),
    _get("/seller/goods/", staff.seller_goods_list, "sellers"),
    _get("/seller/goods/{key}/", staff.seller_goods, "sellers"),
    *(Route(method=method, path=path, handler=handler, who=who) for method, path, handler, who in papers.PAGES),
    *(Route(method=method, path=path, handler=handler, who="operator") for method, path, handler in audit.PAGES),
)
COMPILED = tuple((route, route.pattern) for route in ROUTES)
IN_CLEAR = {"/login/": "login-form-in-clear", "/checkout/": "checkout-in-clear"}


def answer(shop: State, call: Call) -> Answer:
    """Answer one request that came over TLS."""
    if call.path.startswith("/api/office/"):
        return back_office.answer(shop, call)
    if call.path.startswith("/api/"):
        return json_face.answer(shop, call)
    if call.path == "/graphql":
        return graphql_face.answer(shop, call)
    for route, pattern in COMPILED:
        found = pattern.fullmatch(call.path)
        if found is None or route.method != call.method:
            continue
        refusal = _refusal(shop, call, route)
        return refusal if refusal is not None else route.handler(shop, call, **found.groupdict())
    return missing(shop, call)


def _refusal(shop: State, call: Call, route: Route) -> Answer | None:
    if route.method == "POST" and route.form and call.form.get("csrf") != call.session.csrf:
        return page(
            shop, call, "请求无效 Refused", '<p class="refused">表单已过期，请重试。 The form has expired.</p>', 403
        )
    if route.who == "everybody" or _admitted(shop, call, route):
        return None
    if route.path == "/operator/orders/" and shop.wrong("operator-body-behind-redirect"):
        return Answer(status=302, body=route.handler(shop, call).body, headers=to_login(call).headers)
    return to_login(call) if call.account is None else refused(shop, call)


def _admitted(shop: State, call: Call, route: Route) -> bool:
    role = None if call.account is None else call.account.role
    if route.path == "/operator/orders/" and shop.wrong(f"operator-orders-open-to-{role or 'visitor'}s"):
        return True
    if route.path == "/operator/users/{key}/" and role == "seller" and shop.wrong("user-record-open-to-sellers"):
        return True
    if route.path == "/operator/goods/{key}/" and route.method == "POST" and shop.wrong("price-form-takes-any-post"):
        return True
    match route.who:
        case "everybody":
            return True
        case "members":
            return role is not None
        case "sellers":
            return role == "seller"
        case "operator":
            return role == "operator"


def answer_plain(shop: State, call: Call, https: str, plain: str) -> Answer:
    """Answer one request that came over plain http: send the browser to the same place over TLS."""
    if call.method == "GET" and shop.wrong(IN_CLEAR.get(call.path, "")):
        return members.login_form(shop, call) if call.path == "/login/" else buying.address_form(shop, call)
    if shop.wrong("plain-port-404"):
        return missing(shop, call)
    if shop.wrong("plain-redirects-elsewhere"):
        return _given_up(shop, call) if call.path == "/gone/" else redirect(f"{plain}/gone/", 301)
    if shop.wrong("plain-redirect-to-broken"):
        return redirect(f"{https}/broken/", 301)
    return redirect(https + call.path + (f"?{call.raw_query}" if call.raw_query else ""), 301)
