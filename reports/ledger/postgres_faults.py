"""What PostgreSQL says when it cannot, in words that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.rows import TupleRow

from probes.errors import EvidenceError

_LOST: Final = (
    "what was acknowledged before is kept, this is not; see that PostgreSQL runs there and can be reached, "
    "then run again (a watch tries again by itself)"
)
# SQLSTATE, or the class it begins with -> (what is wrong, what to do); the longest that fits counts.
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "08": ("the connection was lost", _LOST),
    "57P": ("PostgreSQL was shut down or restarted", _LOST),
    "57014": ("PostgreSQL cancelled it", "see who did, or which time limit is set for this user; then run again"),
    "25P03": ("this process stood still in the middle of writing, and PostgreSQL let it go", _LOST),
    "25006": ("it is read-only there (a standby?)", "give the host of the primary in [ledger] url"),
    "42501": (
        "access is refused",
        "let this user create a schema (GRANT CREATE ON DATABASE ... TO ...), or use the user who created the ledger",
    ),
    "53": (
        "PostgreSQL has run out of disk, memory or connections",
        "make room there and run again; what was recorded before is kept, this is not",
    ),
    "58": (
        "PostgreSQL's disk refused to read or write",
        "look at the disk there, then run again; what was recorded before is kept, this is not",
    ),
    "P0001": (
        "the ledger refuses what is not a next entry",
        "nothing was changed in it; verify it (duheng verify), and tell us how it came about",
    ),
    "XX": ("PostgreSQL says that its data are damaged", "keep a copy, then restore the ledger from a backup"),
}
_HOLDERS: Final = """
SELECT string_agg('process ' || a.pid || ' of ' || coalesce(host(a.client_addr), 'that machine'), ', ')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objid = %s AND a.pid <> pg_backend_pid()
"""


@contextmanager
def explained(place: str, doing: str) -> Iterator[None]:
    """Turn PostgreSQL's complaints about the *server* into ``EvidenceError``; those about our SQL pass as bugs."""
    try:
        yield
    except psycopg.Error as error:
        if (told := explanation(error, place, doing)) is None:
            raise
        raise EvidenceError(told) from error


def explanation(error: psycopg.Error, place: str, doing: str) -> str | None:
    """Return what to tell of an error, or None where it is our bug."""
    words = _words(error.sqlstate or ("08" if is_lost(error) else ""))
    if words is None:
        return None
    what, to_do = words
    return f"{place}: cannot {doing}: {what} ({_line(error)}); {to_do}"


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is gone, and another may serve."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError)
    return state.startswith(("08", "57P")) or state == "25P03"


def holders(connection: psycopg.Connection[TupleRow], place: str, lock: int) -> str:
    """Return the words for a lock that was not let go in time: who holds it, as far as PostgreSQL tells."""
    row = connection.execute(_HOLDERS, (lock,)).fetchone()
    who = row[0] if row is not None and row[0] else "another process"
    return (
        f"{place}: cannot write to the ledger: {who} keeps it locked; "
        "wait for that run to end (or end it), then run again, or give this run a ledger of its own"
    )


def unreachable(error: psycopg.Error, place: str) -> EvidenceError:
    """Return the error that tells why there is no connection."""
    return EvidenceError(
        f"{place}: cannot open the ledger: {_line(error)}; see that PostgreSQL runs there, that the database and the "
        "user exist, and that the password stands in a PGPASSFILE or in PGPASSWORD; then run again"
    )


def _words(sqlstate: str) -> tuple[str, str] | None:
    fitting = [family for family in _WORDS if sqlstate.startswith(family)]
    return _WORDS[max(fitting, key=len)] if fitting else None


def _line(error: psycopg.Error) -> str:
    return " ".join(str(error).split()) or type(error).__name__
