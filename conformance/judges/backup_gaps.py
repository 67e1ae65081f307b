"""The longest gap between successive good backups, start to start, over the whole window. Pure arithmetic.

The window runs from the oldest entry to the reading: the time since the newest good one is a gap like any other. Told
twice, since an unverified backup may be good or not: ``least_ms`` takes all of those as good, ``most_ms`` none.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.judges.backup_sets import Catalogue, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without a good start, in milliseconds since 1970 UTC."""

    from_ms: int
    to_ms: int

    @property
    def long_ms(self) -> int:
        """How long it is."""
        return self.to_ms - self.from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A window, and its longest gap in both readings; ``undated`` runs may lie in any gap."""

    begin_ms: int
    end_ms: int
    least: Gap
    most: Gap
    good: int
    unverified: int
    undated: int
    failed: int

    @property
    def length_ms(self) -> int:
        """How long the record is."""
        return self.end_ms - self.begin_ms


def record_of(group: Sequence[Catalogue], runs: Iterable[Run]) -> Record | None:
    """Return the record of some runs in catalogues that hold the same data; None where no run has a time."""
    taken = tuple(runs)
    dated = [run for run in taken if run.started_ms is not None and run.state != "undated"]
    if not dated:
        return None
    end = max(each.read_at_ms for each in group)
    begin = max(min(run.started_ms or 0 for run in dated), _whole_since(group))
    good = [run.started_ms or 0 for run in dated if run.state == "good"]
    maybe = [run.started_ms or 0 for run in dated if run.state == "unverified"]
    unread = sum(each.unread for each in group)
    return Record(
        begin_ms=begin,
        end_ms=end,
        least=longest(begin, [*good, *maybe], end),
        most=longest(begin, good, end),
        good=len(good),
        unverified=len(maybe),
        undated=sum(run.state == "undated" for run in taken) + unread,
        failed=sum(run.state == "bad" for run in taken),
    )


def _whole_since(group: Sequence[Catalogue]) -> int:
    """Return since when one of the catalogues at least keeps every backup."""
    return min(each.whole_since_ms or 0 for each in group)


def longest(begin_ms: int, starts: Iterable[int], end_ms: int) -> Gap:
    """Return the longest stretch of a window without a start in it; the earliest of equals."""
    points = [begin_ms, *sorted(start for start in starts if begin_ms <= start <= end_ms), end_ms]
    gaps = [Gap(from_ms=one, to_ms=other) for one, other in itertools.pairwise(points)]
    return max(gaps, key=lambda gap: gap.long_ms)
