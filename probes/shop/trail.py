"""The trail: what a run made on a platform, written outside it, on disk before the next step.

Append-only JSON lines. ``append`` returns when the line is on disk (``fsync``; writers that come together share one),
so that a killed run leaves a list of what it made. A line torn by the kill was never acknowledged to anybody: it is
left out on reading and told.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from probes.canonical import Frozen, canonical_bytes, digest, freeze
from probes.clock import Clock, rfc3339
from probes.errors import EvidenceError

CLEANED = "cleaned"
LEFT = "left"
TORN = "torn"
DUE = "due"
PURCHASE = "purchase"
PAID = "paid"
NOTES = frozenset({CLEANED, LEFT, TORN, DUE, PURCHASE, PAID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: who made what kind of object, when, and the platform's name for it.

    ``kind`` is account, order, address, cart, price ... or a note (``cleaned``, ``left``, ``torn``) whose
    ``facts["seq"]`` names the entry that it is about. ``acknowledged`` is false where the platform did not say that it
    was made, but it may have been. Further notes, by what stands in ``facts``:

    - ``due``: what the next order of the same ``who`` must hold: ``{"lines": [{"name", "quantity", "total"}], "total":
      decimal text | null}``.
    - ``paid``: the shop showed the order ``id`` as paid: ``{"account"}``.
    - ``purchase``: how one went under load: ``{"begun_ms", "ended_ms", "bought", "why"}``; ``bought`` is null where the
      run was over before it was, ``why`` the words in which it failed, or null.
    """

    seq: int
    at: str
    who: str
    kind: str
    id: str
    acknowledged: bool = True
    facts: Mapping[str, Frozen] = field(default_factory=lambda: freeze({}))

    def line(self) -> bytes:
        """Return the canonical line, with its line feed."""
        record = {
            "seq": self.seq,
            "at": self.at,
            "who": self.who,
            "kind": self.kind,
            "id": self.id,
            "acknowledged": self.acknowledged,
            "facts": self.facts,
        }
        return canonical_bytes(record) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A trail as read: its entries, and how many bytes of a torn last line were left out."""

    entries: tuple[Entry, ...]
    torn_bytes: int


def read(raw: bytes, *, name: str = "trail") -> Read:
    """Return the entries of a trail's bytes.

    Raises:
        EvidenceError: a line before the last is no entry, or the numbers have a gap.
    """
    whole, feed, torn = raw.rpartition(b"\n")
    entries: list[Entry] = []
    for number, line in enumerate(whole.split(b"\n") if feed else (), start=1):
        entry = _entry(line, f"{name}:{number}")
        if entry.seq != number:
            raise EvidenceError(
                f"{name}:{number}: entry {entry.seq} stands where {number} should; the trail was altered"
            )
        entries.append(entry)
    return Read(entries=tuple(entries), torn_bytes=len(torn))


class Trail:
    """One trail file, open for appending; safe to share between threads, exclusive between processes."""

    def __init__(self, path: Path, clock: Clock, *, sync: Callable[[int], None] = os.fsync) -> None:
        """Open or create the file (owner-only).

        A torn last line of an earlier, killed run is cut off, and a note about it is appended.

        Args:
            path: the file.
            clock: when entries are written.
            sync: puts what was written to a descriptor on disk; handed in by those who may not stand still meanwhile.

        Raises:
            EvidenceError: the file cannot be opened or read, is in use by another run, or was altered.
        """
        self.path = path
        self._clock = clock
        self._to_disk = sync
        self._write_lock = threading.Lock()
        self._on_disk = threading.Condition()
        self._syncing = False
        self._synced = 0
        self._failure: str | None = None
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise EvidenceError(f"{path}: another run is writing this trail; wait for it, or name another") from error
        except OSError as error:
            raise EvidenceError(f"{path}: cannot open the trail: {error.strerror}") from error
        try:
            self._take_up()
        except BaseException:
            os.close(self._file)
            raise

    def append(
        self,
        *,
        who: str,
        kind: str,
        id: str,  # noqa: A002 - the field's name
        facts: Mapping[str, Any] | None = None,
        acknowledged: bool = True,
        wait: bool = True,
    ) -> Entry:
        """Write one entry and return it once it is on disk.

        Where nobody is to ``wait``, it is on disk when the next entry is that somebody waits for: right for a note that
        tells nothing without what follows it.

        Raises:
            EvidenceError: it could not be written; nothing more will be, since what follows would stand on a gap.
        """
        with self._write_lock:
            self._usable()
            entry = Entry(
                seq=len(self._entries) + 1,
                at=rfc3339(self._clock.now()),
                who=who,
                kind=kind,
                id=id,
                acknowledged=acknowledged,
                facts=freeze(dict(facts or {})),
            )
            self._write(entry.line())
            self._entries.append(entry)
        if wait:
            self._sync(entry.seq)
        return entry

    def cleaned(self, entry: Entry, how: str) -> Entry:
        """Note that what an entry tells of was taken away again."""
        return self.append(who=entry.who, kind=CLEANED, id=entry.id, facts={"seq": entry.seq, "how": how})

    def left(self, entry: Entry, why: str) -> Entry:
        """Note that what an entry tells of stays on the platform."""
        return self.append(who=entry.who, kind=LEFT, id=entry.id, facts={"seq": entry.seq, "why": why})

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, notes included, in order."""
        with self._write_lock:
            return tuple(self._entries)

    def standing(self) -> tuple[Entry, ...]:
        """Return the entries of what was made and not cleaned, in order."""
        entries = self.entries()
        gone = {entry.facts["seq"] for entry in entries if entry.kind == CLEANED}
        return tuple(entry for entry in entries if entry.kind not in NOTES and entry.seq not in gone)

    def digest(self) -> str:
        """Return ``sha256:...`` of the file as it stands."""
        with self._write_lock:
            return digest(self.path.read_bytes())

    def close(self) -> None:
        """Close the file; everything in it that anybody waited for is on disk already."""
        os.close(self._file)

    def _take_up(self) -> None:
        with open(self._file, "rb", closefd=False) as file:
            raw = file.read()
        found = read(raw, name=str(self.path))
        self._entries = list(found.entries)
        self._synced = len(self._entries)
        if found.torn_bytes:
            os.ftruncate(self._file, len(raw) - found.torn_bytes)
            self.append(who="duheng", kind=TORN, id="", facts={"bytes": found.torn_bytes})
        _sync_folder(self.path.parent)

    def _write(self, line: bytes) -> None:
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            # What may stand there of the line is a torn tail, since nothing follows it.
            self._failure = f"{self.path}: cannot write the trail: {error.strerror}"
            raise EvidenceError(self._failure) from error

    def _sync(self, seq: int) -> None:
        """Return when entry ``seq`` is on disk. One writer syncs for all who wrote before it began."""
        with self._on_disk:
            while self._synced < seq:
                self._usable()
                if self._syncing:
                    self._on_disk.wait()
                else:
                    self._syncing = True
                    break
            else:
                return
        covered = len(self._entries)
        failure: str | None = None
        try:
            self._to_disk(self._file)
        except OSError as error:
            failure = f"{self.path}: the trail is not on disk: {error.strerror}"
        with self._on_disk:
            self._syncing = False
            if failure is None:
                self._synced = max(self._synced, covered)
            else:
                self._failure = failure
            self._on_disk.notify_all()
        self._usable()

    def _usable(self) -> None:
        if self._failure is not None:
            raise EvidenceError(self._failure)


def _entry(line: bytes, place: str) -> Entry:
    try:
        record = json.loads(line)
        return Entry(**{**record, "facts": freeze(record["facts"])})
    except (ValueError, TypeError, KeyError) as error:
        raise EvidenceError(f"{place}: not a line of a trail; the file was altered") from error


def _sync_folder(folder: Path) -> None:
    """Put the folder's entry for a new file on disk as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
