"""The SQLite store keeps the promise, and refuses what is not an append."""

import errno
import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.canonical import digest
from probes.clock import SystemClock
from probes.errors import EvidenceError
from reports.ledger import sqlite_schema
from reports.ledger.entry import GENESIS, draft
from reports.ledger.memory import MemoryStore
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import LedgerStore
from tests.contracts.ledger_store import LedgerStoreContract, SteppingClock, note, observed, recorded_scenario
from tests.reports.ledger.processes import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "duheng.db"


@pytest.fixture
def store(path: Path) -> Iterator[LedgerStore]:
    with SqliteStore(path, clock=SteppingClock()) as opened:
        yield opened


class TestSqliteStore(LedgerStoreContract):
    """The file keeps the promise."""


def test_agrees_with_the_reference_to_the_last_hash(store: LedgerStore) -> None:
    assert recorded_scenario(store) == recorded_scenario(MemoryStore(clock=SteppingClock()))


def test_what_was_kept_is_there_after_closing(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        head = recorded_scenario(store)
    with SqliteStore(path, clock=SteppingClock()) as store:
        assert store.head() == head
        assert store.verify(head=head.hash).ok
        assert store.finished("run-1")
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # log folded in, nothing left of the birth


def test_every_commit_is_synced(store: SqliteStore) -> None:
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_batch_that_fails_half_way_leaves_nothing(store: SqliteStore) -> None:
    store.append("run-1", [note(1)])
    head = store.head()
    with pytest.raises(AttributeError):
        store.append("run-1", [note(2), None], attachments=[b"x"])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        store.append("run-1", [note(2)], attachments=[b"kept?", None])  # type: ignore[list-item]
    assert store.head() == head
    assert not store.has_attachment(digest(b"x"))
    assert store.append("run-1", [note(2)]) == (2,)


_ROW = "SELECT {seq}, kind, run_id, written_at, payload, payload_digest, {previous}, hash FROM entries WHERE seq = 3"
_REFUSED = [
    "UPDATE entries SET kind = 'x' WHERE seq = 1",
    "DELETE FROM entries",
    "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)",
    "UPDATE attachments SET content = x'00'",
    "DELETE FROM attachments",
    "INSERT OR REPLACE INTO attachments SELECT name, x'00' FROM attachments",
    "INSERT OR REPLACE INTO entries " + _ROW.format(seq="seq", previous="previous"),
    "INSERT INTO entries " + _ROW.format(seq="99", previous="previous"),
    "INSERT INTO entries " + _ROW.format(seq="(SELECT max(seq) + 1 FROM entries)", previous="previous"),
]


@pytest.mark.parametrize("statement", _REFUSED)
def test_triggers_refuse_all_but_the_next_entry(path: Path, statement: str) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        head = recorded_scenario(store)
        stranger = sqlite3.connect(path, isolation_level=None)
        with pytest.raises(sqlite3.IntegrityError, match="ledger: "):
            stranger.execute(statement)
        stranger.close()
        assert store.verify(head=head.hash).ok


def test_an_insert_that_does_not_follow_is_an_evidence_error(store: SqliteStore) -> None:
    store.append("run-1", [note(1)])
    store._head = lambda: GENESIS  # type: ignore[method-assign]
    with pytest.raises(EvidenceError, match="refuses what is not a next entry"):
        store.append("run-1", [note(2)])


_TAMPERINGS = [
    ("entries", "kind", "'other'"),
    ("entries", "run_id", "'other'"),
    ("entries", "written_at", "'2020-01-01T00:00:00.000000Z'"),
    ("entries", "payload", "x'7b7d'"),
    ("entries", "payload_digest", "'sha256:' || hex(randomblob(32))"),
    ("entries", "previous", "'sha256:' || hex(randomblob(32))"),
    ("entries", "hash", "'sha256:' || hex(randomblob(32))"),
    ("entries", "seq", "99"),
    ("attachments", "content", "x'00'"),
    ("attachments", "name", "'sha256:' || hex(randomblob(32))"),
]


def _tamper(path: Path, *statements: str) -> None:
    """Do to a ledger what its triggers refuse."""
    stranger = sqlite3.connect(path, isolation_level=None)
    names = [row[0] for row in stranger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for statement in (*(f"DROP TRIGGER {name}" for name in names), *statements):
        stranger.execute(statement)
    stranger.close()


@pytest.mark.parametrize(("table", "column", "value"), _TAMPERINGS)
def test_verification_finds_what_somebody_changed_all_the_same(path: Path, table: str, column: str, value: str) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        recorded_scenario(store)
        _tamper(path, f"UPDATE {table} SET {column} = {value} WHERE rowid = 1")
        problems = store.verify().problems
        assert problems
        if table == "entries" and column != "seq":
            assert problems[0].seq == 1


def test_a_deleted_row_is_found(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        head = recorded_scenario(store)
        _tamper(path, "DELETE FROM entries WHERE seq = 4")
        assert not store.verify().ok
        _tamper(path, "DELETE FROM entries WHERE seq > 4")
        assert store.verify().ok  # an end that was cut off shows only against a head that was kept elsewhere
        assert not store.verify(head=head.hash).ok


def test_nothing_follows_an_altered_last_entry(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        recorded_scenario(store)
    _tamper(path, "UPDATE entries SET run_id = 'other' WHERE seq = (SELECT max(seq) FROM entries)")
    with pytest.raises(EvidenceError, match=r"the last entry .* was altered"):
        SqliteStore(path, clock=SteppingClock())


def test_altered_evidence_is_not_handed_out(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        name = store.put_attachment("run-1", b"page")
        store.append_readings("run-1", [observed()])
        _tamper(path, "UPDATE attachments SET content = x'00'", "UPDATE entries SET payload = x'7b7d' WHERE seq = 2")
        with pytest.raises(EvidenceError, match="was altered"):
            store.attachment(name)
        with pytest.raises(EvidenceError, match="entry 2 was altered"):
            list(store.readings("run-1"))


def test_latest_is_looked_up_not_searched_for(store: SqliteStore) -> None:
    plans: list[str] = []
    store._connection.set_trace_callback(plans.append)
    store.latest("shop", "page", "home")
    store._connection.set_trace_callback(None)
    (plan,) = store._connection.execute(f"EXPLAIN QUERY PLAN {plans[0]}").fetchall()
    assert "USING INDEX readings_by_time" in plan[-1]


def test_intervals_are_looked_up_not_searched_for(store: SqliteStore) -> None:
    plans: list[str] = []
    store._connection.set_trace_callback(plans.append)
    list(store.intervals_after("shop", 5))
    list(store.entries(kind="interval", since=5))
    store._connection.set_trace_callback(None)
    wanted = [plan for plan in plans if "kind = 'interval'" in plan]
    found = [store._connection.execute(f"EXPLAIN QUERY PLAN {plan}").fetchall()[0][-1] for plan in wanted]
    assert ["intervals_by_end" in found[0], "entries_of_kind" in found[1]] == [True, True]


def test_a_large_attachment_is_kept(store: LedgerStore) -> None:
    content = bytes(range(256)) * 20_000
    assert store.attachment(store.put_attachment("run-1", content)) == content


def test_the_backup_command_of_the_readme_copies_a_ledger_in_use(path: Path) -> None:
    lines = (ROOT / "reports/ledger/README.md").read_text(encoding="utf-8").splitlines()
    (command,) = [line for line in lines if line.startswith("python -c ")]
    with SqliteStore(path, clock=SystemClock()) as store:
        store.append("run-1", [draft("note", {"text": "before"})])
        head = store.head()
        subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=path.parent, check=True)
        store.append("run-1", [draft("note", {"text": "after"})])
    with SqliteStore(path.with_name("copy.db"), clock=SystemClock()) as copy:
        assert copy.head() == head
        assert copy.verify(head=head.hash).ok


def test_the_second_to_create_a_ledger_takes_the_first_ones(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        head = recorded_scenario(store)
        sqlite_schema.create(path)
        assert store.head() == head
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_system_without_hard_links_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)  # no such file system can be counted on here
    with pytest.raises(EvidenceError, match="give a folder on a local disk, with hard links"):
        SqliteStore(path, clock=SteppingClock())
    assert list(path.parent.iterdir()) == []


def test_using_a_closed_store_is_a_bug_not_a_damaged_file(path: Path) -> None:
    store = SqliteStore(path, clock=SteppingClock())
    store.close()
    for use in (store.head, store.verify, lambda: store.append("run-1", [note(1)])):
        with pytest.raises(sqlite3.ProgrammingError):
            use()


def test_damage_that_stops_a_verification_is_its_answer(path: Path) -> None:
    with SqliteStore(path, clock=SteppingClock()) as store:
        store.append("run-1", [note(number) for number in range(500)])
        _tamper(path, "PRAGMA writable_schema = ON", "UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'entries'")
        stranger = sqlite3.connect(path, isolation_level=None)
        version = stranger.execute("PRAGMA schema_version").fetchone()[0]
        stranger.execute(f"PRAGMA schema_version = {version + 1}")
        stranger.close()
        (problem,) = store.verify().problems
        assert str(problem).startswith("1. ledger: the file is damaged: ")
