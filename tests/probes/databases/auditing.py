"""The account that looks at a real PostgreSQL, and how its server is set."""

import psycopg

from tests.miniatures.postgres import PostgresServer

SECRET = "auditor-canary-4711"


def setting(server: PostgresServer, **values: str) -> None:
    """Change settings of a running server, which takes them up at once."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as session:
        for name, value in values.items():
            session.execute(f"alter system set {name} = '{value}'")
        session.execute("select pg_reload_conf()")
