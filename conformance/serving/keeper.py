"""Keeps the last judging: judges again at most once a minute, in its own thread; scrapes only read what it left."""

import dataclasses
import threading
from collections.abc import Callable

from probes.clock import Clock
from probes.errors import EvidenceError
from reports.metrics import Served
from reports.metrics_snapshot import Snapshot

EVERY_S = 60.0
LATE_TIMES = 3
"""A judging that is so many intervals behind is told: something holds it up."""


class Keeper:
    """What is served. One thread judges (``run``), any number read (``served``, ``ill``)."""

    def __init__(
        self, judged: Callable[[], Snapshot], *, first: Served, clock: Clock, every_s: float = EVERY_S
    ) -> None:
        """Serve ``first`` until the first judging; ``judged`` reads the ledger and judges what it holds."""
        self._judged = judged
        self._served = first
        self._clock = clock
        self._every_s = every_s
        self._kept_s: float | None = None
        self.failed: BaseException | None = None

    @property
    def served(self) -> Served:
        """Return what is served now; never waits."""
        return self._served

    def age_s(self) -> float | None:
        """Return the seconds since the last judging that came about; None before the first."""
        return None if self._kept_s is None else self._clock.monotonic_s() - self._kept_s

    def ill(self) -> str:
        """Return why what is served is not to be relied on, in one sentence; empty where it is well."""
        served, age = self._served, self.age_s()
        if served.readable is None:
            return "the ledger was not judged yet"
        if not served.readable:
            return "the ledger cannot be read; what is served is of the last time it could"
        if age is None or age > LATE_TIMES * self._every_s:
            return "judging the ledger is held up; what is served is old"
        return ""

    def refresh(self) -> None:
        """Judge once. Where the ledger cannot be read, the last snapshot stays, and says of when it is."""
        try:
            snapshot = self._judged()
        except EvidenceError as error:
            self._served = dataclasses.replace(self._served, readable=False, fault=str(error))
            return
        self._kept_s = self._clock.monotonic_s()
        self._served = dataclasses.replace(
            self._served, snapshot=snapshot, readable=True, fault="", judgings=self._served.judgings + 1
        )

    def run(self, stop: threading.Event, told: Callable[[str], None]) -> None:
        """Judge until stopped, waiting a whole interval after each; ``told`` hears of the ledger going and coming back.

        An exception that nobody expected stops the server, with ``failed`` holding it: a bug is never served over.
        """
        try:
            while not stop.is_set():
                before = self._served.fault
                self.refresh()
                if self._served.fault != before:
                    told(self._served.fault or "the ledger can be read again")
                stop.wait(self._every_s)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self.failed = error
            stop.set()
