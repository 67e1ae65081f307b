"""PostgreSQL's own counters, and the errors and durations in its log (text, CSV or JSON)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from probes.databases.figures import Counting, Figures, Logged

_MARK = "duheng looks whether it is heard in this log"
_HIDING = frozenset({"log", "fatal", "panic"})  # levels of log_min_messages that leave errors out
_ENGLISH = ("", "c", "posix", "en")
_ASK = """
select json_build_object(
  'connections', (select count(*) from pg_stat_activity where datid is not null),
  'connections_max', (select sum(case name when 'max_connections' then setting::int else -setting::int end)
    from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
  'deadlocks', (select sum(deadlocks) from pg_stat_database where datname = current_database()),
  'transactions', (select sum(xact_commit + xact_rollback) from pg_stat_database where datname = current_database()),
  'settings', (select json_object_agg(name, setting) from pg_settings where name in
    ('log_min_messages', 'log_min_duration_statement', 'log_duration', 'lc_messages', 'log_destination')))
"""
_LABELS = "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE"
_LABEL = re.compile(rf"(?:^|[^\w])({_LABELS}):  |,({_LABELS}),[0-9A-Z]{{5}},|\"error_severity\":\"({_LABELS})\"")
_ERRORS = frozenset({"ERROR", "FATAL", "PANIC"})
_FULL = re.compile(r"too many clients already|remaining connection slots are reserved|too many connections for")
_DURATION = re.compile(r"duration: (\d+(?:\.\d+)?) ms(?:  (\w+))?")
_STEPS_BEFORE = frozenset({"parse", "bind"})  # of one statement; its execution is the one that counts


def figures(answer: Mapping[str, Any]) -> Figures:
    """Return what the server answered.

    Raises:
        KeyError, ValueError, TypeError: it is of another form.
    """
    settings = answer["settings"] or {}
    least_ms = float(settings.get("log_min_duration_statement", -1))
    every = settings.get("log_duration") == "on" or least_ms == 0
    return Figures(
        connections=int(answer["connections"]),
        connections_max=None if answer["connections_max"] is None else int(answer["connections_max"]),
        deadlocks=None if answer["deadlocks"] is None else int(answer["deadlocks"]),
        statements=None if answer["transactions"] is None else int(answer["transactions"]),
        durations_from_ms=0.0 if every else least_ms if least_ms > 0 else None,
        silent=_silent(settings),
    )


def _silent(settings: Mapping[str, str]) -> str:
    level, language = settings.get("log_min_messages", ""), settings.get("lc_messages", "")
    if level in _HIDING:
        return f"log_min_messages = {level} leaves errors out of its log"
    if re.split(r"[_.@]", language.lower())[0] not in _ENGLISH:
        return f"lc_messages = {language}: its log is in a language that is not read; set C"
    return ""


def logged(lines: Iterable[str]) -> Logged:
    """Return what the lines of the log hold; the first label of a line says what it is."""
    found = Logged()
    for line in lines:
        found.heard = found.heard or _MARK in line
        label = None if line.startswith("\t") else _LABEL.search(line)  # a tab: more of the message before
        if label is None:
            continue
        name = next(group for group in label.groups() if group)
        if name in _ERRORS:
            found.errors += 1
            found.refused += _FULL.search(line) is not None
        duration = _DURATION.search(line, label.start()) if name == "LOG" else None
        if duration is not None and duration[2] not in _STEPS_BEFORE:
            found.durations_ms.append(float(duration[1]))
    return found


def _errors_of(last: Figures, told: Logged) -> str:
    if last.silent or told.heard:
        return last.silent
    return "its log holds nothing of what it was told to write there; declare the one that the server writes as log"


COUNTING = Counting(
    # At the level LOG, which every log_min_messages but fatal and panic lets through.
    statement=f"do $$begin raise log '{_MARK}'; end$$;\n{' '.join(_ASK.split())};\n",
    figures=figures,
    logged=logged,
    errors_of=_errors_of,
)
