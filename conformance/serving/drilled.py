"""What the recalled drills hold for the metrics: the newest run of each."""

from collections.abc import Mapping
from typing import Any, Final

from conformance.judges.drill_kept import Kept, kept
from conformance.judges.drill_run import Drill
from conformance.judges.hosts import number, records
from reports.metrics_snapshot import Drilled

_WHOLE: Final = 100


def drilled(data: Mapping[str, Any]) -> Mapping[str, Drilled]:
    """Return the newest run of each drill in the data of ``ledger.drills``, by its name.

    Whether the fault is out is told by the newest that put it in: one that was refused since heals nothing, and one
    that was broken off before anything could be proven left it in.
    """
    runs = sorted((Drill(data=each) for each in records(data.get("runs"))), key=lambda run: run.ended_s)
    healed = {run.name: run.healed is True for run in runs if run.injected}
    return {run.name: _told(run, healed.get(run.name)) for run in runs}


def _told(run: Drill, healed: bool | None) -> Drilled:
    found = kept(run)
    degrees = [each.percent for each in found if isinstance(each, Kept) and not each.unread]
    return Drilled(
        ended_s=run.ended_s,
        counts=run.counts,
        healed=healed,
        recovery_s=number(run.data.get("recovery_s")),
        limit_s=run.limit_s,
        degree_ratio=float(min(degrees) / _WHOLE) if len(degrees) == len(found) else None,
    )
