"""The real world: this machine's clocks, probes in threads, the ledger in a thread of its own."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from conformance.watch.checks import Answer, Check
from conformance.watch.moments import Moment
from conformance.watch.pool import Pool
from conformance.watch.recorder import Batch
from conformance.watch.watcher import Broken, Event, Saved, Stop

_LONGEST_WAIT_MS: Final = 1_000
_NS_IN_MS: Final = 1_000_000


def moment_now() -> Moment:
    """Return what this machine's clocks say, read as close to each other as can be."""
    return Moment(
        wall_ms=time.time_ns() // _NS_IN_MS,
        monotonic_ms=time.monotonic_ns() // _NS_IN_MS,
        boot_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // _NS_IN_MS,
    )


class RealWorld:
    """What the watcher asks of the world (``conformance.watch.watcher.World``)."""

    def __init__(
        self, *, probe: Callable[[Check, int], Answer], save: Callable[[Batch, int], Saved], chores: Callable[[], None]
    ) -> None:
        """Begin without a thread; ``chores`` are done after each batch, in the same thread."""
        self._probe = probe
        self._save = save
        self._chores = chores
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._batches: queue.SimpleQueue[tuple[Batch, int] | None] = queue.SimpleQueue()
        self._pool = Pool()
        self._keeping = threading.Thread(target=self._keep, name="ledger", daemon=True)
        self._keeping.start()

    def moment(self) -> Moment:
        """Return what the clocks say."""
        return moment_now()

    def begin(self, check: Check, planned_ms: int) -> None:
        """Begin a probe in a thread."""

        def job() -> None:
            try:
                self._events.put(self._probe(check, planned_ms))
            except BaseException as error:  # noqa: BLE001 - a bug of ours: the watch ends with it, in its own thread
                self._events.put(Broken(error))

        self._pool.run(job)

    def keep(self, batch: Batch, now_ms: int) -> None:
        """Hand a batch to the thread that keeps."""
        self._batches.put((batch, now_ms))

    def tell(self, event: Event) -> None:
        """Let something come out of ``wait``; callable from signal handlers and from any thread."""
        self._events.put(event)

    def wait(self, until_ms: int) -> Sequence[Event]:
        """Return what has happened, as soon as something has; at the latest after a second."""
        left_ms = min(until_ms - time.time_ns() / _NS_IN_MS, _LONGEST_WAIT_MS)
        try:
            events = [self._events.get(timeout=left_ms / 1000) if left_ms > 0 else self._events.get_nowait()]
            while not self._events.empty():
                events.append(self._events.get_nowait())
        except queue.Empty:
            return ()
        return events

    def probes_over_within(self, seconds: float) -> bool:
        """Wait for the probes that still run; tell whether all are over."""
        return self._pool.idle_within(seconds)

    def close(self) -> Saved | None:
        """Let the thread that keeps finish what it has; return what came of the last batch, if nobody took that yet."""
        self._batches.put(None)
        self._keeping.join()
        last = None
        while not self._events.empty():
            event = self._events.get_nowait()
            last = event if isinstance(event, Saved) else last
        return last

    def _keep(self) -> None:
        while (work := self._batches.get()) is not None:
            try:
                self._events.put(self._save(*work))
                self._chores()
            except BaseException as error:  # noqa: BLE001 - told by the watch, in its own thread
                self._events.put(Broken(error))
                return


__all__ = ["RealWorld", "Stop", "moment_now"]
