"""The stock of the article that a drill's buyers buy: looked at before and after the fault, as the operator sees it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.drilling.buyers import Buyer
from conformance.drilling.payments import paid_in
from conformance.loading.book import ORDER, book_of
from conformance.loading.business import pieces_of
from conformance.loading.preparing import stock_of
from conformance.loading.venue import OPERATOR, WHO
from conformance.watch.buying import FellShort, choices
from probes.errors import LookFailed
from probes.goods import ENOUGH
from probes.patience import Patience
from probes.shop.trail import Entry

SETTLE_S: Final = 8.0
"""How long a sale may take to leave the stock."""

LOOK_S: Final = 30.0
"""Seconds that a look may take: a look that takes longer tells nothing."""

BEFORE: Final = ("start", "before")
_CART: Final = "cart"


@dataclass(slots=True, kw_only=True)
class Stocked:
    """The looks at the stock of one drill; ``told`` has them in the form of ``reports.stock_moves``.

    ``pays``: the buyers pay, and what is not paid is not sold.
    """

    buyers: Sequence[Buyer]
    pays: bool
    goods: str = ""
    url: str = ""
    lacks: str | None = None
    why: str = ""
    looks: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False

    def begin(self, orders: int) -> None:
        """Choose the article and look for the first time, or say why not; all buyers buy that one from now on.

        Args:
            orders: so many may be placed: where there are fewer pieces, the buyers choose for themselves, as ever.
        """
        venue = self.buyers[0].venue
        if OPERATOR not in venue.target.roles:
            self.lacks = "operator"
            return
        if not venue.shop.can("read_stock"):
            self.lacks = "journey"
            return
        try:
            if self._found(orders):
                for buyer in self.buyers:
                    buyer.url = self.url
                self.look("start")
        except (FellShort, LookFailed) as failed:
            self.lacks, self.why = "article", str(failed)

    def _found(self, orders: int) -> bool:
        """Tell whether there is an article of which there are pieces enough, or of which that is not told."""
        venue = self.buyers[0].venue
        deadline = venue.within(LOOK_S)
        with (
            closing(venue.shop.session(WHO, deadline=deadline)) as session,
            venue.as_operator(deadline) as operator,
        ):
            untold: Mapping[str, Any] | None = None
            self.lacks = "article"
            for article in choices(session, self.buyers[0].url):
                stock, _ = stock_of(operator, str(article["url"]))
                if stock is None:
                    untold = untold or article
                elif stock >= orders + ENOUGH:
                    return self._take(article)
                else:
                    self.lacks, self.why = "few", str(article["name"])
        return untold is not None and self._take(untold)

    def _take(self, article: Mapping[str, Any]) -> bool:
        self.goods, self.url = str(article["name"]), str(article["url"])
        self.lacks, self.why = None, ""
        return True

    def look(self, phase: str) -> None:
        """Look, a few times where the stock has not fallen yet by what was sold.

        Nothing where there is no article, or where a look before the fault has shown that it tells nothing.
        """
        if not self.url or self.over:
            return
        venue = self.buyers[0].venue
        sold, unsure = sold_in([buyer.trail.entries() for buyer in self.buyers], self.goods, pays=self.pays)
        last = self.looks[-1] if self.looks else None
        due = None if last is None or last["stock"] is None else last["stock"] - (sold - last["sold"])

        def has_fallen(seen: tuple[int | None, str]) -> bool:
            return seen[0] is not None and (due is None or seen[0] <= due)

        found: tuple[int | None, str]
        deadline = venue.within(LOOK_S)
        try:
            with venue.as_operator(deadline) as operator:
                patience = Patience(settle_s=SETTLE_S, deadline=deadline)
                found, _ = patience.until(has_fallen, lambda: stock_of(operator, self.url), "the stock")
        except LookFailed as failed:
            found = None, failed.detail
        stock, why = found
        at_ms = round(venue.clock.now().timestamp() * 1000)
        self.looks.append({"phase": phase, "at_ms": at_ms, "stock": stock, "sold": sold, "unsure": unsure, "why": why})
        self.over = phase in BEFORE and (stock is None or due not in {None, stock})

    def told(self, landed: int) -> dict[str, Any]:
        """Return what was seen; ``landed`` orders stand though nobody confirmed them."""
        return {
            "goods": self.goods or None,
            "looks": self.looks,
            "landed": 0 if self.pays else landed,
            "pays": self.pays,
            "lacks": self.lacks,
            "why": self.why,
        }


def sold_in(trails: Iterable[Sequence[Entry]], goods: str, *, pays: bool) -> tuple[int, int]:
    """Return the pieces of an article that were sold, and those that were put into a cart and not sold.

    Sold are those of acknowledged orders; where the buyers pay, of orders that the shop has shown as paid. An order of
    which the trail does not say what it holds is one piece: so many a journey buys.
    """
    kept = list(trails)
    paid = paid_in(kept)
    orders = [order for order in book_of(kept).orders if not pays or order.number in paid]
    sold = sum(1 if order.pieces is None else pieces_of(order.pieces, goods) for order in orders)
    numbers = {order.number for order in orders}
    return sold, sum(_not_sold(entries, numbers) for entries in kept)


def _not_sold(entries: Sequence[Entry], sold: Collection[str]) -> int:
    """Return how often a buyer put something into the cart that no order took along."""
    found = waiting = 0
    for entry in entries:
        if entry.kind == _CART:
            waiting += 1
        elif entry.kind == ORDER:
            found += max(0, waiting - 1) if entry.id in sold else waiting
            waiting = 0
    return found + waiting
