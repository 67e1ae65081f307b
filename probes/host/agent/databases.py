"""``databases``: servers that run here, how durable they are set to be, and what they write into their audit log."""

from probes.host.agent import sockets
from probes.host.agent.machine import Machine
from probes.host.agent.processes import Process, processes
from probes.host.agent.software import packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple


class Kind:
    """A kind of server: names of its process, its packages (the first that is there gives the version)."""

    def __init__(self, processes: "Tuple[str, ...]", packages: "Tuple[str, ...]") -> None:
        """Keep them."""
        self.processes = processes
        self.packages = packages


_KINDS = {
    "postgresql": Kind(("postgres", "postmaster"), ("postgresql", "postgresql-server")),
    "mariadb": Kind(("mariadbd", "mariadbd-safe"), ("mariadb-server", "MariaDB-server")),
    "mysql": Kind(("mysqld",), ("mysql-server", "mysql-community-server")),
    "oracle": Kind(("ora_pmon_*", "tnslsnr"), ("oracle-database-ee-19c", "oracle-database-xe-21c")),
    "sqlserver": Kind(("sqlservr",), ("mssql-server",)),
    "db2": Kind(("db2sysc",), ()),
    "mongodb": Kind(("mongod",), ("mongodb-org-server", "mongodb-server")),
    "redis": Kind(("redis-server", "valkey-server"), ("redis-server", "redis", "valkey")),
    "opengauss": Kind(("gaussdb",), ()),
    "dameng": Kind(("dmserver",), ()),
    "kingbase": Kind(("kingbase",), ()),
    "oceanbase": Kind(("observer",), ()),
    "tidb": Kind(("tidb-server",), ()),
    "clickhouse": Kind(("clickhouse-server", "clickhouse-serv"), ("clickhouse-server",)),
    "elasticsearch": Kind((), ("elasticsearch", "opensearch")),
}
MOST_SERVERS = 30


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"servers": [{"kind", "pid", "version": str|null, "listening": ["127.0.0.1:5432", ...], "data": folder|null,
          "settings_from": "server"|"files"|null, "settings": {...as the server or its files write them...},
          "durability": {"fsync", "full_page_writes", "checksums", "flush_at_commit", "binlog_sync", "doublewrite":
           each true|false|null}, "audit": {"how": [...], "connections", "disconnections", "source", "time",
           "statements": each true|false|null, "log": str|null}, "unread": {"state", "cause", "why"}|null}],
         "looked_for": {KIND: {"processes", "packages"}}}

    ``durability`` and ``audit`` hold null for what could not be read, or has no meaning there; ``unread`` says why the
    server itself was not asked. No password is used: the local socket knows the account that asks.
    """
    listening = sockets.read(machine)["listening"]
    found = [(kind, process) for kind in sorted(_KINDS) for process in _servers(machine, kind)]
    return {
        "servers": [_server(machine, kind, process, listening) for kind, process in found[:MOST_SERVERS]],
        "looked_for": {
            kind: {"processes": list(each.processes), "packages": list(each.packages)}
            for kind, each in sorted(_KINDS.items())
        },
    }


def _servers(machine: Machine, kind: str) -> "List[Process]":
    """Return the processes that are servers of that kind, not those that a server started for its own work."""
    names = _KINDS[kind].processes
    own = [process for process in processes(machine) if _named(process.line[0], names)]
    if kind == "postgresql":
        return [process for process in own if process.line[1:2] != (":",)]  # postgres: checkpointer
    return own


def _named(path: str, names: "Tuple[str, ...]") -> bool:
    called = path.rpartition("/")[2]
    return any(called.startswith(name[:-1]) if name.endswith("*") else called == name for name in names)


def _server(machine: Machine, kind: str, process: Process, listening: "List[Dict[str, Any]]") -> "Dict[str, Any]":
    known = [packages(machine)[name] for name in _KINDS[kind].packages if name in packages(machine)]
    told = {
        "kind": kind,
        "pid": process.pid,
        "version": known[0] if known else None,
        "listening": ["%s:%d" % (each["address"], each["port"]) for each in listening if each["pid"] == process.pid],
        "data": None,
        "settings_from": None,
        "settings": {},
        "durability": {},
        "audit": {},
        "unread": None,
    }  # type: Dict[str, Any]
    if kind in _READERS:
        more = _READERS[kind](machine, process)
        told.update((name, value) for name, value in more.items() if value is not None)
    return told


def _postgres(machine: Machine, process: Process) -> "Dict[str, Any]":
    from probes.host.agent import postgres_settings  # noqa: PLC0415 - what does not run here need not be understood

    return postgres_settings.read(machine, process)


def _mariadb(machine: Machine, process: Process) -> "Dict[str, Any]":
    from probes.host.agent import mariadb_settings  # noqa: PLC0415 - as above

    return mariadb_settings.read(machine, process)


_READERS = {"postgresql": _postgres, "mariadb": _mariadb, "mysql": _mariadb}
