"""Threads for probes: as many as probe at once, each kept for the next probe; a check never has two."""

import queue
import threading
from collections.abc import Callable
from typing import Final

MOST_THREADS: Final = 256


class Pool:
    """Runs jobs in threads that end with the process; jobs beyond the most wait for a thread."""

    def __init__(self, *, most: int = MOST_THREADS) -> None:
        """Start without a thread."""
        self._most = most
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._threads = 0
        self._wanted = 0

    def run(self, job: Callable[[], None]) -> None:
        """Run a job soon; it must not raise."""
        with self._changed:
            self._wanted += 1
            grow = self._wanted > self._threads and self._threads < self._most
            self._threads += grow
        self._jobs.put(job)
        if grow:
            threading.Thread(target=self._work, name="probe", daemon=True).start()

    def idle_within(self, seconds: float) -> bool:
        """Wait until no job runs or waits; False if the seconds are over before."""
        with self._changed:
            return self._changed.wait_for(lambda: self._wanted == 0, timeout=seconds)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            finally:
                with self._changed:
                    self._wanted -= 1
                    self._changed.notify_all()
