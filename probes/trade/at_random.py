"""``trade.at_random``: two buyers trade at random; what each of them, and the operator, then sees of it.

Subject: ``two buyers``, members of this look's own. First a plain purchase (``control``): add, change, remove, check
out, confirm, read. Where that does not hold, nothing is tried at random. Then at least 300 steps by the seed, in rounds
that begin with empty carts: put in, change, take out, empty, check out, confirm, read, cancel. Data::

    {"seed": int, "asked_steps": int, "steps": int, "stopped": sentence | null,
     "control": [record], "rounds": [[record]], "at_the_end": [record],
     "journey": {"records": [record], "shrunk": bool, "attempts": int} | null}

A ``record`` is that of ``probes.trade.invariants``; only ``control`` and ``journey`` keep the requests. Whether all of
``probes.trade.invariants`` holds is recomputed by whoever judges: it is used here to know when to stop and what to
shorten. ``journey`` is the shortest history found in which something does not hold. ``at_the_end`` reads every order of
all rounds again.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from probes.goods import plentiful
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.target import Target
from probes.trade import traders
from probes.trade.again import again
from probes.trade.buyers import Buyer, Market
from probes.trade.invariants import broken
from probes.trade.walk import ORDERS_A_ROUND, ROUND, walk

STEPS = 300
ARTICLES = 3
_CONTROL_ORDERS = 1
_WALK_ORDERS = (STEPS // ROUND + 1) * ORDERS_A_ROUND


def seed_of(run_token: str) -> int:
    """Return the seed of a run: the same for the same token."""
    return int.from_bytes(hashlib.sha256(run_token.encode()).digest()[:4], "big")


def market_of(given: Look) -> Market:
    """Return two buyers of this look's own, the operator where there is one, and the articles that they buy."""
    buyers = tuple(
        Buyer(session=traders.trader(given, number), address=traders.address_of(given, number))
        for number in (traders.WALKER_A, traders.WALKER_B)
    )
    return Market(buyers=buyers, operator=traders.operator_of(given), goods=plentiful(given, ARTICLES))


def _plainly(market: Market) -> list[dict[str, Any]]:
    """Buy once without any surprise."""
    market.begin()
    buyer = market.buyers[0]
    market.add(buyer, 0, 1)
    market.add(buyer, 1, 1)
    market.change(buyer, 0, 2)
    market.remove(buyer, 1)
    market.check_out(buyer)
    market.confirm(buyer)
    _read_again(market)
    return market.history


def _read_again(market: Market) -> None:
    for number in tuple(market.orders):
        market.read(number)
        market.operator_reads(number)


def _bare(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in record.items() if name != "requests"} for record in records]


def look(given: Look) -> Seen:
    """Trade plainly, then at random, then read all orders once more."""
    share = may_order(given, PROBE.name)
    market = market_of(given)
    number = seed_of(given.scene.run_token)
    control = _plainly(market)
    data: dict[str, Any] = {
        "seed": number,
        "asked_steps": STEPS,
        "steps": 0,
        "stopped": None,
        "control": control,
        "rounds": [],
        "at_the_end": [],
        "journey": None,
    }
    own_sums = {each.name for each in broken(control)}
    if own_sums - {"sums"} or not market.orders:
        return Seen(data=data)

    def wrong(history: Sequence[dict[str, Any]]) -> frozenset[str]:
        return frozenset(each.name for each in broken(history)) - own_sums

    came = walk(
        market,
        lambda history: not wrong(history),
        number=number,
        steps=STEPS,
        orders=_WALK_ORDERS,
        deadline=given.deadline,
    )
    data |= {"steps": came.steps, "stopped": came.stopped, "rounds": [_bare(history) for history in came.histories]}
    if came.found is None:
        data["at_the_end"] = _at_the_end(market, came.histories)
        return Seen(data=data)
    orders = share - _CONTROL_ORDERS - _WALK_ORDERS
    shortest = again(market, came.found, wrong, orders=orders, deadline=given.deadline)
    data["journey"] = {"records": shortest.records, "shrunk": shortest.shrunk, "attempts": shortest.attempts}
    return Seen(data=data)


def _at_the_end(market: Market, histories: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Read every order of all rounds once more."""
    owners = {buyer.who: buyer for buyer in market.buyers}
    market.history = []
    market.orders = {
        str(record["number"]): owners[record["who"]]
        for history in histories
        for record in history
        if record["did"] == "confirm" and record.get("number")
    }
    _read_again(market)
    market.stocks()
    return _bare(market.history)


def subjects(target: Target) -> tuple[str, ...]:
    """Two members of this look's own."""
    return ("two buyers",) if target.platform.adapter else ()


PROBE = Probe(
    name="trade.at_random",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=300,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:walkers", "account:operator"}),
    writes=True,
)
