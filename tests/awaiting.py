"""Waiting for what gives no event to wait for: it is asked for again and again, up to a deadline."""

import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

PATIENCE_S = 120.0
_SHORTEST_S = 0.01
_LONGEST_S = 0.25
_PIPES_S = 10

T = TypeVar("T")


def until(
    holds: Callable[[], T | None],
    what: str | Callable[[], object],
    *,
    alive: "subprocess.Popen[Any] | None" = None,
    seconds: float = PATIENCE_S,
) -> T:
    """Return the first answer that is true.

    Args:
        holds: what is asked. A file that is not there yet or is half written, and a process that is gone before it
            could be looked at, mean "not yet": so do ``FileNotFoundError``, ``ProcessLookupError`` and ``ValueError``.
        what: what is waited for, as the failure names it; a function is called only then.
        alive: a process without which it cannot come any more; what it left on its pipes is told.
        seconds: after so long it does not come. Never what a test is about: a machine may be slow.

    Raises:
        AssertionError: it did not come.
    """
    began_s = time.monotonic()
    while True:
        # Looked at before it is asked: the last thing that a process did counts.
        over = alive is not None and alive.poll() is not None
        waited_s, why = time.monotonic() - began_s, None
        try:
            if found := holds():
                return found
        except (FileNotFoundError, ProcessLookupError, ValueError) as error:
            why = error
        if over and alive is not None:
            raise AssertionError(f"{_named(what)}: process {alive.args!r} ended first: {_said_by(alive)}") from why
        if waited_s > seconds:
            raise AssertionError(f"{_named(what)}: not so within {seconds:.0f} s") from why
        # Who waited long asks less often, and is late by a tenth of it at most.
        time.sleep(min(max(waited_s / 10, _SHORTEST_S), _LONGEST_S))


def _named(what: str | Callable[[], object]) -> object:
    return what() if callable(what) else what


def _said_by(ended: "subprocess.Popen[Any]") -> str:
    try:
        said = [piece for piece in ended.communicate(timeout=_PIPES_S) if piece]
    except (subprocess.TimeoutExpired, ValueError):  # somebody below it holds the pipes, or we have closed them
        said = []
    return f"status {ended.returncode} {said}"
