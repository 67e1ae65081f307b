"""The tables of a PostgreSQL ledger, in a schema of their own, and their birth."""

from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from probes.errors import EvidenceError
from reports.ledger.entry import NO_HASH

VERSION: Final = 1
LOCK: Final = 0x44554845  # "DUHE": the advisory lock that whoever writes takes, so that the chain stays one chain

_FIELD: Final = "duheng.field(payload, '{name}')"


def field(name: str) -> str:
    """Return the SQL expression of a payload's field, letter for letter as the index has it."""
    return _FIELD.format(name=name)


# Altered payloads (no JSON, no UTF-8) have no fields, and must not make the table unreadable. PostgreSQL's jsonb
# cannot hold the character NUL: it is left out for looking up, what is kept and hashed are the bytes.
_FUNCTIONS: Final = """
CREATE FUNCTION duheng.field(payload bytea, name text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql
AS $$
BEGIN
    BEGIN
        RETURN convert_from(payload, 'UTF8')::jsonb ->> name;
    EXCEPTION WHEN untranslatable_character THEN
        RETURN replace(convert_from(payload, 'UTF8'), '\\u0000', '')::jsonb ->> name;
    END;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
CREATE FUNCTION duheng.whole(payload bytea, name text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql
AS $$
BEGIN
    RETURN duheng.field(payload, name)::bigint;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
CREATE FUNCTION duheng.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % are never updated or deleted', TG_TABLE_NAME;
END $$;
"""

_TABLES: Final = f"""
CREATE TABLE duheng.entries (
    seq bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    run_id text NOT NULL CHECK (run_id <> ''),
    written_at text NOT NULL,
    payload bytea NOT NULL,
    payload_digest text NOT NULL CHECK (length(payload_digest) = 71),
    previous text NOT NULL CHECK (length(previous) = 71),
    hash text NOT NULL CHECK (length(hash) = 71)
);
CREATE INDEX entries_of_run ON duheng.entries (run_id, kind);
CREATE INDEX entries_of_kind ON duheng.entries (kind, seq);
CREATE INDEX attachments_of_run ON duheng.entries (payload_digest, run_id) WHERE kind = 'attachment';
CREATE INDEX readings_by_time ON duheng.entries (
    {field("platform_id")}, {field("kind")}, ({field("observed_at")} COLLATE "C") DESC NULLS LAST,
    seq DESC
) WHERE kind = 'reading';
CREATE INDEX intervals_by_end ON duheng.entries (
    {field("platform_id")}, duheng.whole(payload, 'ends_ms')
) WHERE kind = 'interval';
CREATE TABLE duheng.attachments (
    number bigint GENERATED ALWAYS AS IDENTITY,
    name text PRIMARY KEY CHECK (length(name) = 71),
    content bytea NOT NULL
);
CREATE TABLE duheng.notes (name text COLLATE "C" PRIMARY KEY CHECK (name <> ''), content bytea NOT NULL);
"""

_TRIGGERS: Final = f"""
CREATE FUNCTION duheng.follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last duheng.entries%ROWTYPE;
BEGIN
    SELECT * INTO last FROM duheng.entries ORDER BY seq DESC LIMIT 1;
    IF NEW.seq IS DISTINCT FROM coalesce(last.seq, 0) + 1
        OR NEW.previous IS DISTINCT FROM coalesce(last.hash, '{NO_HASH}') THEN
        RAISE EXCEPTION 'ledger: an entry follows the last one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entries_only_follow BEFORE INSERT ON duheng.entries
    FOR EACH ROW EXECUTE FUNCTION duheng.follow();
CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON duheng.entries
    FOR EACH STATEMENT EXECUTE FUNCTION duheng.refuse();
CREATE TRIGGER attachments_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON duheng.attachments
    FOR EACH STATEMENT EXECUTE FUNCTION duheng.refuse();
CREATE TABLE duheng.ledger (version integer NOT NULL);
INSERT INTO duheng.ledger VALUES ({VERSION});
"""  # noqa: S608 - built from this house's constants

_SCHEMA: Final = "CREATE SCHEMA duheng;" + _FUNCTIONS + _TABLES + _TRIGGERS


def make_ready(connection: Connection[TupleRow], place: str) -> None:
    """Create the tables where they are not there yet, in one transaction; refuse what cannot serve as a ledger.

    Raises:
        EvidenceError: the database is not UTF-8, loses what it acknowledged, or is of a newer Duheng.
    """
    encoding, durable = (_one(connection, f"SELECT current_setting('{name}')") for name in ("server_encoding", "fsync"))
    if encoding != "UTF8":
        raise EvidenceError(f"{place}: the database is {encoding}; create one with ENCODING 'UTF8'")
    if durable != "on":
        raise EvidenceError(
            f"{place}: this PostgreSQL runs with fsync = {durable}, and may lose what it acknowledged; "
            "switch fsync on, then run again"
        )
    if not _born(connection):
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            if not _born(connection):
                connection.execute(_SCHEMA)
    version = _one(connection, "SELECT version FROM duheng.ledger")
    if version != VERSION:
        raise EvidenceError(
            f"{place}: this ledger has schema {version}, this Duheng knows {VERSION}; "
            "use the Duheng that wrote it, or give another database in [ledger] url"
        )


def _born(connection: Connection[TupleRow]) -> bool:
    # Asked of the tables: to_regclass would answer from a cache that does not see what others did meanwhile.
    query = (
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'duheng' AND c.relname = 'ledger'"
    )
    return _one(connection, query) is not None


def _one(connection: Connection[TupleRow], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return None if row is None else row[0]
