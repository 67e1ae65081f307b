"""A random walk through a shop, as a Hypothesis state machine, generated from a seed.

Hypothesis chooses; ``probes.trade.buyers`` acts; the invariants are handed in and say whether all holds in a history.
The first history in which something does not hold ends the walk. Hypothesis's own shrinking would take hundreds of
orders to shorten it: ``probes.trade.again`` does that with a few.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from probes.clock import Deadline
from probes.errors import LookFailed
from probes.trade.buyers import MOST, Buyer, Market

Holds = Callable[[Sequence[dict[str, Any]]], bool]
"""Tells whether all that must hold does hold in a history."""

ROUND = 30
"""Steps from empty carts to the next time that all carts are empty: as long as a journey may get before shrinking."""

ORDERS_A_ROUND = 2
"""Orders in one round: what a step may be depends on no other round, so that one round can be done again."""
ENOUGH = "enough"
_SHOWS_NOTHING = frozenset({"browse", "check out"})
"""What leaves nothing in a history by which more could fail to hold than before."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """What came of a walk.

    ``histories`` holds each round's; ``found`` the one in which something does not hold, None where there is none;
    ``stopped`` why the walk ended before its time.
    """

    histories: list[list[dict[str, Any]]] = field(default_factory=list)
    steps: int = 0
    found: list[dict[str, Any]] | None = None
    stopped: str | None = None


class _Over(BaseException):
    """The walk is over: no error, and Hypothesis, which catches those and does it all again, must let it pass."""


@dataclass(slots=True, kw_only=True)
class _Bounds:
    """What may still be spent."""

    steps: int
    orders: int
    deadline: Deadline
    spare_s: float
    in_round: int = ORDERS_A_ROUND

    def spend(self) -> str | None:
        """Spend one step; returns why there is none left."""
        if self.deadline.remaining_s() <= self.spare_s:
            return "the time for this look ran out"
        if self.steps <= 0:
            return ENOUGH
        self.steps -= 1
        return None


def walk(market: Market, holds: Holds, *, number: int, steps: int, orders: int, deadline: Deadline) -> Walk:
    """Let the buyers trade at random until something does not hold.

    Args:
        market: who trades, and where.
        holds: tells whether a history is one in which all holds.
        number: the seed.
        steps: how many to take; fewer are taken where something does not hold, or the time runs out.
        orders: how many may be placed.
        deadline: by when all of it must be over; a third of it is left for doing again what did not hold.

    Raises:
        LookFailed: the shop could not be asked, and nothing had been found before.
    """
    came = Walk()
    bounds = _Bounds(steps=steps, orders=orders, deadline=deadline, spare_s=deadline.remaining_s() / 3)
    machine = seed(number)(_machine(market, holds, came, bounds))
    quietly = settings(
        max_examples=-(-steps // ROUND) * 2,  # more than are needed: the steps end the walk
        stateful_step_count=ROUND,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(machine, settings=quietly)
    except (_Over, Flaky) as ended:
        over = _over_in(ended)
        if over is None:
            raise
        if came.found is None and isinstance(over.__cause__, LookFailed):
            raise over.__cause__ from None
    return came


def _over_in(ended: BaseException | None) -> BaseException | None:
    """Return the end of the walk behind what Hypothesis raised; None where it is another thing.

    Where the last round ends sooner than an earlier one that began alike, Hypothesis finds that its choices do not
    repeat themselves, and says so in place of the end.
    """
    while ended is not None and not isinstance(ended, _Over):
        ended = ended.__context__
    return ended


def _machine(market: Market, holds: Holds, came: Walk, bounds: _Bounds) -> type[RuleBasedStateMachine]:
    class Trading(RuleBasedStateMachine):
        """One round, as Hypothesis wants it."""

        def __init__(self) -> None:
            super().__init__()
            self.round = _Round(market=market, holds=holds, came=came, bounds=bounds)
            self.round.begin()

        @rule(data=st.data())
        def step(self, data: st.DataObject) -> None:
            """Do one of the things that can be done now."""
            self.round.step(data)

        def teardown(self) -> None:
            """Look at what became of it."""
            self.round.end()

    return Trading


@dataclass(slots=True, kw_only=True)
class _Round:
    """Two buyers, from empty carts on."""

    market: Market
    holds: Holds
    came: Walk
    bounds: _Bounds

    def begin(self) -> None:
        """Empty the carts."""
        self.bounds.in_round = ORDERS_A_ROUND
        self._ask(self.market.begin)
        self.came.histories.append(self.market.history)

    def step(self, data: st.DataObject) -> None:
        """Let one buyer do one of the things that can be done now."""
        why = self.bounds.spend()
        if why is not None:
            self.came.stopped = None if why == ENOUGH else why
            raise _Over
        self.came.steps += 1
        buyer = self.market.buyers[data.draw(st.sampled_from(range(len(self.market.buyers))))]
        act = data.draw(st.sampled_from(_possible(self.market, buyer, self.bounds)))
        if act == "confirm":
            self._may_order()
        self._ask(lambda: _do(act, data, self.market, buyer))
        if act not in _SHOWS_NOTHING:
            self._judge()

    def _may_order(self) -> None:
        if self.bounds.orders <= 0:
            self.came.stopped = "no more orders may be placed"
            raise _Over
        self.bounds.orders -= 1
        self.bounds.in_round -= 1

    def end(self) -> None:
        """Read every order of the round, as its buyer and as the operator, and earlier ones as their buyer."""
        if self.came.found is not None or self.came.stopped is not None:
            return
        for number in tuple(self.market.orders):
            self._ask(lambda number=number: self.market.read(number))  # type: ignore[misc]
            self._ask(lambda number=number: self.market.operator_reads(number))  # type: ignore[misc]
        self._judge()
        for number in tuple(self.market.earlier):
            self._ask(lambda number=number: self.market.read(number))  # type: ignore[misc]
        self._judge_with_earlier()

    def _judge_with_earlier(self) -> None:
        """Where an order of an earlier round does not hold any more, that round and this one tell it."""
        *earlier, now = self.came.histories
        whole = [record for history in self.came.histories for record in history]
        if not self.holds(whole):
            pairs = ([*history, *now] for history in reversed(earlier))
            self.came.found = next((pair for pair in pairs if not self.holds(pair)), whole)
            raise _Over

    def _judge(self) -> None:
        if not self.holds(self.market.history):
            self.came.found = list(self.market.history)
            raise _Over

    def _ask(self, act: Callable[[], None]) -> None:
        """Ask the shop. Hypothesis must not take a shop that is away for a finding: that is passed around it."""
        try:
            act()
        except LookFailed as failed:
            self.came.stopped = failed.detail
            raise _Over from failed


def _possible(market: Market, buyer: Buyer, bounds: _Bounds) -> list[str]:
    """Return what the buyer can do now; what stands more than once is chosen the more often.

    It follows from what was done in this round alone: what Hypothesis does again must have the same choices.
    """
    acts = []
    if sum(buyer.cart.values()) < MOST - 2:
        acts += ["add", "add"]
    if buyer.cart:
        acts += ["change", "remove", "check out", "check out", "empty"]
    if buyer.ready and buyer.cart and bounds.in_round > 0:
        acts += ["confirm"] * 4
    own = [number for number, owner in market.orders.items() if owner is buyer]
    if own:
        acts.append("read")
    if buyer.session.can("cancel_order") and any(number not in market.cancelled for number in own):
        acts.append("cancel")
    return [*acts, "browse"]


def _do(act: str, data: st.DataObject, market: Market, buyer: Buyer) -> None:
    match act:
        case "add":
            market.add(buyer, _article(data, range(len(market.goods))), data.draw(st.integers(1, 3)))
        case "change":
            article = _article(data, buyer.cart)
            others = [number for number in (1, 2, 3, 4) if number != buyer.cart[article]]
            market.change(buyer, article, data.draw(st.sampled_from(others)))
        case "remove":
            market.remove(buyer, _article(data, buyer.cart))
        case "empty":
            market.empty(buyer)
        case "check out":
            market.check_out(buyer)
        case "confirm":
            market.confirm(buyer)
        case "read" | "cancel":
            own = [number for number, owner in market.orders.items() if owner is buyer]
            if act == "cancel":
                own = [number for number in own if number not in market.cancelled]
            getattr(market, act)(data.draw(st.sampled_from(own)))
        case _:
            market.browse(buyer, _article(data, range(len(market.goods))))


def _article(data: st.DataObject, among: Iterable[int]) -> int:
    article: int = data.draw(st.sampled_from(sorted(among)))
    return article
