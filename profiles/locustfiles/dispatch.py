"""One worker's shoppers on gevent: the pace of ``profiles.pacing`` in real time.

A locustfile of ours gives its shoppers in one line, which also makes Locust find a user class in it::

    Crowd = open_model(Shoppers)      # in profiles.locustfiles.reporting

where ``Shoppers(plan, worker, workers)`` is called in each worker once the plan has come, before the start, and its
``enter(arrival)`` lets a shopper in (see ``profiles.pacing``: a visit, or None where there is no room).
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

import gevent
from gevent.event import Event

from profiles.arrivals import Arrival, arrivals_of
from profiles.conducting import MAY_STOP_S
from profiles.pacing import Dispatcher, Visit
from profiles.plan import LoadPlan
from profiles.tally import Tally

_STOPPING_S = 0.05
"""How long a greenlet sleeps at most once the run is being stopped: so the others come to their turn."""

_LOOK_S = 1.0
"""How often who waits for the last shoppers looks whether the run is being stopped."""

TICK_S = 0.05
"""How often the generator looks whether it still wakes in time, whatever the arrivals are."""


class Shoppers(Protocol):
    """Who comes into the shop: one of these in each worker."""

    def enter(self, arrival: Arrival) -> Visit | None:
        """Let a shopper in: return what it does, or None where there is no room. Does no I/O."""
        ...


MakeShoppers = Callable[[LoadPlan, int, int], Shoppers]
"""``(plan, worker from 0, workers)`` gives the shoppers; raises ``SettingsError`` where the plan can't be walked."""


class GreenTime:
    """Real time for greenlets, in seconds from the start of the run."""

    def __init__(self, *, starts_at_s: float) -> None:
        """Take the start on ``time.monotonic()``; it may lie ahead."""
        self._starts_at_s = starts_at_s
        self._stop = Event()
        self._under_way = 0
        self._all_over = Event()
        self._patient_until_s = math.inf

    def now(self) -> float:
        """Return the instant; negative before the start."""
        return time.monotonic() - self._starts_at_s

    def sleep_until(self, at_s: float) -> None:
        """Return at the instant, or soon where the run is being stopped. Others run meanwhile."""
        while (left := at_s - self.now()) > 0:
            if self._stop.is_set():
                gevent.sleep(min(left, _STOPPING_S))
                return
            # libev counts from the time that it looked at the clock last: it may wake early. A plain sleep is cheaper
            # than one that the stop can wake.
            if left <= _STOPPING_S:
                gevent.sleep(left)
            else:
                self._stop.wait(left)

    def spawn(self, task: Callable[[], None]) -> None:
        """Begin the task in a greenlet of its own."""
        self._under_way += 1
        gevent.spawn(self._do, task)

    def join(self, until_s: float) -> None:
        """Return when all greenlets that were spawned are over, or at the instant, or some time after the stop."""
        while self._under_way and (left := min(until_s, self._patient_until_s) - self.now()) > 0:
            self._all_over.clear()
            self._all_over.wait(min(left, _LOOK_S))

    def stop(self) -> None:
        """Wake all who sleep: nobody comes any more, and who waits for the shop is waited for a little."""
        if not self._stop.is_set():
            self._patient_until_s = self.now() + MAY_STOP_S
            self._stop.set()

    def stopping(self) -> bool:
        """Tell whether the run is being stopped."""
        return bool(self._stop.is_set())

    def _do(self, task: Callable[[], None]) -> None:
        try:
            task()
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._all_over.set()


class OpenPace:
    """One worker's open model: its shoppers come at their planned starts."""

    def __init__(self, plan: LoadPlan, worker: int, shoppers: Shoppers, *, green: GreenTime, tally: Tally) -> None:
        """Take a worker (counted from 0) of the plan, and who its shoppers are."""
        self._green = green
        self._dispatcher = Dispatcher(
            arrivals=arrivals_of(plan, worker),
            enter=shoppers.enter,
            time=green,
            tally=tally,
            max_in_flight=plan.in_flight_of(worker),
            think_s=plan.think_s,
            ends_s=plan.seconds,
            drain_s=plan.drain_s,
            stopping=green.stopping,
        )

    def run(self) -> None:
        """Let all in, wait for them to go; raises what a shopper raised that is a bug."""
        self._dispatcher.run()

    def stop(self) -> None:
        """Let nobody come any more; those under way go home."""
        self._green.stop()


class Wakefulness:
    """How late this process wakes, which is how late all it measures may be."""

    def __init__(self, green: GreenTime) -> None:
        """Look at that time."""
        self._green = green
        self._worst_s = 0.0

    def watch(self) -> None:
        """Look every so often, without end."""
        while True:
            due_s = self._green.now() + TICK_S
            gevent.sleep(TICK_S)
            self._worst_s = max(self._worst_s, self._green.now() - due_s)

    def take_ms(self) -> float:
        """Return the worst since the last time, in ms."""
        worst_s, self._worst_s = self._worst_s, 0.0
        return round(worst_s * 1000, 3)
