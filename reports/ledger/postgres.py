"""The ledger in PostgreSQL: many writers on many machines, one chain; it outlives restarts of the server."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg.rows import TupleRow

from probes.canonical import digest
from probes.clock import Clock, rfc3339
from probes.errors import EvidenceError
from reports.ledger import postgres_schema
from reports.ledger.chain import Verification, attachment_payload, link_all, recomputed, verify_ledger
from reports.ledger.entry import ATTACHMENT, GENESIS, READING, RUN_FINISHED, Draft, Entry, Head, Run
from reports.ledger.postgres_link import LOCK_TIMEOUT_S, Connection, PostgresLink, Written
from reports.ledger.postgres_place import Place
from reports.ledger.postgres_schema import field
from reports.ledger.store import NO_NOTES, LedgerStore, Notes, check_names, differ, unexpected

_PAGE: Final = 200  # entries read at once
_FEW: Final = 4  # attachments read at once: each may be large
_LAST: Final = "\U0010ffff"  # sorts after every character that a name may go on with
_COLUMNS: Final = "seq, kind, run_id, written_at, payload, payload_digest, previous, hash"
_INSERT: Final = f"INSERT INTO duheng.entries ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)".encode()  # noqa: S608 - constants


class PostgresStore(LedgerStore):
    """A ledger in a database, in the schema ``duheng``. Any number of processes may use it; appends wait in line."""

    def __init__(self, place: Place, *, clock: Clock, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        """Open the ledger, or create its tables; ``clock`` gives ``written_at``.

        Raises:
            EvidenceError: if the server cannot be reached, or the database cannot serve as a ledger.
        """
        self.place = place
        self._clock = clock
        self._link = PostgresLink(place, lock_timeout_s=lock_timeout_s)
        try:
            self._make_ready()
        except BaseException:
            self.close()
            raise

    def _make_ready(self) -> None:
        with self._link.held("open the ledger") as connection:
            postgres_schema.make_ready(connection, self.place.name)
        last = next(self._page("ORDER BY seq DESC LIMIT 1", {}), None)
        if last is not None and last.hash != recomputed(last):
            raise EvidenceError(
                f"{self.place.name}: the last entry ({last.seq}) was altered, nothing may follow it; "
                "keep a dump of the database, then restore a backup or give another database in [ledger] url"
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
        """Append a batch in one transaction; see ``LedgerStore.append``.

        A connection that is lost at the very moment of the commit leaves open whether the batch was kept. The store
        connects again and looks; where it cannot, it raises, and looks when it is handed the same batch again.
        """
        if not run_id:
            raise ValueError("an entry belongs to a run")
        check_names(notes, expect)
        contents = {digest(content): content for content in attachments}
        if not drafts and not contents and not notes:
            return ()

        def work(connection: Connection) -> Written[tuple[int, ...]]:
            if names := unexpected(expect, _found(connection, expect)):
                raise differ(names)
            _insert_attachments(connection, contents)
            entries = self._linked(connection, run_id, drafts, contents)
            connection.cursor().executemany(_INSERT, map(_row, entries))
            _change(connection, notes)
            positions = tuple(entry.seq for entry in entries if entry.kind != ATTACHMENT)
            return Written(answer=positions, kept=lambda again: _is_there(again, entries[-1:], notes))

        batch = (run_id, tuple(drafts), tuple(contents), dict(notes), dict(expect))
        return self._link.write(work, "append to the ledger", batch)

    def _linked(
        self, connection: Connection, run_id: str, drafts: Sequence[Draft], contents: Mapping[str, bytes]
    ) -> tuple[Entry, ...]:
        payloads = (attachment_payload(name, len(content)) for name, content in contents.items())
        return link_all(
            _head(connection),
            run_id=run_id,
            written_at=rfc3339(self._clock.now()),
            attached=[payload for payload in payloads if not _entered(connection, run_id, payload)],
            drafts=drafts,
        )

    def notes(self, prefix: str = "") -> Mapping[str, bytes]:
        """Return the notes whose names start so."""
        query = "SELECT name, content FROM duheng.notes WHERE name >= %s AND name < %s ORDER BY name"
        return dict(self._rows(query, (prefix, prefix + _LAST)))

    def note(self, changes: Notes, *, expect: Notes = NO_NOTES) -> bool:
        """Change notes in one transaction, if those in ``expect`` are as it says."""
        check_names(changes, expect)

        def work(connection: Connection) -> Written[bool]:
            if unexpected(expect, _found(connection, expect)):
                return Written(answer=False, kept=lambda _: False)
            _change(connection, changes)
            return Written(answer=True, kept=lambda again: _is_there(again, (), changes))

        return self._link.write(work, "write to the ledger", (dict(changes), dict(expect)))

    def head(self) -> Head:
        """Return the last position and its hash."""
        return self._link.read(_head)

    def entries(
        self, *, run_id: str | None = None, kind: str | None = None, since: int | None = None
    ) -> Iterator[Entry]:
        """Iterate in order of position, after ``since``; sees what was there when it began."""
        upto, after = self.head().seq, since or 0
        narrow = ("AND run_id = %(run_id)s " if run_id is not None else "") + ("AND kind = %(kind)s " if kind else "")
        rest = f"WHERE seq > %(after)s AND seq <= %(upto)s {narrow}ORDER BY seq LIMIT {_PAGE}"
        while True:
            page = tuple(self._page(rest, {"after": after, "upto": upto, "run_id": run_id, "kind": kind}))
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].seq

    def _page(self, rest: str, values: Mapping[str, Any]) -> Iterator[Entry]:
        return map(_entry, self._rows(f"SELECT {_COLUMNS} FROM duheng.entries {rest}", values))  # noqa: S608 - constants

    def _rows(self, query: str, values: Mapping[str, Any] | Sequence[Any]) -> list[TupleRow]:
        return self._link.read(lambda connection: connection.execute(query.encode(), values).fetchall())

    def newest_entries(
        self, platform_id: str, kind: str, subject: str | None = None, *, most: int
    ) -> tuple[Entry, ...]:
        """Return the readings with the greatest ``observed_at``, the later position first where two are equal."""
        narrow = f"AND {field('subject')} = %(subject)s " if subject is not None else ""
        rest = (
            f"WHERE kind = '{READING}' AND {field('platform_id')} = %(platform_id)s AND {field('kind')} = %(kind)s "
            f'{narrow}ORDER BY {field("observed_at")} COLLATE "C" DESC NULLS LAST, seq DESC LIMIT %(most)s'
        )
        values = {"platform_id": platform_id, "kind": kind, "subject": subject, "most": most}
        return tuple(self._page(rest, values))

    def intervals_after(self, platform_id: str, instant_ms: int) -> Iterator[Entry]:
        """Iterate over the platform's intervals that end after the instant."""
        fields = f"{field('platform_id')} = %s AND duheng.whole(payload, 'ends_ms') > %s"
        query = f"SELECT seq FROM duheng.entries WHERE kind = 'interval' AND {fields} ORDER BY seq"  # noqa: S608 - constants
        found = [row[0] for row in self._rows(query, (platform_id, instant_ms))]
        for first in range(0, len(found), _PAGE):
            yield from self._page("WHERE seq = ANY(%(found)s) ORDER BY seq", {"found": found[first : first + _PAGE]})

    def attachment(self, name: str) -> bytes:
        """Return a content by its name, checked against it."""
        rows = self._rows("SELECT content FROM duheng.attachments WHERE name = %s", (name,))
        if not rows:
            raise EvidenceError(f"{self.place.name}: the ledger holds no attachment {name}")
        content = bytes(rows[0][0])
        if digest(content) != name:
            raise EvidenceError(f"{self.place.name}: attachment {name} was altered; restore the ledger from a backup")
        return content

    def has_attachment(self, name: str) -> bool:
        """Tell whether a content is kept."""
        return bool(self._rows("SELECT 1 FROM duheng.attachments WHERE name = %s", (name,)))

    def runs(self) -> tuple[Run, ...]:
        """Return what is known of each run."""
        query = (
            "SELECT run_id, min(seq), max(seq), count(*), "
            'min(written_at COLLATE "C"), max(written_at COLLATE "C"), bool_or(kind = %s) '
            "FROM duheng.entries GROUP BY run_id ORDER BY min(seq)"
        )
        return tuple(
            Run(
                run_id=run_id,
                first_seq=first,
                last_seq=last,
                entries=count,
                first_written_at=began,
                last_written_at=ended,
                finished=finished,
            )
            for run_id, first, last, count, began, ended, finished in self._rows(query, (RUN_FINISHED,))
        )

    def verify(self, *, head: str | None = None) -> Verification:
        """Recompute the chain and every attachment, in one snapshot."""
        with self._link.held("verify the ledger") as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            with connection.cursor("entries") as entries, connection.cursor("attachments") as attachments:
                entries.itersize, attachments.itersize = _PAGE, _FEW
                entries.execute(f"SELECT {_COLUMNS} FROM duheng.entries ORDER BY seq".encode())  # noqa: S608 - constants
                attachments.execute("SELECT name, content FROM duheng.attachments ORDER BY number")
                named = ((str(name), bytes(content)) for name, content in attachments)
                return verify_ledger(map(_entry, entries), named, head=head)

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()


def _head(connection: Connection) -> Head:
    row = connection.execute("SELECT seq, hash FROM duheng.entries ORDER BY seq DESC LIMIT 1").fetchone()
    return GENESIS if row is None else Head(seq=row[0], hash=row[1])


def _entered(connection: Connection, run_id: str, payload: bytes) -> bool:
    query = "SELECT 1 FROM duheng.entries WHERE kind = 'attachment' AND payload_digest = %s AND run_id = %s"
    return connection.execute(query, (digest(payload), run_id)).fetchone() is not None


def _insert_attachments(connection: Connection, contents: Mapping[str, bytes]) -> None:
    query = "INSERT INTO duheng.attachments (name, content) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
    connection.cursor().executemany(query, contents.items())


def _found(connection: Connection, names: Iterable[str]) -> dict[str, bytes]:
    if not (wanted := list(names)):
        return {}
    return dict(connection.execute("SELECT name, content FROM duheng.notes WHERE name = ANY(%s)", (wanted,)))


def _change(connection: Connection, notes: Notes) -> None:
    kept = [(name, content) for name, content in notes.items() if content is not None]
    gone = [name for name, content in notes.items() if content is None]
    query = "INSERT INTO duheng.notes VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET content = EXCLUDED.content"
    connection.cursor().executemany(query, kept)
    if gone:
        connection.execute("DELETE FROM duheng.notes WHERE name = ANY(%s)", (gone,))


def _is_there(connection: Connection, last: Sequence[Entry], notes: Notes) -> bool:
    """Tell whether a batch was kept: by the hash of its last entry, or where it has none by its notes."""
    for entry in last:
        query = "SELECT 1 FROM duheng.entries WHERE seq = %s AND hash = %s"
        return connection.execute(query, (entry.seq, entry.hash)).fetchone() is not None
    return not unexpected(notes, _found(connection, notes))


def _entry(row: Sequence[Any]) -> Entry:
    seq, kind, run_id, written_at, payload, payload_digest, previous, hashed = row
    return Entry(
        seq=seq,
        kind=kind,
        run_id=run_id,
        written_at=written_at,
        payload=bytes(payload),
        payload_digest=payload_digest,
        previous=previous,
        hash=hashed,
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
