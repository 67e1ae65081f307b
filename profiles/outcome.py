"""What came back of a load run: its record read and checked, its time line and percentiles."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from probes.errors import EvidenceError
from profiles.histogram import Latencies, merged
from profiles.record import TOTALS, Footer, Header, Line, Lost, Second, Stopped
from profiles.record_lines import line_of

MOST_SPANS: Final = 600
PERCENTS: Final = (50.0, 95.0, 99.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord:
    """A record as read.

    ``torn_bytes`` of a last line were left out. ``odd`` are sentences about what does not fit together (a second that
    is missing, totals that are not those of the seconds); with any of them the record is not complete.
    """

    header: Header
    seconds: tuple[Second, ...]
    lost: tuple[Lost, ...]
    stopped: Stopped | None
    footer: Footer | None
    torn_bytes: int
    odd: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether the run went to its planned end with all its workers, and the record is whole."""
        whole = self.footer is not None and self.footer.ended == "planned"
        return whole and not (self.lost or self.stopped or self.torn_bytes or self.odd)

    @property
    def ended_ms(self) -> int:
        """When it ended, as far as the record tells (ms since the epoch)."""
        if self.footer is not None:
            return self.footer.ended_ms
        return self.seconds[-1].at_ms if self.seconds else self.header.started_ms

    def total(self, name: str) -> int:
        """Return a count over all seconds; ``name`` is one of ``TOTALS``, or ``steps``, ``steps_failed``, ``late``."""
        return sum(int(getattr(second, name)) for second in self.seconds)

    def between(self, from_s: float, to_s: float) -> tuple[Second, ...]:
        """Return the seconds that lie wholly in a span of the run."""
        return tuple(second for second in self.seconds if from_s <= second.second and second.second + 1 <= to_s)

    def latencies(self) -> Latencies:
        """Return the latencies of all steps.

        Raises:
            EvidenceError: a line was altered.
        """
        return merged(second.latencies() for second in self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some seconds of the time line together; percentiles are None where no step ended in them."""

    second: int
    seconds: int
    planned: int
    started: int
    dropped: int
    failed: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None

    def as_json(self) -> list[Any]:
        """Return ``[second, planned, started, dropped, failed, p50_ms, p95_ms, p99_ms]``."""
        counts = [self.second, self.planned, self.started, self.dropped, self.failed]
        return [*counts, self.p50_ms, self.p95_ms, self.p99_ms]


def read_record(raw: bytes, *, name: str = "load record") -> LoadRecord:
    """Return the record that bytes hold; a torn last line is left out and counted.

    Raises:
        EvidenceError: there is no header, or a line before the last is none of a record.
    """
    whole, feed, torn = raw.rpartition(b"\n")
    lines = [
        line_of(line, place=f"{name} line {number}")
        for number, line in enumerate(whole.split(b"\n") if feed else (), start=1)
    ]
    if not lines or not isinstance(lines[0], Header):
        raise EvidenceError(f"{name}: begins with no header; no worker was there yet, or the file was altered")
    seconds = tuple(line for line in lines if isinstance(line, Second))
    footers = [line for line in lines if isinstance(line, Footer)]
    return LoadRecord(
        header=lines[0],
        seconds=seconds,
        lost=tuple(line for line in lines if isinstance(line, Lost)),
        stopped=next((line for line in lines if isinstance(line, Stopped)), None),
        footer=footers[-1] if footers else None,
        torn_bytes=len(torn),
        odd=tuple(_odd(lines, seconds)),
    )


def timeline(record: LoadRecord, most: int = MOST_SPANS) -> tuple[Span, ...]:
    """Return the time line in at most so many spans of equal length (the last may be shorter).

    Raises:
        EvidenceError: a line was altered.
    """
    length = max(1, -(-len(record.seconds) // most))
    return tuple(_span(record.seconds[at : at + length]) for at in range(0, len(record.seconds), length))


def _span(seconds: Sequence[Second]) -> Span:
    p50_ms, p95_ms, p99_ms = merged(second.latencies() for second in seconds).percentiles_ms(PERCENTS[:3])
    return Span(
        second=seconds[0].second,
        seconds=len(seconds),
        planned=sum(second.planned for second in seconds),
        started=sum(second.started for second in seconds),
        dropped=sum(second.dropped for second in seconds),
        failed=sum(second.steps_failed for second in seconds),
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        p99_ms=p99_ms,
    )


def _odd(lines: Sequence[Line], seconds: Sequence[Second]) -> Iterator[str]:
    kinds = Counter(type(line) for line in lines)
    if kinds[Header] > 1 or kinds[Footer] > 1:
        yield "the record has more than one header or footer"
    if any(isinstance(line, Footer) for line in lines[:-1]):
        yield "something follows the footer"
    if seconds and seconds[0].second != 0:
        yield f"the record begins with second {seconds[0].second}"
    for earlier, later in pairwise(seconds):
        if later.second != earlier.second + 1:
            yield f"second {later.second} follows second {earlier.second}"
    footer = lines[-1] if isinstance(lines[-1], Footer) else None
    for name in TOTALS if footer is not None else ():
        counted = sum(int(getattr(second, name)) for second in seconds)
        if footer is not None and footer.totals[name] != counted:
            yield f"the seconds count {counted:,} {name}, the footer {footer.totals[name]:,}"
