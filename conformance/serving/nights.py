"""What the ledger tells of nights, for the metrics: the newest that is over, and how many were missed in a row."""

from conformance.night.course import UNDER_WAY
from conformance.night.recall import night_runs
from probes.clock import Clock
from probes.errors import NotRecorded
from probes.target import Target
from reports.ledger.store import LedgerStore
from reports.metrics_snapshot import NIGHT_STATES, Nights

_MS = 1000


def nights(store: LedgerStore, target: Target, clock: Clock) -> Nights:
    """Return what is known of a target's nights.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    try:
        told = night_runs(store, target, clock.now())
    except NotRecorded:
        return Nights()
    over = next((night for night in told["nights"] if night["ended"] != UNDER_WAY), None)
    if over is None:
        return Nights(missed=told["in_a_row"])
    ended = [step["ended"] for step in over["steps"]]
    return Nights(
        began_s=over["started_ms"] / _MS,
        ended_s=over["ended_ms"] / _MS,
        steps={state: ended.count(state) for state in NIGHT_STATES},
        missed=told["in_a_row"],
    )
