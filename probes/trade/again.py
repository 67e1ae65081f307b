"""Does a history in which something did not hold again, shorter and shorter, as long as it still shows.

Everything is asked of the shop itself, so the journey that is left is one that a person can repeat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from probes.clock import Deadline
from probes.errors import LookFailed
from probes.trade.buyers import Buyer, Market
from probes.trade.shorten import Journey, Step, about_orders, journey_of, orders_in, shorter

Names = Callable[[Sequence[dict[str, Any]]], frozenset[str]]
"""Names the invariants that do not hold in a history."""

ATTEMPTS = 40
"""Shorter journeys that are tried at most."""


@dataclass(slots=True, kw_only=True)
class Again:
    """What came of it: the shortest history that shows it; whether a replay showed it; how many were tried."""

    records: list[dict[str, Any]]
    shrunk: bool = False
    attempts: int = 0


def again(market: Market, found: list[dict[str, Any]], names: Names, *, orders: int, deadline: Deadline) -> Again:
    """Return the shortest history that was found to show what the given one shows, itself where none does.

    Args:
        market: who trades, and where.
        found: the history in which something does not hold.
        names: names what does not hold in a history.
        orders: how many orders may be placed for it.
        deadline: by when it must be over; where the shop fails before, what was found stays found.
    """
    came, wanted = Again(records=found), names(found)
    articles = [goods.name for goods in market.goods]
    journey = journey_of(found, articles)
    trying = True
    while trying:
        trying = False
        for candidate in shorter(journey):
            needed = orders_in(candidate)
            if came.attempts >= ATTEMPTS or needed > orders or deadline.remaining_s() <= 1:
                return came
            if not needed and any(about_orders(name) for name in wanted):
                continue
            orders, came.attempts = orders - needed, came.attempts + 1
            try:
                history = _done(market, candidate)
            except LookFailed:
                return came
            if names(history) & wanted:
                came.records, came.shrunk, journey, trying = history, True, candidate, True
                break
    return came


def _done(market: Market, journey: Journey) -> list[dict[str, Any]]:
    """Do the steps from empty carts on, and read every order at the end."""
    market.begin()
    buyers = {buyer.who: buyer for buyer in market.buyers}
    numbers: dict[int | None, str] = {}
    for step in journey:
        before = set(market.orders)
        _step(market, buyers[step.who], step, numbers)
        fresh = [number for number in market.orders if number not in before]
        if step.did == "confirm" and fresh:
            numbers[step.order] = fresh[0]
    for number in tuple(market.orders):
        market.read(number)
        market.operator_reads(number)
    return market.history


def _step(market: Market, buyer: Buyer, step: Step, numbers: dict[int | None, str]) -> None:
    match step.did:
        case "add" if step.article is not None:
            market.add(buyer, step.article, step.quantity or 1)
        case "change" if step.article is not None:
            market.change(buyer, step.article, step.quantity or 1)
        case "remove" if step.article is not None:
            market.remove(buyer, step.article)
        case "empty":
            market.empty(buyer)
        case "check out":
            market.check_out(buyer)
        case "confirm":
            market.confirm(buyer)
        case "read" | "cancel" if step.order in numbers:
            (market.read if step.did == "read" else market.cancel)(numbers[step.order])
        case "browse" if step.article is not None:
            market.browse(buyer, step.article)
        case _:
            return  # what it is about is not there without what was left out
