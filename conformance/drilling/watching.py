"""Watches the platform closely: a journey every half second, several at once, until enough is known or it must end."""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from probes.clock import Clock
from profiles.drills.course import Journey, confirmed

INTERVAL_S: Final = 0.5
SETTLE_S: Final = 3.0
"""A fault may take so long to be felt: nothing counts as a recovery before."""

Walker: TypeAlias = Callable[[str], Journey]
"""Walks one journey, whose phase it is told."""

Walked: TypeAlias = tuple[int, Future[Journey]]
"""The number of a walker, and the journey that is over."""

_GLANCE_S: Final = 0.1


@dataclass(slots=True)
class Seen:
    """What was seen so far: journeys that are over, and when those that are under way began."""

    over: list[Journey] = field(default_factory=list)
    under_way: dict[int, float] = field(default_factory=dict)

    def recovered_since(self, since_s: float) -> bool:
        """Tell whether enough good journeys began after an instant, and none that may yet fail began before them."""
        good = confirmed(journey for journey in self.over if journey.started_s >= since_s)
        last = good[-1].started_s if good else 0.0
        return bool(good) and all(began > last for began in self.under_way.values() if began >= since_s)

    def down_s(self, now_s: float, since_s: float) -> float:
        """Return for how long no journey that began after an instant was good."""
        good = max((journey.ended_s for journey in self.over if journey.ok), default=since_s)
        return now_s - max(good, since_s)


def _closely() -> float:
    return INTERVAL_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Lets walkers walk in turn; ``note`` gets every journey that is over, in this thread.

    ``interval_s`` is asked for the seconds until the next journey may begin.
    """

    walkers: Sequence[Walker]
    clock: Clock
    note: Callable[[Journey], None]
    interval_s: Callable[[], float] = field(default=_closely)

    def until(
        self, phase: str, over: Callable[[Seen], str | None], *, then: Callable[[], None] = lambda: None
    ) -> tuple[str, Seen]:
        """Watch until ``over`` says why it is over, and wait for those under way; return the reason and what was seen.

        ``over`` is asked after every journey, and several times a second; ``then`` is done at once, before any waiting.
        """
        seen, answers = Seen(), queue.SimpleQueue[Walked]()
        free = list(range(len(self.walkers)))
        next_s = self.clock.monotonic_s()
        with ThreadPoolExecutor(max_workers=len(self.walkers), thread_name_prefix="drill") as pool:
            while (why := over(seen)) is None:
                now_s = self.clock.monotonic_s()
                if free and now_s >= next_s:
                    number = free.pop(0)
                    seen.under_way[number] = now_s
                    walk = pool.submit(self.walkers[number], phase)
                    walk.add_done_callback(lambda done, number=number: answers.put((number, done)))  # type: ignore[misc]
                    next_s = max(next_s + self.interval_s(), now_s)
                self._take(seen, answers, free, wait_s=_GLANCE_S)
            then()
            while seen.under_way:
                self._take(seen, answers, free, wait_s=None)
        return why, seen

    def _take(
        self,
        seen: Seen,
        answers: "queue.SimpleQueue[Walked]",
        free: list[int],
        *,
        wait_s: float | None,
    ) -> None:
        try:
            number, walked = answers.get(timeout=wait_s)
        except queue.Empty:
            return
        del seen.under_way[number]
        free.append(number)
        journey = walked.result()  # what broke in the walker breaks here: else it would be waited for without end
        seen.over.append(journey)
        self.note(journey)
