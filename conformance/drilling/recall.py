"""``ledger.drills``: the drills that the ledger holds, for the judges of recovery."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from probes.clock import rfc3339
from probes.errors import NotRecorded
from probes.observation import Observation
from probes.target import Target
from reports.ledger.store import LedgerStore, reading_of

DRILLS: Final = "ledger.drills"
RUN: Final = "drill.run"
DAYS: Final = 400
MOST_RUNS: Final = 1_000
"""So many runs are gone through backwards: a handful of drills, each every other day, for the whole time."""


def drill_runs(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the runs that ended within the last 400 days, the newest first.

    ``{"runs": [data of ``drill.run`` with "observed_at"], "window_days", "until"}``; their age is that of their own
    ``ended_ms``, since one that was killed is recorded later, when somebody recovers it.

    Raises:
        NotRecorded: there is no run.
        EvidenceError: the ledger cannot be read.
    """
    runs = sorted(_within(store, target.platform.id, now), key=lambda run: -run["ended_ms"])
    if not runs:
        raise NotRecorded(
            f"the ledger holds no drill of {target.platform.id} in the last {DAYS} days: run `duheng drill NAME` "
            "(`duheng drill --list` names them)"
        )
    return {"runs": runs, "window_days": DAYS, "until": rfc3339(now)}


def _within(store: LedgerStore, platform_id: str, now: datetime) -> Iterator[Mapping[str, Any]]:
    told: set[str] = set()
    for entry in store.newest_entries(platform_id, RUN, most=MOST_RUNS):
        reading = reading_of(entry)
        if not isinstance(reading, Observation) or not isinstance(reading.data.get("ended_ms"), int):
            continue
        ended = datetime.fromtimestamp(int(str(reading.data["ended_ms"])) / 1000, now.tzinfo)
        run_id = str(reading.data.get("run_id"))
        if now - timedelta(days=DAYS) <= ended <= now and run_id not in told:
            told.add(run_id)  # the ledger took it, and whoever wrote it died before knowing: it is there twice
            yield {**reading.data, "observed_at": reading.header.observed_at}
