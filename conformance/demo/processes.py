"""Processes by id *and* start time, so that a number the system has handed to somebody else is never signalled."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A process that the demo started: its id, and its start in clock ticks since boot (``/proc/PID/stat``)."""

    pid: int
    ticks: int

    @classmethod
    def spawn(cls, words: tuple[str, ...], environment: Mapping[str, str], *, log: Path) -> "Started":
        """Start a program in a session of its own, so that it outlives us; what it writes goes to ``log``."""
        files = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        )
        return cls.of(os.posix_spawn(words[0], words, environment, file_actions=files, setsid=True))

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
            if self.runs():
                os.kill(self.pid, number)
                self._wait(patience_s)
        with contextlib.suppress(ChildProcessError):  # started by another process: reaped there
            os.waitpid(self.pid, os.WNOHANG)

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
    threads = int(rest[16])  # the first thread may have ended, and the others not: such a process is not over
    return None if state in "ZX" and threads <= 1 else int(rest[18])
