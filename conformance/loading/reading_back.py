"""Reads back what the run ordered, as the buyers and as the operator, until all is read or the time is over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from conformance.loading.book import Acknowledged, OrderBook
from conformance.loading.business import ReadBack, View
from conformance.loading.venue import Venue
from probes.canonical import thaw
from probes.clock import Deadline
from probes.errors import LookFailed
from probes.order import held, sum_of
from probes.patience import Patience
from probes.shop.outcome import Denied, Done, Outcome
from probes.shop.session import ShopSession
from probes.trade.invariants import pieces

SETTLE_S: Final = 2.0
"""How long an acknowledged order may take to show."""

Views = Mapping[str, View]
"""Views by number of the order."""

_NOBODY = View(state="unread", why="nobody could look")


def read_back(
    venue: Venue, book: OrderBook, deadline: Deadline
) -> tuple[tuple[ReadBack, ...], dict[str, tuple[str, ...] | None]]:
    """Return every order of the book, read again; and the numbers on each account's own list, None where unread.

    An order is absent where the shop says so, and still says so a moment later. Where no operator is declared, or the
    adapter lets none read orders, the buyer's view is the only one.
    """
    seen = venue.side_by_side(lambda name: _as_buyer(venue, book.of(name), name, deadline), book.accounts)
    mine = _together([views for views, _ in seen])
    lists = {name: listed for name, (_, listed) in zip(book.accounts, seen, strict=True)}
    parts = [book.orders[at :: venue.target.limits.workers] for at in range(venue.target.limits.workers)]
    looks = _operator_looks(venue)
    theirs = _together(venue.side_by_side(lambda part: _as_operator(venue, part, deadline), parts if looks else ()))
    return tuple(
        ReadBack(
            order=order,
            buyer=mine.get(order.number, _NOBODY),
            operator=theirs.get(order.number, _NOBODY) if looks else None,
        )
        for order in book.orders
    ), lists


def _operator_looks(venue: Venue) -> bool:
    return "operator" in venue.target.roles and venue.shop.can("operator_read_order")


def _together(found: Sequence[Views]) -> Views:
    return {number: view for views in found for number, view in views.items()}


def _as_buyer(
    venue: Venue, orders: Sequence[Acknowledged], account: str, deadline: Deadline
) -> tuple[Views, tuple[str, ...] | None]:
    """Log in once (that costs a shop more than anything else), read the list of orders and each of these."""
    if not account:
        return _unread(orders, "a guest has no list of orders"), None
    try:
        with venue.as_buyer(account, deadline) as session:
            listed = _listed(session)
            if not session.can("read_order"):
                return _unread(orders, "the adapter describes no read_order journey"), listed
            return {order.number: _view(session, "read_order", order.number, deadline) for order in orders}, listed
    except LookFailed as failed:
        return _unread(orders, failed.detail), None


def _as_operator(venue: Venue, orders: Sequence[Acknowledged], deadline: Deadline) -> Views:
    if not orders:
        return {}
    try:
        with venue.as_operator(deadline) as session:
            return {order.number: _view(session, "operator_read_order", order.number, deadline) for order in orders}
    except LookFailed as failed:
        return _unread(orders, failed.detail)


def _unread(orders: Sequence[Acknowledged], why: str) -> Views:
    return {order.number: View(state="unread", why=why) for order in orders}


def _view(session: ShopSession, verb: str, number: str, deadline: Deadline) -> View:
    """Read one order; a "there is none" is believed once it has been said for a while."""
    patience = Patience(settle_s=SETTLE_S, deadline=deadline)
    try:
        seen, _ = patience.until(
            lambda outcome: not isinstance(outcome, Denied), lambda: session.do(verb, number=number), "the order"
        )
    except LookFailed as failed:
        return View(state="unread", why=failed.detail)
    if isinstance(seen, Done):
        return View(state="read", order=_order(seen))
    return View(state="absent" if isinstance(seen, Denied) else "unread", why=seen.why)


def _order(read: Done) -> dict[str, Any]:
    """Return what an order's page shows, sums as decimal texts."""
    outputs: dict[str, Any] = thaw(read.outputs)
    lines = [line for line in outputs.get("lines") or () if isinstance(line, dict)]
    return {"lines": [held(line) for line in lines], "total": sum_of(outputs.get("total"))}


def _listed(session: ShopSession) -> tuple[str, ...] | None:
    try:
        return _numbers(session.do("list_orders")) if session.can("list_orders") else None
    except LookFailed:
        return None


def _numbers(outcome: Outcome) -> tuple[str, ...] | None:
    rows = outcome.outputs.get("orders") if isinstance(outcome, Done) else None
    if not isinstance(rows, tuple | list):
        return None
    return tuple(str(row["number"]).strip() for row in rows if isinstance(row, Mapping) and row.get("number"))


def completed(book: OrderBook, read: Sequence[ReadBack]) -> OrderBook:
    """Return the book with what the buyers' pages show of orders of which the trail does not say what they hold."""
    seen = {each.order.number: each for each in read}
    return replace(book, orders=tuple(_filled(order, seen.get(order.number)) for order in book.orders))


def _filled(order: Acknowledged, read: ReadBack | None) -> Acknowledged:
    if order.pieces is not None or read is None or read.buyer.order is None:
        return order
    return replace(order, pieces=pieces(read.buyer.order))
