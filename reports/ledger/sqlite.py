"""The ledger in an SQLite file: one writer at a time, many readers, durable when ``append`` returns."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from probes.canonical import digest
from probes.clock import Clock, rfc3339
from probes.errors import EvidenceError
from reports.ledger import sqlite_schema
from reports.ledger.chain import Problem, Verification, attachment_payload, link_all, recomputed, verify_ledger
from reports.ledger.entry import ATTACHMENT, GENESIS, READING, RUN_FINISHED, Draft, Entry, Head, Run
from reports.ledger.sqlite_faults import explained
from reports.ledger.sqlite_schema import reading_field
from reports.ledger.store import NO_NOTES, LedgerStore, Notes, check_names, differ, unexpected

LOCK_TIMEOUT_S: Final = 10.0
_PAGE: Final = 200  # entries read at once: no read transaction outlives a page, so the log can always be folded in
_SMALLEST: Final = 512  # bytes: SQLite's smallest page
_LAST: Final = "\U0010ffff"  # sorts after every character that a name may go on with
_COLUMNS: Final = "seq, kind, run_id, written_at, payload, payload_digest, previous, hash"
_INSERT: Final = f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants only


class SqliteStore(LedgerStore):
    """A ledger file. Any number of processes may hold it open; appends wait for one another."""

    def __init__(self, path: Path, *, clock: Clock, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        """Open the ledger at ``path``, or create it; ``clock`` gives ``written_at``.

        Raises:
            EvidenceError: if the file cannot serve as a ledger, or is locked for longer than ``lock_timeout_s``.
        """
        self.path = path
        self._clock = clock
        self._lock = RLock()
        if not path.exists():
            sqlite_schema.create(path)
        _refuse_hollow(path)
        with explained(path, "open the ledger"):
            self._connection = _connect(path, lock_timeout_s)
            try:
                self._make_ready()
            except BaseException:
                self._connection.close()
                raise

    def _make_ready(self) -> None:
        # Reading the schema first: it is what tells a ledger from any other file.
        sqlite_schema.check(self._connection, self.path)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA cell_size_check = ON")
        # Written and taken back: a file that cannot be written is told now, not when there is evidence to lose.
        # (BEGIN alone would not do: on a read-only file SQLite quietly begins a reading transaction.)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(f"PRAGMA user_version = {sqlite_schema.VERSION}")
        self._connection.execute("ROLLBACK")
        sqlite_schema.migrate(self._connection)
        last = next(self._page("ORDER BY seq DESC LIMIT 1", {}), None)
        if last is not None and last.hash != recomputed(last):
            raise EvidenceError(
                f"{self.path}: the last entry ({last.seq}) was altered, nothing may follow it; "
                "keep a copy of the file, then restore a backup or give another path in [ledger] url"
            )

    def append(
        self,
        run_id: str,
        drafts: Sequence[Draft],
        *,
        attachments: Iterable[bytes] = (),
        notes: Notes = NO_NOTES,
        expect: Notes = NO_NOTES,
    ) -> tuple[int, ...]:
        """Append a batch in one transaction; see ``LedgerStore.append``."""
        if not run_id:
            raise ValueError("an entry belongs to a run")
        check_names(notes, expect)
        contents = {digest(content): content for content in attachments}
        if not drafts and not contents and not notes:
            return ()
        with self._lock, explained(self.path, "append to the ledger"), self._writing():
            if names := unexpected(expect, self._found(expect)):
                raise differ(names)
            self._connection.executemany(
                "INSERT INTO attachments SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE name = ?1)",
                contents.items(),
            )
            payloads = (attachment_payload(name, len(content)) for name, content in contents.items())
            entries = link_all(
                self._head(),
                run_id=run_id,
                written_at=rfc3339(self._clock.now()),
                attached=[payload for payload in payloads if not self._entered(run_id, payload)],
                drafts=drafts,
            )
            self._connection.executemany(_INSERT, map(_row, entries))
            self._change(notes)
        return tuple(entry.seq for entry in entries if entry.kind != ATTACHMENT)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        # IMMEDIATE: the head is read before the insert, so no other process may come between the two.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # after some errors SQLite has rolled back on its own
                self._connection.execute("ROLLBACK")
            raise

    def notes(self, prefix: str = "") -> Mapping[str, bytes]:
        """Return the notes whose names start so."""
        query = "SELECT name, content FROM notes WHERE name >= ? AND name < ? ORDER BY name"
        with self._lock, explained(self.path, "read the ledger"):
            rows = self._connection.execute(query, (prefix, prefix + _LAST)).fetchall()
        return {str(name): _bytes(content) for name, content in rows}

    def note(self, changes: Notes, *, expect: Notes = NO_NOTES) -> bool:
        """Change notes in one transaction, if those in ``expect`` are as it says."""
        check_names(changes, expect)
        with self._lock, explained(self.path, "write to the ledger"), self._writing():
            if unexpected(expect, self._found(expect)):
                return False
            self._change(changes)
        return True

    def _found(self, names: Iterable[str]) -> dict[str, bytes]:
        query = "SELECT content FROM notes WHERE name = ?"
        rows = {name: self._connection.execute(query, (name,)).fetchone() for name in names}
        return {name: _bytes(row[0]) for name, row in rows.items() if row is not None}

    def _change(self, notes: Notes) -> None:
        kept = [(name, content) for name, content in notes.items() if content is not None]
        gone = [(name,) for name, content in notes.items() if content is None]
        self._connection.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", kept)
        self._connection.executemany("DELETE FROM notes WHERE name = ?", gone)

    def _entered(self, run_id: str, payload: bytes) -> bool:
        query = "SELECT 1 FROM entries WHERE kind = 'attachment' AND payload_digest = ? AND run_id = ?"
        return self._connection.execute(query, (digest(payload), run_id)).fetchone() is not None

    def _head(self) -> Head:
        row = self._connection.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return GENESIS if row is None else Head(seq=row[0], hash=row[1])

    def head(self) -> Head:
        """Return the last position and its hash."""
        with self._lock, explained(self.path, "read the ledger"):
            return self._head()

    def entries(
        self, *, run_id: str | None = None, kind: str | None = None, since: int | None = None
    ) -> Iterator[Entry]:
        """Iterate in order of position, after ``since``; sees what was there when it began."""
        upto, after = self.head().seq, since or 0
        narrow = ("AND run_id = :run_id " if run_id is not None else "") + ("AND kind = :kind " if kind else "")
        rest = f"WHERE seq > :after AND seq <= :upto {narrow}ORDER BY seq LIMIT {_PAGE}"
        while True:
            with self._lock, explained(self.path, "read the ledger"):
                page = tuple(self._page(rest, {"after": after, "upto": upto, "run_id": run_id, "kind": kind}))
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].seq

    def _page(self, rest: str, values: dict[str, Any]) -> Iterator[Entry]:
        query = f"SELECT {_COLUMNS} FROM entries {rest}"  # noqa: S608 - built from this file's constants
        return map(_entry, self._connection.execute(query, values))

    def newest_entries(
        self, platform_id: str, kind: str, subject: str | None = None, *, most: int
    ) -> tuple[Entry, ...]:
        """Return the readings with the greatest ``observed_at``, the later position first where two are equal."""
        narrow = f"AND {reading_field('subject')} = :subject " if subject is not None else ""
        rest = (
            f"WHERE kind = '{READING}' AND {reading_field('platform_id')} = :platform_id "
            f"AND {reading_field('kind')} = :kind {narrow}"
            f"ORDER BY {reading_field('observed_at')} DESC, seq DESC LIMIT :most"
        )
        values = {"platform_id": platform_id, "kind": kind, "subject": subject, "most": most}
        with self._lock, explained(self.path, "read the ledger"):
            return tuple(self._page(rest, values))

    def intervals_after(self, platform_id: str, instant_ms: int) -> Iterator[Entry]:
        """Iterate over the platform's intervals that end after the instant."""
        fields = f"{reading_field('platform_id')} = ? AND {reading_field('ends_ms')} > ?"
        query = f"SELECT seq FROM entries WHERE kind = 'interval' AND {fields} ORDER BY seq"  # noqa: S608 - constants
        with self._lock, explained(self.path, "read the ledger"):
            found = [row[0] for row in self._connection.execute(query, (platform_id, instant_ms))]
        for first in range(0, len(found), _PAGE):
            wanted = ", ".join(map(str, found[first : first + _PAGE]))
            with self._lock, explained(self.path, "read the ledger"):
                page = tuple(self._page(f"WHERE seq IN ({wanted}) ORDER BY seq", {}))
            yield from page

    def attachment(self, name: str) -> bytes:
        """Return a content by its name, checked against it."""
        with self._lock, explained(self.path, "read the ledger"):
            row = self._connection.execute("SELECT content FROM attachments WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise EvidenceError(f"{self.path}: the ledger holds no attachment {name}")
        content = _bytes(row[0])
        if digest(content) != name:
            raise EvidenceError(f"{self.path}: attachment {name} was altered; restore the ledger from a backup")
        return content

    def has_attachment(self, name: str) -> bool:
        """Tell whether a content is kept."""
        with self._lock, explained(self.path, "read the ledger"):
            return self._connection.execute("SELECT 1 FROM attachments WHERE name = ?", (name,)).fetchone() is not None

    def runs(self) -> tuple[Run, ...]:
        """Return what is known of each run."""
        query = (
            "SELECT run_id, min(seq), max(seq), count(*), min(written_at), max(written_at), max(kind = ?) "
            "FROM entries GROUP BY run_id ORDER BY min(seq)"
        )
        with self._lock, explained(self.path, "read the ledger"):
            rows = self._connection.execute(query, (RUN_FINISHED,)).fetchall()
        return tuple(
            Run(
                run_id=run_id,
                first_seq=first,
                last_seq=last,
                entries=count,
                first_written_at=began,
                last_written_at=ended,
                finished=bool(finished),
            )
            for run_id, first, last, count, began, ended, finished in rows
        )

    def verify(self, *, head: str | None = None) -> Verification:
        """Recompute the chain and every attachment, then let SQLite check its own pages and indexes.

        Damage that SQLite itself trips over is a problem of the answer, not an error.
        """
        with self._lock:
            try:
                # One snapshot: what others append meanwhile is neither half seen nor missed.
                self._connection.execute("BEGIN")
                attachments = self._connection.execute("SELECT name, content FROM attachments ORDER BY rowid")
                named = ((str(name), _bytes(content)) for name, content in attachments)
                found = verify_ledger(self._page("ORDER BY seq", {}), named, head=head)
                complaints = [row[0] for row in self._connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            except sqlite3.ProgrammingError:  # our misuse, not the file's damage
                raise
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                found, complaints = Verification(entries=0, attachments=0, head=GENESIS, problems=()), [str(error)]
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        return _with_complaints(found, complaints)

    def close(self) -> None:
        """Close the file; the last to do so folds the log into it."""
        with self._lock:
            self._connection.close()


def _refuse_hollow(path: Path) -> None:
    try:
        size = path.stat().st_size if path.is_file() else -1
    except OSError as error:
        raise EvidenceError(f"{path}: cannot open the ledger ({error.strerror}); see that it may be read") from error
    if size < 0:
        raise EvidenceError(f"{path}: not a file; give the path of a file in [ledger] url")
    if size < _SMALLEST:  # SQLite would take it for an empty database, and begin anew in it
        raise EvidenceError(
            f"{path}: the file has {size} bytes, a ledger never has so few: it was truncated, or is not a database; "
            "restore a backup, or move the file away to begin a new ledger"
        )


def _connect(path: Path, lock_timeout_s: float) -> sqlite3.Connection:
    # mode=rw: a file that vanished is told, not begun anew. Our lock, not SQLite's check, keeps threads apart.
    connection = sqlite3.connect(
        path.absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=lock_timeout_s,
        isolation_level=None,
        check_same_thread=False,
    )
    # A damaged text must come back as one that fits no hash, not as an error that hides which entry it is.
    connection.text_factory = _text
    return connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _bytes(value: object) -> bytes:
    # Damage may have turned a column's type; what comes back then fits no digest.
    return value if isinstance(value, bytes) else str(value).encode()


def _entry(row: Sequence[Any]) -> Entry:
    seq, kind, run_id, written_at, payload, payload_digest, previous, hashed = row
    return Entry(
        seq=seq,
        kind=str(kind),
        run_id=str(run_id),
        written_at=str(written_at),
        payload=_bytes(payload),
        payload_digest=str(payload_digest),
        previous=str(previous),
        hash=str(hashed),
    )


def _row(entry: Entry) -> tuple[int | str | bytes, ...]:
    return (
        entry.seq,
        entry.kind,
        entry.run_id,
        entry.written_at,
        entry.payload,
        entry.payload_digest,
        entry.previous,
        entry.hash,
    )


def _with_complaints(found: Verification, complaints: Sequence[str]) -> Verification:
    first = len(found.problems) + 1
    told = (
        Problem(number=number, seq=None, what=f"the file is damaged: {what}")
        for number, what in enumerate(complaints, start=first)
    )
    return Verification(
        entries=found.entries,
        attachments=found.attachments,
        head=found.head,
        problems=(*found.problems, *told),
    )
