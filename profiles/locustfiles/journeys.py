"""What each shopper of a mix does, on the same journeys that the suites walk. One function a shopper."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from probes.naming import same_name
from probes.order import due, order_number
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.shop.trail import DUE
from profiles.locustfiles.going import FellShort, Going, Outputs

READS: Final = 3
"""Articles that one reader opens."""

_FIRST: Final = 10
"""Of so many a shopper takes one: nobody reads a list to its end."""


def browse(go: Going) -> None:
    """Open the front page, where the adapter knows it, and the list of goods."""
    if go.session.can("home"):
        go.step("home")
    go.step("list_products", lacks=_goods)


def search(go: Going) -> None:
    """Search for a planned term, or for an article seen on the list; open one that was found."""
    term = go.chance.choice(go.plan.search_terms) if go.plan.search_terms else str(_seen(go)["name"])
    found = go.step("search", term=term, lacks=lambda outputs: _found(outputs, term))
    go.step("read_product", url=_one(go, _with_page(found))["url"], lacks=_unnamed)


def read(go: Going) -> None:
    """Open the list of goods, and one article after another."""
    seen = _with_page(go.step("list_products", lacks=_goods))[:_FIRST]
    urls = go.plan.product_urls or tuple(str(product["url"]) for product in seen)
    for url in go.chance.sample(urls, min(READS, len(urls))):
        go.step("read_product", url=url, lacks=_unnamed)


def cart(go: Going) -> None:
    """Put an article into the cart, see it there, and take it out again where the adapter knows how."""
    article = _article(go)
    _log_in(go)
    _into_the_cart(go, article)
    if go.session.can("empty_cart"):
        go.step("empty_cart")
        go.untidy = False


def order(go: Going) -> None:
    """Buy one piece of an article, to the acknowledged order; what it must hold is on the trail before it is placed."""
    article = _article(go)
    _log_in(go)
    _into_the_cart(go, article)
    preview = go.step("check_out", **go.recipient)
    assert go.trail is not None
    go.trail.append(who=go.session.who, kind=DUE, id="", facts=_due(go, article, preview), wait=False)
    with go.counted("confirm_order"):
        go.tried = True
        outcome = go.session.do("confirm_order")
        go.done(outcome)
        if order_number(outcome) is None:
            raise FellShort("the order has no number")
        go.bought = True
        go.walk.order()
    go.untidy = False


def come_back(go: Going) -> None:
    """Log in, and read one's orders, one of them whole."""
    _log_in(go)
    orders = go.step("list_orders")["orders"][:_FIRST]
    if orders and go.session.can("read_order"):
        go.step("read_order", number=str(go.chance.choice(orders)["number"]))


JOURNEYS: Final[Mapping[str, Callable[[Going], None]]] = MappingProxyType(
    {"browse": browse, "search": search, "read": read, "cart": cart, "order": order, "return": come_back}
)
"""By the names of ``profiles.shoppers``."""


def goods_on(session: ShopSession) -> tuple[str, ...]:
    """Return the addresses of the first articles on the list; none where it is not shown. Raises as the session."""
    listed = session.do("list_products")
    return tuple(str(each["url"]) for each in _with_page(listed.outputs)[:_FIRST]) if isinstance(listed, Done) else ()


def _log_in(go: Going) -> None:
    if go.login is not None:
        go.step("log_in", username=go.login.username, password=go.login.password)


def _article(go: Going) -> Mapping[str, Any]:
    """Read the list and one article; return the article with its ``url``."""
    seen = _with_page(go.step("list_products", lacks=_goods))[:_FIRST]
    url = go.chance.choice(go.plan.product_urls) if go.plan.product_urls else str(_one(go, seen)["url"])
    return {**go.step("read_product", url=url, lacks=_not_for_sale), "url": url}


def _into_the_cart(go: Going, article: Mapping[str, Any]) -> None:
    if go.untidy and go.session.can("empty_cart"):
        go.step("empty_cart")
    go.untidy = True
    go.step("add_to_cart", url=article["url"], ref=article["ref"], quantity=1)
    go.step("read_cart", lacks=lambda outputs: _not_alone(outputs, str(article["name"])))


def _due(go: Going, article: Mapping[str, Any], preview: Outputs) -> dict[str, Any]:
    return {
        **due([{"name": article["name"], "quantity": 1}], preview),
        "account": go.login.username if go.login is not None else None,
        "url": article["url"],
    }


def _seen(go: Going) -> Mapping[str, Any]:
    return _one(go, _with_page(go.step("list_products", lacks=_goods))[:_FIRST])


def _one(go: Going, products: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    chosen: Mapping[str, Any] = go.chance.choice(products)
    return chosen


def _with_page(outputs: Outputs) -> list[Mapping[str, Any]]:
    return [each for each in outputs["products"] if each.get("url") and str(each.get("name") or "").strip()]


def _goods(outputs: Outputs) -> str | None:
    return None if _with_page(outputs) else "no goods are shown"


def _found(outputs: Outputs, term: str) -> str | None:
    return None if _with_page(outputs) else f"nothing was found for {term!r}"


def _unnamed(outputs: Outputs) -> str | None:
    return None if str(outputs.get("name") or "").strip() else "the article has no name"


def _not_for_sale(outputs: Outputs) -> str | None:
    price = outputs.get("price")
    priced = isinstance(price, Mapping) and bool(price.get("amount"))
    return _unnamed(outputs) or (None if priced and outputs.get("ref") else "the article cannot be bought")


def _not_alone(outputs: Outputs, name: str) -> str | None:
    lines = outputs["lines"]
    if not any(same_name(str(line.get("name")), name) for line in lines):
        return "the article is not in the cart"
    if len(lines) > 1 or lines[0].get("quantity") not in {1, None}:
        return "the cart holds more than the article"
    return None
