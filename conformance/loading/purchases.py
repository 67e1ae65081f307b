"""The purchases that went on while something else happened, by the notes on the workers' trails. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from probes.shop.trail import PURCHASE, Entry


def during(trails: Iterable[Sequence[Entry]], from_ms: int, to_ms: int) -> dict[str, int]:
    """Return how many purchases went on between two instants, how many did not come about, and how many had no end.

    ``unfinished_during`` had no end when the run was over: nobody knows whether they would have come about.
    ``begun_during`` counts every purchase that overlaps the time: also one that was under way when it began, or was not
    over when it ended. (Only those begun within it were counted once; records keep the name.)
    """
    overlapping = [
        entry.facts
        for entries in trails
        for entry in entries
        if entry.kind == PURCHASE and _overlaps(entry.facts, from_ms, to_ms)
    ]
    unfinished = sum(facts.get("bought") is None for facts in overlapping)
    bought = sum(facts.get("bought") is True for facts in overlapping)
    return _counted(len(overlapping), len(overlapping) - bought - unfinished, unfinished)


def overlapped(trails: Iterable[Sequence[Entry]], backup: Mapping[str, Any], *, ended_ms: int) -> dict[str, int]:
    """Return the purchases that a backup (``probes.backups.hot``) overlapped; none where its command was not begun.

    ``ended_ms`` is when the run ended, where nobody saw the backup end.
    """
    if backup["started_ms"] is None:
        return _counted(0, 0, 0)
    return during(trails, backup["started_ms"], backup["stopped_ms"] or ended_ms)


def _counted(begun: int, failed: int, unfinished: int) -> dict[str, int]:
    return {"begun_during": begun, "failed_during": failed, "unfinished_during": unfinished}


def _overlaps(facts: Mapping[str, Any], from_ms: int, to_ms: int) -> bool:
    begun_ms, ended_ms = facts.get("begun_ms"), facts.get("ended_ms")
    return isinstance(begun_ms, int) and isinstance(ended_ms, int) and begun_ms <= to_ms and ended_ms >= from_ms
