"""The longest gap between successive good backups of a kind, start to start, over the whole window. Pure.

Not the age of the newest: a backup that was missed in spring stays missed. ``newest_ms`` stands beside, for the age.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from probes.backups.form import KINDS, Backup, Kind

SECOND_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Of one kind: the longest gap and where it lies, None below two good backups; first and newest good start."""

    kind: Kind
    longest_s: float | None
    from_ms: int | None
    to_ms: int | None
    first_ms: int | None
    newest_ms: int | None
    good: int
    all: int

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "longest_s": self.longest_s,
            "from_ms": self.from_ms,
            "to_ms": self.to_ms,
            "first_ms": self.first_ms,
            "newest_ms": self.newest_ms,
            "good": self.good,
            "all": self.all,
        }


def gaps_by_kind(backups: Iterable[Backup]) -> dict[Kind, Gap]:
    """Return the gap of every kind that occurs, in the order of ``KINDS``; backups in any order."""
    starts: dict[Kind, list[int]] = {}
    counts: dict[Kind, int] = {}
    for backup in backups:
        counts[backup.kind] = counts.get(backup.kind, 0) + 1
        if backup.good and backup.started_ms is not None:
            starts.setdefault(backup.kind, []).append(backup.started_ms)
    return {kind: _gap(kind, sorted(starts.get(kind, ())), counts[kind]) for kind in KINDS if kind in counts}


def _gap(kind: Kind, starts: list[int], all_: int) -> Gap:
    longest = max(itertools.pairwise(starts), key=lambda pair: pair[1] - pair[0], default=None)
    return Gap(
        kind=kind,
        longest_s=None if longest is None else (longest[1] - longest[0]) / SECOND_MS,
        from_ms=None if longest is None else longest[0],
        to_ms=None if longest is None else longest[1],
        first_ms=starts[0] if starts else None,
        newest_ms=starts[-1] if starts else None,
        good=len(starts),
        all=all_,
    )
