"""Plain evidence of load: a night's peak run on three machines where all is well, and what is declared of them.

``World`` is what a ledger recalls of it; a test changes one thing in a copy.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from probes.clock import rfc3339
from probes.errors import Cause
from tests.conformance.judges.evidence import SEEN_AT, Data
from tests.conformance.judges.gathered import Gathered

KIND = "ledger.load"
ENDED_MS = round((SEEN_AT - timedelta(hours=8)).timestamp() * 1000)
HELD_S = 1_800
STARTED_MS = ENDED_MS - (HELD_S + 60) * 1000
SERIES = [[STARTED_MS + 1000 * second, 40.0, 60.0] for second in range(0, HELD_S + 60, 60)]


def resource(value: float, unit: str = "percent") -> Data:
    told = {"unit": unit, "mean": value / 2, "peak": 1.1 * value, "p99_minute_peak": value, "minutes": 31}
    return told | {"series": copy.deepcopy(SERIES)}


def interface(name: str = "eth0", **changes: int) -> Data:
    counters = ("rx_packets", "tx_packets", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "rx_fifo", "tx_fifo",
                "rx_missed", "rx_over")  # fmt: skip
    return {
        "name": name,
        "hardware": True,
        **dict.fromkeys(counters, 0),
        "rx_packets": 900_000,
        "tx_packets": 800_000,
    } | changes


def database() -> Data:
    query = {"count": 120_000, "p50": 2.0, "p95": 40.0, "max": 210.0, "p95_at_most": None, "how": "log", "why": ""}
    counted = {"errors": 0, "refused": 0, "deadlocks": 0, "connections_peak": 40, "connections_max": 100}
    return {"name": "orders", "kind": "postgresql", "state": "read", **counted, "query_ms": query}


def host(name: str, *roles: str) -> Data:
    return {
        "host": name,
        "roles": list(roles),
        "site": "Shanghai",
        "state": "read",
        "from_ms": STARTED_MS - 2_000,
        "to_ms": ENDED_MS + 1_000,
        "samples": 3_700,
        "step_s": 0.5,
        "resources": {
            "cpu": resource(71.0),
            "memory": resource(60.0),
            "disk": resource(30.0),
            "network_bytes": resource(25_000_000.0, "bytes_s"),
        },
        "gaps_s": 1.5,
        "interfaces": [interface()],
        "softnet_dropped": 0,
        "conntrack": {"insert_failed": 0, "drop": 0} if "firewall" in roles else None,
        "databases": [database()] if "database" in roles else [],
    }


def run() -> Data:
    """Return the data of a good ``load.run``, as the recall hands it on."""
    steps = {"open_product": {"count": 60_000, "failed": 3, "p95_ms": 80.0}}
    return {
        "run_id": "load-1",
        "profile": "peak",
        "model": "open",
        "environment": "staging",
        "started_ms": STARTED_MS,
        "ended_ms": ENDED_MS,
        "complete": True,
        "stopped": None,
        "valid": True,
        "invalid": [],
        "planned": {"arrivals": 9_150, "peak_rate_per_s": 5.0, "held_s": float(HELD_S)},
        "delivered": {"arrivals": 9_150, "dropped": 0, "rate_per_s": 5.0},
        "latency_ms": {"p50": 20.0, "p95": 80.0, "p99": 160.0, "max": 900.0},
        "steps": steps,
        "failures": [],
        "timeline": [[second, 15, 15, 0, 0, 20.0, 80.0, 160.0] for second in range(0, HELD_S + 60, 3)],
        "business": {
            "orders": {"acknowledged": 90, "found": 90, "lost": [], "doubled": [], "altered": [], "unread": 0},
            "stock": {"sold": 90, "before": 1_000, "after": 910, "oversold": 0},
            "payments": None,
            "empty_pages": 0,
        },
        "hosts": [host("web1", "web", "app"), host("db1", "database"), host("gate", "firewall")],
        "backup": {
            "backup": "orders",
            "started_ms": STARTED_MS + 300_000,
            "stopped_ms": STARTED_MS + 500_000,
            "ok": True,
            "why": "",
            "id": "20261121-020000F",
            "purchases": {"begun_during": 200, "failed_during": 0},
        },
        "generator": {"cpu_percent_max": 41.0, "workers": 2, "lost": 0},
        "cleaned": {"cancelled": 90, "left": 0},
        "observed_at": rfc3339(SEEN_AT - timedelta(hours=8)),
    }


def declared() -> Data:
    names = {"web1": ["web", "app"], "db1": ["database"], "gate": ["firewall"]}
    return {
        "hosts": [{"name": name, "address": "192.0.2.10", "roles": roles} for name, roles in names.items()],
        "databases": [{"name": "orders", "host": "db1", "kind": "postgresql"}],
        "backups": [{"name": "orders", "tool": "pgbackrest", "host": "db1", "start": ["/usr/local/bin/backup"]}],
        "load": {"peak_rate_per_s": 5.0, "query_p95_ms": 100.0},
        "utilisation": {
            "peak_cpu_percent": 85.0,
            "peak_memory_percent": 90.0,
            "peak_disk_percent": 80.0,
            "peak_network_mbit_s": 500.0,
        },
        "firewall": {"throughput_mbit_s": 1_000},
    }


@dataclass(kw_only=True)
class World(Gathered):
    """The recalled runs, or the cause for which there are none, and what is declared."""

    kinds: dict[str, dict[str, Data | Cause]] = field(
        default_factory=lambda: {
            KIND: {"platform": {"runs": [run()], "window_days": 90, "until": rfc3339(SEEN_AT)}},
        }
    )
    declared: Data = field(default_factory=declared)

    @property
    def recalled(self) -> Data:
        """The one reading's data."""
        found: Any = self.kinds[KIND]["platform"]
        return dict[str, Any](found) if not isinstance(found, dict) else found

    @property
    def run(self) -> Data:
        """The first run."""
        first: Data = self.recalled["runs"][0]
        return first

    def host(self, name: str) -> Data:
        """Return what one host went through."""
        found: Data = next(each for each in self.run["hosts"] if each["host"] == name)
        return found


def world(*changes: Callable[[World], Any]) -> World:
    """Return a good world with these things changed."""
    made = World()
    for change in changes:
        change(made)
    return made
