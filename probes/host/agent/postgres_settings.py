"""Settings of a PostgreSQL server: asked over its own socket as its own account, else from its files."""

import os
import re

from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.processes import Process
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

WANTED = (
    "server_version", "data_directory", "config_file", "port", "fsync", "full_page_writes", "synchronous_commit",
    "data_checksums", "wal_level", "archive_mode", "log_connections", "log_disconnections", "log_line_prefix",
    "log_destination", "logging_collector", "log_directory", "log_filename", "log_statement",
    "shared_preload_libraries", "pgaudit.log", "password_encryption", "ssl",
)  # fmt: skip
_LINE = re.compile(r"^\s*([a-z_][\w.]*)\s*(?:=\s*|\s+)('(?:[^']|'')*'|[^\s#]+)", re.IGNORECASE)
_DEFAULTS = {"fsync": "on", "full_page_writes": "on", "log_connections": "off", "log_disconnections": "off",
             "synchronous_commit": "on", "log_line_prefix": "%m [%p] ", "shared_preload_libraries": "",
             "log_statement": "none"}  # fmt: skip
_ON = frozenset({"on", "true", "yes", "1"})
_OFF = frozenset({"off", "false", "no", "0"})
_CONNECTION = frozenset({"all", "receipt", "authentication", "authorization"})  # log_connections of PostgreSQL 18
_SOURCES = ("%h", "%r")
MOST_INCLUDED = 50


def read(machine: Machine, process: Process) -> "Dict[str, Any]":
    """Return version, data, settings, durability and audit; see ``databases``."""
    data = _option(process, "-D") or os.path.dirname(_named(process, "config_file") or "") or None
    asked = part(lambda: _asked(machine, data))
    if asked["state"] == "read":
        return _told(asked["settings"], "server", data, None)
    written = part(lambda: {"settings": _written(machine, process, data)})
    if written["state"] == "read":
        return _told(written["settings"], "files", data, asked)
    return {"data": data, "durability": durability({}), "audit": audit({}), "unread": written}


def _told(settings: "Dict[str, str]", source: str, data: "Any", unread: "Any") -> "Dict[str, Any]":
    return {
        "version": settings.get("server_version"),
        "data": data,
        "settings_from": source,
        "settings": settings,
        "durability": durability(settings),
        "audit": audit(settings),
        "unread": unread,
    }


def _asked(machine: Machine, data: "Any") -> "Dict[str, Any]":
    """Ask the server on the usual socket; another server's answer is not taken for this one's."""
    output = machine.run("psql", seconds=10)
    if output.status:
        raise Unread("target", "psql: %s" % (output.errors.strip()[:200] or "status %d" % output.status))
    rows = (line.partition("|") for line in output.text.splitlines())
    settings = {name: value for name, _, value in rows if name in WANTED}
    if data is not None and os.path.realpath(settings.get("data_directory", "")) != os.path.realpath(data):
        raise Unread("settings", "the server of %s has another socket than /run/postgresql, port 5432" % data)
    return {"settings": settings}


def _written(machine: Machine, process: Process, data: "Any") -> "Dict[str, str]":
    """Return what the files and the command line set, over the defaults; the checksums stand in no file of text."""
    place = _named(process, "config_file") or (data and "%s/postgresql.conf" % data)
    if not place:
        raise Unread("target", "where the server's settings lie is not told by its command line")
    found = dict(_DEFAULTS)
    found.update(_lines(machine, place, []))
    if data:
        automatic = part(lambda: {"lines": list(_lines(machine, "%s/postgresql.auto.conf" % data, []))})
        found.update(automatic.get("lines", []))
        version = machine.word("%s/PG_VERSION" % data)
        found.update({"server_version": version} if version else {})
    found.update(_named_all(process))
    return {name: value for name, value in found.items() if name in WANTED}


def _lines(machine: Machine, place: str, seen: "List[str]") -> "List[Tuple[str, str]]":
    """Return the settings of a file and of those that it includes."""
    seen.append(place)
    found = []  # type: List[Tuple[str, str]]
    for line in machine.text(place).splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name, value = match.group(1).lower(), match.group(2)
        value = value[1:-1].replace("''", "'") if value.startswith("'") else value
        more = [os.path.join(os.path.dirname(place), value)] if name in {"include", "include_if_exists"} else []
        if name == "include_dir":
            folder = os.path.join(os.path.dirname(place), value)
            more = [os.path.join(folder, each) for each in machine.names(folder) if each.endswith(".conf")]
        for each in more:
            if each not in seen and len(seen) < MOST_INCLUDED and machine.there(each):
                found += _lines(machine, each, seen)
        if not name.startswith("include"):
            found.append((name, value))
    return found


def durability(settings: "Dict[str, str]") -> "Dict[str, Any]":
    """Return whether what is committed survives a power cut."""
    commit = settings.get("synchronous_commit")
    return {
        "fsync": flag(settings.get("fsync")),
        "full_page_writes": flag(settings.get("full_page_writes")),
        "checksums": flag(settings.get("data_checksums")),
        "flush_at_commit": None if commit is None else commit not in _OFF,
        "binlog_sync": None,
        "doublewrite": None,
    }


def audit(settings: "Dict[str, str]") -> "Dict[str, Any]":
    """Return whether sessions are written down with account, source and time."""
    connections = logged(settings.get("log_connections"))
    prefix = settings.get("log_line_prefix")
    loaded = settings.get("shared_preload_libraries")
    pgaudit = None if loaded is None else "pgaudit" in loaded
    how = ["log_connections"] if connections else []
    how += ["pgaudit"] if pgaudit and settings.get("pgaudit.log", "none") != "none" else []
    statements = settings.get("log_statement")
    structured = any(kind in settings.get("log_destination", "") for kind in ("csvlog", "jsonlog"))
    return {
        "how": how,
        "connections": connections,
        "disconnections": logged(settings.get("log_disconnections")),
        # "connection received: host=..." names the source wherever connections are logged
        "source": None if prefix is None else bool(connections) or structured or any(s in prefix for s in _SOURCES),
        "time": None if prefix is None else structured or any(sign in prefix for sign in ("%m", "%t", "%n")),
        "statements": None if statements is None else statements != "none" or "pgaudit" in how,
        "log": _log(settings),
    }


def _log(settings: "Dict[str, str]") -> "Any":
    if flag(settings.get("logging_collector")) and "log_directory" in settings:
        return os.path.join(
            settings.get("data_directory", ""), settings["log_directory"], settings.get("log_filename", "")
        )
    return settings.get("log_destination")


def flag(text: "Any") -> "Any":
    """Return true, false, or None where a setting is not told."""
    if text is None:
        return None
    return True if text.lower() in _ON else (False if text.lower() in _OFF else None)


def logged(text: "Any") -> "Any":
    """Return whether connections are logged; from PostgreSQL 18 on the setting may be a list of their stages."""
    if text is None or flag(text) is not None:
        return flag(text)
    return bool(_CONNECTION & {word.strip() for word in text.split(",")})


def _option(process: Process, option: str) -> "Any":
    line = process.line
    return line[line.index(option) + 1] if option in line[:-1] else None


def _named_all(process: Process) -> "Dict[str, str]":
    """Return the settings that stand on the command line: ``-c name=value``, ``--name=value``."""
    found = {}
    for before, word in zip(("",) + process.line, process.line):
        text = word if before == "-c" else (word[2:] if word.startswith("--") else "")
        name, equals, value = text.partition("=")
        if equals:
            found[name.replace("-", "_")] = value
    return found


def _named(process: Process, name: str) -> "Any":
    return _named_all(process).get(name)
