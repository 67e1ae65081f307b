"""Settings of a MariaDB or MySQL server: asked over its own socket as root, else from its files."""

import os
import re

from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.postgres_settings import flag
from probes.host.agent.processes import Process
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

WANTED = (
    "version", "datadir", "socket", "port", "innodb_flush_log_at_trx_commit", "innodb_doublewrite",
    "innodb_checksum_algorithm", "innodb_flush_method", "sync_binlog", "log_bin", "general_log", "general_log_file",
    "log_output", "server_audit_logging", "server_audit_events", "server_audit_file_path", "server_audit_output_type",
    "plugin_load_add", "plugin_load", "audit_log_file", "audit_log_policy", "skip_networking",
)  # fmt: skip
_PLACES = ("/etc/my.cnf", "/etc/mysql/my.cnf", "/etc/mysql/mariadb.cnf")
_GROUPS = frozenset({"mysqld", "mariadb", "mariadbd", "server", "mysqld_safe"})
_SECTION = re.compile(r"\[([^\]]+)\]")
_INCLUDE = re.compile(r"!(include|includedir)\s+(\S+)")
MOST_INCLUDED = 100
_CRC = frozenset({"crc32", "full_crc32", "strict_crc32", "strict_full_crc32", "innodb", "strict_innodb"})


def read(machine: Machine, process: Process) -> "Dict[str, Any]":
    """Return version, data, settings, durability and audit; see ``databases``."""
    given = _given(process)
    asked = part(lambda: _asked(machine, given))
    if asked["state"] == "read":
        return _told(asked["settings"], "server", given, None)
    written = part(lambda: {"settings": _written(machine, given)})
    if written["state"] == "read":
        return _told(written["settings"], "files", given, asked)
    return {
        "data": given.get("datadir"),
        "durability": durability({}, asked=False),
        "audit": audit({}),
        "unread": written,
    }


def _told(settings: "Dict[str, str]", source: str, given: "Dict[str, str]", unread: "Any") -> "Dict[str, Any]":
    return {
        "version": settings.get("version"),
        "data": settings.get("datadir") or given.get("datadir"),
        "settings_from": source,
        "settings": settings,
        "durability": durability(settings, asked=source == "server"),
        "audit": audit(settings),
        "unread": unread,
    }


def _given(process: Process) -> "Dict[str, str]":
    pairs = (word[2:].partition("=") for word in process.line[1:] if word.startswith("--"))
    return {name.replace("-", "_"): value for name, _, value in pairs}


def _asked(machine: Machine, given: "Dict[str, str]") -> "Dict[str, Any]":
    """Ask the server on the usual socket; another server's answer is not taken for this one's."""
    output = machine.run("mariadb", seconds=10)
    if output.status:
        raise Unread("target", "mariadb: %s" % (output.errors.strip()[:200] or "status %d" % output.status))
    rows = (line.partition("\t") for line in output.text.splitlines())
    settings = {name: value for name, _, value in rows if name in WANTED}
    data = given.get("datadir")
    if data is not None and os.path.realpath(settings.get("datadir", "")) != os.path.realpath(data):
        raise Unread("settings", "the server of %s has another socket than the usual one" % data)
    return {"settings": settings}


def _written(machine: Machine, given: "Dict[str, str]") -> "Dict[str, str]":
    places = [given["defaults_file"]] if "defaults_file" in given else [each for each in _PLACES if machine.there(each)]
    found = {}  # type: Dict[str, str]
    seen = []  # type: List[str]
    for place in places:
        _file(machine, place, found, seen)
    if not seen and "no_defaults" not in given:
        raise Unread("target", "none of %s is there" % ", ".join(_PLACES))
    found.update(given)
    return {name: value for name, value in found.items() if name in WANTED}


def _file(machine: Machine, place: str, found: "Dict[str, str]", seen: "List[str]") -> None:
    """Add a file's settings of the server, and those of the files that it includes, each at its place."""
    if len(seen) >= MOST_INCLUDED or place in seen:
        return
    seen.append(place)
    group = ""
    for line in machine.text(place).splitlines():
        text = line.strip()
        include, section = _INCLUDE.match(text), _SECTION.match(text)
        if include:
            for each in _included(machine, *include.groups()):
                _file(machine, each, found, seen)
        elif section:
            group = section.group(1)
        elif text and text[0] not in "#;" and (group in _GROUPS or group.startswith(("mysqld-", "mariadb-"))):
            name, equals, value = text.partition("=")
            name = name.strip().replace("-", "_")
            found[name] = value.partition(" #")[0].strip().strip("\"'") if equals else "on"


def _included(machine: Machine, kind: str, place: str) -> "List[str]":
    if kind == "include":
        return [place] if machine.there(place) else []
    return [os.path.join(place, name) for name in machine.names(place) if name.endswith(".cnf")]


def durability(settings: "Dict[str, str]", asked: bool) -> "Dict[str, Any]":
    """Return whether what is committed survives a power cut; defaults stand where files are silent."""
    flush = settings.get("innodb_flush_log_at_trx_commit", None if asked else "1")
    binlog = settings.get("sync_binlog")
    sums = settings.get("innodb_checksum_algorithm")
    method = (settings.get("innodb_flush_method") or "").lower()
    return {
        "fsync": None if not settings and asked else method not in {"nosync", "o_direct_no_fsync"},
        "full_page_writes": None,
        "checksums": None if sums is None else sums in _CRC,
        "flush_at_commit": None if flush is None else flush == "1",
        "binlog_sync": None if binlog is None else binlog == "1",
        "doublewrite": flag(settings.get("innodb_doublewrite", None if asked else "on")),
    }


def audit(settings: "Dict[str, str]") -> "Dict[str, Any]":
    """Return whether sessions are written down with account, source and time (the plugin server_audit, or all)."""
    logging = flag(settings.get("server_audit_logging"))
    events = (settings.get("server_audit_events") or "").upper()
    plugin = bool(logging) and (not events or "CONNECT" in events)
    general = flag(settings.get("general_log"))
    enterprise = settings.get("audit_log_policy", "").upper() in {"ALL", "LOGINS"}
    how = [name for name, on in (("server_audit", plugin), ("general_log", general), ("audit_log", enterprise)) if on]
    known = bool(settings)
    return {
        "how": how,
        "connections": bool(how) if known else None,
        "disconnections": bool(how) if known else None,
        "source": bool(how) if known else None,
        "time": bool(how) if known else None,
        "statements": (bool(general) or (plugin and (not events or "QUERY" in events))) if known else None,
        "log": _log(settings, plugin, general),
    }


def _log(settings: "Dict[str, str]", plugin: bool, general: "Any") -> "Any":
    if plugin:
        to_file = settings.get("server_audit_output_type", "file").lower() == "file"
        name = settings.get("server_audit_file_path") or "server_audit.log"
        return os.path.join(settings.get("datadir", ""), name) if to_file else "syslog"
    if general:
        return os.path.join(settings.get("datadir", ""), settings.get("general_log_file", ""))
    return settings.get("audit_log_file")
