"""Runs `duheng` as ever, and lets it stand still at points of a drill's record: what a test does then it does there.

``python -m tests.conformance.drilling.standing PIPE POINT,POINT... WORD...``: at ``begin:STEP`` the step stands on disk
and nothing of it is done; at ``end:STEP`` all of it is done and none of that is noted. There the process says the point
on the pipe, and stops (SIGSTOP) until it is let go on, or killed.
"""

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from conformance.cli.main import entry
from conformance.drilling.record import Record


def stand_at(points: frozenset[str], pipe: int) -> None:
    """Stand still at these points."""
    say = Record.say

    def stand(point: str) -> None:
        if point in points:
            os.write(pipe, f"{point}\n".encode())
            os.kill(os.getpid(), signal.SIGSTOP)

    def said(self: Record, kind: str, name: str = "", facts: Mapping[str, Any] | None = None) -> None:
        if kind == "end":
            stand(f"end:{name}")
        say(self, kind, name, facts)
        if kind == "begin":
            stand(f"begin:{name}")

    Record.say = said  # type: ignore[method-assign]


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a build server may start us deaf to Ctrl-C
    stand_at(frozenset(sys.argv[2].split(",")), int(sys.argv[1]))
    del sys.argv[1:3]
    entry()
