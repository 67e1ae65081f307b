"""From the watch to the ledger: hours as notes, days sealed into the chain, retention, restarts, what is altered."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.clock import SystemClock
from probes.errors import EvidenceError
from reports.latencies import (
    HOUR_MS,
    LATENCIES,
    by_day,
    chunk_key,
    chunks,
    hour_begins_ms,
    hour_name,
    percentiles,
    problems,
    sealed_days,
    unsealed_key,
)
from reports.latency_recorder import GRACE_MS, MOST_HOURS, LatencyRecorder
from reports.ledger.entry import draft
from reports.ledger.memory import MemoryStore
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import NO_NOTES, LedgerStore, Notes

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_MS = 24 * HOUR_MS
MIDNIGHT = round(datetime(2026, 3, 1, tzinfo=SHANGHAI).timestamp() * 1000)
FOREVER = 100_000


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerStore]:
    kind = MemoryStore(clock=SystemClock()) if request.param == "memory" else _file(tmp_path)
    with kind as opened:
        yield opened


def _file(folder: Path) -> SqliteStore:
    return SqliteStore(folder / "ledger.db", clock=SystemClock())


def recorder(
    *,
    check: str = "front/page",
    vantage: str = "north",
    zone: ZoneInfo = SHANGHAI,
    keep_days: int = FOREVER,
    unit_us: int = 1000,
) -> LatencyRecorder:
    return LatencyRecorder(
        run_id="watch-1",
        platform_id="shop",
        check=check,
        vantage=vantage,
        zone=zone,
        keep_days=keep_days,
        unit_us=unit_us,
    )


def samples(store: LedgerStore, check: str = "front/page", vantage: str = "north") -> dict[int, int]:
    found: dict[int, int] = {}
    for _, chunk in chunks(store, "shop", check, vantage):
        found |= chunk.samples
    return found


def record(into: LatencyRecorder, first_ms: int, *latencies: float, every_ms: int = 60_000) -> None:
    for number, latency in enumerate(latencies):
        into.record(first_ms + number * every_ms, latency)


def test_an_hour_grows_flush_by_flush_and_stays_one_chunk(store: LedgerStore) -> None:
    watch = recorder()
    for minute in range(60):
        watch.record(MIDNIGHT + minute * 60_000, minute)
        watch.flush(store, MIDNIGHT + minute * 60_000)
    assert samples(store) == {MIDNIGHT + minute * 60_000: minute for minute in range(60)}
    assert list(store.notes(chunk_key("shop", "front/page", "north", ""))) == [
        "latency/shop/front%2Fpage/north/2026-02-28T16Z"
    ]
    assert store.head().seq == 0  # the day is not over


def test_a_restart_within_the_hour_goes_on_with_its_chunk(store: LedgerStore) -> None:
    before, after = recorder(), recorder()
    record(before, MIDNIGHT, 10, 20)
    before.flush(store, MIDNIGHT + 120_000)
    record(after, MIDNIGHT + 180_000, 30)
    after.flush(store, MIDNIGHT + 240_000)
    record(after, MIDNIGHT + 240_000, 40)
    after.flush(store, MIDNIGHT + 300_000)
    assert list(samples(store).values()) == [10, 20, 30, 40]


def test_a_day_is_sealed_once_with_the_digest_of_each_hour_and_its_percentiles(store: LedgerStore) -> None:
    watch = recorder()
    record(watch, MIDNIGHT, *range(1, 101), every_ms=DAY_MS // 100)
    watch.flush(store, MIDNIGHT + DAY_MS + GRACE_MS - 1)
    assert sealed_days(store, "shop") == ()
    for later in (0, 60_000):
        watch.flush(store, MIDNIGHT + DAY_MS + GRACE_MS + later)
    recorder().flush(store, MIDNIGHT + DAY_MS + GRACE_MS + 120_000)  # another watcher, after a restart
    (day,) = sealed_days(store, "shop")
    assert (day.day, day.check, day.vantage, day.damaged) == ("2026-03-01", "front/page", "north", ())
    assert [min(day.chunks), max(day.chunks), len(day.chunks)] == ["2026-02-28T16Z", "2026-03-01T15Z", 24]
    assert day.summary is not None
    assert day.summary.row() == [100, 50, 95, 99, 100]
    assert store.verify().ok
    assert problems(store, "shop", kept_since_ms=0) == ()


def test_days_that_passed_while_the_watcher_was_away_are_sealed_when_it_is_back(store: LedgerStore) -> None:
    before = recorder()
    for day in range(3):
        record(before, MIDNIGHT + day * DAY_MS, day + 1)
    before.flush(store, MIDNIGHT + 2 * DAY_MS)
    after = recorder()
    record(after, MIDNIGHT + 9 * DAY_MS, 9)
    after.flush(store, MIDNIGHT + 9 * DAY_MS)
    assert [day.day for day in sealed_days(store, "shop")] == ["2026-03-01", "2026-03-02", "2026-03-03"]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo"])
def test_every_hour_belongs_to_one_day_whatever_the_zone(store: LedgerStore, zone: str) -> None:
    watch = recorder(zone=ZoneInfo(zone))
    begins = hour_begins_ms("2026-03-27T00Z")
    for hour in range(96):  # over the change of Berlin's clocks
        watch.record(begins + hour * HOUR_MS, hour)
        watch.flush(store, begins + hour * HOUR_MS)
    watch.flush(store, begins + 120 * HOUR_MS)
    hours = [hour for day in sealed_days(store, "shop") for hour in day.chunks]
    assert hours == [hour_name(begins + hour * HOUR_MS) for hour in range(96)]
    assert problems(store, "shop", kept_since_ms=0) == ()


def test_what_is_past_its_time_goes_and_its_seal_stays(store: LedgerStore) -> None:
    watch = recorder(keep_days=2)
    for day in range(6):
        record(watch, MIDNIGHT + day * DAY_MS, day + 1)
        watch.flush(store, MIDNIGHT + day * DAY_MS + GRACE_MS)
    now = MIDNIGHT + 6 * DAY_MS + GRACE_MS
    watch.flush(store, now)
    assert list(samples(store).values()) == [5, 6]
    assert [row[2] for row in by_day(store, "shop", SHANGHAI)["front/page"]] == [1, 2, 3, 4, 5, 6]
    assert problems(store, "shop", kept_since_ms=now - 2 * DAY_MS) == ()


def test_a_new_watcher_lets_go_of_what_the_old_one_kept_too_long(store: LedgerStore) -> None:
    old = recorder()
    for day in range(4):
        record(old, MIDNIGHT + day * DAY_MS, day)
    old.flush(store, MIDNIGHT + 5 * DAY_MS)
    recorder(keep_days=2).flush(store, MIDNIGHT + 5 * DAY_MS)
    assert list(samples(store).values()) == [3]


def test_an_altered_chunk_and_one_that_is_gone_are_told(store: LedgerStore) -> None:
    watch = recorder()
    record(watch, MIDNIGHT, 1, 2, 3, every_ms=HOUR_MS)
    watch.flush(store, MIDNIGHT + 2 * DAY_MS)
    prefix = chunk_key("shop", "front/page", "north", "")
    store.note({prefix + "2026-02-28T16Z": b"\x10altered", prefix + "2026-02-28T17Z": None})
    assert problems(store, "shop", kept_since_ms=0) == (
        "latencies of front/page from north, hour 2026-02-28T16Z: do not fit the digest sealed into the chain: altered",
        "latencies of front/page from north, hour 2026-02-28T17Z: are gone, though they were to be kept",
    )


def test_a_chunk_that_is_damaged_before_its_day_is_sealed_stays_told(store: LedgerStore) -> None:
    watch = recorder()
    record(watch, MIDNIGHT, 1, 2, every_ms=HOUR_MS)
    watch.flush(store, MIDNIGHT)
    damaged = chunk_key("shop", "front/page", "north", hour_name(MIDNIGHT))
    store.note({damaged: b"nothing"})
    again = recorder()
    again.flush(store, MIDNIGHT + 2 * DAY_MS)
    (day,) = sealed_days(store, "shop")
    assert day.summary is not None
    assert (day.damaged, day.summary.row()) == (("2026-02-28T16Z",), [1, 2, 2, 2, 2])
    assert problems(store, "shop", kept_since_ms=0) == (
        "latencies of front/page from north, hour 2026-02-28T16Z: were damaged before the day was sealed",
    )
    with pytest.raises(EvidenceError, match="no chunk of latencies"):
        samples(store)


def test_a_restart_over_a_damaged_chunk_goes_on_and_tells(store: LedgerStore) -> None:
    store.note({chunk_key("shop", "front/page", "north", hour_name(MIDNIGHT)): b"nothing"})
    watch = recorder()
    record(watch, MIDNIGHT, 7)
    watch.flush(store, MIDNIGHT)
    watch.flush(store, MIDNIGHT + 2 * DAY_MS)
    assert list(samples(store).values()) == [7]
    assert sealed_days(store, "shop")[0].damaged == ("2026-02-28T16Z",)


class Away(MemoryStore):
    """A ledger that is away for a while."""

    def __init__(self) -> None:
        super().__init__(clock=SystemClock())
        self.away = False

    def note(self, changes: Notes, *, expect: Notes = NO_NOTES) -> bool:
        if self.away:
            raise EvidenceError("the ledger is away")
        return super().note(changes, expect=expect)


def test_while_the_ledger_is_away_nothing_is_lost() -> None:
    store, watch = Away(), recorder()
    record(watch, MIDNIGHT, 1, 2)
    store.away = True
    with pytest.raises(EvidenceError, match="away"):
        watch.flush(store, MIDNIGHT + 120_000)
    record(watch, MIDNIGHT + 5 * HOUR_MS, 3)
    with pytest.raises(EvidenceError, match="away"):
        watch.flush(store, MIDNIGHT + 6 * HOUR_MS)
    store.away = False
    watch.flush(store, MIDNIGHT + 7 * HOUR_MS)
    assert (list(samples(store).values()), watch.lost) == ([1, 2, 3], 0)


def test_what_waits_in_memory_is_bounded_and_what_goes_is_counted() -> None:
    store, watch = MemoryStore(clock=SystemClock()), recorder()
    for hour in range(MOST_HOURS + 2):
        record(watch, MIDNIGHT + hour * HOUR_MS, 1, 2)
    assert watch.lost == 4
    watch.flush(store, MIDNIGHT + (MOST_HOURS + 3) * HOUR_MS)
    assert min(samples(store)) == MIDNIGHT + 2 * HOUR_MS
    assert (len(samples(store)), len(watch._hours)) == (2 * MOST_HOURS, 0)


def test_a_sample_for_a_day_that_is_sealed_changes_nothing_and_is_counted(store: LedgerStore) -> None:
    watch = recorder()
    record(watch, MIDNIGHT, 1)
    watch.flush(store, MIDNIGHT + 2 * DAY_MS)
    record(watch, MIDNIGHT + 60_000, 2)
    watch.flush(store, MIDNIGHT + 2 * DAY_MS)
    assert (list(samples(store).values()), watch.lost) == ([1], 1)
    assert problems(store, "shop", kept_since_ms=0) == ()


def test_tenths_of_a_millisecond_are_kept_where_they_are_asked_for(store: LedgerStore) -> None:
    fine, coarse = recorder(unit_us=100), recorder()
    record(fine, MIDNIGHT, 1.26, 0.04)
    fine.flush(store, MIDNIGHT)
    assert [chunk.values_ms() for _, chunk in chunks(store, "shop", "front/page", "north")] == [(1.3, 0.0)]
    record(coarse, MIDNIGHT + 120_000, 8.4)  # the setting was changed in the middle of the hour
    coarse.flush(store, MIDNIGHT)
    assert [chunk.values_ms() for _, chunk in chunks(store, "shop", "front/page", "north")] == [(1.0, 0.0, 8.0)]


def test_no_probe_takes_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="cannot take -1 ms"):
        recorder().record(MIDNIGHT, -1)


def test_of_several_vantage_points_a_day_has_the_row_of_the_slowest(store: LedgerStore) -> None:
    for vantage, latency in (("north", 100), ("south", 900), ("west", 300)):
        watch = recorder(vantage=vantage)
        record(watch, MIDNIGHT, latency, latency)
        record(watch, MIDNIGHT + DAY_MS, latency / 2)
        watch.flush(store, MIDNIGHT + DAY_MS + GRACE_MS)  # the second day is not over
    assert by_day(store, "shop", SHANGHAI) == {
        "front/page": [["2026-03-01", 2, 900, 900, 900, 900], ["2026-03-02", 1, 450, 450, 450, 450]]
    }
    assert by_day(store, "another", SHANGHAI) == {}


def test_only_the_hours_of_days_that_are_not_sealed_are_looked_through(store: LedgerStore) -> None:
    watch = recorder()
    for hour in range(30):
        record(watch, MIDNIGHT + hour * HOUR_MS, hour + 1)
    watch.flush(store, MIDNIGHT + 30 * HOUR_MS)
    name = unsealed_key("shop", "front/page", "north")
    assert store.notes(name)[name].decode().split(",") == [hour_name(MIDNIGHT + h * HOUR_MS) for h in range(24, 30)]
    assert [row[:2] for row in by_day(store, "shop", SHANGHAI)["front/page"]] == [["2026-03-01", 24], ["2026-03-02", 6]]
    watch.flush(store, MIDNIGHT + 3 * DAY_MS)
    assert store.notes(name) == {}


@pytest.mark.parametrize("name", ["2026-02-28T16", "x", "2026-02-28T25Z"])
def test_a_note_that_names_no_hour_is_told(store: LedgerStore, name: str) -> None:
    store.note({unsealed_key("shop", "front", "north"): name.encode(), chunk_key("shop", "front", "north", name): b"?"})
    with pytest.raises(EvidenceError, match="is no hour of latencies"):
        by_day(store, "shop", SHANGHAI)


@pytest.mark.parametrize(
    "value", [{"platform_id": "shop"}, {"platform_id": "shop", "summary": [1], "chunks": {}}, {"summary": 1, "x": 1}]
)
def test_an_entry_that_is_no_day_is_told(store: LedgerStore, value: dict[str, object]) -> None:
    store.append("run", [draft(LATENCIES, value)])
    with pytest.raises(EvidenceError, match="ledger entry 1 is no day of latencies"):
        sealed_days(store, "shop")


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=300))
def test_percentiles_are_measured_values_with_their_share_below(latencies: list[int]) -> None:
    found = percentiles(latencies)
    for share, value in ((50, found.p50_ms), (95, found.p95_ms), (99, found.p99_ms), (100, found.max_ms)):
        assert value in latencies
        assert sum(each <= value for each in latencies) * 100 >= share * len(latencies)
        assert sum(each < value for each in latencies) * 100 < share * len(latencies)
    assert found.count == len(latencies)


def test_names_of_hours_sort_as_hours_do() -> None:
    drawn = sorted(random.Random(2).sample(range(0, 4_000_000_000_000, HOUR_MS), 500))
    names = [hour_name(instant + 1) for instant in drawn]
    assert names == sorted(names)
    assert [hour_begins_ms(name) for name in names] == drawn
    assert hour_name(round(datetime(2026, 2, 28, 16, 59, tzinfo=UTC).timestamp() * 1000)) == "2026-02-28T16Z"
