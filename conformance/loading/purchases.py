"""The purchases that went on while something else happened, by the notes on the workers' trails. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from probes.shop.trail import PURCHASE, Entry


def during(trails: Iterable[Sequence[Entry]], from_ms: int, to_ms: int) -> dict[str, int]:
    """Return how many purchases were begun between two instants, and how many of those did not come about."""
    begun = [
        entry.facts
        for entries in trails
        for entry in entries
        if entry.kind == PURCHASE and from_ms <= _ms(entry.facts.get("begun_ms")) <= to_ms
    ]
    return {"begun_during": len(begun), "failed_during": sum(facts.get("bought") is not True for facts in begun)}


def overlapped(trails: Iterable[Sequence[Entry]], backup: Mapping[str, Any], *, ended_ms: int) -> dict[str, int]:
    """Return the purchases that a backup (``probes.backups.hot``) overlapped; none where its command was not begun.

    ``ended_ms`` is when the run ended, where nobody saw the backup end.
    """
    if backup["started_ms"] is None:
        return {"begun_during": 0, "failed_during": 0}
    return during(trails, backup["started_ms"], backup["stopped_ms"] or ended_ms)


def _ms(value: Any) -> int:
    return value if isinstance(value, int) else -1
