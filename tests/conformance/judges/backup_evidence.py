"""Plain evidence of backups: a platform with three repositories in three places, read where all is well.

``World`` is what an examination gathered of it; a test changes one thing in a copy.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from probes.clock import parse_rfc3339, rfc3339
from probes.errors import Cause
from probes.observation import Reading
from reports.verdict import Verdict
from tests.conformance.judges.evidence import NOW, SEEN_AT, Data, requirement, seen, unseen

HOUR_MS = 3_600_000
READ_MS = round(parse_rfc3339(rfc3339(SEEN_AT)).timestamp() * 1000)
LAST_MS = READ_MS - READ_MS % (2 * HOUR_MS)
"""The newest even hour (UTC) before the reading, at which timers and cron lines fire."""

DATA = ("pages", "customers", "trades", "management", "merchants")
SECTIONS = ("schedule", "raid", "age")


def run(kind: str, started_ms: int, **changes: Any) -> Data:
    entry = {
        "id": f"{kind}-{started_ms // HOUR_MS}",
        "kind": kind,
        "started_ms": started_ms,
        "stopped_ms": started_ms + 600_000,
        "bytes": 1_000_000,
        "depends_on": [],
        "online": True,
        "place": "local",
        "site": "Shanghai",
        "medium": "repo1",
        "medium_state": "in-use",
        "verified": {"how": "verify", "at_ms": READ_MS, "ok": True, "understood": True, "why": ""},
        "error": None,
        "flaws": [],
        "good": True,
    }
    return entry | changes


def runs(kind: str, every_h: int, hours: int, **changes: Any) -> list[Data]:
    """Return runs of a kind, oldest first; the newest began at ``LAST_MS``."""
    return [run(kind, LAST_MS - back * HOUR_MS, **changes) for back in range(hours - hours % every_h, -1, -every_h)]


def catalogue(tool: str, host: str, backups: Iterable[Data], **changes: Any) -> Data:
    data = {
        "tool": tool,
        "version": f"{tool} 2.44",
        "host": host,
        "holds": list(DATA),
        "place": "local",
        "site": "Shanghai",
        "medium": "repo1",
        "medium_state": "in-use",
        "lies_on": {"same_host": True, "address": None},
        "backups": sorted(backups, key=lambda entry: (entry["started_ms"], entry["id"])),
        "left_out": 0,
        "unread": 0,
        "locked": False,
        "read_at_ms": READ_MS,
        "schedule": {"schedule": "backup.timer", "zone": None, "incremental_h": 2, "differential_h": 24, "full_h": 12},
    }
    return data | changes


def near() -> Data:
    kinds = (runs("incremental", 2, 210), runs("differential", 24, 210), runs("full", 12, 210))
    return catalogue("pgbackrest", "db1", (entry for each in kinds for entry in each))


def remote() -> Data:
    away = {"place": "remote", "site": "Hangzhou", "medium": "bucket-7"}
    times = {"schedule": "0 */12 * * *", "zone": "UTC", "incremental_h": None, "differential_h": None, "full_h": 12}
    lies = {"same_host": False, "address": "backup.example"}
    fulls = [run("full", LAST_MS - LAST_MS % (12 * HOUR_MS) - back * HOUR_MS, **away) for back in range(0, 210, 12)]
    timer = times | {"schedule": "mirror.timer"}
    return catalogue("restic", "db1", fulls, schedule=timer, lies_on=lies, **away)


def vault() -> Data:
    off = {"place": "offline", "site": "Beijing", "medium": "tape 12"}
    times = {"schedule": "tape.timer", "zone": None, "incremental_h": None, "differential_h": None, "full_h": 12}
    lies = {"same_host": False, "address": "library.example"}
    kinds = (runs("full", 12, 720, online=False, **off), runs("image", 168, 720, online=False, **off))
    entries = (entry for each in kinds for entry in each)
    return catalogue("borg", "bak1", entries, schedule=times, lies_on=lies, **off)


def content(kind: str, **changes: Any) -> Data:
    """Return what was found of a kind of data: one table that came back as it was."""
    source = {
        "from": "table",
        "select": f"public.{kind}",
        "database": "shop",
        "expected": 120,
        "found": 120,
        "sha256_expected": "ab" * 32,
        "sha256_found": "ab" * 32,
        "why": "",
    }
    source |= changes
    equal = (source["expected"], source["sha256_expected"]) == (source["found"], source["sha256_found"])
    return {"expected": source["expected"], "found": source["found"], "equal": equal, "sources": [source]}


def array(level: str = "raid1", state: str = "clean", wanted: int = 2, active: int = 2) -> Data:
    return {
        "name": "md0",
        "level": level,
        "state": state,
        "wanted": wanted,
        "active": active,
        "failed": [],
        "spares": [],
        "redundant": level != "raid0",
        "progress_percent": None,
    }


def raid(*arrays: Data) -> Data:
    return {
        "md": {"state": "read", "arrays": list(arrays)},
        "zfs": {"state": "read", "pools": []},
        "lvm": {"state": "read", "volumes": []},
        "controllers": [],
        "redundant": any(each["redundant"] for each in arrays),
    }


def restore(host: str, id_: str, **changes: Any) -> Data:
    data = {
        "backup": {"id": id_, "kind": "full"},
        "host": host,
        "holds": list(DATA),
        "restored": True,
        "complaint": "",
        "manifest": {"found": True, "stopped_ms": LAST_MS, "why": ""},
        "kinds": {kind: content(kind) for kind in DATA},
        "checksums": {"all": 5, "equal": 5},
        "flipped": {"tried": True, "refused": True, "why": ""},
    }
    return data | changes


def facts(host: str, roles: list[str], site: str) -> Data:
    timers = [{"name": unit, "active": True, "last_ms": LAST_MS} for unit in ("backup.timer", "tape.timer")]
    mirror = {"name": "mirror.timer", "active": True, "last_ms": LAST_MS - LAST_MS % (12 * HOUR_MS)}
    schedule = {"timers": [*timers, mirror], "cron": [], "unread": []}
    sections = {"schedule": schedule, "raid": raid(array()), "age": {"virtual": None}}
    return {
        "host": host,
        "roles": roles,
        "site": site,
        "sections": {name: {"state": "read", "data": sections[name]} for name in SECTIONS},
    }


HOSTS: list[Data] = [
    {"name": "web1", "address": "192.0.2.1", "roles": ["web"], "site": "Shanghai"},
    {"name": "db1", "address": "192.0.2.2", "roles": ["database"], "site": "Shanghai"},
    {"name": "bak1", "address": "192.0.2.3", "roles": ["backup"], "site": "Hangzhou"},
]
CYCLES = {"trades": 13, "customers": 14, "merchants": 15, "management": 16, "pages": 24}


def declarations() -> Data:
    plan = [
        {"data": kind, "by": by, "rank": rank, "cycle_h": cycle}
        for by in ("flow", "importance")
        for rank, (kind, cycle) in enumerate(CYCLES.items(), start=1)
    ]
    backups = [
        {"name": name, "tool": data["tool"], "host": data["host"], "holds": list(DATA), "place": data["place"]}
        for name, data in (("near", near()), ("remote", remote()), ("vault", vault()))
    ]
    return {"hosts": copy.deepcopy(HOSTS), "backups": backups, "backup_plan": plan, "restore": {"scratch": "/srv/try"}}


@dataclass
class World:
    """What was gathered: data by kind and subject; a cause instead of data where the look failed."""

    catalogues: dict[str, Data] = field(default_factory=lambda: {"near": near(), "remote": remote(), "vault": vault()})
    restores: dict[str, Data] = field(
        default_factory=lambda: {
            "near": restore("db1", "full-1"),
            "remote": restore("db1", "full-2"),
            "vault": restore("bak1", "full-3"),
        }
    )
    facts: dict[str, Data] = field(
        default_factory=lambda: {host["name"]: facts(host["name"], host["roles"], host["site"]) for host in HOSTS}
    )
    declared: Data = field(default_factory=declarations)
    unseen: dict[tuple[str, str], Cause] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, dict[str, Data]]:
        """What was gathered, by kind and subject."""
        return {"backup.catalogue": self.catalogues, "backup.restore": self.restores, "host.facts": self.facts}

    def readings(self) -> tuple[Reading, ...]:
        """Return the readings of an examination."""
        return tuple(
            unseen(kind, self.unseen[kind, subject], subject)
            if (kind, subject) in self.unseen
            else seen(kind, data, subject)
            for kind, subjects in self.kinds.items()
            for subject, data in subjects.items()
        )

    def told(self, own_id: str) -> Verdict:
        """Judge one check on it."""
        return judge(requirement(own_id), JUDGEMENTS[own_id], self.readings(), self.declared, NOW)

    def only(self, *names: str) -> "World":
        """Forget every backup but these."""
        for kind in (self.catalogues, self.restores):
            for name in set(kind) - set(names):
                del kind[name]
        self.declared["backups"] = [entry for entry in self.declared["backups"] if entry["name"] in names]
        return self

    def lose(self, kind: str, *subjects: str, cause: Cause = "target") -> "World":
        """Make looks fail; all of a kind where no subject is named."""
        self.unseen |= {(kind, subject): cause for subject in subjects or self.kinds[kind]}
        return self


def world(*changes: Callable[[World], Any]) -> World:
    """Return a world in which all is well but for these changes."""
    made = World()
    for change in changes:
        change(made)
    return made
