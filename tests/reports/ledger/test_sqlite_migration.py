"""A ledger of schema 1 is brought up to date when it is opened: whole or not at all, its chain as it was."""

import sqlite3
import threading
from pathlib import Path

import pytest

from reports.ledger import sqlite_schema
from reports.ledger.memory import MemoryStore
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import standing
from reports.standing import as_draft
from tests.contracts.ledger_store import SteppingClock, interval, recorded_scenario


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "duheng.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def _shape(path: Path) -> tuple[set[tuple[str, str]], int]:
    connection = sqlite3.connect(path)
    schema = set(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return schema, version


def test_its_chain_stays_as_it_was_and_goes_on(path: Path) -> None:
    head = recorded_scenario(MemoryStore(clock=SteppingClock()))
    with SqliteStore(path, clock=SteppingClock()) as store:
        assert store.head() == head
        assert store.verify(head=head.hash).problems == ()
        store.append("watch", [as_draft(interval(0, 60))], notes={"open": b"1"})
        assert standing(store, "shop", since_ms=5).intervals == (interval(0, 60),)
    with SqliteStore(path, clock=SteppingClock()) as store:
        assert store.notes() == {"open": b"1"}
        assert store.verify(head=head.hash).problems == ()


def test_it_ends_as_a_new_one_begins(path: Path, tmp_path: Path) -> None:
    SqliteStore(path, clock=SteppingClock()).close()
    SqliteStore(tmp_path / "new.db", clock=SteppingClock()).close()
    assert _shape(path) == _shape(tmp_path / "new.db")


def test_one_that_fails_half_way_leaves_schema_1(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE entries_of_kind (in_the_way)")
    before = _shape(path)
    with pytest.raises(sqlite3.OperationalError, match="entries_of_kind"):
        sqlite_schema.migrate(connection)
    assert not connection.in_transaction
    connection.execute("DROP TABLE entries_of_kind")
    connection.close()
    assert before[1] == 1
    assert _shape(path) == ({each for each in before[0] if each[0] != "entries_of_kind"}, 1)
    SqliteStore(path, clock=SteppingClock()).close()


def test_of_several_at_once_each_finds_it_done(path: Path) -> None:
    together, opened = threading.Barrier(4), []

    def use() -> None:
        together.wait(timeout=60)
        with SqliteStore(path, clock=SteppingClock()) as store:
            opened.append(store.head())

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [recorded_scenario(MemoryStore(clock=SteppingClock()))] * 4
    assert _shape(path)[1] == sqlite_schema.VERSION
