"""How a step is told to end, and by whom it is: orderly first, and harder where it does not obey."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.loading.running import Asking
from conformance.night.calls import Call, Calls
from conformance.night.commands import command
from conformance.night.planned import Planned
from conformance.night.stepping import STOPPED, WINDOW, _followed
from probes.clock import SystemClock

_DEAF = """
import signal
for name in {deaf}:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
print("listens", flush=True)
while True:
    signal.pause()
"""
OVER = datetime.now(UTC) - timedelta(seconds=1)


class Told(subprocess.Popen[bytes]):
    """A process that keeps what it was told, and calls out when it was told to end in order."""

    calls: Calls | None = None
    heard: list[int]

    def send_signal(self, sig: int) -> None:
        self.heard.append(sig)
        super().send_signal(sig)
        if sig == signal.SIGINT and self.calls is not None:
            self.calls._heard.put(Call(why="interrupted"))


@contextmanager
def deaf(*names: str) -> Iterator[Told]:
    with Told([sys.executable, "-c", _DEAF.format(deaf=names)], stdout=subprocess.PIPE) as process:
        process.heard = []
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_a_step_that_obeys_nothing_is_killed() -> None:
    with deaf("SIGINT", "SIGTERM") as process:
        assert _followed(process, Calls(), OVER, SystemClock(), (0.01, 0.01, None)) == WINDOW
        assert process.heard == [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
    assert process.returncode == -signal.SIGKILL


def test_who_asks_twice_does_not_wait() -> None:
    calls = Calls()
    with deaf("SIGINT") as process:
        process.calls = calls
        calls._heard.put(Call(why="interrupted"))
        assert _followed(process, calls, None, SystemClock(), (None, None, None)) == STOPPED
        assert process.heard == [signal.SIGINT, signal.SIGTERM]


def test_who_asks_after_the_end_of_the_time_is_heard_at_once() -> None:
    calls = Calls()
    with deaf("SIGINT") as process:
        process.calls = calls
        assert _followed(process, calls, OVER, SystemClock(), (None, None, None)) == WINDOW
        assert process.heard == [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("verb", ["recover", "restore", "examine", "load", "drill"])
def test_a_step_takes_no_module_from_the_working_folder(verb: str) -> None:
    planned = Planned(words=verb, verb=verb, name="x", lasts_s=1)
    words = command(planned, Path("duheng.toml"), out=Path("out"), ledger=None, lang="en", restored="")
    assert words[0] == "-P"


def test_a_lost_terminal_that_nobody_minds_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Calls() as calls:
            signal.raise_signal(signal.SIGHUP)
            assert calls.why == ""
            signal.raise_signal(signal.SIGTERM)
            assert calls.why == "terminated"
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_after_the_first_signal_a_second_of_either_kind_does_not_wait(first: int) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with Asking() as asking:
        assert [signal.getsignal(number) for number in numbers] != before
        signal.raise_signal(first)
        assert asking.stop.is_set()
        assert [signal.getsignal(number) for number in numbers] == before
