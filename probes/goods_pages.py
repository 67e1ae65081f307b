"""``shop.catalogue``: the list, the search and a sample of detail pages, as a visitor sees them.

Subject: ``visitor``. Data::

    {"list": told, "list_text": str, "details": [{"url", "listed": {"name", "price"}, "read": told, "text"}],
     "search": {"term", "of": "list"|"target file", "found": told} | null,
     "delivery": told | null, "delivery_text": str, "delivery_shown": [money, ...]}

Prices are money records ``{"amount", "currency", "text"}``; ``delivery_shown`` are the delivery prices that a visitor
can read before checkout.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from probes.goods import DELIVERY_SHOWN, OFFERED, Goods
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "visitor"


def _read(session: ShopSession, product: Mapping[str, Any]) -> tuple[dict[str, Any], Goods | None]:
    listed = {"name": product.get("name"), "price": product.get("price")}
    url = product.get("url")
    if not url:
        missing = {"outcome": "broken", "step": "", "why": "the list gives no way to its page", "requests": []}
        return {"url": None, "listed": listed, "read": missing, "text": ""}, None
    read = session.do("read_product", url=str(url))
    detail = {"url": str(url), "listed": listed, "read": told(read, WHO), "text": session.last_text()[:3000]}
    shown = read.outputs if isinstance(read, Done) else {}
    name, price, ref = shown.get("name"), shown.get("price"), shown.get("ref")
    available = shown.get("available")
    if not (name and ref and isinstance(price, Mapping) and price.get("amount")):
        return detail, None
    pieces = available if isinstance(available, int) and not isinstance(available, bool) else None
    return detail, Goods(name=str(name), url=str(url), ref=str(ref), price=price, available=pieces)


def _details(
    session: ShopSession, products: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], tuple[Goods, ...]]:
    read = [_read(session, product) for product in products]
    return [detail for detail, _ in read], tuple(goods for _, goods in read if goods is not None)


def look(given: Look) -> Seen:
    """Read the list, a sample of details, one search, and the delivery prices."""
    session = given.scene.shop.session(WHO, deadline=given.deadline)
    listed = session.do("list_products")
    data: dict[str, Any] = {"list": told(listed, WHO), "list_text": session.last_text()[:4000], "details": []}
    products = [dict(entry) for entry in listed.outputs.get("products") or ()] if isinstance(listed, Done) else []
    wanted = [url for url in given.target.shop.product_urls if all(entry.get("url") != url for entry in products)]
    # What the target file names is looked at in any case, however long the list is.
    sample = max(0, given.target.shop.sample - len(wanted))
    products = [*products[:sample], *({"url": url} for url in wanted)]
    data["details"], goods = _details(session, products)
    given.scene.put(OFFERED, goods)
    data["search"] = _search(given, session, products)
    data |= _delivery(session, data["details"])
    given.scene.put(DELIVERY_SHOWN, data["delivery_shown"])
    return Seen(data=data)


def _delivery(session: ShopSession, details: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the delivery page, and take what the detail pages say of delivery; every price with an amount is shown."""
    shown = [price for detail in details for price in detail["read"].get("outputs", {}).get("delivery_prices") or ()]
    if not session.can("read_delivery_prices"):
        return {"delivery": None, "delivery_shown": _distinct(shown)}
    delivery = session.do("read_delivery_prices")
    if isinstance(delivery, Done):
        shown += list(delivery.outputs.get("prices") or ())
    return {
        "delivery": told(delivery, WHO),
        "delivery_text": session.last_text()[:3000],
        "delivery_shown": _distinct(shown),
    }


def _distinct(prices: Sequence[Any]) -> list[dict[str, Any]]:
    shown = [dict(price) for price in prices if isinstance(price, Mapping) and price.get("amount") is not None]
    return list({str(price["amount"]): price for price in shown}.values())


def _search(given: Look, session: ShopSession, products: list[dict[str, Any]]) -> dict[str, Any] | None:
    declared = given.target.shop.search_term
    term = declared or next((str(entry["name"]) for entry in products if entry.get("name")), None)
    if not session.can("search") or not term:
        return None
    found = told(session.do("search", term=term), WHO)
    return {"term": term, "of": "target file" if declared else "list", "found": found}


def subjects(target: Target) -> tuple[str, ...]:
    """The goods as a visitor sees them."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(name="shop.catalogue", version="1", look=look, subjects=subjects, deadline_s=150)
