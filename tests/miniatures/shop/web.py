"""One request and one answer of the miniature shop, and the HTML around every page."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.miniatures.shop import trackers
from tests.miniatures.shop.goods import COMPANY, CREDIT_CODE, LICENCE
from tests.miniatures.shop.state import Account, Session, State

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, parsed."""

    method: str
    path: str
    raw_query: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    document: Any
    session: Session
    account: Account | None
    key: str = ""

    @property
    def me(self) -> Account:
        """The account that is logged in; only for pages that the guard let nobody else reach."""
        assert self.account is not None
        return self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, ready to be sent."""

    status: int = 200
    body: bytes = b""
    kind: str = HTML
    headers: tuple[tuple[str, str], ...] = ()


def e(text: object) -> str:
    """Escape text for HTML."""
    return html.escape(str(text))


def redirect(place: str, status: int = 303) -> Answer:
    """Send the browser elsewhere."""
    return Answer(status=status, headers=(("Location", place),))


def to_login(call: Call) -> Answer:
    """Send a visitor to the login page, and back afterwards."""
    return redirect(f"/login/?next={quote(call.path)}", 302)


def as_json(document: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with a JSON document."""
    return Answer(status=status, body=json.dumps(document).encode(), kind="application/json", headers=headers)


def token_field(call: Call) -> str:
    """Return the hidden field that each form carries."""
    return f'<input type="hidden" name="csrf" value="{e(call.session.csrf)}">'


def field(name: str, label: str, value: str = "", kind: str = "text") -> str:
    """Return one labelled input."""
    return f'<label>{e(label)} <input type="{kind}" name="{name}" value="{e(value)}"></label>'


def form(call: Call, name: str, action: str, inner: str, button: str) -> str:
    """Return a form with its token."""
    return (
        f'<form id="{e(name)}" method="post" action="{e(action)}">{token_field(call)}{inner}'
        f'<button type="submit">{e(button)}</button></form>'
    )


def _navigation(call: Call) -> str:
    links = '<a href="/">首页 Home</a> <a href="/goods/">全部商品 Goods</a> <a href="/delivery/">配送费用 Delivery</a> '
    if call.account is None:
        return links + '<a href="/login/">登录 Log in</a> <a href="/register/">注册 Register</a>'
    return (
        links
        + '<a href="/cart/">购物车 Cart</a> <a href="/orders/">我的订单 Orders</a> '
        + '<a href="/account/">我的账户 Account</a> '
        + form(call, "log-out", "/logout/", "", "退出 Log out")
    )


def _footer(shop: State) -> str:
    if shop.wrong("qualification-three-clicks-away"):
        return '<a href="/about/">关于我们 About us</a>'
    if shop.wrong("qualification-only-footer-text"):
        return f'<a href="/about/">关于我们 About us</a> {e(COMPANY)} 统一社会信用代码 {CREDIT_CODE} {e(LICENCE)}'
    return '<a href="/about/">关于我们 About us</a> <a href="/qualification/">经营资质 Qualifications</a>'


def page(shop: State, call: Call, title: str, main: str, status: int = 200) -> Answer:
    """Return a whole page around ``main``."""
    body = (
        f'<!doctype html><html lang="zh-CN"><head>{trackers.referrer_rule(shop)}'
        f'<meta charset="utf-8"><link rel="icon" href="data:,"><title>{e(title)} - 微型商城</title></head><body>'
        f"<header><nav>{_navigation(call)}</nav></header><main><h1>{e(title)}</h1>{main}</main>"
        f"<footer>{_footer(shop)}{trackers.everywhere(shop)}</footer></body></html>"
    )
    return Answer(status=status, body=body.encode())


def refused(shop: State, call: Call) -> Answer:
    """Say that this is not for the one who asks."""
    return page(shop, call, "无权访问 Forbidden", '<p class="refused">您无权访问此页面。</p>', 403)


def missing(shop: State, call: Call) -> Answer:
    """Say that there is no such thing; also the answer about a thing of somebody else."""
    return page(shop, call, "页面不存在 Not found", '<p class="missing">您访问的页面不存在。</p>', 404)
