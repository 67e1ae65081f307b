"""The operator's pages about who did what: order records, audit trail, log, and the page that gives rights."""

from collections.abc import Callable

from tests.miniatures.shop.books import Placed
from tests.miniatures.shop.state import Order, Role, State
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect

EARLIER = "2026-11-01T09:00:00+00:00"
RIGHTS: dict[str, Role] = {"buyer": "buyer", "seller": "seller"}


def record(shop: State, order: Order) -> str:
    """Return what the operator sees of where an order came from."""
    owner = shop.accounts.get(order.owner)
    earlier = Placed(account=owner.username if owner else str(order.owner), at=EARLIER, channel="web")
    kept = shop.books.placed.get(order.number, earlier)
    account = kept.account
    if shop.wrong("order-record-without-account"):
        account = ""
    if shop.wrong("order-record-names-another"):
        account = "buyer_a@miniature.example"
    at = "" if shop.wrong("order-record-without-time") else kept.at
    return (
        f'<p class="record">账户 Account: <span class="placed-by">{e(account)}</span>，时间 Time: '
        f'<span class="placed-at">{e(at)}</span>，渠道 Channel: <span class="channel">{e(kept.channel)}</span></p>'
    )


def trail(shop: State, call: Call) -> Answer:
    """Show the audit trail, the latest entry first."""
    rows = "".join(
        f'<tr class="entry"><td class="when">{e(entry.when)}</td><td class="who">{e(entry.who)}</td>'
        f'<td class="what">{e(entry.what)}</td>'
        f'<td class="old">{e(entry.old)}</td><td class="new">{e(entry.new)}</td></tr>'
        for entry in reversed(shop.books.trail)
    )
    return page(shop, call, "审计记录 Audit trail", f'<table class="trail">{rows}</table>')


def log(shop: State, _: Call) -> Answer:
    """Give the log out."""
    return Answer(body=shop.books.log().encode(), kind="application/x-ndjson")


def rights_form(shop: State, call: Call) -> Answer:
    """Show the form that gives an account other rights."""
    inner = field("username", "账户 Account") + field("rights", "权限 Rights", "buyer")
    return page(shop, call, "权限 Rights", form(call, "rights", "/operator/rights/", inner, "保存 Save"))


def set_rights(shop: State, call: Call) -> Answer:
    """Give an account other rights."""
    whom, role = shop.find(call.form.get("username", "")), RIGHTS.get(call.form.get("rights", ""))
    if whom is None or role is None or whom.role == "operator":
        return missing(shop, call)
    old, whom.role = whom.role, role
    shop.books.entitled(call.me.username, whom.username, old, role)
    return redirect("/operator/rights/")


PAGES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/operator/audit/", trail),
    ("GET", "/operator/audit/log/", log),
    ("GET", "/operator/rights/", rights_form),
    ("POST", "/operator/rights/", set_rights),
)
"""Method, address and handler: rows of the shop's one table of routes, for the operator only."""
