"""What a running watcher says, line by line, as it comes."""

import subprocess
import threading

from tests.conformance.running import PATIENCE_S


class Said:
    """The lines of a process that were not asked for yet; somebody else ends it."""

    def __init__(self, process: "subprocess.Popen[str]", *, forgets: bool = False) -> None:
        """Begin to read; ``forgets``: whoever asked for a line cannot ask for those before it any more."""
        self.process = process
        self.lines: list[str] = []
        self._forgets = forgets
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()

    def until(self, words: str) -> str:
        """Wait for a line with these words that was not asked for before, and return it."""
        with self._news:
            found = self._news.wait_for(lambda: [line for line in self.lines if words in line], timeout=PATIENCE_S)
            assert found, (words, self.lines)
            at = self.lines.index(found[0])
            del self.lines[0 if self._forgets else at : at + 1]
            return found[0]

    def stop(self, number: int) -> int:
        """Send it a signal, and return its status once it is over and all that it said was read."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        self._reader.join()
        return self.process.returncode
