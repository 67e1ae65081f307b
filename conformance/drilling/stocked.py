"""The stock of the article that a drill's buyers buy: looked at before and after the fault, as the operator sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.drilling.buyers import Buyer
from conformance.loading.book import ORDER
from conformance.loading.preparing import stock_seen
from conformance.loading.venue import OPERATOR, WHO, Venue
from conformance.watch.buying import FellShort, chosen
from probes.errors import LookFailed
from probes.naming import plain, same_name
from probes.patience import Patience
from probes.shop.trail import DUE, Entry
from probes.trade.invariants import pieces

SETTLE_S: Final = 8.0
"""How long a sale may take to leave the stock."""

LOOK_S: Final = 30.0
"""Seconds that a look may take: a look that takes longer tells nothing."""


@dataclass(slots=True)
class Stocked:
    """The looks at the stock of one drill; ``told`` has them in the form of ``reports.stock_moves``."""

    buyers: Sequence[Buyer]
    goods: str = ""
    url: str = ""
    why: str = ""
    looks: list[dict[str, Any]] = field(default_factory=list)

    def begin(self) -> None:
        """Choose the article, which all buyers buy from now on, and look for the first time; or say why not."""
        venue = self.buyers[0].venue
        if OPERATOR not in venue.target.roles or not venue.shop.can("read_stock"):
            self.why = "no operator is declared who can read it, or the adapter describes no read_stock journey"
            return
        session = venue.shop.session(WHO, deadline=venue.within(LOOK_S))
        try:
            article = chosen(session, self.buyers[0].url)
        except (FellShort, LookFailed) as failed:
            self.why = str(failed)
            return
        finally:
            session.close()
        self.goods, self.url = str(article["name"]), str(article["url"])
        for buyer in self.buyers:
            buyer.url = self.url
        self.look("start")

    def look(self, phase: str) -> None:
        """Look, a few times where the stock has not fallen yet by what was sold; nothing where there is no article."""
        if not self.url:
            return
        venue = self.buyers[0].venue
        sold, unsure = sold_in((buyer.trail.entries() for buyer in self.buyers), self.goods)
        last = self.looks[-1] if self.looks else None
        due = None if last is None or last["stock"] is None else last["stock"] - (sold - last["sold"])
        try:
            (stock, why), _ = Patience(settle_s=SETTLE_S, deadline=venue.within(LOOK_S)).until(
                lambda seen: due is None or seen[0] is None or seen[0] <= due,
                lambda: _seen(venue, self.url),
                "the stock",
            )
        except LookFailed as failed:
            stock, why = None, failed.detail
        self.looks.append({"phase": phase, "stock": stock, "sold": sold, "unsure": unsure, "why": why})

    def told(self) -> dict[str, Any]:
        """Return what was seen."""
        return {"goods": self.goods or None, "looks": self.looks, "why": self.why}


def _seen(venue: Venue, url: str) -> tuple[int | None, str]:
    seen = stock_seen(venue, [url], venue.within(LOOK_S))
    if isinstance(seen, str):
        return None, seen
    stock = seen.get(url)
    return stock, "" if stock is not None else "its page does not tell it"


def sold_in(trails: Iterable[Sequence[Entry]], goods: str) -> tuple[int, int]:
    """Return the pieces of an article in the acknowledged orders of trails, and in those that broke off.

    An order of which the trail does not say what it holds is one piece: so many a journey buys.
    """
    sold = unsure = 0
    for entries in trails:
        due: Mapping[str, Any] = {}
        for entry in entries:
            if entry.kind == DUE:
                due = entry.facts
            elif entry.kind == ORDER:
                count, due = _pieces(due, goods), {}
                if entry.acknowledged and entry.id:
                    sold += count
                else:
                    unsure += count
    return sold, unsure


def _pieces(due: Mapping[str, Any], goods: str) -> int:
    held = pieces(due) if due.get("lines") else None
    if held is None:
        return 1
    return sum(count for name, count in held.items() if name == plain(goods) or same_name(goods, name))
