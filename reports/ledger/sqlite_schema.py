"""The tables of an SQLite ledger, and the birth of its file."""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final

from probes.errors import EvidenceError
from reports.ledger.entry import NO_HASH
from reports.ledger.sqlite_faults import explained

APPLICATION_ID: Final = 0x44554845  # "DUHE": tells a ledger from any other SQLite file
VERSION: Final = 2

_FIELD = "json_extract(CAST(payload AS TEXT), '$.{name}')"
# A reading whose payload is not JSON (it was altered) must not make the whole file unreadable.
_READABLE = "CASE WHEN json_valid(CAST(payload AS TEXT)) THEN {field} END"


def reading_field(name: str) -> str:
    """Return the SQL expression of a reading's field, letter for letter as the index has it."""
    return _READABLE.format(field=_FIELD.format(name=name))


# What came with schema 2: notes outside the chain, and a way to intervals that does not lead past all entries.
_SINCE_2 = f"""
CREATE TABLE notes (
    name TEXT PRIMARY KEY NOT NULL CHECK (typeof(name) = 'text' AND name <> ''),
    content BLOB NOT NULL CHECK (typeof(content) = 'blob')
) WITHOUT ROWID;
CREATE INDEX entries_of_kind ON entries (kind);
CREATE INDEX intervals_by_end ON entries (
    {reading_field("platform_id")}, {reading_field("ends_ms")}
) WHERE kind = 'interval';
PRAGMA user_version = {VERSION};
"""

_SCHEMA = f"""
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (typeof(kind) = 'text' AND kind <> ''),
    run_id TEXT NOT NULL CHECK (typeof(run_id) = 'text' AND run_id <> ''),
    written_at TEXT NOT NULL CHECK (typeof(written_at) = 'text'),
    payload BLOB NOT NULL CHECK (typeof(payload) = 'blob'),
    payload_digest TEXT NOT NULL CHECK (length(payload_digest) = 71),
    previous TEXT NOT NULL CHECK (length(previous) = 71),
    hash TEXT NOT NULL CHECK (length(hash) = 71)
);
CREATE INDEX entries_of_run ON entries (run_id, kind);
CREATE INDEX attachments_of_run ON entries (payload_digest, run_id) WHERE kind = 'attachment';
CREATE INDEX readings_by_time ON entries (
    {reading_field("platform_id")}, {reading_field("kind")}, {reading_field("observed_at")}
) WHERE kind = 'reading';
CREATE TABLE attachments (
    name TEXT NOT NULL UNIQUE CHECK (length(name) = 71),
    content BLOB NOT NULL CHECK (typeof(content) = 'blob')
);
CREATE TRIGGER entries_are_never_updated BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'ledger: entries are never updated'); END;
CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'ledger: entries are never deleted'); END;
CREATE TRIGGER attachments_are_never_updated BEFORE UPDATE ON attachments
    BEGIN SELECT RAISE(ABORT, 'ledger: attachments are never updated'); END;
CREATE TRIGGER attachments_are_never_deleted BEFORE DELETE ON attachments
    BEGIN SELECT RAISE(ABORT, 'ledger: attachments are never deleted'); END;
-- INSERT OR REPLACE deletes without asking the triggers above: what is there is not inserted again.
CREATE TRIGGER entries_only_follow BEFORE INSERT ON entries
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
        OR NEW.previous IS NOT coalesce((SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), '{NO_HASH}')
    BEGIN SELECT RAISE(ABORT, 'ledger: an entry follows the last one'); END;
CREATE TRIGGER attachments_come_once BEFORE INSERT ON attachments
    WHEN EXISTS (SELECT 1 FROM attachments WHERE name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'ledger: an attachment comes once'); END;
PRAGMA application_id = {APPLICATION_ID};
{_SINCE_2}
"""  # noqa: S608 - built from this house's constants


def create(path: Path) -> None:
    """Create an empty ledger at ``path``; another process that did so first wins.

    The file is built under another name and linked into place whole: a ledger is never seen half made, so an empty
    file at its place is always a loss, and told as one.

    Raises:
        EvidenceError: if the folder is missing, cannot be written, or its file system cannot hold a ledger.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        with explained(path, "create the ledger"):
            _build(fresh, path)
        os.link(fresh, path)
        _sync(path.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise EvidenceError(
            f"{path}: cannot create the ledger ({error.strerror}); "
            "give a folder on a local disk, with hard links, that this user may write"
        ) from error
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def _build(fresh: Path, path: Path) -> None:
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise EvidenceError(
                f"{path}: the file system cannot hold a write-ahead log; put the ledger on a local disk"
            )
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    finally:
        connection.close()  # the last connection moves the log into the file, durably


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no ledger, or one of a newer Duheng.

    Raises:
        EvidenceError: saying which, and what to do.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = _version(connection)
    if application != APPLICATION_ID:
        raise EvidenceError(f"{path}: a database, but not a ledger of Duheng; give another path in [ledger] url")
    if version > VERSION:
        raise EvidenceError(
            f"{path}: this ledger has schema {version}, this Duheng knows {VERSION} at most; "
            "use the newer Duheng that wrote it, or give another path in [ledger] url"
        )
    if version < 1:
        raise EvidenceError(f"{path}: this ledger has no schema number; restore it from a backup")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a ledger of schema 1 up to this one, in one transaction; its entries are not touched.

    Nothing is done to one that is up to date: of two processes that try at once, the second finds it so.
    """
    if _version(connection) >= VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < VERSION:
            for statement in _SINCE_2.split(";\n"):
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
