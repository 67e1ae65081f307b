"""From a drill's record to the ledger: the same for one that came to its end and for one that was killed."""

import gzip
import platform as machine
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.drilling.recall import RUN
from conformance.drilling.record import Record
from probes.canonical import digest, freeze
from probes.clock import Clock, rfc3339
from probes.observation import Header, Observation
from probes.target import Target
from profiles.drills.course import data_of
from reports.ledger.store import LedgerStore

_VERSION = "1"


def keep(
    record: Record, target: Target, store: LedgerStore, clock: Clock, *, trails: Sequence[Path] = ()
) -> dict[str, Any]:
    """Write what a record tells into the ledger, with the record, the host's journal and the trails; return its data.

    Raises:
        EvidenceError: the ledger does not take it; the record is then kept the next time somebody recovers.
    """
    entries = record.entries()
    data = data_of(entries)
    journal = "".join(str(entry.facts["journal"]) for entry in entries if entry.kind == "host")
    raw = (record.path.read_bytes(), journal.encode(), *(path.read_bytes() for path in trails if path.exists()))
    contents = tuple(gzip.compress(content, mtime=0) for content in raw)
    header = Header(
        platform_id=target.platform.id,
        kind=RUN,
        subject=str(data["drill"]),
        observed_at=rfc3339(clock.now()),
        clock_offset_s=clock.offset_s,
        vantage=machine.node(),
        probe_version=_VERSION,
        run_id=str(data["run_id"]),
    )
    names = tuple(dict.fromkeys(digest(content) for content in contents))
    reading = Observation(header=header, data=freeze(data), attachments=names)
    store.append_readings(str(data["run_id"]), (reading,), attachments=contents)
    record.say("kept", reading.id)
    return data
