"""After the last shopper has gone: what was ordered is read back, counted, and taken away again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.loading import business
from conformance.loading.book import OrderBook
from conformance.loading.charges import charges
from conformance.loading.cleaning import Tidied, tidy, time_for
from conformance.loading.lasting import STOCK_S
from conformance.loading.preparing import Prepared, stock_seen
from conformance.loading.reading_back import completed, read_back
from conformance.loading.venue import Venue
from probes.shop.trail import Entry, read
from profiles.outcome import LoadRecord


def trails_of(folder: Path) -> tuple[tuple[bytes, ...], tuple[Sequence[Entry], ...]]:
    """Return the workers' trails as they lie there, and what stands in them; a torn last line was told to nobody.

    Raises:
        EvidenceError: one was altered.
    """
    contents = tuple(path.read_bytes() for path in sorted(folder.glob("worker-*.jsonl")))
    return contents, tuple(read(raw, name="the trail of a worker").entries for raw in contents)


def afterwards(
    venue: Venue, ready: Prepared, record: LoadRecord, book: OrderBook, *, folder: Path
) -> tuple[dict[str, Any], Tidied]:
    """Return what trade came to, and what cleaning up did.

    Raises:
        EvidenceError: a trail cannot be written.
    """
    seconds = time_for(book.acknowledged)
    deadline = venue.within(seconds)
    back, lists = read_back(venue, book, deadline)
    filled = completed(book, back)
    told = {
        "orders": business.orders(book, back, lists, counted=record.total("orders_acknowledged")),
        "stock": business.stock(filled, _stock(venue, ready)),
        "payments": _payments(venue, filled, seconds),
        "empty_pages": business.empty_pages(record),
    }
    return told, tidy(venue, book, lists, folder=folder, deadline=venue.within(seconds))


def _stock(venue: Venue, ready: Prepared) -> list[business.Stock]:
    """Return the stock of the goods whose stock was known before, then and now."""
    if not ready.stock:
        return []
    seen = stock_seen(venue, list(ready.stock), venue.within(STOCK_S))
    now = {} if isinstance(seen, str) else seen
    return [
        business.Stock(goods=article.name, before=ready.stock[article.url], after=now.get(article.url))
        for article in ready.articles
        if article.url in ready.stock
    ]


def _payments(venue: Venue, book: OrderBook, seconds: float) -> dict[str, Any] | None:
    paid = charges(venue, venue.within(seconds)) if book.orders else None
    if paid is None:
        return None
    if isinstance(paid, str):
        return {"paid": None, "doubled": [], "wrong": [], "unread": paid}
    return business.payments(book, paid)
