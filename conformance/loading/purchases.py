"""The purchases that went on while something else happened, by the notes on the workers' trails. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from probes.shop.trail import PURCHASE, Entry


def during(trails: Iterable[Sequence[Entry]], from_ms: int, to_ms: int) -> dict[str, int]:
    """Return how many purchases went on between two instants, and how many of those did not come about.

    ``begun_during`` counts every purchase that overlaps the time: also one that was under way when it began, or was not
    over when it ended. (Only those begun within it were counted once; records keep the name.)
    """
    overlapping = [
        entry.facts
        for entries in trails
        for entry in entries
        if entry.kind == PURCHASE and _overlaps(entry.facts, from_ms, to_ms)
    ]
    failed = sum(facts.get("bought") is not True for facts in overlapping)
    return {"begun_during": len(overlapping), "failed_during": failed}


def overlapped(trails: Iterable[Sequence[Entry]], backup: Mapping[str, Any], *, ended_ms: int) -> dict[str, int]:
    """Return the purchases that a backup (``probes.backups.hot``) overlapped; none where its command was not begun.

    ``ended_ms`` is when the run ended, where nobody saw the backup end.
    """
    if backup["started_ms"] is None:
        return {"begun_during": 0, "failed_during": 0}
    return during(trails, backup["started_ms"], backup["stopped_ms"] or ended_ms)


def _overlaps(facts: Mapping[str, Any], from_ms: int, to_ms: int) -> bool:
    begun_ms, ended_ms = facts.get("begun_ms"), facts.get("ended_ms")
    return isinstance(begun_ms, int) and isinstance(ended_ms, int) and begun_ms <= to_ms and ended_ms >= from_ms
