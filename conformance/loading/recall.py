"""``ledger.load``: the load runs that the ledger holds, for the judges of what happens under load."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.judges.load_runs import RUNS, Run, whole
from probes.clock import parse_rfc3339, rfc3339
from probes.errors import NotRecorded
from probes.observation import Observation
from probes.target import Target
from reports.ledger.store import LedgerStore, reading_of

LOAD: Final = RUNS
RUN: Final = "load.run"
DAYS: Final = 90
MOST_RUNS: Final = 200
"""So many runs are gone through backwards: a run a night for half a year."""


def load_runs(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the newest runs of each profile within 90 days.

    ``{"runs": [data of ``load.run`` with "observed_at"], "window_days", "until"}``, the newest first. Of a profile
    whose newest run does not count (cut off, not valid, of the closed model), its newest that does comes too, and its
    newest that went to its end: neither a failed try nor one that was stopped hides an earlier answer.

    Raises:
        NotRecorded: there is no run.
        EvidenceError: the ledger cannot be read.
    """
    runs = tuple(_kept(_within(store, target.platform.id, now)))
    if not runs:
        raise NotRecorded(
            f"the ledger holds no load run of {target.platform.id} in the last {DAYS} days: run `duheng load peak`"
        )
    return {"runs": runs, "window_days": DAYS, "until": rfc3339(now)}


def _within(store: LedgerStore, platform_id: str, now: datetime) -> Iterator[Mapping[str, Any]]:
    for entry in store.newest_entries(platform_id, RUN, most=MOST_RUNS):
        reading = reading_of(entry)
        at = parse_rfc3339(reading.header.observed_at)
        if isinstance(reading, Observation) and now - timedelta(days=DAYS) <= at <= now:
            yield {**reading.data, "observed_at": reading.header.observed_at}


def _kept(runs: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    told: set[str] = set()
    counted: set[str] = set()
    ended: set[str] = set()
    for run in runs:
        profile = str(run.get("profile"))
        counts = Run(data=run, peak_per_s=None).counts
        ends = counts and whole(run)
        if profile not in told or (counts and profile not in counted) or (ends and profile not in ended):
            yield run
        told.add(profile)
        counted |= {profile} if counts else set()
        ended |= {profile} if ends else set()
