"""Load runs for the picture: a peak that held, a night that was stopped, one whose generator was short of processor."""

import math
from typing import Any

Data = dict[str, Any]
ENDED_MS = 1_773_453_600_000
WHOLE_S = 1_860
STEP_S = 3.1


def series(begun_ms: int, mean: float, swing: float) -> list[list[float]]:
    return [
        [begun_ms + 3_100 * number, mean + swing * math.sin(number / 17), mean + swing * math.sin(number / 17) + swing]
        for number in range(600)
    ]


def host(name: str, role: str, cpu: float, begun_ms: int) -> Data:
    def resource(value: float, unit: str = "percent") -> Data:
        told = {"unit": unit, "mean": value, "peak": value * 1.3, "p99_minute_peak": value * 1.2, "minutes": 31}
        return {**told, "series": series(begun_ms, value, value / 8)}

    query = {"count": 61_000, "p50": 1.9, "p95": 38.5, "max": 412.0, "p95_at_most": None, "how": "its log", "why": ""}
    database = {
        "name": "orders", "kind": "postgresql", "state": "read", "errors": 0, "refused": 0, "deadlocks": 0,
        "connections_peak": 31, "looks": 370, "connections_max": 97, "query_ms": query, "why": "",
    }  # fmt: skip
    return {
        "host": name, "roles": [role], "site": "上海 A", "state": "read", "from_ms": begun_ms - 2_000,
        "to_ms": begun_ms + WHOLE_S * 1_000, "samples": 3_700, "step_s": 0.5, "gaps_s": 4.2,
        "resources": {
            "cpu": resource(cpu), "memory": resource(48.0), "disk": resource(12.0),
            "network_bytes": resource(21_000_000.0, "bytes_s"),
        },
        "interfaces": [{"name": "eth0", "rx_packets": 9_000_000, "rx_dropped": 0 if role != "firewall" else 17}],
        "softnet_dropped": 0, "conntrack": None, "breaks": [],
        "databases": [database] if role == "database" else [],
    }  # fmt: skip


def run(profile: str = "peak", rate: float = 5.0, *, ended_ms: int = ENDED_MS, **changes: Any) -> Data:
    """Return the data of one run: a minute's ramp, then the peak; a few steps fail in its middle."""
    begun_ms = ended_ms - WHOLE_S * 1_000
    timeline = []
    for number in range(600):
        second = round(number * STEP_S, 1)
        planned = round(STEP_S * rate * min(1.0, second / 60 + 0.02), 2)
        slow = 1 + 3 * math.exp(-(((second - 900) / 60) ** 2))
        failed = 2 if 880 < second < 930 else 0
        dropped = 1 if 900 < second < 906 else 0
        row = [second, planned, planned - dropped, dropped, failed, 21 * slow, 78 * slow, 160 * slow * slow]
        timeline.append(row if number != 300 else [*row[:5], None, None, None])
    told: Data = {
        "run_id": f"load-{profile}", "profile": profile, "model": "open", "environment": "staging",
        "started_ms": begun_ms, "ended_ms": ended_ms, "complete": True, "stopped": None, "valid": True, "invalid": [],
        "planned": {"arrivals": 9_150, "peak_rate_per_s": rate, "held_s": 1_800.0},
        "delivered": {"arrivals": 9_148, "dropped": 2, "rate_per_s": rate},
        "latency_ms": {"p50": 21.0, "p95": 92.0, "p99": 310.0, "max": 2_870.0},
        "steps": {"open_product": {"count": 61_000, "failed": 32, "p95_ms": 92.0}},
        "failures": [{"step": "open_product", "why": "answered 503", "count": 32}], "timeline": timeline,
        "business": {
            "orders": {"acknowledged": 212, "found": 212, "lost": [], "doubled": [], "altered": [], "unread": 0},
            "stock": {"sold": 212, "before": 5_000, "after": 4_788, "oversold": 0}, "payments": None, "empty_pages": 0,
        },
        "hosts": [
            host("web1", "web", 58.0, begun_ms), host("db1", "database", 81.0, begun_ms),
            host("gate", "firewall", 11.0, begun_ms),
            {"host": "cache", "roles": [], "state": "unread", "cause": "target", "why": "cache 拒绝连接 <refused>",
             "databases": []},
        ],
        "backup": {
            "backup": "orders", "started_ms": begun_ms + 300_000, "stopped_ms": begun_ms + 700_000, "ok": True,
            "why": "", "id": "20260314-010000F", "purchases": {"begun_during": 88, "failed_during": 0},
        },
        "generator": {"cpu_percent_max": 41.2, "workers": 2, "lost": 0}, "cleaned": {"cancelled": 212, "left": 0},
        "observed_at": "2026-03-14T02:00:00.000000Z",
    }  # fmt: skip
    return told | changes


def runs() -> Data:
    """Return the data of ``ledger.load``."""
    stopped = {"why": "errors", "detail": "31 % of the steps of the last 30 s failed"}
    return {
        "runs": [
            run(),
            run("nightly", 1.0, ended_ms=ENDED_MS - 80_000_000, complete=False, valid=False, stopped="errors",
                invalid=[{"code": "stopped", "second": 700, **stopped}], hosts=[], backup=None),
            run("soak<b>", 2.0, ended_ms=ENDED_MS - 160_000_000, valid=False, invalid=[{"code": "cpu", "percent": 97}]),
        ],
        "window_days": 90,
        "until": "2026-03-14T02:14:20.000000Z",
    }  # fmt: skip


TARGET: Data = {
    "utilisation": {
        "peak_cpu_percent": 85.0, "peak_memory_percent": 90.0, "peak_disk_percent": 80.0, "peak_network_mbit_s": 500.0,
    }
}  # fmt: skip
