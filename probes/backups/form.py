"""The one form that every backup tool's own catalogue is read into. Pure.

A backup is *good* only when its verification was read and understood and said so, it is whole, nothing about it is odd,
and all that it depends on is good as well.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Kind = Literal["full", "incremental", "differential", "image", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Flaw = Literal["half-written", "from-the-future", "no-start", "no-manifest", "missing-base", "broken-base"]
"""What is odd about an entry: written to half; later than the clock; without a time that can be told; a file that no
manifest names; standing on a backup that the catalogue does not hold, or on one that is not whole."""

DAY_MS = 86_400_000
WINDOW_DAYS = 400
MOST_READ = 100_000
"""So many entries of one catalogue are read; of more, the newest."""

MOST_KEPT = 10_000
"""So many, the newest, stand one by one in an observation; gaps and counts are over all that were read."""

LATE_MS = 300_000
"""Clocks differ: an entry is from the future where it lies further ahead than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a verification said. ``understood`` False: it ran, or not, but told nothing; ``ok`` is None then."""

    how: str
    at_ms: int | None
    ok: bool | None
    understood: bool
    why: str = ""

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"how": self.how, "at_ms": self.at_ms, "ok": self.ok, "understood": self.understood, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup. Times in milliseconds since 1970 UTC, None where the tool does not say.

    ``bytes`` is what it restores to; ``depends_on`` are ids of the backups without which it cannot be restored;
    ``online`` tells whether it was made while the service ran; ``error`` is what the tool itself says of it.
    """

    id: str
    kind: Kind
    started_ms: int | None
    stopped_ms: int | None
    bytes: int | None = None
    depends_on: tuple[str, ...] = ()
    medium: str | None = None
    online: bool | None = None
    verified: Verified | None = None
    error: str | None = None
    flaws: tuple[Flaw, ...] = ()
    good: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether nothing that the catalogue says speaks against it (verified or not)."""
        return self.error is None and not self.flaws and not (self.verified is not None and self.verified.ok is False)

    def data(self) -> dict[str, Any]:
        """Return it as JSON; place and site stand beside, they are the catalogue's."""
        return {
            "id": self.id,
            "kind": self.kind,
            "started_ms": self.started_ms,
            "stopped_ms": self.stopped_ms,
            "bytes": self.bytes,
            "depends_on": list(self.depends_on),
            "online": self.online,
            "verified": self.verified.data() if self.verified else None,
            "error": self.error,
            "flaws": list(self.flaws),
            "good": self.good,
        }


def settled(backups: Iterable[Backup], *, now_ms: int) -> tuple[Backup, ...]:
    """Return the backups, oldest first, each with all its flaws and whether it is good.

    One pass, since what a backup depends on began before it; a base that comes later is as good as missing.
    """
    known: dict[str, Backup] = {}
    for backup in sorted(backups, key=lambda one: (one.started_ms or 0, one.id)):
        flaws = dict.fromkeys((*backup.flaws, *_own_flaws(backup, now_ms), *_flaws_of_bases(backup, known)))
        bases_good = all(known[base].good for base in backup.depends_on if base in known)
        judged = replace(backup, flaws=tuple(flaws), verified=_timely(backup, now_ms))
        told = judged.verified is not None and judged.verified.understood and judged.verified.ok is True
        known[backup.id] = replace(judged, good=told and bases_good and judged.whole)
    return tuple(known.values())


def _timely(backup: Backup, now_ms: int) -> Verified | None:
    """Return the verification; one that says well, but before the backup was over or after now, told nothing."""
    verified, ended_ms = backup.verified, backup.stopped_ms or backup.started_ms
    if verified is None or verified.at_ms is None or verified.ok is not True:
        return verified
    if verified.at_ms > now_ms + LATE_MS:
        return replace(verified, ok=None, understood=False, why="the verification is dated after the reading")
    if ended_ms is not None and verified.at_ms + LATE_MS < ended_ms:
        return replace(verified, ok=None, understood=False, why="the verification is older than the end of the backup")
    return verified


def _own_flaws(backup: Backup, now_ms: int) -> Iterable[Flaw]:
    if backup.started_ms is None:
        yield "no-start"
    if backup.stopped_ms is None and backup.started_ms is not None:
        yield "half-written"
    if any(at is not None and at > now_ms + LATE_MS for at in (backup.started_ms, backup.stopped_ms)):
        yield "from-the-future"


def _flaws_of_bases(backup: Backup, known: Mapping[str, Backup]) -> Iterable[Flaw]:
    for base in backup.depends_on:
        if base not in known:
            yield "missing-base"
        elif not known[base].whole:
            yield "broken-base"


def newest(backups: Iterable[Backup], *, now_ms: int, most: int = MOST_READ) -> tuple[tuple[Backup, ...], int]:
    """Return the newest backups within the window, and how many entries were left out as older or too many.

    What has no start is kept: it cannot be told to be old. Memory holds ``most`` entries, however many come.
    """
    begin_ms = now_ms - WINDOW_DAYS * DAY_MS
    kept: list[tuple[float, int, Backup]] = []
    out = 0
    for number, backup in enumerate(backups):
        if backup.started_ms is not None and backup.started_ms < begin_ms:
            out += 1
            continue
        entry = (float("inf") if backup.started_ms is None else float(backup.started_ms), number, backup)
        if len(kept) < most:
            heapq.heappush(kept, entry)
        else:
            heapq.heappushpop(kept, entry)
            out += 1
    return tuple(backup for _, _, backup in sorted(kept, key=lambda each: each[:2])), out
