"""``ledger.load``: the load runs that the ledger holds, for the judges of what happens under load."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.judges.hot_backup import none_disturbed
from conformance.judges.load_runs import RUNS, Run, whole
from probes.clock import parse_rfc3339, rfc3339
from probes.errors import NotRecorded
from probes.observation import Observation
from probes.target import Target
from reports.ledger.store import LedgerStore, reading_of

LOAD: Final = RUNS
RUN: Final = "load.run"
DAYS: Final = 90
_BACKUP: Final = "backup"
MOST_RUNS: Final = 200
"""So many runs are gone through backwards: a run a night for half a year."""


def load_runs(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the runs of each profile, within 90 days, that no later one settles.

    ``{"runs": [data of ``load.run`` with "observed_at"], "window_days", "until"}``, the newest first. Of a profile come
    its newest run, its newest that counts and went to its end, and all between that count: neither a failed try nor
    one that was stopped hides an earlier answer. The same once more among its runs with a backup, of those that tell of
    it: what failed beside a backup, none without one clears, and none whose backup came to nothing.

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
    settled: set[tuple[str, str]] = set()
    for run in runs:
        profile, answers = str(run.get("profile")), _answers(run)
        if profile not in told or answers - settled:
            yield run
        told.add(profile)
        settled |= _settled(run, answers)


def _answers(run: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return what a run has to say of its profile."""
    if not Run(data=run, peak_per_s=None).counts:
        return set()
    asked = ("load", _BACKUP) if isinstance(run.get("backup"), Mapping) else ("load",)
    return {(str(run.get("profile")), each) for each in asked}


def _settled(run: Mapping[str, Any], answers: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of its answers a run settles, whatever earlier ones said: a whole one does.

    What happens beside a backup is settled where it is told: not by one that failed, or that hardly anybody bought
    beside.
    """
    if not whole(run):
        return set()
    untold = none_disturbed(Run(data=run, peak_per_s=None), {}).word == "undetermined"
    return {each for each in answers if each[1] != _BACKUP or not untold}
