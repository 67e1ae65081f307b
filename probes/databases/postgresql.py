"""A marked session with psql.

The mark is the session's application_name, which PostgreSQL logs with the connection, and stands in its statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from probes.databases.declared import Client, Declared, Told

_PORT = 5432
_SETTINGS = (
    "log_connections", "log_disconnections", "log_line_prefix", "log_destination", "logging_collector", "log_statement",
    "log_directory", "shared_preload_libraries", "pgaudit.log",
)  # fmt: skip
_ASK = f"""
select json_build_object(
  'mark', '{{mark}}', 'account', session_user, 'address', host(inet_client_addr()),
  'port', inet_client_port(), 'session', pg_backend_pid(),
  'at_ms', (extract(epoch from clock_timestamp()) * 1000)::bigint,
  'offset_s', extract(epoch from
    (now() at time zone current_setting('log_timezone')) - (now() at time zone 'UTC'))::int,
  'settings', (select json_object_agg(name, setting) from pg_settings
    where name in ({", ".join(f"'{name}'" for name in _SETTINGS)})))
"""  # noqa: S608 - names of this file only


def _command(declared: Declared) -> Sequence[str]:
    return (
        "psql", "--no-psqlrc", "--no-password", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1",
        f"--host={declared.address}", f"--port={declared.port or _PORT}", f"--username={declared.account}",
        f"--dbname={declared.database}",
    )  # fmt: skip


def _statement(mark: str) -> str:
    return f"{' '.join(_ASK.format(mark=mark).split())};\n"


def _variables(mark: str, password: str | None) -> Mapping[str, str]:
    told = {"PGAPPNAME": mark, "PGCONNECT_TIMEOUT": "15"}
    return told if password is None else {**told, "PGPASSWORD": password}


def _read(answer: Mapping[str, Any]) -> Told:
    return Told(
        account=str(answer["account"]),
        address=answer["address"],
        port=answer["port"],
        session=int(answer["session"]),
        at_ms=int(answer["at_ms"]),
        offset_s=int(answer["offset_s"]),
        settings={name: str(value) for name, value in (answer["settings"] or {}).items()},
    )


def _linked(session: int) -> Sequence[str]:
    return (f"[{session}]", f"({session})", f",{session},", f"pid={session} ", f'"pid":{session},')


CLIENT = Client(
    command=_command,
    statement=_statement,
    variables=_variables,
    read=_read,
    linked=_linked,
    refused=("password authentication failed", "no password supplied", "pg_hba.conf", "permission denied",
             "peer authentication failed"),
)  # fmt: skip
