"""A real PostgreSQL with an account that audits it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.miniatures.postgres import PostgresServer, binary
from tests.probes.databases.auditing import SECRET


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """Run it for a file of tests; what one of them sets, the others find."""
    binary("psql")
    with PostgresServer() as running:
        with psycopg.connect(running.dsn("postgres"), autocommit=True) as session:
            session.execute(f"create role auditor login password '{SECRET}'")
        yield running
