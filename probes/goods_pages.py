"""``shop.catalogue``: the list, the search and a sample of detail pages, as a visitor sees them.

Subject: ``visitor``. Data::

    {"list": told, "list_text": str, "details": [{"url", "listed": {"name", "price"}, "read": told, "text"}],
     "search": {"term", "found": told} | null, "delivery": told | null, "delivery_text": str,
     "delivery_shown": [money, ...]}

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


def _details(
    session: ShopSession, products: Sequence[Mapping[str, Any]], sample: int
) -> tuple[list[dict[str, Any]], list[Goods]]:
    details: list[dict[str, Any]] = []
    goods: list[Goods] = []
    for product in products[:sample]:
        read = session.do("read_product", url=product["url"])
        details.append(
            {
                "url": product["url"],
                "listed": {"name": product.get("name"), "price": product.get("price")},
                "read": told(read, WHO),
                "text": session.last_text()[:3000],
            }
        )
        if isinstance(read, Done) and read.outputs.get("ref") and (read.outputs.get("price") or {}).get("amount"):
            output = read.outputs
            goods.append(Goods(name=output["name"], url=product["url"], ref=str(output["ref"]), price=output["price"]))
    return details, goods


def look(given: Look) -> Seen:
    """Read the list, a sample of details, one search, and the delivery prices."""
    session = given.scene.shop.session(WHO, deadline=given.deadline)
    listed = session.do("list_products")
    data: dict[str, Any] = {"list": told(listed, WHO), "list_text": session.last_text()[:4000], "details": []}
    products = [dict(entry) for entry in listed.outputs.get("products", ())] if isinstance(listed, Done) else []
    products += [{"url": url} for url in given.target.shop.product_urls if all(p["url"] != url for p in products)]
    data["details"], goods = _details(session, products, given.target.shop.sample)
    given.scene.put(OFFERED, tuple(goods))
    data["search"] = _search(given, session, products)
    data |= _delivery(session, data["details"])
    given.scene.put(DELIVERY_SHOWN, data["delivery_shown"])
    return Seen(data=data)


def _delivery(session: ShopSession, details: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the delivery page, and take what the detail pages say of delivery; every price with an amount is shown."""
    shown = [price for detail in details for price in detail["read"].get("outputs", {}).get("delivery_prices", ())]
    if not session.can("read_delivery_prices"):
        return {"delivery": None, "delivery_shown": _distinct(shown)}
    delivery = session.do("read_delivery_prices")
    if isinstance(delivery, Done):
        shown += [dict(price) for price in delivery.outputs.get("prices", ())]
    return {
        "delivery": told(delivery, WHO),
        "delivery_text": session.last_text()[:3000],
        "delivery_shown": _distinct(shown),
    }


def _distinct(prices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({str(price.get("amount")): price for price in prices if price.get("amount") is not None}.values())


def _search(given: Look, session: ShopSession, products: list[dict[str, Any]]) -> dict[str, Any] | None:
    name = next((str(entry["name"]) for entry in products if entry.get("name")), None)
    term = given.target.shop.search_term or name
    if not session.can("search") or not term:
        return None
    return {"term": term, "found": told(session.do("search", term=term), WHO)}


def subjects(target: Target) -> tuple[str, ...]:
    """The goods as a visitor sees them."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(name="shop.catalogue", version="1", look=look, subjects=subjects, deadline_s=150)
