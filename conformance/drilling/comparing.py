"""After a drill: every acknowledged order and payment read back, and what the drill made taken away again."""

from collections.abc import Sequence
from typing import Any

from conformance.drilling.buyers import Buyer
from conformance.drilling.lasting import time_for
from conformance.drilling.payments import paid_in, payments
from conformance.drilling.stocked import Stocked
from conformance.loading.book import ORDER, book_of
from conformance.loading.business import orders, unnoted
from conformance.loading.reading_back import read_back
from conformance.loading.venue import WHO
from probes.shop.clean import clean
from probes.shop.shop import ScriptedShop


def compared(found: Sequence[Buyer], stocked: Stocked) -> dict[str, Any]:
    """Return what became of all that the platform acknowledged: ``{"orders", "payments", "stock"}``.

    See ``conformance.loading.business.orders``, ``conformance.drilling.payments.payments`` and ``reports.stock_moves``.
    """
    venue = found[0].venue
    trails = [buyer.trail.entries() for buyer in found]
    book = book_of(trails)
    seconds = time_for(len(book.orders))
    read, listed = read_back(venue, book, venue.within(seconds))
    return {
        "orders": orders(book, read, listed),
        "payments": payments(venue, paid_in(trails), book, venue.within(seconds)),
        "stock": stocked.told(sum(len(unnoted(book, account, numbers)) for account, numbers in listed.items())),
    }


def tidied(found: Sequence[Buyer]) -> tuple[str, ...]:
    """Take away what the buyers made, where the platform allows it; return in words what stays."""
    left = []
    seconds = time_for(sum(entry.kind == ORDER for buyer in found for entry in buyer.trail.entries()))
    deadline = found[0].venue.within(seconds)
    for buyer in found:
        came = clean(_knowing(buyer), buyer.trail, deadline=deadline)
        left += [
            f"{each.entry.kind} {each.entry.id or '(without a number)'} stays: {each.why}"
            for each in came.left
            if each.entry.kind in {"order", "account"}
        ]
    return tuple(left)


def _knowing(buyer: Buyer) -> ScriptedShop:
    if buyer.account:
        buyer.venue.shop.remember(WHO, buyer.venue.login(buyer.account))
    return buyer.venue.shop
