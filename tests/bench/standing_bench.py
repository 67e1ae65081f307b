"""The standing record's interval store, against rows of samples in SQLite that answer the same questions.

The rival is lean: whole numbers only, clustered by the very key that is asked for, written without any journal.
Two ways of ours are timed: the index of merged runs, and what an examination does, which is to recall the whole record
from the chain, digests and all, and to judge from that.
"""

import itertools
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from conformance.catalogue.load import load_catalogue
from conformance.judging import verdict_on
from conformance.recalling import HISTORY, recall
from probes.clock import SystemClock
from probes.observation import Reading
from probes.target import Target
from probes.target_file import read_target
from reports.ledger.run_index import merged_runs
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import key_prefix
from reports.standing import Interval, Seen, as_draft
from tests.bench.table import Row

_STEP_MS: Final = 1000
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_CHANGES: Final = 4000
_SPANS: Final = {"1 day": 1, "30 days": 30, "1 year": 365, "10 years": 3650}
_ASKED: Final = 21  # times each question is asked of the index; the median counts
_EXAMINED: Final = 5  # times the record is recalled, and judged
_AVAILABLE: Final = "SBT-3.1.1.1-availability"
_MTBF: Final = "SBT-3.1.1.2-mtbf"
_TARGET: Final = '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\ntimezone = "UTC"\n'
_BATCH: Final = 50
_RIVAL: Final = (
    "CREATE TABLE samples (check_id INTEGER, vantage_id INTEGER, at_ms INTEGER, up INTEGER, "
    "PRIMARY KEY (check_id, vantage_id, at_ms)) WITHOUT ROWID"
)
_FILL: Final = (
    "INSERT INTO samples WITH RECURSIVE t (at) AS "
    "(SELECT ?1 UNION ALL SELECT at + 1000 FROM t WHERE at + 1000 < ?2) SELECT 1, 1, at, ?3 FROM t"
)
_AVAILABILITY: Final = (
    "SELECT sum(up), count(*) FROM samples WHERE check_id = 1 AND vantage_id = 1 AND at_ms >= ? AND at_ms < ?"
)
_EXPOSURE: Final = (
    "SELECT sum(up), sum(CASE WHEN up = 0 THEN coalesce("
    "(SELECT up FROM samples WHERE check_id = 1 AND vantage_id = 1 AND at_ms = s.at_ms - 1000), 1) ELSE 0 END) "
    "FROM samples AS s WHERE check_id = 1 AND vantage_id = 1 AND at_ms >= ? AND at_ms < ?"
)


_YEAR: Final = "standing record, a year of 1 s probes with 4,000 changes"


class Run(NamedTuple):
    """One state from one whole second to another."""

    state: Seen
    starts_ms: int
    ends_ms: int


class Measured(NamedTuple):
    """What a store took, and what it answered: bytes, seconds; up time in ms, all known time in ms, down runs."""

    size: int
    build_s: float
    availability_s: float
    mtbf_s: float
    answer: tuple[int, int, int]


def scripted(days: int) -> list[Run]:
    """Return runs with so many changes in so many days: outages of at most a minute, spread evenly."""
    chance, slot = random.Random(7), days * _DAY_MS // _STEP_MS * 2 // _CHANGES
    edges = [0]
    for number in range(_CHANGES // 2):
        begin = number * slot + chance.randint(1, slot // 4)
        edges += [begin, begin + chance.randint(1, min(60, slot // 2))]
    states: tuple[Seen, Seen] = ("up", "down")
    pairs = enumerate(itertools.pairwise([*edges, days * _DAY_MS // _STEP_MS]))
    return [Run(states[number % 2], begin * _STEP_MS, end * _STEP_MS) for number, (begin, end) in pairs]


def _sealed(runs: list[Run]) -> Iterator[Interval]:
    for run in runs:
        at = run.starts_ms
        while at < run.ends_ms:
            until = min(run.ends_ms, (at // _DAY_MS + 1) * _DAY_MS)
            yield _interval(run.state, at, until)
            at = until


def _interval(state: Seen, starts_ms: int, ends_ms: int) -> Interval:
    tried = (ends_ms - starts_ms) // _STEP_MS
    return Interval(
        platform_id="shop",
        check="front",  # both clauses are judged on it
        vantage="shanghai",
        state=state,
        starts_ms=starts_ms,
        ends_ms=ends_ms,
        day=datetime.fromtimestamp(starts_ms / 1000, UTC).date().isoformat(),
        tried=tried,
        failed=0 if state == "up" else tried,
        every_ms=_STEP_MS,
        depth="checkout",
        why="" if state == "up" else "HTTP 502",
        source="watch",
    )


def _timed(work: Callable[[], object], times: int = 1) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _on_disk(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob(path.name + "*"))


def _fold_in(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


class Examined(NamedTuple):
    """What an examination took at the end of the record, in seconds, and what it measured (%, h)."""

    recalled_s: float
    availability_s: float
    mtbf_s: float
    answer: tuple[float | None, float | None]

    @property
    def whole_s(self) -> float:
        """Return how long one examination of both takes: it recalls once."""
        return self.recalled_s + self.availability_s + self.mtbf_s


class _Stopped(SystemClock):
    """Stands at the end of the record."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now

    def now(self) -> datetime:
        return self._now


def examined(store: SqliteStore, target: Target, now: datetime) -> Examined:
    """Recall the record and judge it, as ``duheng examine`` does."""
    catalogue = {record.id: record for record in load_catalogue().requirements}

    def recalled() -> Reading:
        seen = recall(HISTORY, store, target, _Stopped(now), run_id="bench")
        assert seen.id  # its digest is taken once, and belongs here
        return seen

    seen = recalled()

    def judged(name: str) -> float | None:
        measured = verdict_on(catalogue[name], (seen,), {}, now).measured
        return None if measured is None else float(measured.value)

    return Examined(
        recalled_s=_timed(recalled, _EXAMINED),
        availability_s=_timed(lambda: judged(_AVAILABLE), _EXAMINED),
        mtbf_s=_timed(lambda: judged(_MTBF), _EXAMINED),
        answer=(judged(_AVAILABLE), judged(_MTBF)),
    )


class Ours(NamedTuple):
    """The ledger: its chain and its index, and what an examination takes that reads the chain itself."""

    measured: Measured
    index_size: int
    examined: Examined
    intervals: int


def ours(path: Path, runs: list[Run]) -> Ours:
    """Seal the runs into a ledger, build the index, ask it, and examine."""
    declared = path.with_suffix(".toml")
    declared.write_text(_TARGET, encoding="utf-8")
    intervals = list(_sealed(runs))
    drafts = [as_draft(each) for each in intervals]
    ends_ms = runs[-1].ends_ms

    def build(store: SqliteStore) -> None:
        for first in range(0, len(drafts), _BATCH):
            store.append("watch", drafts[first : first + _BATCH])
        merged_runs(store, "shop")

    with SqliteStore(path, clock=SystemClock()) as store:

        def availability() -> tuple[int, int]:
            (series,) = merged_runs(store, "shop").values()
            tally = series.tally(0, ends_ms)
            return tally.up_ms, tally.up_ms + tally.down_ms

        def exposure() -> tuple[int, int]:
            (series,) = merged_runs(store, "shop").values()
            tally = series.tally(0, ends_ms)
            return tally.up_ms, tally.downs

        build_s = _timed(lambda: build(store))
        availability_s, mtbf_s = _timed(availability, _ASKED), _timed(exposure, _ASKED)
        found = examined(store, read_target(declared), datetime.fromtimestamp(ends_ms / 1000, UTC))
        index = sum(len(name) + len(content) for name, content in store.notes(key_prefix("runs", "shop")).items())
        answer = (*availability(), exposure()[1])
        _fold_in(path)
        size = _on_disk(path)
    measured = Measured(size=size, build_s=build_s, availability_s=availability_s, mtbf_s=mtbf_s, answer=answer)
    return Ours(measured=measured, index_size=index, examined=found, intervals=len(intervals))


def theirs(path: Path, runs: list[Run]) -> Measured:
    """Write a row a sample, and ask."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_RIVAL}")
    window = (0, runs[-1].ends_ms)

    def build() -> None:
        connection.execute("BEGIN")
        connection.executemany(_FILL, ((run.starts_ms, run.ends_ms, int(run.state == "up")) for run in runs))
        connection.execute("COMMIT")

    build_s = _timed(build)
    answers: list[tuple[int, int]] = []
    availability_s = _timed(lambda: answers.append(connection.execute(_AVAILABILITY, window).fetchone()))
    mtbf_s = _timed(lambda: answers.append(connection.execute(_EXPOSURE, window).fetchone()))
    connection.close()
    (up, tried), (_, failures) = answers
    answer = (up * _STEP_MS, tried * _STEP_MS, failures)
    return Measured(size=_on_disk(path), build_s=build_s, availability_s=availability_s, mtbf_s=mtbf_s, answer=answer)


def standing_rows(folder: Path) -> list[Row]:
    """Measure a year beside rows of samples, then the same number of changes in a day and in ten years.

    Raises:
        AssertionError: the two do not agree: the measure is worth nothing.
    """
    stores = {name: ours(folder / f"{days}.db", scripted(days)) for name, days in _SPANS.items()}
    year = stores["1 year"]
    rival = theirs(folder / "samples.db", scripted(365))
    if rival.answer != year.measured.answer:
        raise AssertionError(f"the ledger answers {year.measured.answer}, the samples {rival.answer}")
    up_ms, known_ms, failures = rival.answer
    told = (100 * (up_ms / known_ms), round(up_ms / _HOUR_MS / failures, 1))
    if told != year.examined.answer:
        raise AssertionError(f"the examination measures {year.examined.answer}, the samples {told}")
    return [*_year_rows(year, rival), *_examined_rows(year.examined, rival), *_flat_rows(stores)]


def _year_rows(year: Ours, rival: Measured) -> list[Row]:
    what = _YEAR
    own = year.measured
    return [
        Row(
            what=f"{what}: merged runs, smaller than rows of samples",
            value=rival.size / year.index_size,
            unit="x",
            at_least=1000,
            absolute=f"{_mb(year.index_size)} / {_mb(rival.size)}",
        ),
        Row(
            what=f"{what}: the whole ledger (chain, digests, indexes), smaller than rows of samples",
            value=rival.size / own.size,
            unit="x",
            absolute=f"{_mb(own.size)} / {_mb(rival.size)}; {year.intervals:,} sealed intervals",
        ),
        Row(
            what=f"{what}: built sooner",
            value=rival.build_s / own.build_s,
            unit="x",
            absolute=f"{own.build_s:.2f} s, durably / {rival.build_s:.1f} s, without a journal",
        ),
        Row(
            what=f"{what}: availability told sooner, by the index of merged runs",
            value=rival.availability_s / own.availability_s,
            unit="x",
            at_least=1000,
            absolute=f"{_ms(own.availability_s)} / {_ms(rival.availability_s)}",
        ),
        Row(
            what=f"{what}: known time and failures for the MTBF told sooner, by the index of merged runs",
            value=rival.mtbf_s / own.mtbf_s,
            unit="x",
            at_least=1000,
            absolute=f"{_ms(own.mtbf_s)} / {_ms(rival.mtbf_s)}",
        ),
    ]


def _examined_rows(own: Examined, rival: Measured) -> list[Row]:
    judged = (("availability", own.availability_s, rival.availability_s), ("MTBF", own.mtbf_s, rival.mtbf_s))
    return [
        Row(
            what=f"{_YEAR}: {name} told sooner, by an examination (recalled from the chain, and judged)",
            value=rival_s / (own.recalled_s + judged_s),
            unit="x",
            absolute=f"{_ms(own.recalled_s)} + {_ms(judged_s)} / {_ms(rival_s)}",
        )
        for name, judged_s, rival_s in judged
    ]


def _flat_rows(stores: dict[str, Ours]) -> list[Row]:
    asked = {name: store.measured.availability_s for name, store in stores.items()}
    judged = {name: store.examined.whole_s for name, store in stores.items()}
    return [
        Row(
            what="standing record, 4,000 changes: ten years told against one day, by the index of merged runs",
            value=asked["10 years"] / asked["1 day"],
            unit="x",
            at_most=1.5,
            absolute=_each(asked),
        ),
        Row(
            what="standing record, 4,000 changes: ten years recalled and judged against one day, by an examination",
            value=judged["10 years"] / judged["1 day"],
            unit="x",
            absolute=_each(judged),
        ),
    ]


def _each(took_s: dict[str, float]) -> str:
    return ", ".join(f"{name} {_ms(took)}" for name, took in took_s.items())


def _mb(size: int) -> str:
    return f"{size / 1e6:,.2f} MB"


def _ms(took_s: float) -> str:
    return f"{took_s * 1e3:,.2f} ms"
