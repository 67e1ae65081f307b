"""Plain evidence of drills: a platform that went through each of them and came back whole.

``World`` is what a ledger recalls of it; a test changes one thing in a copy.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from probes.clock import rfc3339
from probes.errors import Cause
from reports.verdict import Undetermined, Verdict
from tests.conformance.judges.evidence import SEEN_AT, Data
from tests.conformance.judges.gathered import Gathered
from tests.conformance.judges.standing_script import Outage, Script
from tests.conformance.judges.ways import HALF_WIDTH

KIND, HISTORY = "ledger.drills", "ledger.history"
ENDED_MS = round((SEEN_AT - timedelta(days=3)).timestamp() * 1000)
DAY_MS = 86_400_000
WATCHED_H = 600
SWITCHED = ("centre", "data", "network")
NOTICED = ("inspect", "monitor", "alarm", "block")
IDS = [f"mark-{number}" for number in range(10_000)]


def drill(name: str, kind: str, recovery_s: float, *, ended_ms: int = ENDED_MS, **changes: Any) -> Data:
    """Return the data of a good ``drill.run``, as the recall hands it on: it recovered by itself after so long."""
    good_ms = ended_ms - 600_000
    injected_ms = good_ms - round(recovery_s * 1000)
    told = {
        "run_id": f"drill-{name}-{ended_ms}",
        "drill": name,
        "fault": name,
        "kind": kind,
        "host": "web1",
        "environment": "staging",
        "disaster": None,
        "started_ms": injected_ms - 60_000,
        "ended_ms": ended_ms,
        "ended": "planned",
        "complete": True,
        "clock": {"offset_s": 0.001, "host_offset_s": 0.02},
        "steps": steps(injected_ms, good_ms + 60_000),
        "proof_of_effect": {"proved": True, "how": "all 3 processes ended"},
        "proof_of_revert": {"proved": True, "how": "process 4711 runs"},
        "reverted_by": "harness",
        "journeys": {
            "before": {"tried": 5, "failed": 0},
            "after": {"tried": 5, "failed": 0},
            "depth": "order",
            "interval_s": 0.5,
        },
        "phases": {
            "injected_ms": injected_ms,
            "first_failing_ms": injected_ms + 400,
            "detected_ms": injected_ms + round(200 * recovery_s),
            "decided_ms": injected_ms + round(300 * recovery_s),
            "acted_ms": injected_ms + round(400 * recovery_s),
            "first_good_ms": good_ms,
            "verified_ms": good_ms + 5_000,
        },
        "recovery_s": recovery_s,
        "orders": orders(40),
        "payments": None,
        "stock": stock(30),
        "limit_s": None,
        "stopped": None,
        "left_behind": [],
        "attack": None,
        "virus": None,
        "power": None,
        "observed_at": rfc3339(SEEN_AT - timedelta(days=3)),
    }
    return told | changes


def steps(injected_ms: int, reverted_ms: int) -> list[Data]:
    """Return the steps of a run that did each."""
    at = {"arm": injected_ms - 30_000, "before": injected_ms - 20_000, "inject": injected_ms, "revert": reverted_ms}
    return [{"step": name, "at_ms": at_ms, "ok": True, "detail": ""} for name, at_ms in at.items()]


def stock(sold: int, *, fell: int | None = None, after: int = 5, **changes: Any) -> Data:
    """Return looks at a stock that fell by so much (all of it) while so many pieces were sold; ``after`` the drill."""
    left = 990 - (sold if fell is None else fell)
    rows = (("start", 1_000, 0), ("before", 990, 10), ("during", left, 10 + sold), ("after", left - after, 15 + sold))
    looks = [
        {"phase": phase, "at_ms": ENDED_MS, "stock": there, "sold": gone, "unsure": 0, "why": ""}
        for phase, there, gone in rows
    ]
    return {"goods": "Wok", "looks": looks, "landed": 0, "pays": False, "lacks": None, "why": "", **changes}


def orders(count: int, **changes: Any) -> Data:
    """Return what became of so many acknowledged orders: all are back, but for the changes."""
    told = {"acknowledged": count, "found": count, "lost": [], "doubled": [], "altered": [], "degree_percent": 100.0}
    return told | changes


def attack(ended_ms: int = ENDED_MS, **changes: Any) -> Data:
    """Return a marked flood that was seen in every way, and blocked."""
    made = drill("flood", "attack", 2.0, ended_ms=ended_ms)
    at = made["phases"]["injected_ms"]
    traces = {
        name: {"at_ms": at + 1000 * (number + 1), "where": f"{name}.log", "line": "mark"}
        for number, name in enumerate(NOTICED)
    }
    made["attack"] = {"sent": 500, "reached": None, "seen": traces} | changes
    return made


def attack_set(**changes: Any) -> Data:
    """Return a replayed set of thirty attacks of which none came through."""
    made = drill("attack-set", "attack", 2.0)
    made["attack"] = {"sent": 30, "of": 30, "reached": [], "seen": None} | changes
    return made


def virus(name: str = "eicar", *ways: str, **changes: Any) -> Data:
    """Return a dropped test file that was caught in three seconds, in each of the ways (both, where none is named)."""
    made = drill(name, "virus", 2.0)
    at = made["phases"]["injected_ms"]
    made["virus"] = {each: _caught(at, **changes) for each in ways or ("disk", "upload")}
    return made


def _caught(at_ms: int, **changes: Any) -> Data:
    told = {"dropped_ms": at_ms, "caught_ms": at_ms + 3_000, "how": "quarantined", "served": False, "watched_s": 70.0}
    return told | changes


def power(**changes: Any) -> Data:
    """Return a power cut of a replica that lost nothing."""
    check = {"ran": True, "clean": True, "output": "pg_amcheck: no corruption"}
    cut = {"rows_committed": 5_000, "rows_found": 5_000, "check": check}
    return drill("power-cut", "power", 25.0) | {"power": cut | changes}


def severe() -> Data:
    """Return a rebuild on empty hosts, by way of the disaster site."""
    made = drill("rebuild", "severe", 19_200.0, disaster="severe", orders=orders(10_000, found=9_900, lost=IDS[:100]))
    begun = made["phases"]["injected_ms"]
    made["switched"] = {name: {"at_ms": begun + 600_000, "where": f"{name}.log"} for name in SWITCHED}
    return made


def drills() -> list[Data]:
    """Return one good run of each drill."""
    return [
        drill("software-crash", "software", 12.0),
        drill("node-off", "hardware", 900.0),
        drill("restore", "general", 2_460.0, disaster="general", orders=orders(10_000)),
        severe(),
        attack(),
        attack_set(),
        virus(),
        power(),
    ]


def declared() -> Data:
    """Return what the target file says of them."""
    names = [each["drill"] for each in drills()]
    return {
        "hosts": [{"name": "web1", "address": "192.0.2.10", "roles": ["web"]}],
        "drills": [{"name": name, "fault": name, "host": "web1"} for name in names],
    }


@functools.cache
def _calm() -> str:
    return json.dumps(Script(hours=WATCHED_H).data())


@dataclass(kw_only=True)
class World(Gathered):
    """The recalled runs and the watched record, or the causes for which there are none, and what is declared."""

    kinds: dict[str, dict[str, Data | Cause]] = field(
        default_factory=lambda: {
            KIND: {"platform": {"runs": drills(), "window_days": 400, "until": rfc3339(SEEN_AT)}},
            HISTORY: {"platform": json.loads(_calm())},
        }
    )
    declared: Data = field(default_factory=declared)

    @property
    def recalled(self) -> Data:
        """The data of the drills."""
        found: Any = self.kinds[KIND]["platform"]
        assert isinstance(found, dict)
        return found

    def run(self, name: str) -> Data:
        """Return the first run of a drill."""
        found: Data = next(each for each in self.recalled["runs"] if each["drill"] == name)
        return found

    def watched(self, *outages: Outage) -> None:
        """Let the watched record be one with these outages."""
        self.kinds[HISTORY]["platform"] = Script(hours=WATCHED_H, outages=outages).data()


def world(*changes: Callable[[World], Any]) -> World:
    """Return a good world with these things changed."""
    made = World()
    for change in changes:
        change(made)
    return made


def again(name: str, *, days: int, **changes: Any) -> Callable[[World], None]:
    """Return a change that adds a run of the same drill, so many days before (or, negative, after) the good one."""

    def change(world: World) -> None:
        run = world.run(name)
        fresh = drill(name, run["kind"], 60.0, ended_ms=ENDED_MS - days * DAY_MS)
        world.recalled["runs"].append(
            fresh | {key: run[key] for key in ("disaster", "orders", "attack", "virus", "power")} | changes
        )

    return change


def cause(verdict: Verdict) -> str:
    assert isinstance(verdict, Undetermined), verdict
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
    return verdict.cause
