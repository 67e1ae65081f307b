"""After a drill: every acknowledged order read back, and what the drill made taken away again."""

from collections.abc import Sequence
from typing import Final

from conformance.drilling.buyers import Buyer
from conformance.loading.book import book_of
from conformance.loading.business import orders
from conformance.loading.reading_back import completed, read_back
from conformance.loading.venue import WHO
from probes.shop.clean import clean
from probes.shop.shop import ScriptedShop

READING_S: Final = 300.0


def compared(found: Sequence[Buyer]) -> dict[str, object]:
    """Return what became of every order that the platform acknowledged: see ``conformance.loading.business.orders``."""
    venue = found[0].venue
    deadline = venue.within(READING_S)
    book = book_of([buyer.trail.entries() for buyer in found])
    read, listed = read_back(venue, book, deadline)
    return dict(orders(completed(book, read), read, listed))


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
