"""A marked session with the client of MariaDB or MySQL: the mark is a text that the session selects."""

from collections.abc import Mapping, Sequence
from typing import Any

from probes.databases.declared import Client, Declared, Told

_PORT = 3306
_SETTINGS = (
    "general_log", "log_output", "server_audit_logging", "server_audit_events", "server_audit_output_type",
    "audit_log_policy", "audit_log_format", "log_bin",
)  # fmt: skip
_SESSION = (
    "select json_object('mark', '{mark}', 'login', user(), 'session', connection_id(),"
    " 'at_ms', round(unix_timestamp(now(3)) * 1000), 'offset_s', timestampdiff(second, utc_timestamp(), now()),"
    " 'settings', (select json_objectagg(lower(variable_name), variable_value)"
    " from {schema}.global_variables where lower(variable_name) in ({names})))"
)


def _statement(schema: str, mark: str) -> str:
    names = ", ".join(f"'{name}'" for name in _SETTINGS)
    return f"set time_zone = 'SYSTEM'; {_SESSION.format(mark=mark, names=names, schema=schema)};\n"


def _command(program: str, declared: Declared) -> Sequence[str]:
    socket = declared.address.startswith("/")
    place = (
        (f"--socket={declared.address}",)
        if socket
        else (f"--host={declared.address}", "--protocol=TCP", f"--port={declared.port or _PORT}")
    )
    return (
        program, "--no-defaults", "--batch", "--raw", "--skip-column-names", "--connect-timeout=15", *place,
        f"--user={declared.account}", f"--database={declared.database}",
    )  # fmt: skip


def _variables(_: str, password: str | None) -> Mapping[str, str]:
    return {} if password is None else {"MYSQL_PWD": password}


def _read(answer: Mapping[str, Any]) -> Told:
    account, _, source = str(answer["login"]).rpartition("@")
    return Told(
        account=account,
        address=None if source in {"localhost", ""} else source,
        port=None,
        session=int(answer["session"]),
        at_ms=int(answer["at_ms"]),
        offset_s=int(answer["offset_s"]),
        settings={name: str(value) for name, value in (answer["settings"] or {}).items()},
    )


def _linked(session: int) -> Sequence[str]:
    return (f",{session},", f" {session} Connect", f" {session} Query", f'"connection_id":{session},')


_REFUSED = ("access denied", "is not allowed to connect")

MARIADB = Client(
    command=lambda declared: _command("mariadb", declared),
    statement=lambda mark: _statement("information_schema", mark),
    variables=_variables,
    read=_read,
    linked=_linked,
    refused=_REFUSED,
)
MYSQL = Client(
    command=lambda declared: _command("mysql", declared),
    statement=lambda mark: _statement("performance_schema", mark),
    variables=_variables,
    read=_read,
    linked=_linked,
    refused=_REFUSED,
)
