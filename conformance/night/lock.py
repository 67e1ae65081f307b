"""Never two nights at once on one platform: a lock on a file of the output folder, and a note in the ledger.

The file's lock is held by the night *and* by the step that it runs, so that no night begins while a step of one that
was killed still runs. The note (``conformance.turn``) keeps those apart who share a ledger only.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from conformance.turn import Open, said, turn
from probes.errors import EvidenceError, SettingsError

_MOST_BYTES: Final = 4096


@dataclass(slots=True, kw_only=True)
class Lock:
    """The lock that we hold, on the file ``path``; ``descriptor`` is handed to each step."""

    descriptor: int
    path: Path
    run_id: str
    since_ms: int

    def runs(self, step: str, pid: int | None) -> None:
        """Write down who holds it, and what runs in it: always as many bytes, so that only the first needs room.

        Raises:
            EvidenceError: it cannot be written.
        """
        told = {"run_id": self.run_id, "pid": os.getpid(), "since_ms": self.since_ms, "step": step, "step_pid": pid}
        content = json.dumps(told).encode().ljust(_MOST_BYTES)
        try:
            written = os.pwrite(self.descriptor, content, 0)
        except OSError as error:
            raise EvidenceError(_unwritten(self.path, error.strerror)) from error
        if written < len(content):
            raise EvidenceError(_unwritten(self.path, "no space left"))


@contextmanager
def locked(
    path: Path, ledger: Open, *, platform_id: str, run_id: str, now: datetime, over_by: datetime
) -> Iterator[Lock]:
    """Hold both locks.

    Raises:
        SettingsError: another night holds one of them; it says who, and since when.
        EvidenceError: file or ledger cannot be used.
    """
    with (
        _file(path, platform_id) as descriptor,
        turn(ledger, "night", platform_id, run_id=run_id, now=now, over_by=over_by),
    ):
        lock = Lock(descriptor=descriptor, path=path, run_id=run_id, since_ms=_ms(now))
        lock.runs("", None)
        try:
            yield lock
        finally:
            os.ftruncate(descriptor, 0)


@contextmanager
def _file(path: Path, platform_id: str) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot open the lock of the night: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(_held(os.pread(descriptor, _MOST_BYTES, 0), platform_id)) from None
        except OSError as error:
            raise EvidenceError(
                f"{path}: cannot be locked: {error.strerror}; name a folder on a disk of this machine (--out)"
            ) from error
        yield descriptor
    finally:
        os.close(descriptor)


def _unwritten(path: Path, why: str | None) -> str:
    return f"{path}: cannot write what runs: {why}; make room there, or name another folder (--out), and begin again"


def _held(content: bytes, platform_id: str) -> str:
    try:
        told: Mapping[str, Any] = json.loads(content)
        since, pid, step_pid = said(_instant(told["since_ms"])), told["pid"], told["step_pid"]
    except (ValueError, KeyError, TypeError):
        return f"another night of {platform_id} has just begun, or is about to end; one at a time"
    if step_pid is not None and not Path(f"/proc/{pid}").exists():
        return (
            f"the night {told['run_id']} of {platform_id} was killed, and its step {told['step']} still runs (process "
            f"{step_pid}); wait for its end, or end it: kill -INT {step_pid}"
        )
    return (
        f"another night of {platform_id} runs since {since} (process {pid}, {told['run_id']}); one at a time: wait for "
        f"its end, or end it: kill {pid}"
    )


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
