"""From a night's journal to the ledger: again before and after each step, so that a killed night is told all the same.

Of the readings of one night the newest counts; only the last says that it is over.
"""

import gzip
import platform as machine
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.night.recall import RUN, SUBJECT
from conformance.night.record import Record, left_open
from conformance.turn import Open
from probes.canonical import digest, freeze
from probes.clock import Clock, rfc3339
from probes.observation import Header, Observation
from probes.target import Target
from reports.ledger.store import LedgerStore

_VERSION: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Writes nights of one target into its ledger."""

    target: Target
    ledger: Open
    clock: Clock
    tool: str

    def begin(self, record: Record) -> None:
        """Enter the begin of a night.

        Raises:
            EvidenceError: the ledger does not take it.
        """
        data = record.data()
        with self.ledger() as store:
            store.start_run(data["run_id"], {"tool": self.tool, "target_sha256": self.target.sha256, "night": True})
            self._append(store, data)

    def tell(self, record: Record) -> None:
        """Enter how far a night has come.

        Raises:
            EvidenceError: the ledger does not take it.
        """
        with self.ledger() as store:
            self._append(store, record.data())

    def finish(self, record: Record, data: Mapping[str, Any]) -> None:
        """Enter a night that is over, with its journal, and note in that that it is kept.

        Raises:
            EvidenceError: the journal cannot be read, or the ledger does not take it; the next night then brings it in.
        """
        content = gzip.compress(record.content(), mtime=0)
        with self.ledger() as store:
            reading = self._append(store, data, content)
            store.finish_run(data["run_id"], {"ended": data["ended"]})
        record.say("kept", reading.id)

    def bring_in(self, folder: Path) -> Iterator[Mapping[str, Any]]:
        """Enter every night of the folder that never told its end, and yield what it came to.

        Raises:
            EvidenceError: a journal was altered, or the ledger does not take it.
        """
        for record in left_open(folder, self.target.platform.id, self.clock):
            data = record.as_killed()
            self.finish(record, data)
            yield data

    def _append(self, store: LedgerStore, data: Mapping[str, Any], *contents: bytes) -> Observation:
        header = Header(
            platform_id=self.target.platform.id,
            kind=RUN,
            subject=SUBJECT,
            observed_at=rfc3339(self.clock.now()),
            clock_offset_s=self.clock.offset_s,
            vantage=machine.node(),
            probe_version=_VERSION,
            run_id=data["run_id"],
        )
        reading = Observation(header=header, data=freeze(data), attachments=tuple(map(digest, contents)))
        store.append_readings(data["run_id"], (reading,), attachments=contents)
        return reading
