"""How long the probes took: each answer to the recorder of its check, to the ledger once a minute."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from conformance.watch.checks import Answer, Check
from probes.errors import EvidenceError
from reports.latency_recorder import LatencyRecorder
from reports.ledger.store import LedgerStore

FLUSH_MS: Final = 60_000


class Timings:
    """The latencies of all checks of one watcher."""

    def __init__(
        self, checks: Sequence[Check], *, run_id: str, platform_id: str, vantage: str, zone: ZoneInfo, keep_days: int
    ) -> None:
        """Open a recorder for each check."""
        self._recorders = {
            check.name: LatencyRecorder(
                run_id=run_id,
                platform_id=platform_id,
                check=check.name,
                vantage=vantage,
                zone=zone,
                keep_days=keep_days,
            )
            for check in checks
        }
        self._flushed_ms = 0

    def answered(self, answer: Answer) -> None:
        """Take how long a probe took, whether it found all well or not; of nothing known nothing is taken."""
        if answer.outcome != "unknown":
            self._recorders[answer.check].record(answer.planned_ms, answer.elapsed_ms)

    def flush_now_and_then(self, store: LedgerStore, now_ms: int) -> None:
        """Bring what is new to the ledger if the last time was a minute ago; what it does not take waits."""
        if abs(now_ms - self._flushed_ms) >= FLUSH_MS:
            self._flushed_ms = now_ms
            try:
                self.flush(store, now_ms)
            except EvidenceError:
                return  # the record itself says that the ledger is away

    def flush(self, store: LedgerStore, now_ms: int) -> None:
        """Bring what is new to the ledger.

        Raises:
            EvidenceError: it was not taken; it waits.
        """
        for recorder in self._recorders.values():
            recorder.flush(store, now_ms)
