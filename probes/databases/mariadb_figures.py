"""MariaDB's and MySQL's own counters; errors by the audit plugin, which writes each statement down with its status."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from probes.databases.figures import Counting, Figures, Logged

_ASK = (
    "select json_object("
    "'status', (select json_objectagg(lower(variable_name), variable_value) from {schema}.global_status where"
    " lower(variable_name) in ('threads_connected', 'connection_errors_max_connections', 'innodb_deadlocks',"
    " 'questions', 'slow_queries')),"
    " 'settings', (select json_objectagg(lower(variable_name), variable_value) from {schema}.global_variables where"
    " lower(variable_name) in ('max_connections', 'long_query_time')));\n"
)
_AUDITED = re.compile(r",(?:QUERY(?:_\w+)?|READ|WRITE),.*,(\d+)\s*$")
_S = 1000.0


def figures(answer: Mapping[str, Any]) -> Figures:
    """Return what the server answered.

    Raises:
        KeyError, ValueError, TypeError: it is of another form.
    """
    status, settings = answer["status"], answer["settings"] or {}
    slow_s = settings.get("long_query_time")
    return Figures(
        connections=int(status["threads_connected"]),
        connections_max=_whole(settings.get("max_connections")),
        deadlocks=_whole(status.get("innodb_deadlocks")),
        statements=_whole(status.get("questions")),
        refused=_whole(status.get("connection_errors_max_connections")),
        slow=_whole(status.get("slow_queries")),
        slow_ms=None if slow_s is None else _S * float(slow_s),
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def logged(lines: Iterable[str]) -> Logged:
    """Return the statements of the audit log, and those of them that ended in an error."""
    found = Logged()
    for line in lines:
        audited = _AUDITED.search(line)
        if audited is not None:
            found.heard = True
            found.statements += 1
            found.errors += audited[1] != "0"
    return found


def _unheard(_: Figures, told: Logged) -> str:
    return "" if told.heard else "its audit log holds no statements; let it record QUERY events"


def _counting(schema: str) -> Counting:
    return Counting(statement=_ASK.format(schema=schema), figures=figures, logged=logged, errors_of=_unheard)


MARIADB = _counting("information_schema")
MYSQL = _counting("performance_schema")
