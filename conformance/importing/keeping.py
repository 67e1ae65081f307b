"""Brings what was imported into the ledger: by calendar day, once, and never over what is known already."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from conformance.importing.saying import Says, Span, Told
from conformance.watch.days import Days
from probes.canonical import digest
from probes.errors import SettingsError
from reports.history import Run
from reports.ledger.entry import draft
from reports.ledger.standing_record import key_of, standing
from reports.ledger.store import LedgerStore
from reports.standing import Interval, Seen, as_draft

IMPORTED: Final = "imported"
"""The kind of the ledger's entry that says what was imported, and from where; its evidence is its attachment."""

WHY: Final = "imported as down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the import belongs: the platform, its zone, the name of the check and of the vantage point, its depth."""

    platform_id: str
    zone: ZoneInfo
    check: str
    vantage: str
    depth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What came from outside: the bytes as they came, what they say, how many rows, and where they are from (JSON)."""

    content: bytes
    says: Says
    rows: int
    facts: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was kept: the new intervals, and how much of the time was in the ledger already."""

    digest: str
    intervals: tuple[Interval, ...]
    known_before_ms: int
    undecided_ms: int | None
    days: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Name the days."""
        object.__setattr__(self, "days", tuple(sorted({interval.day for interval in self.intervals})))

    def total_ms(self, state: Seen) -> int:
        """Return how much time of a state is new."""
        return sum(interval.run.duration_ms for interval in self.intervals if interval.state == state)


def keep(store: LedgerStore, place: Place, source: Source, span: Span, now_ms: int) -> Outcome:
    """Keep what a source says of a span, with its evidence, in one transaction; what is known is not kept again.

    Raises:
        SettingsError: it overlaps what a watcher saw, or says otherwise than an earlier import; nothing was kept.
        EvidenceError: the ledger cannot be used, or somebody else imports at the same time; nothing was kept.
    """
    mark = key_of(IMPORTED, place.platform_id, place.check, place.vantage)
    expected = store.notes(mark).get(mark)
    begins_ms = max(span.starts_ms, source.says.begins_ms)
    known = _known(store, place, begins_ms)
    told = source.says.told(span, _before(known, begins_ms))
    _refuse_watched(place, known, told)
    _refuse_contradiction(place, known, told)
    name = digest(source.content)
    fresh = [piece for run in told.runs for piece in _without(run, known)]
    intervals = tuple(_intervals(place, told, fresh, span.every_ms, name))
    outcome = Outcome(
        digest=name,
        intervals=intervals,
        known_before_ms=sum(run.duration_ms for run in told.runs) - sum(run.duration_ms for run in fresh),
        undecided_ms=told.undecided_ms,
    )
    if intervals:
        facts = draft(IMPORTED, _facts(place, source, span, name, len(intervals)))
        run_id = f"import-{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        store.append(
            run_id,
            (facts, *map(as_draft, intervals)),
            attachments=(source.content,),
            notes={mark: f"{run_id} {name}".encode()},
            expect={mark: expected},
        )
    return outcome


def _facts(place: Place, source: Source, span: Span, name: str, intervals: int) -> dict[str, Any]:
    return dict(source.facts) | {
        "platform_id": place.platform_id,
        "check": place.check,
        "vantage": place.vantage,
        "starts_ms": span.starts_ms,
        "ends_ms": span.ends_ms,
        "every_ms": span.every_ms,
        "rows": source.rows,
        "intervals": intervals,
        "digest": name,
        "warnings": list(source.warnings),
    }


def _known(store: LedgerStore, place: Place, begins_ms: int) -> Sequence[Interval]:
    """Return the intervals of that check and vantage point that end at the begin or later, in order of time."""
    record = standing(store, place.platform_id, since_ms=begins_ms - 1)
    return [each for each in record.intervals if (each.check, each.vantage) == (place.check, place.vantage)]


def _before(known: Sequence[Interval], begins_ms: int) -> Seen:
    return next((each.state for each in known if each.starts_ms < begins_ms <= each.ends_ms), "unknown")


def _refuse_watched(place: Place, known: Sequence[Interval], told: Told) -> None:
    watched = [each for each in known if not each.source.startswith("import ")]
    for run, seen in _overlaps(told.runs, watched):
        raise SettingsError(
            f"{place.check} from {place.vantage}: a watcher of that name was there itself, {_span(seen.run)}, and the "
            f"import speaks of {_span(run)}; import under a name of its own with --vantage, or other times with "
            "--from and --to; nothing was imported"
        )


def _refuse_contradiction(place: Place, known: Sequence[Interval], told: Told) -> None:
    for run, seen in _overlaps(told.runs, known):
        if run.state != seen.state:
            begin, end = max(run.starts_ms, seen.starts_ms), min(run.ends_ms, seen.ends_ms)
            raise SettingsError(
                f"{place.check} from {place.vantage}: {_span(Run(state=run.state, starts_ms=begin, ends_ms=end))} is "
                f"{run.state} here and {seen.state} in an earlier import ({seen.source}); nothing is overwritten: "
                "import under another name with --vantage, or other times with --from and --to; nothing was imported"
            )


def _overlaps(runs: Sequence[Run], known: Sequence[Interval]) -> Iterator[tuple[Run, Interval]]:
    """Yield what overlaps, in order of time; both are in order, and neither overlaps itself."""
    run_at = known_at = 0
    while run_at < len(runs) and known_at < len(known):
        run, seen = runs[run_at], known[known_at]
        if run.starts_ms < seen.ends_ms and seen.starts_ms < run.ends_ms:
            yield run, seen
        if run.ends_ms <= seen.ends_ms:
            run_at += 1
        else:
            known_at += 1


def _without(run: Run, known: Sequence[Interval]) -> Iterator[Run]:
    """Yield what is left of a run beside the known intervals."""
    at = run.starts_ms
    for _, seen in _overlaps([run], known):
        if seen.starts_ms > at:
            yield Run(state=run.state, starts_ms=at, ends_ms=seen.starts_ms)
        at = max(at, seen.ends_ms)
    if at < run.ends_ms:
        yield Run(state=run.state, starts_ms=at, ends_ms=run.ends_ms)


def _intervals(place: Place, told: Told, runs: Sequence[Run], every_ms: int, name: str) -> Iterator[Interval]:
    days = Days(place.zone)
    for run in runs:
        at = run.starts_ms
        while at < run.ends_ms:
            day, midnight_ms = days.holding(at)
            piece = Run(state=run.state, starts_ms=at, ends_ms=min(midnight_ms, run.ends_ms))
            tried, failed = told.probes(piece)
            yield Interval(
                platform_id=place.platform_id,
                check=place.check,
                vantage=place.vantage,
                state="down" if run.state == "down" else "up",
                starts_ms=piece.starts_ms,
                ends_ms=piece.ends_ms,
                day=day,
                tried=tried,
                failed=failed,
                every_ms=every_ms,
                depth=place.depth,
                why=WHY if run.state == "down" else "",
                source=f"import {name}",
            )
            at = piece.ends_ms


def _span(run: Run) -> str:
    return f"{instant(run.starts_ms)} to {instant(run.ends_ms)}"


def instant(at_ms: int) -> str:
    """Return an instant for people, UTC, with milliseconds only where there are some."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at_ms % 1000:03d}" if at_ms % 1000 else "") + "Z"
