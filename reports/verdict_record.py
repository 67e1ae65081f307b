"""What an examination told, as one entry of the ledger's chain: later clauses stand on verdicts of earlier days.

An examination that judged a part of the clauses keeps that part, and nothing of the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from probes.errors import EvidenceError
from reports.ledger.entry import Draft, Entry, draft
from reports.ledger.store import LedgerStore

VERDICTS: Final = "verdicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """The verdicts of one examination of a platform: by check, as words of ``report.json``.

    ``ended`` is when it judged (RFC 3339, UTC). Checks without a judge stand there only where they do not apply.
    ``exit`` is the exit status of its report; None where it was not kept.
    """

    platform_id: str
    run_id: str
    ended: str
    verdicts: Mapping[str, str]
    exit: int | None = None


def as_draft(record: VerdictRecord) -> Draft:
    """Return the ledger's draft that keeps the record."""
    return draft(VERDICTS, asdict(record))


def verdict_records(store: LedgerStore, platform_id: str) -> Iterator[VerdictRecord]:
    """Yield what the platform's examinations told, in order of position.

    Raises:
        EvidenceError: an entry was altered, or is no such record.
    """
    for entry in store.entries(kind=VERDICTS):
        record = _record(entry)
        if record.platform_id == platform_id:
            yield record


def _record(entry: Entry) -> VerdictRecord:
    try:
        return VerdictRecord(**entry.value())
    except TypeError as error:
        raise EvidenceError(f"ledger entry {entry.seq} is no {VERDICTS}: {error}") from error
