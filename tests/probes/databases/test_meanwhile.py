"""What a real PostgreSQL goes through: errors, refusals and durations by its own log, connections by itself."""

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from probes.clock import Deadline, SystemClock
from probes.databases.declared import declared_databases
from probes.databases.meanwhile import WatchedDatabase
from probes.redaction import Redactor
from probes.target_file import read_target
from probes.transports.local import LocalShell
from tests.miniatures.postgres import PostgresServer
from tests.probes.databases.auditing import SECRET, setting

pytestmark = pytest.mark.integration
MOST = 37
"""The miniature's 40 connections but for the 3 that are kept for its superuser."""


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WatchedDatabase:
    return watched(server, tmp_path, monkeypatch)


def watched(
    server: PostgresServer, folder: Path, monkeypatch: pytest.MonkeyPatch, *, log: str = "", secret: str = SECRET
) -> WatchedDatabase:
    monkeypatch.setenv("AUDITOR_PASSWORD", secret)
    path = folder / "duheng.toml"
    path.write_text(
        '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
        '[[hosts]]\nname = "here"\naddress = "local"\nroles = ["database"]\n'
        '[[databases]]\nname = "orders"\nhost = "here"\nkind = "postgresql"\naccount = "auditor"\n'
        f'database = "postgres"\naddress = "{server.host}"\nport = {server.port}\n'
        f'password_env = "AUDITOR_PASSWORD"\nlog = "{log or server.folder / "log"}"\n',
        encoding="utf-8",
    )
    target = read_target(path)
    (declared,) = declared_databases(target).values()
    return WatchedDatabase(target, declared, clock=SystemClock(), redactor=Redactor())


def deadline() -> Deadline:
    return Deadline.after(SystemClock(), 60)


def seen(database: WatchedDatabase, server: PostgresServer, *statements: str) -> dict[str, Any]:
    """Watch the database while these statements are run in it."""
    shell = LocalShell()
    database.begin(shell, deadline())
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as session:
        for statement in statements:
            with suppress(psycopg.Error):
                session.execute(statement)
    database.end(shell, deadline())
    return database.told()


def test_errors_and_every_duration_are_read_of_its_log(server: PostgresServer, database: WatchedDatabase) -> None:
    setting(server, log_min_duration_statement="0", log_min_messages="warning", log_duration="off")
    told = seen(database, server, *["select 1"] * 30, "select pg_sleep(0.3)", "select 1/0", "select 'ERROR:  no' as x")
    assert told["state"] == "read"
    assert (told["errors"], told["refused"], told["deadlocks"]) == (1, 0, 0), told
    assert told["connections_max"] == MOST
    assert 1 <= told["connections_peak"] < MOST
    query = told["query_ms"]
    assert query["count"] >= 32
    assert query["p50"] < query["max"]
    assert query["max"] >= 300
    assert query["p95_at_most"] is None
    assert (query["how"], told["why"]) == ("its log", "")


def test_of_a_log_of_slow_statements_only_a_bound_is_told(server: PostgresServer, database: WatchedDatabase) -> None:
    setting(server, log_min_duration_statement="200", log_min_messages="warning", log_duration="off")
    told = seen(database, server, *["select 1"] * 200, "select pg_sleep(0.3)")
    query = told["query_ms"]
    assert (query["p95"], query["p95_at_most"]) == (None, 200.0)
    assert query["max"] >= 300
    assert told["errors"] == 0


def test_a_server_that_writes_down_nothing_tells_nothing(server: PostgresServer, database: WatchedDatabase) -> None:
    setting(server, log_min_duration_statement="-1", log_min_messages="fatal", log_duration="off")
    told = seen(database, server, "select 1/0")
    assert (told["errors"], told["query_ms"]["count"]) == (None, None)
    assert "log_min_messages = fatal" in told["why"]
    assert "no durations" in told["query_ms"]["why"]


def test_a_full_server_refuses_and_that_is_counted(server: PostgresServer, database: WatchedDatabase) -> None:
    setting(server, log_min_duration_statement="0", log_min_messages="warning")
    shell = LocalShell()
    database.begin(shell, deadline())
    with ExitStack() as stack, suppress(psycopg.OperationalError):
        for _ in range(MOST + 5):
            stack.enter_context(psycopg.connect(server.dsn("postgres")))
    database.end(shell, deadline())
    told = database.told()
    assert told["refused"] >= 1
    assert told["errors"] >= told["refused"]


def test_a_log_that_is_not_there_leaves_errors_unknown(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = seen(watched(server, tmp_path, monkeypatch, log="/nowhere/log"), server, "select 1/0")
    assert (told["state"], told["errors"]) == ("read", None)
    assert "/nowhere/log" in told["why"]


def test_a_log_that_nobody_writes_any_more_is_no_log_without_errors(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(server, log_min_duration_statement="200", log_min_messages="warning", log_duration="off")
    stale = tmp_path / "postgresql.log"
    stale.write_text("2026-01-01 00:00:00 UTC [1] LOG:  database system is ready\n", encoding="utf-8")
    told = seen(watched(server, tmp_path, monkeypatch, log=str(stale)), server, "select 1/0", "select pg_sleep(0.3)")
    assert (told["state"], told["errors"]) == ("read", None)
    assert "declare the one that the server writes" in told["why"]
    assert (told["query_ms"]["p95"], told["query_ms"]["p95_at_most"]) == (None, None)


def test_a_refused_account_is_unread_for_want_of_permission(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = seen(watched(server, tmp_path, monkeypatch, secret="another-secret"), server, "select 1")
    assert (told["state"], told["cause"]) == ("unread", "permission")
    assert "another-secret" not in str(told)
