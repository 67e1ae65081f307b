"""Keeps one server of the demo shop running: starts it again when it ends, and writes down when it saw and did what.

``python -m conformance.demo.keeper NAME FOLDER PROGRAM ARGUMENT...`` keeps ``FOLDER/NAME.pid`` (the server's id) and
``FOLDER/keeper.log`` (RFC 3339 instant, name, what). A second keeper of the same name ends at once. SIGTERM ends the
server, then the keeper. The server stays in the keeper's group, so that whoever ends the group ends both.
"""

import fcntl
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Final

from probes.clock import SystemClock, rfc3339

PAUSE_S: Final = 0.2
MOST_PAUSE_S: Final = 5.0
SHORT_S: Final = 5.0
"""A server that lived for less is started again after ever longer pauses."""


class Keeper:
    """One server, and what was asked of its keeper."""

    def __init__(self, name: str, folder: Path, words: list[str]) -> None:
        """Keep what is to run; nothing runs yet."""
        self._name, self._words = name, words
        self._pid, self._log = folder / f"{name}.pid", folder / "keeper.log"
        self._over = threading.Event()
        self._server: subprocess.Popen[bytes] | None = None
        self._clock = SystemClock()

    def end(self, _: int, __: FrameType | None) -> None:
        """Let the server end, and start none again (signal handler)."""
        self._over.set()
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()

    def run(self) -> int:
        """Keep the server until somebody wants it to end, and return 0; 1 where it never came up at all."""
        pause_s, came_up = PAUSE_S, False
        while not self._over.is_set():
            began, began_s = self._clock.now(), self._clock.monotonic_s()
            self._server = subprocess.Popen(self._words, stdin=subprocess.DEVNULL)
            if self._over.is_set():  # asked while it was being started
                self._server.terminate()
            self._noted(self._server.pid, began)
            status = self._server.wait()
            if self._over.is_set():
                break
            self._say(f"detected: ended with status {status}")
            lived_s = self._clock.monotonic_s() - began_s
            came_up = came_up or lived_s >= SHORT_S or status < 0
            if not came_up:
                break  # whoever started us is told at once, and its log says why
            pause_s = PAUSE_S if lived_s >= SHORT_S else min(2 * pause_s, MOST_PAUSE_S)
            self._say(f"decided: start again in {pause_s:g} s")
            self._over.wait(pause_s)
        self._pid.unlink(missing_ok=True)
        return 0 if self._over.is_set() else 1

    def _noted(self, pid: int, began: datetime) -> None:
        self._say(f"acted: started as {pid}", at=began)  # not a moment later: it may be serving by now
        fresh = self._pid.with_suffix(".new")
        fresh.write_text(f"{pid}\n", encoding="ascii")
        fresh.replace(self._pid)

    def _say(self, words: str, *, at: datetime | None = None) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{rfc3339(at or self._clock.now())} {self._name} {words}\n")


def main(name: str, folder: Path, words: list[str]) -> int:
    """Keep a server; return 0, also where another keeper of that name does already; 1 where it never came up."""
    with (folder / f"{name}.keeper").open("w", encoding="ascii") as own:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        keeper = Keeper(name, folder, words)
        signal.signal(signal.SIGTERM, keeper.end)
        signal.signal(signal.SIGINT, keeper.end)
        return keeper.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
