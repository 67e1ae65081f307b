"""A year of drills as ``ledger.drills`` tells them: crashes, a late restore, a rebuild, what tells nothing."""

from datetime import datetime
from typing import Any

from probes.observation import Reading
from tests.reports.formats import sample

END = round(datetime.fromisoformat("2026-03-14T02:05:00+00:00").timestamp() * 1000)
DAY = 86_400_000
STEPS = {"detected": 0.2, "decided": 0.3, "acted": 0.45}


def drill(name: str, kind: str, recovery_s: float | None, *, days_ago: float = 3, **changes: Any) -> dict[str, Any]:
    """Return a run that recovered after so long, or that did not within a quarter of an hour."""
    ended = END - round(days_ago * DAY)
    good_ms = None if recovery_s is None else ended - 120_000
    begun = ended - 120_000 - round(1000 * (900.0 if recovery_s is None else recovery_s))
    told = {} if recovery_s is None else {f"{k}_ms": begun + round(1000 * recovery_s * s) for k, s in STEPS.items()}
    phases = {"injected_ms": begun, "first_failing_ms": begun + 600, "detected_ms": None, "decided_ms": None}
    out_ms = ended - 120_000 if recovery_s is None else ended - 60_000
    made = {
        "run_id": f"{name}-{days_ago:g}",
        "drill": name,
        "fault": name,
        "kind": kind,
        "host": "web-1",
        "disaster": kind if kind in {"general", "severe"} else None,
        "started_ms": begun - 60_000,
        "ended_ms": ended,
        "ended": "planned",
        "complete": True,
        "steps": [{"step": "inject", "at_ms": begun, "ok": True}, {"step": "revert", "at_ms": out_ms, "ok": True}],
        "proof_of_effect": {"proved": True, "how": "all 4 processes ended"},
        "proof_of_revert": {"proved": True, "how": "process 4711 runs"},
        "reverted_by": "harness",
        "journeys": {name: {"tried": 5, "failed": 0} for name in ("before", "after")},
        "phases": phases | {"acted_ms": None} | told | {
            "first_good_ms": good_ms, "verified_ms": None if good_ms is None else good_ms + 1_500,
        },
        "recovery_s": recovery_s,
        "orders": None,
        "limit_s": None,
        "left_behind": [],
    }  # fmt: skip
    return made | changes


def orders(acknowledged: int, **changes: Any) -> dict[str, Any]:
    told = {"acknowledged": acknowledged, "found": acknowledged, "lost": [], "doubled": [], "altered": [], "unread": 0}
    return told | changes


def stock(sold: int, fell: int) -> dict[str, Any]:
    """Return looks at a stock that fell by so much while so many pieces were sold."""
    rows = (("start", 99_999, 0), ("before", 99_994, 5), ("during", 99_994 - fell, 5 + sold))
    last = ("after", 99_989 - fell, 10 + sold)
    looks = [
        {"phase": phase, "at_ms": 0, "stock": there, "sold": gone, "unsure": 0} for phase, there, gone in (*rows, last)
    ]
    return {"goods": "紫砂壶 Teapot", "looks": looks, "why": ""}


def drills() -> list[dict[str, Any]]:
    """Return a year of them, in no order."""
    lost = [f"100{number}" for number in range(5)]
    crashes = [
        drill("software-crash", "software", 9 + 70 * (month % 4), days_ago=2 + 30 * month, orders=orders(40))
        for month in range(12)
    ]
    return [
        *crashes,
        drill("hang", "software", 260.0, days_ago=40, limit_s=240.0, fault="hang"),
        drill("node-off", "hardware", None, days_ago=70),
        drill("node-off", "hardware", 5 * 3600.0, days_ago=200),
        drill("restore", "general", 4_000.0, days_ago=9, orders=orders(10_000, found=9_995, lost=lost),
              payments=orders(9_990, found=9_988, lost=lost[:1], unread=1), stock=stock(9_990, 9_987)),
        drill("restore", "general", 2_460.0, days_ago=180, orders=orders(10_000)),
        drill("rebuild", "severe", 19_200.0, days_ago=15, orders=orders(10_000, found=9_900)),
        drill("power-cut", "power", 30.0, days_ago=21, orders=orders(500, doubled=["7"], unread=2)),
        drill(
            "disk-full", "software", 5.0, days_ago=5, complete=False, ended="killed", proof_of_revert=None,
            left_behind=["order 100999 stays: the shop refuses to cancel it"], reverted_by="deadman",
        ),
    ]  # fmt: skip


def reading(*runs: dict[str, Any]) -> Reading:
    """Return the reading of these runs, or of the whole year."""
    return sample.look("ledger.drills", "platform", {"runs": list(runs) or drills(), "window_days": 400})
