"""The record in the making: one open run a check, cut at each change, at midnight and where maintenance begins or ends.

So the probes of a day, and those outside maintenance, can be summed. Midnight is the platform's. Pure.

What is sealed and not yet kept waits in memory, up to a bound. Beyond it the oldest is forgotten in favour of one
``unknown`` interval a check and day, with the cause ``ledger away``: the gap is told, and nothing is up by guess.
"""

import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from conformance.watch.confirm import Step
from conformance.watch.days import Days
from reports.standing import IncidentWord, Interval, Maintenance, Seen

Kept: TypeAlias = Interval | IncidentWord | Maintenance

LEDGER_AWAY: Final = "ledger away"
SOURCE: Final = "watch"
MOST_UNSAVED: Final = 10_000


@dataclass(slots=True)
class _Open:
    state: Seen
    starts_ms: int
    ends_ms: int
    day: str
    cut_ms: int
    why: str
    depth: str
    tried: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Row:
    every_ms: int
    cursor_ms: int = 0
    open: _Open | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be kept in one transaction: records for the chain, and the open run of each check (None: none)."""

    records: tuple[Kept, ...]
    opened: Mapping[str, Interval | None]


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Keeps the runs of all checks of one vantage point; instants only move forward, check by check."""

    platform_id: str
    vantage: str
    zone: ZoneInfo
    most_unsaved: int = MOST_UNSAVED
    _rows: dict[str, _Row] = field(default_factory=dict)
    _unsaved: list[Kept] = field(default_factory=list)
    _edges: list[int] = field(default_factory=list)
    _days: Days = field(init=False)

    def __post_init__(self) -> None:
        """Open the calendar."""
        self._days = Days(self.zone)

    def add(self, check: str, *, every_ms: int, from_ms: int = 0) -> None:
        """Keep a record of a check; nothing of it is recorded before ``from_ms``."""
        self._rows[check] = _Row(every_ms=every_ms, cursor_ms=from_ms)

    def recorded_to(self, check: str) -> int:
        """Return up to when something stands in the record of a check."""
        return self._rows[check].cursor_ms

    def unsaved(self) -> int:
        """Return how many records wait to be kept."""
        return len(self._unsaved)

    def step(self, check: str, step: Step) -> None:
        """Enter a step of a check's state.

        Whatever was open lasts up to it. A step before the end of what is recorded takes effect there, and its probe
        is not counted: a clock that was set back must not count an hour twice.
        """
        row = self._rows[check]
        self.extend(check, step.at_ms)
        at_ms = max(step.at_ms, row.cursor_ms)
        if row.open is None or not _same(row.open, step):
            self._seal(row, check)
            self._begin(row, at_ms, step)
        if at_ms == step.at_ms and row.open is not None:
            row.open.tried += step.tried
            row.open.failed += step.failed

    def extend(self, check: str, to_ms: int) -> None:
        """Let the open run of a check last until an instant; cut it at each midnight and edge on the way."""
        row = self._rows[check]
        while row.open is not None and to_ms >= row.open.cut_ms > row.cursor_ms:
            cut_ms, last = row.open.cut_ms, row.open
            last.ends_ms = row.cursor_ms = cut_ms
            self._seal(row, check)
            self._begin(row, cut_ms, last)
        if row.open is not None and to_ms > row.cursor_ms:
            row.open.ends_ms = row.cursor_ms = to_ms

    def close(self, check: str) -> None:
        """Seal what is open: nothing is said of what follows."""
        self._seal(self._rows[check], check)

    def say(self, record: IncidentWord | Maintenance) -> None:
        """Put down something else for the chain."""
        self._unsaved.append(record)
        if isinstance(record, Maintenance):
            self.cut_at((record,))

    def cut_at(self, planned: Iterable[Maintenance]) -> None:
        """Cut all runs from now on where maintenance begins and ends."""
        self._edges = sorted({*self._edges, *(edge for each in planned for edge in (each.starts_ms, each.ends_ms))})
        for row in self._rows.values():
            if row.open is not None:
                row.open.cut_ms = min(row.open.cut_ms, self._edge_after(row.cursor_ms, row.open.cut_ms))

    def seal_as_it_was(self, interval: Interval) -> None:
        """Seal a run that another recorder left open; the record of its check goes on from its end."""
        row = self._rows[interval.check]
        row.cursor_ms = max(row.cursor_ms, interval.ends_ms)
        self._unsaved.append(interval)

    def take(self) -> Batch:
        """Return what is to be kept now; ``saved`` must follow before the next ``take``."""
        opened = {check: self._interval(check, row) for check, row in self._rows.items()}
        return Batch(records=tuple(self._unsaved), opened=opened)

    def saved(self, records: int, *, doubtful: int = 0) -> None:
        """Forget the first records that were taken, since they are kept; keep the others for another try.

        What is too much becomes a gap that is told. The next ``doubtful`` ones stay as they are: they may be kept.
        """
        del self._unsaved[:records]
        if len(self._unsaved) > self.most_unsaved:
            given_up = list(_given_up(self._unsaved[doubtful:]))
            self._unsaved[doubtful:] = given_up[-self.most_unsaved :]

    def _begin(self, row: _Row, at_ms: int, like: Step | _Open) -> None:
        day, midnight_ms = self._days.holding(at_ms)
        cut_ms = self._edge_after(at_ms, midnight_ms)
        row.open = _Open(like.state, at_ms, at_ms, day, cut_ms, like.why, like.depth)
        row.cursor_ms = at_ms

    def _edge_after(self, instant_ms: int, latest_ms: int) -> int:
        """Return the first edge of maintenance after an instant, or ``latest_ms`` where that comes before."""
        place = bisect.bisect_right(self._edges, instant_ms)
        return min((latest_ms, *self._edges[place : place + 1]))

    def _seal(self, row: _Row, check: str) -> None:
        if (interval := self._interval(check, row)) is not None:
            self._unsaved.append(interval)
        row.open = None

    def _interval(self, check: str, row: _Row) -> Interval | None:
        run = row.open
        if run is None or run.ends_ms <= run.starts_ms:
            return None
        return Interval(
            platform_id=self.platform_id,
            check=check,
            vantage=self.vantage,
            state=run.state,
            starts_ms=run.starts_ms,
            ends_ms=run.ends_ms,
            day=run.day,
            tried=run.tried,
            failed=run.failed,
            every_ms=row.every_ms,
            depth=run.depth,
            why=run.why,
            source=SOURCE,
        )


def _same(run: _Open, step: Step) -> bool:
    """Tell whether a step goes on with a run. An outage keeps its first failure; causes of ignorance stand apart."""
    return (run.state, run.depth) == (step.state, step.depth) and (step.state != "unknown" or run.why == step.why)


def _given_up(records: Sequence[Kept]) -> Iterable[Kept]:
    """Yield one unknown interval for each check and day of the intervals, and whatever is neither those nor about them.

    What is said of outages goes with the outages; maintenance stays, since nobody could announce it again in time.
    """
    days: dict[tuple[str, str], list[Interval]] = {}
    for record in records:
        if isinstance(record, Interval):
            days.setdefault((record.check, record.day), []).append(record)
        elif isinstance(record, Maintenance):
            yield record
    for intervals in days.values():
        yield _unknown_over(intervals)


def _unknown_over(intervals: Sequence[Interval]) -> Interval:
    first, last = intervals[0], intervals[-1]
    return Interval(
        platform_id=first.platform_id,
        check=first.check,
        vantage=first.vantage,
        state="unknown",
        starts_ms=first.starts_ms,
        ends_ms=last.ends_ms,
        day=first.day,
        tried=0,
        failed=0,
        every_ms=last.every_ms,
        depth=last.depth,
        why=LEDGER_AWAY,
        source=SOURCE,
    )
