"""After a drill: every acknowledged order and payment read back, and what the drill made taken away again."""

from collections.abc import Sequence
from typing import Any, Final

from conformance.drilling.buyers import Buyer
from conformance.drilling.payments import paid_in, payments
from conformance.loading.book import book_of
from conformance.loading.business import orders
from conformance.loading.reading_back import completed, read_back
from conformance.loading.venue import WHO
from probes.shop.clean import clean
from probes.shop.shop import ScriptedShop

READING_S: Final = 300.0


def compared(found: Sequence[Buyer]) -> dict[str, Any]:
    """Return what became of all that the platform acknowledged: ``{"orders", "payments"}``.

    See ``conformance.loading.business.orders`` and ``conformance.drilling.payments.payments``.
    """
    venue = found[0].venue
    trails = [buyer.trail.entries() for buyer in found]
    book = book_of(trails)
    read, listed = read_back(venue, book, venue.within(READING_S))
    filled = completed(book, read)
    return {
        "orders": orders(filled, read, listed),
        "payments": payments(venue, paid_in(trails), filled, venue.within(READING_S)),
    }


def tidied(found: Sequence[Buyer]) -> tuple[str, ...]:
    """Take away what the buyers made, where the platform allows it; return in words what stays."""
    left = []
    for buyer in found:
        came = clean(_knowing(buyer), buyer.trail, deadline=buyer.venue.within(READING_S))
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
