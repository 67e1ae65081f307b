"""Processes of one run, in one process group: none outlives this process, whatever ends it.

Three ties hold them, each good for what the others miss: the keeper kills the group when this process ends
(grandchildren included), the kernel kills each child whose parent ends (when keeper and parent are killed together),
and leaving the ``with`` block kills the group (when a child ends alone and leaves its own children).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_HERE = Path(__file__).parent
_MOST_WORDS = 500
_ALONE = (sys.executable, "-I", "-S")


class Family:
    """The child processes of one run, by name; use it as a context."""

    def __init__(self, *, logs: Path, folder: Path) -> None:
        """Keep where the children work, and the folder to which goes what one prints, as ``NAME.log``."""
        self._logs = logs
        self._folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start the keeper of the group."""
        self._keeper = subprocess.Popen(  # noqa: S603 - a script of our own
            [*_ALONE, str(_HERE / "keeper.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            env={"DUHENG_LOAD_KEEPER": str(os.getpid())},  # nothing of ours, and found by it
            cwd="/",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill what is left of the group, and wait until it is gone."""
        # The keeper has not been waited for: its number cannot have gone to a stranger.
        os.killpg(self._keeper.pid, signal.SIGKILL)
        for child in (*self._children.values(), self._keeper):
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> IO[bytes]:
        """Start a command of the group and return its standard input, unbuffered; ``name`` must be new."""
        with self.log(name).open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - a command of our own
                [*_ALONE, str(_HERE / "bound.py"), str(os.getpid()), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                bufsize=0,
                process_group=self._keeper.pid,
                env=dict(environment),
                cwd=self._folder,
                pass_fds=tuple(pass_fds),
            )
        self._children[name] = child
        assert child.stdin is not None
        return child.stdin

    def log(self, name: str) -> Path:
        """Return where that child's output is kept."""
        return self._logs / f"{name}.log"

    def pid(self, name: str) -> int:
        """Return the process id of a child."""
        return self._children[name].pid

    def exits(self) -> dict[str, int]:
        """Return the exit status of each child that has ended; minus the number of the signal that killed it."""
        return {name: code for name, child in self._children.items() if (code := child.poll()) is not None}

    def last_words(self, name: str) -> str:
        """Return the last line that a child printed; empty where it printed none."""
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[-_MOST_WORDS:]

    def wait_for(self, name: str, patience_s: float) -> bool:
        """Tell whether a child ended by itself within so many seconds."""
        return _ended(self._children[name], patience_s)

    def wait(self, patience_s: float) -> bool:
        """Tell whether all children ended by themselves within so many seconds."""
        until_s = time.monotonic() + patience_s
        return all(_ended(child, max(0.0, until_s - time.monotonic())) for child in self._children.values())


def _ended(child: "subprocess.Popen[bytes]", patience_s: float) -> bool:
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        return False
    return True
