"""The reference store: a list. For tests, and for looking without keeping."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import RLock
from typing import Any

from probes.canonical import digest
from probes.clock import Clock, rfc3339
from probes.errors import EvidenceError
from reports.ledger.chain import Verification, attachment_payload, link_all, verify_ledger
from reports.ledger.entry import ATTACHMENT, GENESIS, READING, RUN_FINISHED, Draft, Entry, Head, Run
from reports.ledger.store import NO_NOTES, LedgerStore, Notes, check_names, differ, unexpected


class MemoryStore(LedgerStore):
    """Keeps entries for as long as the process lives."""

    def __init__(self, *, clock: Clock) -> None:
        """Begin empty; ``clock`` gives ``written_at``."""
        self._clock = clock
        self._lock = RLock()
        self._entries: list[Entry] = []
        self._attachments: dict[str, bytes] = {}
        self._notes: dict[str, bytes] = {}

    def append(
        self,
        run_id: str,
        drafts: Sequence[Draft],
        *,
        attachments: Iterable[bytes] = (),
        notes: Notes = NO_NOTES,
        expect: Notes = NO_NOTES,
    ) -> tuple[int, ...]:
        """Append a batch; see ``LedgerStore.append``."""
        if not run_id:
            raise ValueError("an entry belongs to a run")
        check_names(notes, expect)
        contents = {digest(content): bytes(content) for content in attachments}
        with self._lock:
            if names := unexpected(expect, self._notes):
                raise differ(names)
            entered = {entry.payload for entry in self.entries(run_id=run_id, kind=ATTACHMENT)}
            payloads = (attachment_payload(name, len(content)) for name, content in contents.items())
            entries = link_all(
                self.head(),
                run_id=run_id,
                written_at=rfc3339(self._clock.now()),
                attached=[payload for payload in payloads if payload not in entered],
                drafts=drafts,
            )
            self._attachments = contents | self._attachments
            self._entries.extend(entries)
            self._change(notes)
        return tuple(entry.seq for entry in entries if entry.kind != ATTACHMENT)

    def _change(self, notes: Notes) -> None:
        merged = {**self._notes, **notes}
        self._notes = {name: content for name, content in merged.items() if content is not None}

    def notes(self, prefix: str = "") -> Mapping[str, bytes]:
        """Return the notes whose names start so."""
        with self._lock:
            return {name: self._notes[name] for name in sorted(self._notes) if name.startswith(prefix)}

    def note(self, changes: Notes, *, expect: Notes = NO_NOTES) -> bool:
        """Change notes, if those in ``expect`` are as it says."""
        check_names(changes, expect)
        with self._lock:
            if unexpected(expect, self._notes):
                return False
            self._change(changes)
        return True

    def head(self) -> Head:
        """Return the last position and its hash."""
        return self._entries[-1].head if self._entries else GENESIS

    def entries(
        self, *, run_id: str | None = None, kind: str | None = None, since: int | None = None
    ) -> Iterator[Entry]:
        """Iterate in order of position, after ``since``."""
        for entry in self._entries[since or 0 :]:
            if run_id in {None, entry.run_id} and kind in {None, entry.kind}:
                yield entry

    def newest_entries(
        self, platform_id: str, kind: str, subject: str | None = None, *, most: int
    ) -> tuple[Entry, ...]:
        """Return the readings with the greatest ``observed_at``, the later position first where two are equal."""
        found: list[tuple[str, int, Entry]] = []
        for entry in self.entries(kind=READING):
            record = _record(entry)
            wanted = record.get("platform_id") == platform_id and record.get("kind") == kind
            if wanted and subject in {None, record.get("subject")}:
                found.append((str(record.get("observed_at", "")), entry.seq, entry))
        return tuple(entry for _, _, entry in sorted(found, key=lambda each: each[:2], reverse=True)[:most])

    def intervals_after(self, platform_id: str, instant_ms: int) -> Iterator[Entry]:
        """Iterate over the platform's intervals that end after the instant."""
        for entry in self.entries(kind="interval"):
            record = _record(entry)
            ends_ms = record.get("ends_ms")
            if record.get("platform_id") == platform_id and isinstance(ends_ms, int) and ends_ms > instant_ms:
                yield entry

    def attachment(self, name: str) -> bytes:
        """Return a content by its name."""
        if name not in self._attachments:
            raise EvidenceError(f"the ledger in memory holds no attachment {name}")
        return self._attachments[name]

    def has_attachment(self, name: str) -> bool:
        """Tell whether a content is kept."""
        return name in self._attachments

    def runs(self) -> tuple[Run, ...]:
        """Return what is known of each run."""
        with self._lock:
            of_run: dict[str, list[Entry]] = {}
            for entry in self._entries:
                of_run.setdefault(entry.run_id, []).append(entry)
        return tuple(_run(run_id, entries) for run_id, entries in of_run.items())

    def verify(self, *, head: str | None = None) -> Verification:
        """Recompute the chain and every attachment."""
        with self._lock:
            return verify_ledger(self._entries, self._attachments.items(), head=head)

    def close(self) -> None:
        """Nothing to let go of."""


def _record(entry: Entry) -> dict[str, Any]:
    try:
        record = json.loads(entry.payload)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _run(run_id: str, entries: Sequence[Entry]) -> Run:
    return Run(
        run_id=run_id,
        first_seq=entries[0].seq,
        last_seq=entries[-1].seq,
        entries=len(entries),
        first_written_at=min(entry.written_at for entry in entries),
        last_written_at=max(entry.written_at for entry in entries),
        finished=any(entry.kind == RUN_FINISHED for entry in entries),
    )
