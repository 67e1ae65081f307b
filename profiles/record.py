"""The record of a load run: JSON lines, written by the master alone, each on disk before the next second.

::

    {"line": "header", "schema": "duheng/load-record/v1", "run_id", "plan_sha256", "model": "open"|"closed",
     "workers", "started_ms", "tools": {name: version}, "skew_ms": [number|null]}
    {"line": "second", "second", "at_ms", "planned", "started", "dropped", "done", "failed", "left", "in_flight",
     "late", "late_ms_max", "orders_acknowledged", "steps", "steps_failed", "latency": HDR,
     "cpu_percent": [number|null]}
    {"line": "lost", "worker", "second", "why"}
    {"line": "stopped", "why", "detail", "second"}
    {"line": "footer", "ended_ms", "ended": "planned"|"stopped"|"lost"|"broken", "totals": {...},
     "steps": {name: {"count", "failed", "latency": HDR}}, "failures": [{"step", "why", "count"}]}

``skew_ms`` is each worker's clock minus the master's: 0 for one on the same machine, null where nobody measured it.
``second`` counts from 0 at ``started_ms``; seconds after the last stage (shoppers who finish) follow on, and in a
closed model ``planned`` is 0. No footer means that the run was cut off. A last line torn by that is left out on
reading, and told.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias, get_args

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from profiles.histogram import Latencies, decode_latencies
from profiles.tally import Slice

SCHEMA: Final = "duheng/load-record/v1"
MOST_FAILURES: Final = 20

Ended: TypeAlias = Literal["planned", "stopped", "lost", "broken"]
ENDED: Final[tuple[Ended, ...]] = get_args(Ended)
"""As planned; by a stop condition; for want of a worker; by a bug of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which run this is, of which plan, by which tools; ``started_ms`` is the instant 0 of all plans and seconds."""

    run_id: str
    plan_sha256: str
    model: Literal["open", "closed"]
    workers: int
    started_ms: int
    tools: Mapping[str, str]
    skew_ms: tuple[float | None, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "line": "header",
            "schema": SCHEMA,
            "run_id": self.run_id,
            "plan_sha256": self.plan_sha256,
            "model": self.model,
            "workers": self.workers,
            "started_ms": self.started_ms,
            "tools": dict(self.tools),
            "skew_ms": list(self.skew_ms),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What happened in one second, all workers together; counts as in ``profiles.tally.Slice``.

    ``at_ms``: the wall clock when its end was noticed. ``steps``, ``steps_failed`` and ``latency`` (HDR, encoded) are
    of the steps that ended in it. ``cpu_percent`` is each worker's own (one core is 100), None where it was not told.
    """

    second: int
    at_ms: int
    planned: int
    started: int
    dropped: int
    done: int
    failed: int
    left: int
    in_flight: int
    late: int
    late_ms_max: float
    orders_acknowledged: int
    steps: int
    steps_failed: int
    latency: str
    cpu_percent: tuple[float | None, ...]

    @classmethod
    def of(
        cls, counted: Slice, *, second: int, at_ms: int, planned: int, cpu_percent: tuple[float | None, ...]
    ) -> "Second":
        """Return the line of what all workers counted together (``Slice.add``) in a second."""
        return cls(
            second=second,
            at_ms=at_ms,
            planned=planned,
            started=counted.started,
            dropped=counted.dropped,
            done=counted.done,
            failed=counted.failed,
            left=counted.left,
            in_flight=counted.in_flight,
            late=counted.late,
            late_ms_max=counted.late_ms_max,
            orders_acknowledged=counted.orders_acknowledged,
            steps=sum(step.count for step in counted.steps.values()),
            steps_failed=sum(step.failed for step in counted.steps.values()),
            latency=counted.latencies().encode(),
            cpu_percent=cpu_percent,
        )

    def latencies(self) -> Latencies:
        """Return its latencies.

        Raises:
            EvidenceError: the line was altered.
        """
        return decode_latencies(self.latency, place=f"second {self.second}")

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "line": "second",
            **{name: getattr(self, name) for name in (*SECOND_COUNTS, "late_ms_max", "latency")},
            "cpu_percent": list(self.cpu_percent),
        }


SECOND_COUNTS: Final = (
    "second",
    "at_ms",
    "planned",
    "started",
    "dropped",
    "done",
    "failed",
    "left",
    "in_flight",
    "late",
    "orders_acknowledged",
    "steps",
    "steps_failed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A worker (counted from 0) that was no more there in this second."""

    worker: int
    second: int
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"line": "lost", "worker": self.worker, "second": self.second, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The run was stopped in this second: ``why`` is a code of ``profiles.stopping``, ``detail`` a sentence."""

    why: str
    detail: str
    second: int

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"line": "stopped", "why": self.why, "detail": self.detail, "second": self.second}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTotal:
    """How one kind of step went in the whole run; ``latency`` is HDR, encoded."""

    count: int
    failed: int
    latency: str

    def latencies(self) -> Latencies:
        """Return its latencies.

        Raises:
            EvidenceError: the line was altered.
        """
        return decode_latencies(self.latency, place="footer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A reason for which a step failed, and how often."""

    step: str
    why: str
    count: int

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"step": self.step, "why": self.why, "count": self.count}


TOTALS: Final = ("planned", "started", "dropped", "done", "failed", "left", "orders_acknowledged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """How the run ended, and its totals: ``TOTALS`` by name, steps by name, the most frequent failures."""

    ended_ms: int
    ended: Ended
    totals: Mapping[str, int]
    steps: Mapping[str, StepTotal]
    failures: tuple[Failure, ...]

    @classmethod
    def of(cls, counted: Slice, *, ended_ms: int, ended: Ended, planned: int) -> "Footer":
        """Return the footer of what all workers counted together in all seconds."""
        steps = {
            name: StepTotal(count=step.count, failed=step.failed, latency=step.latencies.encode())
            for name, step in sorted(counted.steps.items())
        }
        often = sorted(counted.failures.items(), key=lambda item: (-item[1], item[0]))[:MOST_FAILURES]
        return cls(
            ended_ms=ended_ms,
            ended=ended,
            totals={"planned": planned, **{name: getattr(counted, name) for name in TOTALS[1:]}},
            steps=steps,
            failures=tuple(Failure(step=step, why=why, count=count) for (step, why), count in often),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "line": "footer",
            "ended_ms": self.ended_ms,
            "ended": self.ended,
            "totals": dict(self.totals),
            "steps": {
                name: {"count": step.count, "failed": step.failed, "latency": step.latency}
                for name, step in self.steps.items()
            },
            "failures": [failure.as_json() for failure in self.failures],
        }


Line: TypeAlias = Header | Second | Lost | Stopped | Footer


class RecordFile:
    """A record being written: each line is on disk before ``write`` returns."""

    def __init__(self, path: Path) -> None:
        """Begin a new file, owner-only.

        Raises:
            EvidenceError: it is there already, or cannot be made.
        """
        self.path = path
        self._torn = False
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EvidenceError(f"{path}: cannot write the record of a load run: {error.strerror}") from error

    def write(self, line: Line) -> None:
        """Write a line and return when it is on disk.

        Raises:
            EvidenceError: it cannot be written; what stands there of it is a torn tail, so nothing more may follow.
        """
        if self._torn:
            raise EvidenceError(f"{self.path}: its last line could not be written; nothing may follow it")
        raw = canonical_bytes(line.as_json()) + b"\n"
        try:
            while raw:
                raw = raw[os.write(self._file, raw) :]
            os.fsync(self._file)
        except OSError as error:
            self._torn = True
            raise EvidenceError(f"{self.path}: cannot write the record of a load run: {error.strerror}") from error

    def close(self) -> None:
        """Close the file; everything in it is on disk already."""
        os.close(self._file)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()
