"""The chain: how an entry's hash is made, and what is wrong with a chain that is shown. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined

from probes.canonical import canonical_bytes, digest
from reports.ledger.entry import ATTACHMENT, GENESIS, Draft, Entry, Head

_FORMAT = b"duheng-ledger/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong, numbered from 1; ``seq`` is the position, or None where it has none."""

    number: int
    seq: int | None
    what: str

    def __str__(self) -> str:
        """Return one line for a person."""
        place = "ledger" if self.seq is None else f"entry {self.seq}"
        return f"{self.number}. {place}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification found: entries and attachments read, the last head, and every problem."""

    entries: int
    attachments: int
    head: Head
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def next_hash(*, seq: int, previous: str, kind: str, run_id: str, written_at: str, payload_digest: str) -> str:
    """Return the hash of the entry at ``seq``.

    SHA-256 over the format's name and the fields, each led by its length (8 bytes, big-endian): no two different
    entries share an encoding.
    """
    fields = (
        str(seq).encode(),
        previous.encode(),
        kind.encode(),
        run_id.encode(),
        written_at.encode(),
        payload_digest.encode(),
    )
    encoded = b"".join(len(field).to_bytes(8, "big") + field for field in (_FORMAT, *fields))
    return "sha256:" + hashlib.sha256(encoded).hexdigest()


def recomputed(entry: Entry) -> str:
    """Return the hash that fits an entry's fields."""
    return next_hash(
        seq=entry.seq,
        previous=entry.previous,
        kind=entry.kind,
        run_id=entry.run_id,
        written_at=entry.written_at,
        payload_digest=entry.payload_digest,
    )


def link(head: Head, *, kind: str, run_id: str, written_at: str, payload: bytes) -> Entry:
    """Return the entry that comes after ``head``."""
    seq, payload_digest = head.seq + 1, digest(payload)
    hashed = next_hash(
        seq=seq,
        previous=head.hash,
        kind=kind,
        run_id=run_id,
        written_at=written_at,
        payload_digest=payload_digest,
    )
    return Entry(
        seq=seq,
        kind=kind,
        run_id=run_id,
        written_at=written_at,
        payload=payload,
        payload_digest=payload_digest,
        previous=head.hash,
        hash=hashed,
    )


def link_all(
    head: Head, *, run_id: str, written_at: str, attached: Iterable[bytes], drafts: Iterable[Draft]
) -> tuple[Entry, ...]:
    """Return the entries of one batch: first those that enter attachments (by payload), then the drafts."""
    entries: list[Entry] = []
    kinds = joined(((ATTACHMENT, payload) for payload in attached), ((item.kind, item.payload) for item in drafts))
    for kind, payload in kinds:
        entries.append(link(head, kind=kind, run_id=run_id, written_at=written_at, payload=payload))
        head = entries[-1].head
    return tuple(entries)


def attachment_payload(name: str, size: int) -> bytes:
    """Return the payload by which the attachment ``sha256:...`` of ``size`` bytes is entered in the chain."""
    return canonical_bytes({"sha256": name, "bytes": size})


def verify_chain(entries: Iterable[Entry], *, head: str | None = None) -> Verification:
    """Recompute a whole chain, from its first entry.

    A chain alone cannot show that its *end* was cut off, or that all of it was written anew: for that, ``head`` gives
    the hash of a head that was kept elsewhere (in a signed report); the chain must hold that very entry.
    """
    return verify_ledger(entries, (), head=head, with_attachments=False)


def verify_ledger(
    entries: Iterable[Entry],
    attachments: Iterable[tuple[str, bytes]],
    *,
    head: str | None = None,
    with_attachments: bool = True,
) -> Verification:
    """Recompute a whole chain and every attachment (name and content) that it enters."""
    found: list[tuple[int | None, str]] = []
    entered: dict[str, tuple[int, bytes]] = {}
    last, count = GENESIS, 0
    met = head is None or head == GENESIS.hash
    for entry in entries:
        found.extend((entry.seq, what) for what in _wrong(last, entry))
        if entry.kind == ATTACHMENT:
            entered[_entered_name(entry)] = (entry.seq, entry.payload)
        last, count = entry.head, count + 1
        met = met or last.hash == head
    if not met:
        found.append((None, f"the chain does not hold {head}: its end was cut off, or it was written anew"))
    seen = 0
    if with_attachments:
        for name, content in attachments:
            seen += 1
            found.extend(_wrong_attachment(name, content, entered.pop(name, None)))
        found.extend((seq, f"attachment {name} is missing") for name, (seq, _) in entered.items())
    problems = tuple(Problem(number=number, seq=seq, what=what) for number, (seq, what) in enumerate(found, start=1))
    return Verification(entries=count, attachments=seen, head=last, problems=problems)


def _wrong(last: Head, entry: Entry) -> Iterator[str]:
    if entry.seq != last.seq + 1:
        yield f"position {last.seq + 1} was expected here"
    if entry.previous != last.hash:
        yield "it does not follow the entry before it"
    if digest(entry.payload) != entry.payload_digest:
        yield "its payload does not fit its digest"
    if recomputed(entry) != entry.hash:
        yield "its hash does not fit its fields"


def _entered_name(entry: Entry) -> str:
    try:
        return str(json.loads(entry.payload)["sha256"])
    except (ValueError, KeyError, TypeError):
        return f"(unreadable, entry {entry.seq})"


def _wrong_attachment(name: str, content: bytes, entered: tuple[int, bytes] | None) -> Iterator[tuple[int | None, str]]:
    if entered is None:
        yield None, f"attachment {name} was never entered in the chain"
    elif entered[1] != attachment_payload(name, len(content)):
        yield entered[0], f"attachment {name} is not as long as it was entered"
    if digest(content) != name:
        yield (entered[0] if entered else None), f"attachment {name} was altered: its content does not fit its name"
