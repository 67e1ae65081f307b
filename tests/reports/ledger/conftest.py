"""A real PostgreSQL for a file of tests that asks for one."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.miniatures.postgres import PostgresServer


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """Start a server for this file alone: its tests may kill it."""
    with PostgresServer() as started:
        yield started


@pytest.fixture
def database_url(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a database without a ledger; the password is in the environment."""
    monkeypatch.setenv("PGPASSWORD", server.password)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS duheng CASCADE")
    return server.url("postgres")
