"""What trade came to under load: orders lost, doubled, altered, goods sold that were not there. Pure arithmetic.

What could not be read is counted as that, and is neither found nor lost.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from conformance.loading.book import Acknowledged, OrderBook
from probes.naming import plain, same_name
from probes.trade.invariants import alike, amount, pieces
from profiles.outcome import LoadRecord

Seen: TypeAlias = Literal["read", "absent", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An order as somebody saw it: ``read`` with its lines and total, ``absent`` where the shop says there is none.

    ``order`` is what ``read_order`` gave, amounts as decimal texts: ``{"lines": [{"name", "quantity"}], "total"}``.
    """

    state: Seen
    order: Mapping[str, Any] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """An acknowledged order read again after the run; ``operator`` is None where nobody could look as the operator."""

    order: Acknowledged
    buyer: View
    operator: View | None = None

    @property
    def views(self) -> tuple[View, ...]:
        """Every view there is."""
        return (self.buyer,) if self.operator is None else (self.buyer, self.operator)

    @property
    def lost(self) -> bool:
        """Whether somebody who must see it was told that there is no such order."""
        return any(view.state == "absent" for view in self.views)

    @property
    def found(self) -> bool:
        """Whether everybody who could look saw it, and the buyer or the operator could."""
        return not self.lost and any(view.state == "read" for view in self.views)

    @property
    def altered(self) -> bool:
        """Whether a view holds other pieces, or asks another sum, than was confirmed, or than another view."""
        due = (self.order.pieces, amount(self.order.total))
        seen = [_held(view.order) for view in self.views if view.state == "read"]
        return any(_differ(left, right) for index, left in enumerate((due, *seen)) for right in seen[index:])


_Held: TypeAlias = tuple[Mapping[str, int] | None, Any]


def _held(order: Mapping[str, Any] | None) -> _Held:
    return (pieces(order) if order and order.get("lines") else None), amount((order or {}).get("total"))


def _differ(left: _Held, right: _Held) -> bool:
    if left[0] is not None and right[0] is not None and not alike(left[0], right[0]):
        return True
    return left[1] is not None and right[1] is not None and bool(left[1] != right[1])


def orders(
    book: OrderBook, read: Sequence[ReadBack], listed: Mapping[str, Sequence[str] | None], *, counted: int = 0
) -> dict[str, Any]:
    """Return what became of the orders.

    ``{"acknowledged", "found", "lost": [number], "doubled": [number], "altered": [number], "unread"}``

    Args:
        book: what was acknowledged.
        read: each of these orders, read again; those that are missing here are unread.
        listed: the numbers on the order list of each account of the run, None where it could not be read.
        counted: how many acknowledgements the record counts; those that stand on no trail at hand (a worker's on
            another machine) are unread.
    """
    found = [each for each in read if each.found]
    elsewhere = max(0, counted - book.acknowledged)
    lost = [each.order.number for each in read if each.lost]
    return {
        "acknowledged": book.acknowledged + elsewhere,
        "found": len(found),
        "lost": lost,
        "doubled": [*book.repeated, *(() if elsewhere else unasked(book, listed))],
        "altered": [each.order.number for each in read if each.altered],
        "unread": len(book.orders) - len(found) - len(lost) + elsewhere,
    }


def unasked(book: OrderBook, listed: Mapping[str, Sequence[str] | None]) -> Iterator[str]:
    """Yield orders on an account's own list that nobody confirmed: more than confirmations that broke off explain."""
    for account, numbers in listed.items():
        yield from unnoted(book, account, numbers)[book.unsure.get(account, 0) :]


def unnoted(book: OrderBook, account: str, numbers: Sequence[str] | None) -> Sequence[str]:
    """Return the orders on an account's own list that the book does not have.

    A list that shows none of the acknowledged numbers writes them in another way, and tells nothing.
    """
    known = {order.number for order in book.of(account)}
    if not numbers or (known and known.isdisjoint(numbers)):
        return ()
    return sorted(set(numbers) - known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Pieces of one article that could be sold before and after the run, as the operator's page told."""

    goods: str
    before: int
    after: int | None


def stock(book: OrderBook, seen: Iterable[Stock]) -> dict[str, Any] | None:
    """Return what was sold of the goods whose stock is known, and how many pieces more than there were.

    ``{"sold", "before", "after", "oversold", "goods": [{"name", "sold", "before", "after", "oversold"}]}``; None where
    no stock is known. ``after`` is None where it could not be read again.
    """
    rows = [_row(book, each) for each in seen]
    if not rows:
        return None
    after = [row["after"] for row in rows]
    return {
        "sold": sum(row["sold"] for row in rows),
        "before": sum(row["before"] for row in rows),
        "after": None if None in after else sum(after),
        "oversold": sum(row["oversold"] for row in rows),
        "goods": rows,
    }


def pieces_of(held: Mapping[str, int], goods: str) -> int:
    """Return the pieces of an article among those that an order holds, by plain name."""
    return sum(quantity for name, quantity in held.items() if plain(goods) == name or same_name(goods, name))


def _row(book: OrderBook, seen: Stock) -> dict[str, Any]:
    sold = sum(pieces_of(order.pieces or {}, seen.goods) for order in book.orders)
    owed = max(0, -seen.before)  # below nothing already: that was somebody else's doing
    oversold = max(0, sold - max(0, seen.before), -(seen.after or 0) - owed)
    return {"name": seen.goods, "sold": sold, "before": seen.before, "after": seen.after, "oversold": oversold}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment on the provider's own list that came about: its order's number, and the amount as a decimal text."""

    number: str
    amount: str


def payments(book: OrderBook, paid: Iterable[Paid]) -> dict[str, Any]:
    """Return how the orders of the run were charged: ``{"paid", "doubled": [number], "wrong": [number]}``.

    ``wrong`` are charges of another amount than the order's total, where the trail knows it.
    """
    by_number: dict[str, list[str]] = {}
    for each in paid:
        by_number.setdefault(each.number, []).append(each.amount)
    known = {order.number: amount(order.total) for order in book.orders}
    charged = {number: amounts for number, amounts in by_number.items() if number in known}
    return {
        "paid": len(charged),
        "doubled": sorted(number for number, amounts in charged.items() if len(amounts) > 1),
        "wrong": sorted(
            number
            for number, amounts in charged.items()
            if known[number] is not None and any(amount(each) not in {None, known[number]} for each in amounts)
        ),
    }


_EMPTY = re.compile(r"got 2\d\d\b.* without a body|expected a (body|page with visible text)")


def empty_pages(record: LoadRecord) -> int:
    """Return how often a page came back empty with a status that says all is well (of the most frequent failures)."""
    failures = record.footer.failures if record.footer is not None else ()
    return sum(failure.count for failure in failures if _EMPTY.search(failure.why))


def nothing() -> dict[str, Any]:
    """Return what is told of trade where nobody can tell: a locustfile of the user's own keeps no order book."""
    return {"orders": orders(OrderBook(orders=()), (), {}), "stock": None, "payments": None, "empty_pages": 0}


def broken(business: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in plain words which business checks failed; none where all that could be read is right."""
    found, stocked, paid = business["orders"], business["stock"], business["payments"]
    told = [
        f"{len(found[name])} acknowledged orders {words}: {_few(found[name])}"
        for name, words in (("lost", "are lost"), ("doubled", "stand twice"), ("altered", "hold something else"))
        if found[name]
    ]
    if stocked is not None and stocked["oversold"]:
        names = ", ".join(row["name"] for row in stocked["goods"] if row["oversold"])
        told.append(f"{stocked['oversold']} pieces were sold that were not there: {names}")
    if paid is not None:
        told += [
            f"{len(paid[name])} orders {words}: {_few(paid[name])}"
            for name, words in (("doubled", "were charged twice"), ("wrong", "were charged another amount"))
            if paid.get(name)
        ]
    if business["empty_pages"]:
        told.append(f"{business['empty_pages']} pages came back empty, with a status that says all is well")
    return tuple(told)


_FEW = 5


def _few(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - _FEW} more" if len(numbers) > _FEW else ""
    return ", ".join(numbers[:_FEW]) + more
