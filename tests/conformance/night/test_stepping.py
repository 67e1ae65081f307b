"""How a step is told to end, and by whom it is: orderly first, and harder where it does not obey."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.loading.running import Asking
from conformance.night.calls import Calls
from conformance.night.commands import command
from conformance.night.lock import Lock, locked
from conformance.night.planned import ENDING_S, RECOVER, Planned
from conformance.night.stepping import STOPPED, WINDOW, _end, _followed, step
from probes.clock import SystemClock
from probes.errors import EvidenceError
from probes.target_night import VERBS
from reports.ledger.store import LedgerStore
from tests.awaiting import until

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
            self.calls._heard.put("interrupted")


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
        calls._heard.put("interrupted")
        assert _followed(process, calls, None, SystemClock(), (None, None, None)) == STOPPED
        assert process.heard == [signal.SIGINT, signal.SIGTERM]


def test_who_asks_after_the_end_of_the_time_is_heard_at_once() -> None:
    calls = Calls()
    with deaf("SIGINT") as process:
        process.calls = calls
        assert _followed(process, calls, OVER, SystemClock(), (None, None, None)) == WINDOW
        assert process.heard == [signal.SIGINT, signal.SIGTERM]


class Filling(Lock):
    """A lock whose disk is full once the process of a step is to be noted."""

    pid: int | None = None
    log: Path

    def runs(self, step: str, pid: int | None) -> None:
        if pid is not None:
            self.pid = pid
            until(self.log.read_bytes, "the step listens")
            with Path("/dev/full").open("wb", buffering=0) as full:
                os.dup2(full.fileno(), self.descriptor)
        super().runs(step, pid)


@contextmanager
def lock_on(path: str | Path) -> Iterator[Filling]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield Filling(descriptor=descriptor, path=Path(path), run_id="night-1", since_ms=0)
    finally:
        os.close(descriptor)


def begin(lock: Lock, log: Path) -> None:
    planned = Planned(words="drill:hang", verb="drill", name="hang", lasts_s=1)
    endless = ["-c", "import time\nprint('listens', flush=True)\nwhile True: time.sleep(0.1)"]
    # As a night does: a step hears SIGINT, though whoever started us had us ignore it, as a shell has what runs behind.
    with Calls() as calls:
        step(planned, endless, log, lock=lock, calls=calls, until=None, clock=SystemClock())


def test_on_a_full_disk_no_step_is_begun(tmp_path: Path) -> None:
    with lock_on("/dev/full") as lock, pytest.raises(EvidenceError) as told:
        begin(lock, tmp_path / "log")
    assert str(told.value).startswith("/dev/full: cannot write what runs: No space left on device; make room there")
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_cannot_be_followed_is_ended_first(tmp_path: Path) -> None:
    with lock_on(tmp_path / "lock") as lock:
        lock.log = tmp_path / "log"
        with pytest.raises(EvidenceError, match="cannot write what runs: No space left on device"):
            begin(lock, lock.log)
        assert lock.pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(lock.pid, 0)


def test_what_is_ended_is_ended_in_its_order() -> None:
    with deaf("SIGINT", "SIGTERM") as process:
        _end(process, (0.01, 0.01, None))
        assert process.heard == [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
        _end(process, (0.01, 0.01, None))
        assert len(process.heard) == 3


def test_every_verb_has_its_time_to_end_in_order() -> None:
    assert set(ENDING_S) == {*VERBS, RECOVER}


def test_a_note_needs_no_more_room_than_the_first(tmp_path: Path) -> None:
    path = tmp_path / "shop.lock"
    with lock_on(path) as lock:
        lock.runs("", None)
        room = path.stat().st_size
        Lock.runs(lock, "drill:hang", 4_194_304)
        assert path.stat().st_size == room
        assert json.loads(path.read_bytes())["step_pid"] == 4_194_304


def test_where_a_file_cannot_be_locked_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refused)  # as NFS without its lock manager does
    now = datetime.now(UTC)
    with (
        pytest.raises(EvidenceError, match=r"shop\.lock: cannot be locked: No locks available; name a folder"),
        locked(tmp_path / "shop.lock", _nobody, platform_id="shop", run_id="night-1", now=now, over_by=now),
    ):
        pytest.fail("it is not held")


def _nobody() -> AbstractContextManager[LedgerStore]:
    pytest.fail("the ledger is not needed")


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
