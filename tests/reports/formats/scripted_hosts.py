"""Seven hosts, three repositories and their trial restores, as the probes tell them: all scripted.

``web-2`` is away, ``db-1`` keeps some of it back, ``old-1`` runs an older agent; incrementals of ``orders`` were missed
for nine hours in December, fulls stay within their limit, and the newest of ``mirror`` was never verified.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from probes.observation import Reading
from reports import host_words
from tests.reports.formats import sample

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
END = round(datetime.fromisoformat("2026-03-14T02:11:09+00:00").timestamp() * 1000)
UTILISATION = {"cpu_percent": 60.0, "memory_percent": 85.0, "disk_percent": 70.0, "network_mbit_s": 400.0}
_ABSENT: dict[str, Any] = {
    "power": {"ups": [], "supplies": [], "nut": {"state": "read", "installed": False}},
    "shares": {"capability": {"smb": {"present": False, "how": []}}, "active": [], "exports": []},
    "databases": {"servers": [], "looked_for": ["postgres", "mariadbd"]},
    "raid": {"md": {"state": "read", "arrays": []}, "controllers": [], "redundant": False},
    "monitoring": {"tools": {"zabbix": {"installed": False}}, "running": []},
}


def read(data: dict[str, Any]) -> dict[str, Any]:
    return {"state": "read", "data": data}


def unread(cause: str, why: str) -> dict[str, Any]:
    return {"state": "unread", "cause": cause, "why": why}


def resource(mean: float, peak: float, *, unit: str = "percent", days: int = 30, away: bool = False) -> dict[str, Any]:
    """Return a resource with a daily rhythm over the last ``days``; ``away`` leaves two days out."""
    begin = END - days * DAY
    steps = [begin + number * (days * DAY // 120) for number in range(120)]
    gap = (END - 12 * DAY, END - 10 * DAY)
    rhythm = [(at, 0.5 + 0.5 * math.sin(math.tau * (at - begin) / DAY / 3)) for at in steps]
    series = [
        [at, round(min(peak, mean * (0.85 + 0.3 * swing)), 2), round(mean * 1.15 + (peak - mean * 1.15) * swing, 2)]
        for at, swing in rhythm
        if not (away and gap[0] <= at < gap[1])
    ]
    gaps = [{"from_ms": gap[0], "to_ms": gap[1]}] if away else []
    covered = days * 86_400 - (2 * 86_400 if away else 0)
    return {
        "unit": unit,
        "mean": mean,
        "peak": peak,
        "from_ms": begin,
        "to_ms": END,
        "samples": covered // 60,
        "step_s": 60,
        "covered_s": covered,
        "gaps": gaps,
        "gaps_s": 2 * 86_400 if away else 0,
        "source": "spool",
        "series": series,
    }


def used(cpu: float, **changes: Any) -> dict[str, Any]:
    resources = {
        "cpu": resource(cpu, min(100.0, cpu * 2.4), **changes),
        "memory": resource(61.3, 74.0, **changes),
        "disk": resource(7.2, 58.9, **changes),
        "disk_space": resource(48.1, 57.0, **changes),
        "network": resource(9_600_000.0, 61_000_000.0, unit="bytes_s", **changes),
    }
    return read({"window_s": 2_592_000, "sources": [{"name": "spool", "state": "read"}], "resources": resources})


def facts(**changes: Any) -> dict[str, Any]:
    """Return the document of a host of which all was read; sections are changed by name, None takes one away."""
    names = [name for _, own in host_words.GROUPS for name in own]
    sections: dict[str, Any] = {name: read(_ABSENT.get(name, {"told": True})) for name in names} | {
        "utilisation": used(34.2)
    }
    roles, site, ahead_s = (
        changes.pop(name, other) for name, other in (("roles", ["web"]), ("site", "杭州一区"), ("ahead_s", 0.02))
    )
    sections |= changes
    return {
        "host": "web-1",
        "roles": roles,
        "site": site,
        "sudo": False,
        "agent": {"version": "1", "python": "3.11.2", "psutil": "7.1.3", "euid": 1000, "arch": "x86_64"},
        "at_ms": END,
        "clock": {"ahead_s": ahead_s, "within_s": 0.004},
        "sections": {name: section for name, section in sections.items() if section is not None},
    }


def hosts() -> tuple[Reading, ...]:
    """Return the readings of the hosts."""
    held = unread(
        "permission", "nft list ruleset: Operation not permitted; add it to the sudoers file that doctor prints"
    )
    part = {"md": {"state": "read", "arrays": [{"name": "md0"}]}, "lvm": unread("permission", "lvs: must be root")}
    quiet = unread("settings", "no spool, no sar and no node_exporter: start the sampling service")
    database = facts(
        roles=["database"],
        firewall=held,
        intrusion=held,
        raid=read(part),
        databases=read({"servers": [{"pid": 1}]}),
        utilisation=used(71.4),
        power=read({"ups": [{"name": "apc"}], "supplies": []}),
    )
    old = facts(roles=["monitoring"], site="北京二区", ahead_s=11_052.0, utilisation=quiet, age=None, sensors=None)
    return (
        sample.look("host.facts", "web-1", facts()),
        sample.blind("host.facts", "web-2", "target", "192.0.2.12 port 22: no route to host"),
        sample.look("host.facts", "app-1", facts(roles=["app"], utilisation=used(41.0, away=True))),
        sample.look("host.facts", "db-1", database),
        sample.look(
            "host.facts", "db-2", facts(roles=["database", "backup"], site="北京二区", utilisation=used(22.8, days=11))
        ),
        sample.look("host.facts", "fw-1", facts(roles=["firewall"], sensors=unread("target", "no sensor here"))),
        sample.look("host.facts", "old-1", old),
    )


def backup(kind: str, started_ms: int, **changes: Any) -> dict[str, Any]:
    verified = {"how": "pgbackrest verify", "at_ms": END - HOUR, "ok": True, "understood": True, "why": ""}
    return {
        "id": f"{kind}-{started_ms}",
        "kind": kind,
        "started_ms": started_ms,
        "stopped_ms": started_ms + 4 * MINUTE,
        "bytes": 3_221_225_472,
        "depends_on": [],
        "online": True,
        "verified": verified,
        "error": None,
        "flaws": [],
        "good": True,
    } | changes


def every(kind: str, hours: float, days: float, *, last_h: float = 1.0) -> Iterator[dict[str, Any]]:
    step = round(hours * HOUR)
    at = END - round(last_h * HOUR)
    while at >= END - days * DAY:
        yield backup(kind, at)
        at -= step


def catalogue(backups: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Return a catalogue; gaps and counts are left to what is listed."""
    kinds = dict.fromkeys(each["kind"] for each in backups)
    counts = {kind: sum(each["kind"] == kind for each in backups) for kind in kinds}
    good = {kind: sum(each["kind"] == kind and each["good"] is True for each in backups) for kind in kinds}
    return {
        "tool": "pgbackrest",
        "version": "2.57.0",
        "host": "db-1",
        "holds": ["customers", "trades", "merchants"],
        "place": "local",
        "site": "杭州一区",
        "medium": "nas-7",
        "backups": sorted(backups, key=lambda each: each["started_ms"]),
        "read": len(backups),
        "left_out": 0,
        "unread": 0,
        "counts": counts,
        "good": good,
        "longest_gap_s": {},
        "gaps": {},
        "verification": {
            "how": ["pgbackrest verify"],
            "ok": len(backups),
            "bad": 0,
            "not_understood": 0,
            "none": 0,
            "why": "",
        },
        "locked": False,
        "notes": [],
        "window_days": 400,
        "read_at_ms": END,
        "schedule": {
            "schedule": "0 */2 * * *",
            "zone": "Asia/Shanghai",
            "incremental_h": 2,
            "differential_h": 24,
            "full_h": 12,
        },
    } | changes


def orders() -> dict[str, Any]:
    """Return a year of pgBackRest: nine hours without an incremental in December, one full that failed."""
    missed = (END - 90 * DAY, END - 90 * DAY + 8 * HOUR)
    increments = [each for each in every("incremental", 2, 365) if not missed[0] < each["started_ms"] < missed[1]]
    fulls = list(every("full", 11.5, 365, last_h=6))
    fulls[200] |= {"good": False, "error": "backup aborted: no space left on device", "stopped_ms": None}
    return catalogue([*fulls, *every("differential", 24, 365, last_h=9), *increments], left_out=214)


def mirror() -> dict[str, Any]:
    """Return three weeks of restic, off site, of which the newest five days were not verified."""
    backups = [
        each if each["started_ms"] < END - 5 * DAY else each | {"verified": None, "good": False}
        for each in every("incremental", 1.9, 21)
    ]
    return catalogue(
        backups,
        tool="restic",
        version="0.14.0",
        place="remote",
        site="北京二区",
        holds=["pages", "management"],
        unread=2,
        locked=True,
        schedule={"schedule": "backup.timer", "zone": "Asia/Shanghai", "incremental_h": 2},
    )


def backups() -> tuple[Reading, ...]:
    """Return the readings of the catalogues."""
    return (
        sample.look("backup.catalogue", "orders", orders()),
        sample.look("backup.catalogue", "mirror", mirror()),
        sample.blind("backup.catalogue", "archive", "permission", "borg list: repository is locked for user backup"),
    )


def counted(expected: int, found: int, why: str = "", *, equal: bool | None = None) -> dict[str, Any]:
    same = expected == found if equal is None else equal
    source = {
        "from": "table", "select": "public.t", "database": "shop", "expected": expected, "found": found,
        "sha256_expected": "a" * 64, "sha256_found": "a" * 64 if same else None if why else "b" * 64, "why": why,
    }  # fmt: skip
    return {"expected": expected, "found": found, "equal": same, "sources": [source]}


def restore(**changes: Any) -> dict[str, Any]:
    said = {"how": "verify", "at_ms": END, "ok": True, "understood": True, "why": ""}
    return {
        "tool": "pgbackrest",
        "host": "db-1",
        "holds": ["customers", "trades", "merchants"],
        "place": "local",
        "backup": backup("full", END - 6 * HOUR, id="20260313-201109F"),
        "restored": True,
        "complaint": "",
        "manifest": {"found": True, "stopped_ms": END - 6 * HOUR, "why": ""},
        "kinds": {
            "customers": counted(48_211, 48_211),
            "trades": counted(1_204_377, 1_204_377),
            "merchants": counted(312, 312),
        },
        "checksums": {"all": 3, "equal": 3},
        "flipped": {
            "tried": True,
            "refused": True,
            "why": "checksum mismatch",
            "before": said,
            "after": said | {"ok": False},
        },
        "restore_s": 41.7,
        "cleaned": True,
        "restored_at_ms": END,
    } | changes


def restores() -> tuple[Reading, ...]:
    """Return the readings of the trial restores."""
    wrong = restore(
        tool="restic",
        holds=["pages", "management"],
        backup=backup("incremental", END - HOUR, id="9f2c1b77"),
        kinds={"pages": counted(1840, 1838)},
        manifest={"found": True, "stopped_ms": END, "why": "the manifest names no management data"},
        checksums={"all": 1, "equal": 0},
        flipped={"tried": True, "refused": False, "why": "", "before": {"ok": True}, "after": {"ok": True}},
        restore_s=8.2,
        cleaned=False,
    )
    away = sample.blind(
        "backup.restore",
        "archive",
        "settings",
        "[restore] scratch on db-2 has 2147483648 bytes free; 9 GB are asked for",
    )
    return sample.look("backup.restore", "orders", restore()), sample.look("backup.restore", "mirror", wrong), away
