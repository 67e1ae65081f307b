"""The way of a buyer, step by step to a declared depth, by the adapter's own journeys; it says where it ended."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from probes.canonical import Frozen
from probes.errors import LookFailed
from probes.naming import same_name
from probes.order import due, order_number
from probes.patience import Patience
from probes.payment.shown import is_so
from probes.shop.credentials import Login
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target_tables.key import DEPTHS


class FellShort(Exception):  # noqa: N818 - it is an answer: the shop did not do what a buyer needs
    """The journey ended before its depth; the text says at which step, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a journey buys and how far it goes; ``url`` empty takes the first article with a price.

    ``recipient`` are the inputs of ``check_out``; ``login`` is None for a guest. ``due`` is told what an order must
    hold (``probes.order.due``) just before it is placed.
    """

    depth: str
    url: str
    recipient: Mapping[str, str]
    login: Login | None
    patience: Patience
    due: Callable[[Mapping[str, Any]], object] | None = None

    def reaches(self, depth: str) -> bool:
        """Tell whether it goes as far as that."""
        return DEPTHS.index(self.depth) >= DEPTHS.index(depth)


def walk(session: ShopSession, way: Way) -> str | None:
    """Walk to the declared depth; return the number of the order that was placed, or None.

    Raises:
        FellShort: the shop did not let a buyer through.
        LookFailed: as the session does.
    """
    article = _chosen(session, way.url)
    if not way.reaches("cart"):
        return None
    lines = _into_the_cart(session, article, way)
    if not way.reaches("checkout"):
        return None
    preview = _done(session.do("check_out", **way.recipient))
    if not _amount(preview.get("grand_total")):
        raise FellShort("check_out: the total is not shown")
    if not way.reaches("order"):
        return None
    if way.due is not None:
        way.due(due(lines, preview))
    number = order_number(_really(session.do("confirm_order")))
    if number is None:
        raise FellShort("confirm_order: the order has no number")
    if way.reaches("payment"):
        _pay(session, number, way.patience)
    return number


def leave(session: ShopSession, way: Way) -> None:
    """Put back what stands in the cart, where the adapter says how; what comes of it changes nothing."""
    if way.reaches("cart") and session.can("empty_cart"):
        with contextlib.suppress(LookFailed):
            session.do("empty_cart")


def shop_shows_goods(session: ShopSession) -> None:
    """Open the shop's base page as its adapter knows it, and ask for goods.

    Raises:
        FellShort: the page is not what the adapter says, or no goods are shown.
        LookFailed: as the session does.
    """
    if session.can("home"):
        _really(session.home())
    if next(_listed(session), None) is None:
        raise FellShort("list_products: no goods are shown")


def _listed(session: ShopSession) -> Iterator[Mapping[str, Frozen]]:
    products = _done(session.do("list_products")).get("products")
    for product in products if isinstance(products, tuple | list) else ():
        if isinstance(product, Mapping) and str(product.get("name") or "").strip():
            yield product


def choices(session: ShopSession, url: str) -> Iterator[Mapping[str, Any]]:
    """Yield the articles that can be bought, each with its ``url``: the one of ``url``, or the first few of the list.

    Raises:
        FellShort: no goods are shown.
        LookFailed: as the session does.
    """
    products = list(_listed(session))
    if not products:
        raise FellShort("list_products: no goods are shown")
    wanted = [url] if url else [str(product["url"]) for product in products[:3] if product.get("url")]
    for each in wanted:
        article = {**_done(session.do("read_product", url=each)), "url": each}
        if article.get("name") and _amount(article.get("price")) and article.get("ref"):
            yield article


def _chosen(session: ShopSession, url: str) -> Mapping[str, Any]:
    article = next(choices(session, url), None)
    if article is None:
        raise FellShort("read_product: no article with a name and a price can be bought")
    return article


def _into_the_cart(session: ShopSession, article: Mapping[str, Any], way: Way) -> Any:
    """Put one piece into the cart; return the lines that stand in it."""
    if way.login is not None:
        _really(session.do("log_in", username=way.login.username, password=way.login.password))
        leave(session, way)  # what an earlier journey left there would be bought along
    _really(session.do("add_to_cart", url=article["url"], ref=article["ref"], quantity=1))
    lines = _done(session.do("read_cart")).get("lines") or ()
    assert isinstance(lines, tuple | list)
    if not any(isinstance(line, Mapping) and same_name(str(line.get("name")), str(article["name"])) for line in lines):
        raise FellShort("read_cart: the article is not in the cart")
    return lines


def _pay(session: ShopSession, number: str, patience: Patience) -> None:
    _really(session.do("pay_order", number=number))
    seen, _ = patience.until(_paid, lambda: _done(session.do("read_payment", number=number)), "the payment")
    if not _paid(seen):
        raise FellShort("read_payment: the order is not paid")


def _paid(seen: Mapping[str, Any]) -> bool:
    return is_so(seen.get("paid"))


def _amount(money: Any) -> bool:
    return isinstance(money, Mapping) and bool(money.get("amount"))


def _really(outcome: Outcome) -> Done:
    if not isinstance(outcome, Done):
        raise FellShort(f"{outcome.verb}: {outcome.why}")
    return outcome


def _done(outcome: Outcome) -> Mapping[str, Any]:
    return _really(outcome).outputs
