"""From what a verification said to what it says of each backup. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from probes.backups.form import LATE_MS, Backup, Verified


def not_understood(how: str, at_ms: int | None, why: str) -> Verified:
    """Return a verification that told nothing."""
    return Verified(how=how, at_ms=at_ms, ok=None, understood=False, why=" ".join(why.split())[:300])


def told_of_all(backups: Iterable[Backup], verified: Verified) -> tuple[Backup, ...]:
    """Return the backups, each with the verification of the whole repository; what came after it has none."""
    return tuple(replace(backup, verified=verified) if _before(backup, verified) else backup for backup in backups)


def _before(backup: Backup, verified: Verified) -> bool:
    ended_ms = backup.stopped_ms or backup.started_ms
    return verified.at_ms is None or ended_ms is None or ended_ms <= verified.at_ms + LATE_MS or not verified.understood


def complaints(text: str, *words: str) -> str:
    """Return the first lines that hold one of the words, in one line."""
    said = [line.strip() for line in text.splitlines() if any(word in line.lower() for word in words)]
    return "; ".join(said[:3])[:300]
