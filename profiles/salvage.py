"""The record of a run whose master may not have come to its end: read, and where there is none, begun so that it tells.

Used once all processes of the run are gone. What is added never makes a record complete.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from profiles.outcome import LoadRecord, read_record
from profiles.plan import LoadPlan
from profiles.record import Header, Line, Stopped

UNREADY: Final = "unready"
"""Stop code: the run never began."""

BROKEN: Final = "broken"
"""Stop code: the master ended without closing the record."""


def salvage(plan: LoadPlan, why: str | None) -> LoadRecord:
    """Return the record of a run that is over.

    Without a header one is written, and ``why`` it never began. Without a footer, ``why`` it ended is added, unless the
    last line is torn: then it stays as it is.

    Raises:
        EvidenceError: the record cannot be read or written, or was altered.
    """
    path = Path(plan.record)
    with contextlib.suppress(FileNotFoundError):
        raw = path.read_bytes()
        if b"\n" in raw:
            record = read_record(raw, name=str(path))
            if record.footer is not None or record.stopped is not None or record.torn_bytes or why is None:
                return record
            second = record.seconds[-1].second if record.seconds else 0
            _write(path, os.O_APPEND, Stopped(why=BROKEN, detail=why, second=second))
            return read_record(path.read_bytes(), name=str(path))
    _write(path, os.O_TRUNC | os.O_CREAT, _header(plan), Stopped(why=UNREADY, detail=why or "", second=0))
    return read_record(path.read_bytes(), name=str(path))


def _header(plan: LoadPlan) -> Header:
    return Header(
        run_id=plan.run_id,
        plan_sha256=plan.sha256(),
        model=plan.model,
        workers=plan.workers,
        started_ms=time.time_ns() // 1_000_000,
        tools={},
        skew_ms=(None,) * plan.workers,
    )


def _write(path: Path, how: int, *lines: Line) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CLOEXEC | how, 0o600)
        try:
            os.write(file, b"".join(canonical_bytes(line.as_json()) + b"\n" for line in lines))
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot write the record of a load run: {error.strerror}") from error
