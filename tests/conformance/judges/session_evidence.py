"""Plain evidence of looks between hosts: a direct socket, and a database session that was found in the audit log."""

from typing import Any

Data = dict[str, Any]
OPENED_MS = 1_795_254_900_000


def peers() -> Data:
    return {"from": "web1", "to": "db1", "address": "192.0.2.20", "port": 22, "state": "connected", "why": ""}


def session() -> Data:
    return {
        "name": "orders",
        "host": "db1",
        "kind": "postgresql",
        "account": "auditor",
        "database": "shop",
        "log": "/var/log/postgresql/postgresql-15-main.log",
        "session": {"address": "127.0.0.1", "port": 41_000, "number": 4711, "at_ms": OPENED_MS},
        "settings": {"log_connections": "on", "log_line_prefix": "%m [%p] "},
        "found": True,
        "lines": ["2026-11-21 17:55:00 CST [4711] LOG:  connection authorized: user=auditor"],
        "account_found": True,
        "source_found": True,
        "written_ms": OPENED_MS + 20,
        "rounds": 0,
    }
