"""When a run ends before its time: what it costs the shop is more than was agreed, or somebody says so.

Pure: it is fed each second's line, and told what the outside says. The record keeps the answer.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from profiles.histogram import merged
from profiles.plan import LoadPlan
from profiles.record import Second, Stopped

WINDOW: Final = 30
"""Seconds over which errors and latency are looked at together; as many more as it takes for ``ENOUGH`` steps."""

ENOUGH: Final = 50
"""Steps below which neither is told: a few prove nothing."""

_MOST_WINDOW: Final = 3600

StopCode: TypeAlias = Literal[
    "errors", "latency", "stop-file", "interrupted", "terminated", "window", "orders", "lost-worker"
]


@dataclass(slots=True, kw_only=True)
class StopConditions:
    """The stop conditions of one run; ``after`` is called once a second, with each second once and in order."""

    plan: LoadPlan
    orders: int = 0
    _recent: deque[Second] = field(default_factory=deque)
    _steps: int = 0

    def after(self, second: Second, *, now_ms: int, stop_file_there: bool = False) -> Stopped | None:
        """Return why the run must end now, or None.

        Args:
            second: what happened in the last second.
            now_ms: the wall clock.
            stop_file_there: whether the plan's stop file exists.

        Raises:
            EvidenceError: the second's latencies cannot be read.
        """
        self._remember(second)
        self.orders += second.orders_acknowledged
        found = (
            self._asked(stop_file_there) or self._window(now_ms) or self._orders() or self._errors() or self._latency()
        )
        return None if found is None else Stopped(why=found[0], detail=found[1], second=second.second)

    def _remember(self, second: Second) -> None:
        self._recent.append(second)
        self._steps += second.steps
        while len(self._recent) > WINDOW and (
            self._steps - self._recent[0].steps >= ENOUGH or len(self._recent) > _MOST_WINDOW
        ):
            self._steps -= self._recent.popleft().steps

    def _asked(self, stop_file_there: bool) -> tuple[StopCode, str] | None:
        return ("stop-file", f"the file {self.plan.stop_file} is there") if stop_file_there else None

    def _window(self, now_ms: int) -> tuple[StopCode, str] | None:
        closes_ms = self.plan.must_end_ms
        return ("window", "the declared window closes") if closes_ms is not None and now_ms >= closes_ms else None

    def _orders(self) -> tuple[StopCode, str] | None:
        if self.orders <= self.plan.max_orders or self.plan.closed is not None:
            return None
        return "orders", f"{self.orders} orders were placed, {self.plan.max_orders} are allowed"

    def _errors(self) -> tuple[StopCode, str] | None:
        failed = sum(second.steps_failed for second in self._recent)
        budget = self.plan.budgets.error_share
        if self._steps < ENOUGH or failed <= budget * self._steps:
            return None
        share = f"{100 * failed / self._steps:.3g} % of the steps of the last {len(self._recent)} s failed"
        return "errors", f"{share} ({failed} of {self._steps}), {100 * budget:.3g} % are allowed"

    def _latency(self) -> tuple[StopCode, str] | None:
        budget_s = self.plan.budgets.latency_p99_s
        if budget_s is None or self._steps < ENOUGH:
            return None
        p99_ms = merged(second.latencies() for second in self._recent if second.steps).percentile_ms(99)
        if p99_ms is None or p99_ms <= 1000 * budget_s:
            return None
        return "latency", f"p99 of the last {len(self._recent)} s is {p99_ms:g} ms, {1000 * budget_s:g} ms are allowed"
