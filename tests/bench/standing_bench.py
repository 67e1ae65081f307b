"""The standing record's interval store, against rows of samples in SQLite that answer the same questions.

The rival is lean: whole numbers only, clustered by the very key that is asked for, written without any journal.
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

from probes.clock import SystemClock
from reports.ledger.run_index import merged_runs
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import key_prefix, standing
from reports.standing import Interval, Seen, as_draft
from tests.bench.table import Row

_STEP_MS: Final = 1000
_DAY_MS: Final = 86_400_000
_CHANGES: Final = 4000
_SPANS: Final = {"1 day": 1, "30 days": 30, "1 year": 365, "10 years": 3650}
_ASKED: Final = 21  # times each of our own questions is asked; the median counts
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
_FAILURES: Final = (
    "SELECT count(*) FROM samples AS s WHERE check_id = 1 AND vantage_id = 1 AND at_ms >= ? AND at_ms < ? AND up = 0 "
    "AND coalesce((SELECT up FROM samples WHERE check_id = 1 AND vantage_id = 1 AND at_ms = s.at_ms - 1000), 1) = 1"
)


class Run(NamedTuple):
    """One state from one whole second to another."""

    state: Seen
    starts_ms: int
    ends_ms: int


class Measured(NamedTuple):
    """What a store took, and what it answered: seconds, bytes, milliseconds up, down runs."""

    size: int
    build_s: float
    availability_s: float
    mtbf_s: float
    answer: tuple[int, int]


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
        check="buying",
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


class Ours(NamedTuple):
    """The ledger: its chain and its index, and how long it takes to read the chain itself, digests and all."""

    measured: Measured
    index_size: int
    chain_read_s: float
    intervals: int


def ours(path: Path, runs: list[Run]) -> Ours:
    """Seal the runs into a ledger, build the index, and ask."""
    intervals = list(_sealed(runs))
    drafts = [as_draft(each) for each in intervals]
    ends_ms = runs[-1].ends_ms

    def build(store: SqliteStore) -> None:
        for first in range(0, len(drafts), _BATCH):
            store.append("watch", drafts[first : first + _BATCH])
        merged_runs(store, "shop")

    with SqliteStore(path, clock=SystemClock()) as store:

        def ask() -> tuple[int, int]:
            (series,) = merged_runs(store, "shop").values()
            tally = series.tally(0, ends_ms)
            return tally.up_ms, tally.downs

        build_s = _timed(lambda: build(store))
        asked_s = _timed(ask, _ASKED)  # one answer holds both: time up for availability, and down runs for the MTBF
        chain_s = _timed(lambda: standing(store, "shop"))
        index = sum(len(name) + len(content) for name, content in store.notes(key_prefix("runs", "shop")).items())
        answer = ask()
        _fold_in(path)
        size = _on_disk(path)
    measured = Measured(size=size, build_s=build_s, availability_s=asked_s, mtbf_s=asked_s, answer=answer)
    return Ours(measured=measured, index_size=index, chain_read_s=chain_s, intervals=len(intervals))


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
    answers: list[int] = []
    availability_s = _timed(lambda: answers.append(connection.execute(_AVAILABILITY, window).fetchone()[0]))
    mtbf_s = _timed(lambda: answers.append(connection.execute(_FAILURES, window).fetchone()[0]))
    connection.close()
    answer = (answers[0] * _STEP_MS, answers[1])
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
    return [*_year_rows(year, rival), _flat_row(stores)]


def _year_rows(year: Ours, rival: Measured) -> list[Row]:
    what = "standing record, a year of 1 s probes with 4,000 changes"
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
            what=f"{what}: availability told sooner, by the merged runs",
            value=rival.availability_s / own.availability_s,
            unit="x",
            at_least=1000,
            absolute=f"{_ms(own.availability_s)} / {_ms(rival.availability_s)}; from the chain itself, as an "
            f"examination reads it, {_ms(year.chain_read_s)}",
        ),
        Row(
            what=f"{what}: known time and failures for the MTBF told sooner, by the merged runs",
            value=rival.mtbf_s / own.mtbf_s,
            unit="x",
            at_least=1000,
            absolute=f"{_ms(own.mtbf_s)} / {_ms(rival.mtbf_s)}; from the chain itself, as an examination reads it, "
            f"{_ms(year.chain_read_s)}",
        ),
    ]


def _flat_row(stores: dict[str, Ours]) -> Row:
    asked = {name: store.measured.availability_s for name, store in stores.items()}
    return Row(
        what="standing record, 4,000 changes: ten years told by the merged runs, against one day",
        value=asked["10 years"] / asked["1 day"],
        unit="x",
        at_most=1.5,
        absolute=", ".join(f"{name} {_ms(took)}" for name, took in asked.items()),
    )


def _mb(size: int) -> str:
    return f"{size / 1e6:,.2f} MB"


def _ms(took_s: float) -> str:
    return f"{took_s * 1e3:,.2f} ms"
