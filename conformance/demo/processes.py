"""Processes by id *and* start time, so that a number the system has handed to somebody else is never signalled."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A process that the demo started: its id, and its start in clock ticks since boot (``/proc/PID/stat``)."""

    pid: int
    ticks: int

    @classmethod
    def of(cls, pid: int) -> "Started":
        """Return the mark of a process that runs now.

        Raises:
            ProcessLookupError: it does not run.
        """
        ticks = _ticks(pid)
        if ticks is None:
            raise ProcessLookupError(pid)
        return cls(pid=pid, ticks=ticks)

    def runs(self) -> bool:
        """Tell whether that very process still runs (one that has ended and waits to be reaped does not)."""
        return _ticks(self.pid) == self.ticks

    def end(self, *, patience_s: float) -> None:
        """Ask it to end, wait, and end it the hard way when patience is over."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.runs():
                return
            os.kill(self.pid, number)
            self._wait(patience_s)

    def _wait(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while self.runs() and time.monotonic() < until:
            time.sleep(POLL_S)


def _ticks(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return None if state in "ZX" else int(rest[18])
