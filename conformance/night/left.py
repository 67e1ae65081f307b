"""What a step left in the ledger, and what a killed drill left on its host."""

from datetime import datetime
from pathlib import Path
from typing import Final

from conformance.drilling.recall import RUN as DRILL
from conformance.drilling.recovering import needs_recovery
from conformance.drilling.task import RECORDS
from conformance.loading.recall import RUN as LOAD
from conformance.night.record import content_of
from conformance.observing import RESTORES
from probes.clock import parse_rfc3339
from probes.shop.trail import read
from reports.ledger.store import LedgerStore
from reports.verdict_record import verdict_records

_KINDS: Final = {"load": LOAD, "drill": DRILL, "restore": RESTORES}


def last_record(store: LedgerStore, platform_id: str, verb: str, since: datetime) -> str | None:
    """Return the run that a verb has left in the ledger since an instant; None where it left none.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    if verb == "examine":
        told = [(record.ended, record.run_id) for record in verdict_records(store, platform_id)]
        return next((run_id for ended, run_id in told[-1:] if parse_rfc3339(ended) >= since), None)
    reading = store.latest(platform_id, _KINDS[verb]) if verb in _KINDS else None
    if reading is None or parse_rfc3339(reading.header.observed_at) < since:
        return None
    return reading.header.run_id


def drills_to_recover(out: Path, platform_id: str) -> bool:
    """Tell whether a drill of this platform was killed, and nobody looked after it since.

    Raises:
        EvidenceError: a record cannot be read, or was altered.
    """
    records = sorted((out / RECORDS).glob("*.jsonl"))
    return any(needs_recovery(read(content_of(path), name=str(path)).entries, platform_id) for path in records)
