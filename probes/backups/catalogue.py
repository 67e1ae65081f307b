"""``backup.catalogue``: what a backup tool's own catalogue says, and what its verification said of each backup.

Subject: the name of a declared backup. Times in milliseconds since 1970 UTC. Data::

    {"tool", "version", "host", "holds": [...], "place": "local|remote|offline", "site", "medium", "medium_state",
     "backups": [{"id", "kind": "full|incremental|differential|image|other", "started_ms", "stopped_ms", "bytes",
                  "depends_on": [id], "online": bool | null, "place", "site", "medium", "medium_state",
                  "verified": {"how", "at_ms", "ok": bool | null, "understood": bool, "why"} | null,
                  "error": text | null, "flaws": [see form.Flaw], "good": bool}],     oldest first, the newest 10,000
     "read": int, "left_out": int, "unread": int,     entries read; older than 400 days, or beyond 100,000; of no form
     "counts": {kind: int}, "good": {kind: int},
     "longest_gap_s": {kind: seconds | null},         start to start, of successive good ones, over all that were read
     "gaps": {kind: {"longest_s", "from_ms", "to_ms", "first_ms", "newest_ms", "good", "all"}},
     "verification": {"how": [text], "ok": int, "bad": int, "not_understood": int, "none": int, "why": text},
     "lies_on": {"same_host": bool | null, "address": text | null},       the host it is read on; else where, if told
     "locked": bool | null, "locked_by": text, "notes": [text], "window_days": 400, "read_at_ms": int,
     "schedule": {"schedule", "zone", "incremental_h", "differential_h", "full_h", "kept_whole_h"}}

A repository that is not there, refuses or cannot be understood is no data: the look failed, with its cause.
A locked one is read all the same.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from probes.backups.asking import Asked, Catalogue
from probes.backups.declared import NONE, Declared, backup_named, declared_backups
from probes.backups.form import MOST_KEPT, WINDOW_DAYS, Backup, settled
from probes.backups.gaps import gaps_by_kind
from probes.backups.lying import lies_on
from probes.backups.readers import READERS
from probes.host.reach import shell_on
from probes.look import Look, Probe, Seen
from probes.target import Target


def look(given: Look) -> Seen:
    """Read one declared catalogue, and hand its backups on to the trial restore."""
    declared = backup_named(given.target, given.subject)
    now_ms = round(given.clock.now().timestamp() * 1000)
    secrets = declared.secrets(given.target, given.redactor)
    with shell_on(given.target, declared.host, given.deadline) as shell:
        asked = Asked(declared=declared, shell=shell, deadline=given.deadline, now_ms=now_ms, secrets=secrets)
        catalogue = READERS[declared.tool](asked)
        lies = lies_on(asked)
    backups = settled(catalogue.backups, now_ms=now_ms)
    given.scene.put(f"backup.catalogue/{declared.name}", backups)
    return Seen(data=catalogue_data(declared, catalogue, backups, now_ms) | {"lies_on": lies})


def catalogue_data(
    declared: Declared, catalogue: Catalogue, backups: tuple[Backup, ...], now_ms: int
) -> dict[str, Any]:
    """Return the observation's data."""
    gaps = gaps_by_kind(backups)
    where = {"place": declared.place, "site": declared.site, "medium_state": declared.medium_state}
    return {
        "tool": declared.tool,
        "version": catalogue.version,
        "host": declared.host,
        "holds": list(declared.holds),
        **where,
        "medium": declared.medium,
        "backups": [
            {**backup.data(), **where, "medium": backup.medium or declared.medium} for backup in backups[-MOST_KEPT:]
        ],
        "read": len(backups),
        "left_out": catalogue.left_out,
        "unread": catalogue.unread,
        "counts": {kind: gap.all for kind, gap in gaps.items()},
        "good": {kind: gap.good for kind, gap in gaps.items()},
        "longest_gap_s": {kind: gap.longest_s for kind, gap in gaps.items()},
        "gaps": {kind: gap.data() for kind, gap in gaps.items()},
        "verification": verification_data(backups),
        "locked": catalogue.locked,
        "locked_by": catalogue.locked_by,
        "notes": list(catalogue.notes),
        "window_days": WINDOW_DAYS,
        "read_at_ms": now_ms,
        "schedule": declared.schedule_data(),
    }


def verification_data(backups: Iterable[Backup]) -> dict[str, Any]:
    """Return how many backups were verified with which outcome, by which means, and the first reason against one."""
    outcomes: Counter[str] = Counter(ok=0, bad=0, not_understood=0, none=0)
    hows: set[str] = set()
    why = ""
    for backup in backups:
        verified = backup.verified
        if verified is None:
            outcomes["none"] += 1
            continue
        hows.add(verified.how)
        outcomes["not_understood" if not verified.understood else "ok" if verified.ok else "bad"] += 1
        why = why or ("" if verified.ok else verified.why)
    return {"how": sorted(hows), **outcomes, "why": why}


def subjects(target: Target) -> tuple[str, ...]:
    """Return the names of the declared backups."""
    return tuple(declared_backups(target)) or (NONE,)


PROBE = Probe(name="backup.catalogue", version="1", look=look, subjects=subjects, deadline_s=600)
