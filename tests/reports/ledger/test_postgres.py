"""The PostgreSQL store keeps the promise against a real server, and outlives its deaths."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from probes.errors import EvidenceError
from reports.ledger.entry import GENESIS, Draft
from reports.ledger.location import open_ledger
from reports.ledger.memory import MemoryStore
from reports.ledger.postgres import PostgresStore
from reports.ledger.postgres_place import place_of
from reports.ledger.store import LedgerStore
from reports.standing import as_draft
from tests.awaiting import until
from tests.contracts.ledger_store import LedgerStoreContract, SteppingClock, interval, note, observed, recorded_scenario
from tests.miniatures.postgres import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def store(url: str) -> Iterator[LedgerStore]:
    with opened(url) as fresh:
        yield fresh


def opened(url: str, *, lock_timeout_s: float = 20.0) -> PostgresStore:
    return PostgresStore(place_of(url), clock=SteppingClock(), lock_timeout_s=lock_timeout_s)


def stranger(server: PostgresServer, url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.dsn(url.rpartition("/")[2]), autocommit=True)


class TestPostgresStore(LedgerStoreContract):
    """The database keeps the promise."""


def test_agrees_with_the_reference_to_the_last_hash(store: LedgerStore) -> None:
    assert recorded_scenario(store) == recorded_scenario(MemoryStore(clock=SteppingClock()))


def test_what_was_kept_is_there_after_closing(url: str, tmp_path: Path) -> None:
    with open_ledger(url, base=tmp_path, clock=SteppingClock()) as store:
        head = recorded_scenario(store)
    with open_ledger(url, base=tmp_path, clock=SteppingClock()) as store:
        assert store.head() == head
        assert store.verify(head=head.hash).ok
        assert store.finished("run-1")


def test_nul_in_what_was_seen_hides_no_reading(store: LedgerStore) -> None:
    payload = b'{"data":"a\\u0000b","kind":"page","observed_at":"2026","platform_id":"shop","subject":"home"}'
    store.append("run-1", [Draft(kind="reading", payload=payload)])
    found = store.latest_entry("shop", "page", "home")
    assert found is not None
    assert found.payload == payload


def test_intervals_are_looked_up_not_searched_for(store: PostgresStore) -> None:
    store.append("run-1", [as_draft(interval(number, number + 1)) for number in range(3000)])
    with store._link.held("explain") as connection:
        connection.execute("ANALYZE duheng.entries")
        fields = "duheng.field(payload, 'platform_id') = 'shop' AND duheng.whole(payload, 'ends_ms') > 2990"
        query = f"EXPLAIN SELECT seq FROM duheng.entries WHERE kind = 'interval' AND {fields}"
        plan = str(connection.execute(query.encode()).fetchall())
    assert "intervals_by_end" in plan


# --- what is refused


_COPY = (
    "SELECT {seq}, kind, run_id, written_at, payload, payload_digest, {previous}, hash "
    "FROM duheng.entries WHERE seq = 3"
)
_REFUSED = [
    "UPDATE duheng.entries SET kind = 'x' WHERE seq = 1",
    "UPDATE duheng.entries SET kind = 'x' WHERE seq = 99",
    "DELETE FROM duheng.entries",
    "TRUNCATE duheng.entries",
    "UPDATE duheng.attachments SET content = ''",
    "DELETE FROM duheng.attachments",
    "TRUNCATE duheng.attachments",
    "INSERT INTO duheng.entries " + _COPY.format(seq="seq", previous="previous"),
    "INSERT INTO duheng.entries " + _COPY.format(seq="99", previous="previous"),
    "INSERT INTO duheng.entries " + _COPY.format(seq="8", previous="previous"),
]


@pytest.mark.parametrize("statement", _REFUSED)
def test_triggers_refuse_all_but_the_next_entry(server: PostgresServer, url: str, statement: str) -> None:
    with opened(url) as store, stranger(server, url) as other:
        head = recorded_scenario(store)
        with pytest.raises(psycopg.errors.RaiseException, match="ledger: "):
            other.execute(statement.encode())
        assert store.verify(head=head.hash).ok


def test_an_insert_that_does_not_follow_is_an_evidence_error(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append("run-1", [note(1)])
    monkeypatch.setattr("reports.ledger.postgres._head", lambda _: GENESIS)
    with pytest.raises(EvidenceError, match="refuses what is not a next entry"):
        store.append("run-1", [note(2)])
    monkeypatch.undo()


def test_verification_finds_what_somebody_changed_all_the_same(server: PostgresServer, url: str) -> None:
    with opened(url) as store, stranger(server, url) as other:
        name = store.put_attachment("run-1", b"page")
        store.append_readings("run-1", [observed()])
        other.execute("ALTER TABLE duheng.entries DISABLE TRIGGER ALL")
        other.execute("ALTER TABLE duheng.attachments DISABLE TRIGGER ALL")
        other.execute("UPDATE duheng.entries SET payload = '{}' WHERE seq = 2")
        other.execute("UPDATE duheng.attachments SET content = 'x'")
        assert [problem.seq for problem in store.verify().problems] == [2, 1, 1]
        with pytest.raises(EvidenceError, match="was altered"):
            store.attachment(name)
        other.execute("UPDATE duheng.entries SET run_id = 'other' WHERE seq = 2")
    with pytest.raises(EvidenceError, match=r"the last entry \(2\) was altered"):
        opened(url)


# --- many writers, and a server that dies


def test_many_writers_make_one_chain(url: str) -> None:
    def write(number: int) -> None:
        with opened(url) as store:
            for batch in range(15):
                store.append(f"run-{number}", [note(batch), note(batch)], attachments=[b"shared"])

    with ThreadPoolExecutor(6) as pool:  # the first of them creates the tables, whoever that is
        list(pool.map(write, range(6)))
    with opened(url) as store:
        found = store.verify()
        assert (found.problems, found.entries) == ((), 6 * 31)
        for run in store.runs():
            numbers = [entry.value()["number"] for entry in store.entries(run_id=run.run_id, kind="note")]
            assert numbers == [batch for batch in range(15) for _ in range(2)]


def test_a_writer_that_stands_still_is_named(server: PostgresServer, url: str) -> None:
    with opened(url, lock_timeout_s=0.2) as store, stranger(server, url) as other:
        store.append("run-1", [note(1)])
        other.execute("SELECT pg_advisory_lock(%s)", (0x44554845,))
        with pytest.raises(EvidenceError, match=rf"process {other.info.backend_pid} of 127\.0\.0\.1 keeps it locked"):
            store.append("run-1", [note(2)])
        other.execute("SELECT pg_advisory_unlock_all()")
        assert store.append("run-1", [note(3)]) == (2,)


def test_a_writer_that_is_cut_off_in_the_middle_keeps_nobody_waiting(server: PostgresServer, url: str) -> None:
    with opened(url) as store, stranger(server, url) as other:
        timeouts = "SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
        with store._link.held("ask") as connection:
            assert connection.execute(timeouts).fetchone() == ("5000",)
        other.execute("SET idle_in_transaction_session_timeout = 200")
        other.execute("BEGIN; SELECT pg_advisory_xact_lock(1146439749)")  # and never a word again
        assert store.append("run-1", [note(1)]) == (1,)
        other.close()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_it_outlives_a_restart(server: PostgresServer, url: str, how: str) -> None:
    with opened(url, lock_timeout_s=0.5) as store:
        store.append("run-1", [note(1)], notes={"open": b"1"})
        getattr(server, how)()
        try:
            for use in (store.head, lambda: store.append("run-1", [note(2)]), lambda: store.note({"open": b"2"})):
                with pytest.raises(EvidenceError) as raised:
                    use()
                assert server.url("").removesuffix("/").replace("duheng@", "") in str(raised.value)
                assert "see that PostgreSQL runs there" in str(raised.value)
                assert server.password not in str(raised.value)
        finally:
            server.start()
        assert store.notes() == {"open": b"1"}
        assert store.append("run-1", [note(2)], notes={"open": b"2"}, expect={"open": b"1"}) == (2,)
        assert store.verify().problems == ()


def test_a_server_that_stands_still_is_not_waited_for(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.ledger.postgres_link.WRITE_S", 0.5)
    monkeypatch.setattr("reports.ledger.postgres_link.READ_S", 0.5)
    with opened(f"{url}?connect_timeout=2", lock_timeout_s=0.5) as store:
        store.append("run-1", [note(1)])
        server.freeze()
        try:
            for use in (store.head, lambda: store.append("run-1", [note(2)])):
                with pytest.raises(EvidenceError, match="see that PostgreSQL runs there"):
                    use()
        finally:
            server.thaw()
        monkeypatch.undo()
        monkeypatch.setenv("PGPASSWORD", server.password)
        assert store.append("run-1", [note(2)]) == (2,)
        assert store.verify().problems == ()


def test_a_restart_between_two_uses_is_not_even_noticed(server: PostgresServer, url: str) -> None:
    with opened(url) as writer, opened(url) as reader:
        writer.append("run-1", [note(1)])
        head = reader.head()
        server.stop()
        server.start()
        assert reader.head() == head
        assert writer.append("run-1", [note(2)]) == (2,)
        assert reader.verify().problems == ()


def test_a_commit_whose_answer_was_lost_is_looked_up(server: PostgresServer, url: str) -> None:
    """The connection breaks right behind the commit: what is kept counts once, and its positions are told."""
    with opened(url) as store:
        store.append("run-1", [note(1)], notes={"open": b"1"})
        _break_at_commit(store, sent=True)
        assert store.append("run-1", [note(2)], notes={"open": b"2"}, expect={"open": b"1"}) == (2,)
        _break_at_commit(store, sent=True)
        assert store.note({"open": b"3"}, expect={"open": b"2"})
        _break_at_commit(store, sent=False)
        with pytest.raises(EvidenceError, match="connection was lost"):
            store.append("run-1", [note(3)])
        assert store.append("run-1", [note(3)]) == (3,)
        assert [entry.value()["number"] for entry in store.entries()] == [1, 2, 3]
        assert store.notes() == {"open": b"3"}


@pytest.mark.parametrize("sent", [True, False])
def test_what_cannot_be_looked_up_at_once_is_when_it_comes_again(server: PostgresServer, url: str, sent: bool) -> None:
    with opened(url, lock_timeout_s=0.3) as store:
        store.append("run-1", [note(1)], notes={"open": b"1"})
        _break_at_commit(store, sent=sent, then=server.stop)

        def append() -> tuple[int, ...]:
            return store.append("run-1", [note(2)], notes={"open": b"2"}, expect={"open": b"1"})

        try:
            with pytest.raises(EvidenceError):
                append()
        finally:
            server.start()
        assert append() == (2,)
        assert [entry.value()["number"] for entry in store.entries()] == [1, 2]
        assert store.verify().problems == ()


def _break_at_commit(store: PostgresStore, *, sent: bool, then: Callable[[], None] | None = None) -> None:
    """Let the connection break at the next commit: right after the server did it, or right before it was told."""
    link = store._link
    connection = link._ready()
    execute = connection.execute

    def breaking(query: Any, *arguments: Any) -> Any:
        if query != "COMMIT":
            return execute(query, *arguments)
        if sent:
            execute(query)
        connection.close()
        if then is not None:
            then()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    connection.execute = breaking  # type: ignore[assignment, method-assign]


def test_dying_again_and_again_loses_nothing_that_was_acknowledged(server: PostgresServer, url: str) -> None:
    acknowledged: list[int] = []
    done = threading.Event()

    def write() -> None:
        with opened(url) as store:
            number = 0
            while not done.is_set():
                number += 1
                try:
                    store.append("run-1", [note(number)], notes={"open": str(number).encode()})
                except EvidenceError:
                    continue
                acknowledged.append(number)

    def has(number: int) -> bool:
        assert writer.is_alive()
        return len(acknowledged) >= number

    opened(url).close()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(4):
            until(partial(has, len(acknowledged) + 5), "five more are acknowledged")
            server.kill()
            server.start()
    finally:
        done.set()
        writer.join()
    with opened(url) as store:
        kept = [entry.value()["number"] for entry in store.entries()]
        assert kept == sorted(set(kept))
        assert set(acknowledged) <= set(kept)
        assert store.verify().problems == ()


# --- what cannot serve


def told(url: str) -> str:
    with pytest.raises(EvidenceError) as raised:
        opened(url)
    return str(raised.value)


def test_a_wrong_password_an_unknown_database_a_closed_port(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "does not exist" in told(server.url("nowhere"))
    monkeypatch.setenv("PGPASSWORD", "wrong-hunter2")
    message = told(url)
    assert "password authentication failed" in message
    assert "PGPASSFILE" in message
    assert "hunter2" not in message
    assert "see that PostgreSQL runs there" in told("postgresql://duheng@127.0.0.1:1/ledger")


def test_a_database_of_another_encoding(server: PostgresServer, url: str) -> None:
    with stranger(server, url) as other:
        other.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    assert "ENCODING 'UTF8'" in told(server.url("latin"))


def test_a_user_who_may_not_create(server: PostgresServer, url: str) -> None:
    with stranger(server, url) as other:
        other.execute(f"CREATE USER guest PASSWORD '{server.password}'".encode())
    assert "GRANT CREATE ON DATABASE" in told(url.replace("duheng@", "guest@"))


def test_a_ledger_of_a_newer_duheng(server: PostgresServer, url: str) -> None:
    opened(url).close()
    with stranger(server, url) as other:
        other.execute("UPDATE duheng.ledger SET version = 9")
    assert "schema 9" in told(url)


def test_a_server_that_loses_what_it_acknowledged(server: PostgresServer, url: str) -> None:
    with stranger(server, url) as other:
        other.execute("ALTER SYSTEM SET fsync = off")
        other.execute("SELECT pg_reload_conf()")
    try:
        server.stop()
        server.start()
        assert "switch fsync on" in told(url)
    finally:
        with stranger(server, url) as other:
            other.execute("ALTER SYSTEM RESET fsync")
        server.stop()
        server.start()


def test_an_unsynced_session_is_made_durable(server: PostgresServer, url: str) -> None:
    with stranger(server, url) as other:
        other.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off".encode())
    with opened(url) as store, store._link.held("ask") as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.execute(f"ALTER DATABASE {url.rpartition('/')[2]} RESET synchronous_commit".encode())


def test_using_a_closed_store_is_a_bug(url: str) -> None:
    store = opened(url)
    store.close()
    with pytest.raises(RuntimeError, match="was closed"):
        store.head()
