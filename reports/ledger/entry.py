"""What the ledger is made of: entries, drafts of entries, and the head of the chain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from probes.canonical import canonical_bytes, digest
from probes.errors import EvidenceError

RUN_STARTED: Final = "run-started"
READING: Final = "reading"
ATTACHMENT: Final = "attachment"
TRAIL: Final = "trail"
RUN_FINISHED: Final = "run-finished"
REPORT: Final = "report"

NO_HASH: Final = "sha256:" + "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of the chain.

    ``seq`` counts from 1 in order of commit; ``written_at`` is the store's clock, RFC 3339 UTC; ``payload`` the
    canonical bytes as they were handed in; ``payload_digest``, ``previous`` and ``hash`` are ``sha256:...``.
    """

    seq: int
    kind: str
    run_id: str
    written_at: str
    payload: bytes
    payload_digest: str
    previous: str
    hash: str

    @property
    def head(self) -> "Head":
        """The head of a chain that ends here."""
        return Head(seq=self.seq, hash=self.hash)

    def value(self) -> Any:
        """Return the payload's JSON value, once its bytes are known to be those that were written.

        Raises:
            EvidenceError: if the payload does not fit its digest, or is not JSON.
        """
        if digest(self.payload) != self.payload_digest:
            raise EvidenceError(f"ledger entry {self.seq} was altered: its payload does not fit its digest")
        try:
            return json.loads(self.payload)
        except ValueError as error:
            raise EvidenceError(f"ledger entry {self.seq} ({self.kind}) is not JSON: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last position of a chain and its hash; the hash alone names both, and is what a report keeps."""

    seq: int
    hash: str


GENESIS: Final = Head(seq=0, hash=NO_HASH)
"""The head of an empty ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before the ledger has given it a position: its kind, and the canonical bytes to keep.

    Raises ValueError for an empty kind, and for ``attachment``: those entries the store writes itself.
    """

    kind: str
    payload: bytes

    def __post_init__(self) -> None:
        """Refuse kinds that cannot be appended."""
        if not self.kind or self.kind == ATTACHMENT:
            raise ValueError(f"a draft cannot be of the kind {self.kind!r}")


def draft(kind: str, value: Mapping[str, Any]) -> Draft:
    """Return the draft that keeps a JSON object, encoded canonically (RFC 8785)."""
    return Draft(kind=kind, payload=canonical_bytes(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the ledger knows of a run; instants are the earliest and the latest ``written_at`` of its entries."""

    run_id: str
    first_seq: int
    last_seq: int
    entries: int
    first_written_at: str
    last_written_at: str
    finished: bool
