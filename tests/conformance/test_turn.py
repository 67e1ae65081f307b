"""One at a time: who holds the turn, from when on nobody does, and what giving it back must not hide."""

import dataclasses
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.turn import turn
from conformance.watch.sign_of_life import Heartbeat
from probes.clock import SystemClock
from probes.errors import EvidenceError, SettingsError
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import key_of
from reports.ledger.store import LedgerStore

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
KEY = key_of("load", "shop")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "duheng.db", clock=SystemClock()) as opened:
        yield opened


def taken(store: SqliteStore, *, now: datetime = NOW) -> AbstractContextManager[None]:
    return turn(lambda: nullcontext(store), "load", "shop", run_id="ours", now=now, over_by=now + timedelta(hours=1))


def elsewhere(until: datetime) -> bytes:
    """Return the note of a run on another machine, over by ``until``."""
    life = Heartbeat.own("theirs", round(NOW.timestamp() * 1000)).seen(round(until.timestamp() * 1000))
    return dataclasses.replace(life, host="another", place="another boot").content()


def test_it_is_held_for_as_long_as_it_lasts_and_another_kind_s_is_free(store: SqliteStore) -> None:
    with taken(store):
        with (
            pytest.raises(SettingsError, match="another load of shop runs since 2026-11-22 01:00:00 UTC"),
            taken(store),
        ):
            pytest.fail("two at once")
        with turn(lambda: nullcontext(store), "night", "shop", run_id="n", now=NOW, over_by=NOW):
            assert set(store.notes(KEY)) == {KEY}
    assert store.notes(KEY) == {}
    with taken(store):
        assert set(store.notes(KEY)) == {KEY}


def test_who_was_killed_holds_nothing(store: SqliteStore) -> None:
    with subprocess.Popen(["sleep", "600"]) as killed:
        life = dataclasses.replace(
            Heartbeat.own("theirs", 1), pid=killed.pid, seen_ms=round(NOW.timestamp() * 1000) * 2
        )
        killed.kill()
    assert store.note({KEY: life.content()}, expect={KEY: None})
    with taken(store):
        assert set(store.notes(KEY)) == {KEY}


def test_who_is_on_another_machine_is_believed_until_it_said_to_be_over(store: SqliteStore) -> None:
    assert store.note({KEY: elsewhere(NOW)}, expect={KEY: None})
    with pytest.raises(SettingsError, match="on another, theirs"), taken(store):
        pytest.fail("two at once")
    with taken(store, now=NOW + timedelta(milliseconds=1)):
        assert store.notes(KEY)[KEY] != elsewhere(NOW)


def test_a_ledger_that_goes_away_does_not_hide_how_the_run_ended(store: SqliteStore) -> None:
    opened = 0

    @contextmanager
    def once() -> Iterator[LedgerStore]:
        nonlocal opened
        opened += 1
        if opened > 1:
            raise EvidenceError("the ledger is away")
        yield store

    with (
        pytest.raises(ZeroDivisionError),
        turn(once, "load", "shop", run_id="ours", now=NOW, over_by=NOW + timedelta(hours=1)),
    ):
        raise ZeroDivisionError
    assert opened == 2
