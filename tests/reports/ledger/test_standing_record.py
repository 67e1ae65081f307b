"""The standing record as everybody reads it: what is sealed and what is open, once each; and its index."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.errors import EvidenceError
from reports.history import history
from reports.ledger.location import open_ledger
from reports.ledger.run_index import Series, forget, merged_runs
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import key_of, key_prefix, open_key, parts_of, standing, watcher_key
from reports.ledger.store import LedgerStore
from reports.standing import IncidentClass, IncidentWord, Interval, Maintenance, as_bytes, as_draft
from tests.contracts.ledger_store import SteppingClock, interval, note

_CLOCK_STARTS_MS = 1_795_219_200_000  # 2026-11-21T00:00:00Z, where ``SteppingClock`` begins
_FRONT = Series("front", "here", "watch")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerStore]:
    urls = {"memory": "memory:", "sqlite": "sqlite:///duheng.db"}
    url = urls.get(request.param) or str(request.getfixturevalue("database_url"))
    with open_ledger(url, base=tmp_path, clock=SteppingClock()) as fresh:
        yield fresh


def opens(store: LedgerStore, *intervals: Interval) -> None:
    store.note({open_key(each.platform_id, each.check, each.vantage): as_bytes(each) for each in intervals})


def seals(store: LedgerStore, *intervals: Interval) -> None:
    store.append("watch", [as_draft(each) for each in intervals])


def test_names_of_notes_keep_their_parts_apart() -> None:
    assert open_key("shop", "front", "上海") == "open/shop/front/上海"
    assert watcher_key("shop", "here") == "watcher/shop/here"
    for parts in (("open", "a/b", "c%2Fd", "%"), ("open", "a", "b/c%2Fd", "/")):
        assert parts_of(key_of(*parts)) == parts
    assert open_key("a/b", "c", "d").startswith(key_prefix("open", "a/b"))
    assert not open_key("a/b", "c", "d").startswith(key_prefix("open", "a"))


@pytest.mark.parametrize(
    "forged",
    [
        interval(0, 27 * 3_600_000),
        interval(0, 600_000, tried=5_000, failed=0, every_ms=60_000),
        interval(0, 60_000, check="buying"),
        interval(0, 60_000, platform_id="other"),
    ],
)
def test_an_open_run_that_no_watch_would_leave_is_not_believed(store: LedgerStore, forged: Interval) -> None:
    store.note({open_key("shop", "front", "here"): as_bytes(forged)})
    with pytest.raises(EvidenceError, match=r"note open/shop/front/here is no run that a watch leaves open.*backup"):
        standing(store, "shop")


def test_sealed_and_open_stand_together(store: LedgerStore) -> None:
    seals(store, interval(0, 60), interval(60, 90, state="down", why="500"), interval(0, 9, platform_id="other"))
    opens(store, interval(90, 100), interval(0, 100, check="buying"), interval(0, 9, platform_id="other"))
    found = standing(store, "shop")
    assert found.intervals == (
        interval(0, 100, check="buying"),
        interval(0, 60),
        interval(60, 90, state="down", why="500"),
        interval(90, 100),
    )
    assert standing(store, "shop", since_ms=89).intervals == (
        interval(0, 100, check="buying"),
        interval(60, 90, state="down", why="500"),
        interval(90, 100),
    )
    assert standing(store, "shop", since_ms=100).intervals == ()
    assert standing(store, "none").intervals == ()


def test_a_run_that_is_sealed_while_it_is_read_is_met_once(store: LedgerStore) -> None:
    opens(store, interval(0, 60))
    seals(store, interval(0, 61))  # the watcher died between; or the note was read before, the entries after
    assert standing(store, "shop").intervals == (interval(0, 61),)
    assert history(each.run for each in standing(store, "shop").intervals)


def test_an_import_does_not_close_what_is_open(store: LedgerStore) -> None:
    opens(store, interval(50, 60))
    seals(store, interval(0, 55, source="import sha256:1"))
    assert len(standing(store, "shop").intervals) == 2


def test_maintenance_counts_as_announced_when_it_was_written_down(store: LedgerStore) -> None:
    early = Maintenance(platform_id="shop", starts_ms=5, ends_ms=9, announced_ms=1, reason="backdated")
    late = Maintenance(platform_id="shop", starts_ms=5, ends_ms=9, announced_ms=2**42, reason="clock ahead")
    store.append("watch", [as_draft(early), note(1), as_draft(late)])
    first, second = standing(store, "shop").maintenance
    assert (first.announced_ms, first.reason) == (_CLOCK_STARTS_MS + 1000, "backdated")
    assert second == late
    assert standing(store, "other").maintenance == ()


def test_words_on_incidents_come_in_the_order_in_which_they_were_said(store: LedgerStore) -> None:
    said: tuple[tuple[int, IncidentClass], ...] = ((9, "software"), (1, "hardware"))
    words = [
        IncidentWord(
            platform_id="shop",
            check="front",
            starts_ms=60,
            incident_class=kind,
            by="operator",
            why="log",
            said_ms=number,
        )
        for number, kind in said
    ]
    for word in words:
        store.append("incident", [as_draft(word)])
    assert standing(store, "shop").incidents == tuple(words)


def test_a_note_that_is_no_interval_is_told(store: LedgerStore) -> None:
    for content in (b"{}", b"[]", b"\xff", b""):
        store.note({open_key("shop", "front", "here"): content})
        with pytest.raises(EvidenceError, match="note"):
            standing(store, "shop")


# --- the index


def test_the_index_merges_across_seals_and_catches_up(store: LedgerStore) -> None:
    seals(store, interval(0, 60), interval(60, 120), interval(120, 130, state="down"))
    runs = merged_runs(store, "shop")[_FRONT]
    assert [(run.state, run.starts_ms, run.ends_ms) for run in runs.history()] == [("up", 0, 120), ("down", 120, 130)]
    kept = store.notes(key_prefix("runs", "shop"))
    seals(store, interval(130, 200), interval(0, 9, platform_id="other"))
    opens(store, interval(200, 210))
    assert merged_runs(store, "shop")[_FRONT].tally(0, 210).up_ms == 200
    assert merged_runs(store, "shop")[_FRONT].tally(0, 210).downs == 1
    assert store.notes(key_prefix("runs", "shop")) != kept
    assert set(merged_runs(store, "other")) == {Series("front", "here", "watch")}
    assert merged_runs(store, "none") == {}


def test_open_runs_are_told_and_not_kept(store: LedgerStore) -> None:
    opens(store, interval(0, 60))
    assert merged_runs(store, "shop")[_FRONT].tally(0, 60).up_ms == 60
    assert store.notes(key_prefix("runs", "shop")) == {}
    seals(store, interval(0, 61))
    assert merged_runs(store, "shop")[_FRONT].tally(0, 61).up_ms == 61


@pytest.mark.parametrize("broken", [b"", b"duheng-runs/1\n1234567", b"[]", b'"x"', b"99999"])
def test_an_index_that_is_damaged_gone_or_ahead_is_built_anew(store: LedgerStore, broken: bytes) -> None:
    seals(store, interval(0, 60), interval(60, 70, state="down"), interval(0, 60, vantage="there"))
    whole = {series: runs.to_bytes() for series, runs in merged_runs(store, "shop").items()}
    kept = store.notes(key_prefix("runs", "shop"))
    for name in kept:
        store.note({name: broken})
        again = merged_runs(store, "shop")
        assert {series: runs.to_bytes() for series, runs in again.items()} == whole
        assert store.notes(key_prefix("runs", "shop")) == kept
    forget(store, "shop")
    assert store.notes(key_prefix("runs", "shop")) == {}
    assert {series: runs.to_bytes() for series, runs in merged_runs(store, "shop").items()} == whole


def test_an_altered_interval_enters_neither_record_nor_index(tmp_path: Path) -> None:
    path = tmp_path / "duheng.db"
    with SqliteStore(path, clock=SteppingClock()) as store:
        seals(store, interval(0, 60, state="down"), interval(60, 90))
        stranger = sqlite3.connect(path, isolation_level=None)
        stranger.execute("DROP TRIGGER entries_are_never_updated")
        up = as_bytes(interval(0, 60))
        stranger.execute("UPDATE entries SET payload = ? WHERE seq = 1", (up,))
        stranger.close()
        for read in (standing, merged_runs):
            with pytest.raises(EvidenceError, match="entry 1 was altered"):
                read(store, "shop")
        assert store.notes() == {}
