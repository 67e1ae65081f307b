"""Virtual time: tasks are greenlets, and the clock jumps to whoever is to wake next. No real time passes."""

import heapq
from collections.abc import Callable
from itertools import count

from greenlet import getcurrent, greenlet


class VirtualTime:
    """A ``profiles.pacing.Time`` on which everything happens exactly when it is due."""

    def __init__(self, *, starts_s: float = 0.0) -> None:
        self._now_s = starts_s
        self._hub = getcurrent()
        self._numbers = count()
        self._due: list[tuple[float, int, greenlet]] = []
        self._tasks = 0
        self._joining: list[tuple[int, greenlet]] = []
        self._stale: set[int] = set()

    def now(self) -> float:
        return self._now_s

    def sleep_until(self, at_s: float) -> None:
        if at_s > self._now_s:
            self._wake(at_s, getcurrent())
            self._hub.switch()

    def spawn(self, task: Callable[[], None]) -> None:
        def whole() -> None:
            task()
            self._tasks -= 1
            if not self._tasks:
                self._end_joins()

        self._tasks += 1
        self._wake(self._now_s, greenlet(whole, self._hub))

    def join(self, until_s: float) -> None:
        if self._tasks and until_s > self._now_s:
            self._joining.append((self._wake(until_s, getcurrent()), getcurrent()))
            self._hub.switch()

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody else runs: this process was busy, or not given the processor."""
        self._now_s += seconds

    def run(self, main: Callable[[], None]) -> None:
        """Run a task, and all that it begins, until nobody waits for anything."""
        self._wake(self._now_s, greenlet(main, self._hub))
        while self._due:
            at_s, number, task = heapq.heappop(self._due)
            if number in self._stale:
                self._stale.remove(number)
                continue
            self._now_s = max(self._now_s, at_s)
            task.switch()

    def _wake(self, at_s: float, task: greenlet) -> int:
        number = next(self._numbers)
        heapq.heappush(self._due, (at_s, number, task))
        return number

    def _end_joins(self) -> None:
        for number, task in self._joining:
            self._stale.add(number)
            self._wake(self._now_s, task)
        self._joining.clear()


class GatedShop:
    """A shop that takes ``service_s`` for anyone at any time, but answers nobody while its gate is shut."""

    def __init__(self, time: VirtualTime, *, service_s: float, shut_s: tuple[float, float]) -> None:
        self._time = time
        self._service_s = service_s
        self._shut_s = shut_s

    def ask(self) -> None:
        now = self._time.now()
        shut, opens = self._shut_s
        answered = now + self._service_s
        self._time.sleep_until(max(answered, opens) if shut <= now < opens else answered)
