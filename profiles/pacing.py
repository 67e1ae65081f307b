"""The pace of an open model: shoppers start when they were planned to, whatever the shop does with those before them.

Latency counts from the *planned* instant: a shopper's first step from the planned start, each further step from the end
of the step before plus the planned thinking. So a shop that stands still is told as slow by all who would have come
meanwhile. Nothing here knows of threads, greenlets or real time: a ``Time`` is handed in, so the same code runs live
and in tests on virtual time.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from probes.errors import LookFailed
from profiles.arrivals import Arrival
from profiles.tally import Tally

UNFINISHED: Final = "not over when the run was"
"""Why a step failed that was still waiting for the shop when the time to drain was over."""

OUTSIDE: Final = "between steps"
"""The name under which a look that failed outside of any step is told."""


class Time(Protocol):
    """What the pace asks of time. Instants are seconds from the start of the run (negative before it)."""

    def now(self) -> float:
        """Return the instant; never less than before."""
        ...

    def sleep_until(self, at_s: float) -> None:
        """Return at the instant (at once where it is past), or earlier where the run is being stopped."""
        ...

    def spawn(self, task: Callable[[], None]) -> None:
        """Begin the task beside this one, and return. The task raises nothing."""
        ...

    def join(self, until_s: float) -> None:
        """Return when all tasks that were spawned are over, or at the instant."""
        ...


class Leaving(Exception):  # noqa: N818 - it is an answer: the run is over, the shopper goes home
    """Raised where a walk would go on though the run is over or being stopped. Not for shoppers to catch."""


class Attempt:
    """A step under way; the shopper says where it went wrong."""

    __slots__ = ("why",)

    def __init__(self) -> None:
        """Begin well."""
        self.why: str | None = None

    def fails(self, why: str) -> None:
        """Tell in one sentence why the step did not do what a shopper needs."""
        self.why = why


class Walk:
    """One shopper's walk through the shop: it waits between steps, and each step counts from its planned instant."""

    def __init__(
        self, *, arrival: Arrival, time: Time, tally: Tally, think_s: float, stopping: Callable[[], bool]
    ) -> None:
        """Begin at the planned start of the arrival.

        Args:
            arrival: who comes.
            time: see ``Time``.
            tally: where steps are counted.
            think_s: seconds from the end of a step to the planned instant of the next, unless a step says otherwise.
            stopping: whether the run is being stopped.
        """
        self.arrival = arrival
        self.failed = False
        self._time = time
        self._tally = tally
        self._think_s = think_s
        self._stopping = stopping
        self._due_s = arrival.at_s
        self._under_way: str | None = None
        self._over = False
        self.on_abandon: Callable[[], None] | None = None

    @contextmanager
    def step(self, name: str, *, think_s: float | None = None) -> Iterator[Attempt]:
        """Wait for the step's planned instant, do what stands in the ``with``, and count it.

        ``think_s`` is how long the shopper thinks *after* it. A ``LookFailed`` that comes out of it counts as failed,
        with its sentence, and is raised on: the walk is over, unless the shopper catches it.

        Raises:
            Leaving: the run is over, or being stopped.
        """
        self._time.sleep_until(self._due_s)
        if self._over or self._stopping():
            raise Leaving
        self._under_way = name
        attempt = Attempt()
        try:
            yield attempt
        except LookFailed as failure:
            attempt.fails(failure.detail)
            raise
        finally:
            self._end(attempt.why, self._think_s if think_s is None else think_s)

    def order(self) -> None:
        """Count an order that the shop acknowledged."""
        if not self._over:
            self._tally.order()

    def abandon(self) -> None:
        """Count the step under way, if any, as failed, with the time that it took so far; nothing counts after it.

        ``on_abandon`` is called, where somebody has set it.
        """
        self._end(UNFINISHED, 0.0)
        self._over = True
        if self.on_abandon is not None:
            self.on_abandon()

    @property
    def abandoned(self) -> bool:
        """Whether the run was over before the shopper was."""
        return self._over

    def outside(self, why: str) -> None:
        """Count a failure that came from outside of any step."""
        if not self.failed and not self._over:
            self.failed = True
            self._tally.failure(OUTSIDE, why)

    def _end(self, why: str | None, think_s: float) -> None:
        name, self._under_way = self._under_way, None
        if name is None:
            return  # abandoned meanwhile
        now = self._time.now()
        self._tally.step(name, now - self._due_s, why)
        self.failed = self.failed or why is not None
        self._due_s = now + think_s


Visit: TypeAlias = Callable[[Walk], None]
"""What a shopper does; it gives back what it took (an account, a cart) before it returns or raises."""

Enter: TypeAlias = Callable[[Arrival], Visit | None]
"""Lets a shopper in: the visit, or None where there is no room (no free account, no more orders). Does no I/O."""


def _no_walks() -> set[Walk]:
    return set()


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """Lets one worker's shoppers in at their planned starts, and counts who finds no room.

    ``max_in_flight``: so many may be under way in this worker. ``stopping``: whether the run is being stopped; then
    nobody comes any more, and those under way go home at their next step. ``ends_s``: the end of the last stage;
    ``drain_s``: so long after it those under way may go on.
    """

    arrivals: Iterable[Arrival]
    enter: Enter
    time: Time
    tally: Tally
    max_in_flight: int
    think_s: float
    ends_s: float
    drain_s: float
    stopping: Callable[[], bool]
    _walks: set[Walk] = field(default_factory=_no_walks)
    _bug: BaseException | None = None

    def run(self) -> None:
        """Let all in, wait for them to go, and return.

        Who is still there when the time to drain is over is counted so, and may still be waiting for the shop.

        Raises:
            BaseException: what a shopper raised that is no ``LookFailed``: a bug of ours, or a trail that cannot be
                written.
        """
        for arrival in self.arrivals:
            self.time.sleep_until(arrival.at_s)
            if self._halted():
                break
            self._let_in(arrival)
        else:
            self.time.sleep_until(self.ends_s)
        self._drain()
        if self._bug is not None:
            raise self._bug

    def _let_in(self, arrival: Arrival) -> None:
        late_s = max(0.0, self.time.now() - arrival.at_s)
        visit = self.enter(arrival) if len(self._walks) < self.max_in_flight else None
        if visit is None:
            self.tally.drop(late_s)
            return
        walk = Walk(arrival=arrival, time=self.time, tally=self.tally, think_s=self.think_s, stopping=self._halted)
        self._walks.add(walk)
        self.tally.start(late_s)
        self.time.spawn(lambda: self._walk(walk, visit))

    def _walk(self, walk: Walk, visit: Visit) -> None:
        left = False
        try:
            visit(walk)
        except LookFailed as failure:
            walk.outside(failure.detail)
        except Leaving:
            left = True
        except BaseException as bug:  # noqa: BLE001 - not swallowed: `run` raises it where somebody waits for it
            self._bug = self._bug or bug
            left = True
        self._gone(walk, left=left)

    def _gone(self, walk: Walk, *, left: bool) -> None:
        if walk not in self._walks:
            return  # was counted when the time to drain was over
        self._walks.discard(walk)
        if walk.failed:
            self.tally.failed()
        elif left:
            self.tally.left()
        else:
            self.tally.done()

    def _drain(self) -> None:
        # A run that is stopped ends before its last stage does.
        self.time.join((self.time.now() if self._halted() else self.ends_s) + self.drain_s)
        for walk in list(self._walks):
            walk.abandon()
            self._gone(walk, left=True)

    def _halted(self) -> bool:
        return self._bug is not None or self.stopping()
