"""What a running night hears of: its step ended, somebody wants it to end, its time is up."""

import queue
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final, Self

CTRL_C: Final = "interrupted"
ENDED: Final = ""
"""What is heard where the step ended."""

_WHY: Final = {signal.SIGINT: CTRL_C, signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


@dataclass(slots=True)
class Calls:
    """Ctrl-C, SIGTERM and a lost terminal end the night in order, a second one at once."""

    why: str = ""
    _heard: "queue.SimpleQueue[str]" = field(default_factory=queue.SimpleQueue)
    _before: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Listen; under ``nohup`` a lost terminal stays nothing to hear of."""
        for number in _WHY:
            if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._told)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _told(self, number: int, _: FrameType | None) -> None:
        self.why = self.why or _WHY[signal.Signals(number)]
        self._heard.put(self.why)  # which a signal handler may do

    def follow(self, process: subprocess.Popen[bytes]) -> threading.Thread:
        """Hear of the end of a process."""

        def wait() -> None:
            process.wait()
            self._heard.put(ENDED)

        thread = threading.Thread(target=wait, name="step")
        thread.start()
        return thread

    def next(self, seconds: float | None) -> str | None:
        """Return what is heard next: why the night is to end, or ``ENDED``; None where that is nothing for so long."""
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return None
