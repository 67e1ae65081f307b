"""One step of a night: the verb in a process of its own, what it says in a file, ended in order where it has to be."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from conformance.night.calls import ENDED, Calls
from conformance.night.course import outcome
from conformance.night.lock import Lock
from conformance.night.planned import ENDING_S, KILLING_S, Planned
from probes.clock import Clock
from probes.errors import EvidenceError

STOPPED: Final = "stopped"
WINDOW: Final = "window"
_HARDER: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
"""A step is told to end by the first of them, and by the next where it has not ended in time."""

_LONGEST: Final = 400
_TAIL_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a step ended: one of the words of ``night.run``, its cause, its exit status, and why in one sentence."""

    ended: str
    cause: str
    exit: int
    why: str


def step(
    planned: Planned, words: Sequence[str], log: Path, *, lock: Lock, calls: Calls, until: datetime | None, clock: Clock
) -> Ended:
    """Run a step to its end.

    Args:
        planned: what it is.
        words: its command line, without the interpreter.
        log: the file for what it says; made anew, owner-only.
        lock: held by the step too, as long as it lives.
        calls: who tells of its end, and of those who want the night to end.
        until: when the night has to be over; None where nothing says so.
        clock: this machine's.

    Raises:
        EvidenceError: the file or the lock's note cannot be written, or no process be started; none of it goes on then.
    """
    patience_s = (ENDING_S[planned.verb], KILLING_S, None)
    lock.runs(planned.words, None)  # which takes the room that the note needs, before anything is begun
    process = _begun(words, log, lock)
    try:
        lock.runs(planned.words, process.pid)
        asked = _followed(process, calls, until, clock, patience_s)
    finally:
        _end(process, patience_s)
    lock.runs("", None)
    ended, cause = outcome(planned.verb, process.returncode, asked)
    return Ended(
        ended=ended, cause=cause, exit=process.returncode, why=_why(ended, cause, process.returncode, log, calls)
    )


def _begun(words: Sequence[str], log: Path, lock: Lock) -> "subprocess.Popen[bytes]":
    try:
        said = open(log, "xb", opener=_private)  # noqa: SIM115 - owner-only from the beginning
    except OSError as error:
        raise EvidenceError(
            f"{log}: cannot write what a step says: {error.strerror}; make room there, or name another folder (--out)"
        ) from error
    with said:
        try:
            return subprocess.Popen(  # noqa: S603 - a verb of our own
                [sys.executable, *words],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.descriptor,),
                start_new_session=True,  # Ctrl-C is for the night, which ends its step by the step's own id
            )
        except OSError as error:
            raise EvidenceError(f"{sys.executable}: cannot start a step: {error.strerror}") from error


def _end(process: "subprocess.Popen[bytes]", patience_s: Sequence[float | None]) -> None:
    """End a step in its order where it still runs, since nobody would end it later."""
    for number, seconds in zip(_HARDER, patience_s, strict=True):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _followed(
    process: "subprocess.Popen[bytes]",
    calls: Calls,
    until: datetime | None,
    clock: Clock,
    patience_s: Sequence[float | None],
) -> str:
    """Wait for the end of a step; return for which cause it was told to end, empty where it was not."""
    following, asked, told = calls.follow(process), "", -1
    while True:
        left_s = _left_s(until, clock) if told < 0 else patience_s[told]
        call = calls.next(left_s)
        if call == ENDED:
            following.join()
            return asked
        asked = asked or (WINDOW if call is None else STOPPED)
        # Who asks again does not want to wait for an orderly end; only time makes it worse than that.
        told = min(told + 1, len(_HARDER) - 1 if call is None else _HARDER.index(signal.SIGTERM))
        process.send_signal(_HARDER[told])


def _left_s(until: datetime | None, clock: Clock) -> float | None:
    return None if until is None else max(0.0, (until - clock.now()).total_seconds())


def without_record(ended: Ended, log: Path) -> Ended:
    """Return how a step ended that says that it answered, and left no answer in the ledger."""
    return replace(
        ended, ended="failed", cause="exit", why=f"exit {ended.exit}, and nothing on record: {_last_line(log)}"
    )


def _why(ended: str, cause: str, status: int, log: Path, calls: Calls) -> str:
    if ended == "done":
        return ""
    if cause == WINDOW:
        return "the night's time was up"
    if cause == STOPPED:
        return f"the night was {calls.why}"
    how = f"ended by signal {-status}" if status < 0 else f"exit {status}"
    return f"{how}: {_last_line(log)}"


def _last_line(log: Path) -> str:
    try:
        with log.open("rb") as said:
            said.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines() if line.strip()]
    except OSError as error:
        return f"what it said cannot be read ({error.strerror})"
    return lines[-1][:_LONGEST] if lines else "it said nothing"
