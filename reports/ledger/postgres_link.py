"""One connection to PostgreSQL that comes back after it was lost, and transactions whose outcome is always known."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock, Timer
from typing import Any, Final, Generic, TypeAlias, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from probes.errors import EvidenceError
from reports.ledger.postgres_faults import explained, holders, is_lost, unreachable
from reports.ledger.postgres_place import Place
from reports.ledger.postgres_schema import LOCK

LOCK_TIMEOUT_S: Final = 10.0
WRITE_S: Final = 20.0  # what a write may take beside waiting for its turn; a server that stands still is left alone
READ_S: Final = 300.0
_RETRY_S: Final = 0.2
_IDLE_MS: Final = 5000  # below the lock's time limit: who waits for a writer that was cut off gets its turn
_BEGIN: Final = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock({LOCK})".encode()

Connection: TypeAlias = psycopg.Connection[TupleRow]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Generic[Answer]):
    """What a transaction answers once it is committed, and how to see afterwards whether it was."""

    answer: Answer
    kept: Callable[[Connection], bool]


class PostgresLink:
    """Hands out the one connection, to one thread at a time."""

    def __init__(self, place: Place, *, lock_timeout_s: float) -> None:
        """Connect at the first use."""
        self._place = place
        self._lock_timeout_s = lock_timeout_s
        self._lock = RLock()
        self._connection: Connection | None = None
        self._closed = False
        self._doubtful: tuple[object, Written[Any]] | None = None

    @contextmanager
    def held(self, doing: str) -> Iterator[Connection]:
        """Hold the connection, opened anew where it was lost.

        Raises:
            EvidenceError: the server cannot be reached, or complains of more than our SQL.
        """
        with self._lock, explained(self._place.name, doing):
            yield self._ready()

    def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Ask something, once more on a new connection where the old one turns out to be lost."""
        with self._lock, explained(self._place.name, "read the ledger"):
            try:
                return self._asked(self._ready(), work)
            except psycopg.Error as error:
                if not is_lost(error):
                    raise
            return self._asked(self._anew(), work)

    def _asked(self, connection: Connection, work: Callable[[Connection], Answer]) -> Answer:
        with _patient(connection, READ_S):
            return work(connection)

    def write(self, work: Callable[[Connection], Written[Answer]], doing: str, batch: object) -> Answer:
        """Do ``work`` in one transaction, alone among all writers; return its answer once it is durable.

        ``batch`` says what is written: where the outcome of an earlier try is not known yet, it is looked up first,
        and a batch that turns out to be kept is not written again.
        """
        with self._lock, explained(self._place.name, doing):
            connection = self._begun()
            with _patient(connection, WRITE_S):
                return self._written(connection, work, batch)

    def _written(self, connection: Connection, work: Callable[[Connection], Written[Answer]], batch: object) -> Answer:
        try:
            if (before := self._settled(connection, batch)) is not None:
                connection.rollback()
                return before.answer  # type: ignore[no-any-return]
            written = work(connection)
        except BaseException:
            with suppress(psycopg.Error):  # it may be lost; then there is nothing to take back
                connection.rollback()
            raise
        self._commit(connection, batch, written)
        return written.answer

    def close(self) -> None:
        """Close the connection; closing twice is no error."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()

    def _ready(self) -> Connection:
        if self._connection is None or self._connection.closed:
            return self._anew()
        return self._connection

    def _anew(self) -> Connection:
        if self._closed:
            raise RuntimeError("the ledger was closed: opening it again is somebody else's to do")
        if self._connection is not None:
            self._connection.close()
        try:
            whole = make_conninfo(self._place.url, **self._place.options)
            self._connection = psycopg.connect(whole, autocommit=True, prepare_threshold=None)
            with _patient(self._connection, WRITE_S):
                self._connection.execute(_session(self._lock_timeout_s))
        except psycopg.Error as error:
            raise unreachable(error, self._place.name) from error
        return self._connection

    def _begun(self) -> Connection:
        try:
            return self._begin(self._ready())
        except psycopg.Error as error:
            if not is_lost(error):
                raise
        return self._begin(self._anew())  # nothing was written yet

    def _begin(self, connection: Connection) -> Connection:
        try:
            with _patient(connection, self._lock_timeout_s + WRITE_S):
                connection.execute(_BEGIN)
        except psycopg.errors.LockNotAvailable as error:
            connection.rollback()
            raise EvidenceError(holders(connection, self._place.name, LOCK)) from error
        return connection

    def _settled(self, connection: Connection, batch: object) -> Written[Any] | None:
        doubtful = self._doubtful
        if doubtful is None:
            return None
        kept = doubtful[1].kept(connection)
        self._doubtful = None
        return doubtful[1] if kept and doubtful[0] == batch else None

    def _commit(self, connection: Connection, batch: object, written: Written[Answer]) -> None:
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:
            if not is_lost(error):
                raise
            self._doubtful = (batch, written)
            if not self._kept_after_all(written):
                raise

    def _kept_after_all(self, written: Written[Answer]) -> bool:
        """Look, once the server is back, whether what was committed as the connection broke was kept.

        Raises:
            EvidenceError: it is not back in time: nobody knows yet.
        """
        until = time.monotonic() + self._lock_timeout_s
        while True:
            try:
                # The lock is waited for: while another backend still commits it, it is not kept and not lost.
                connection = self._begin(self._anew())
                with _patient(connection, WRITE_S):
                    kept = written.kept(connection)
                    connection.rollback()
            except (EvidenceError, psycopg.Error):
                if time.monotonic() > until:
                    raise
                time.sleep(_RETRY_S)
            else:
                self._doubtful = None
                return kept


@contextmanager
def _patient(connection: Connection, seconds: float) -> Iterator[None]:
    """Break a connection whose server says nothing for so long: it stands still, and so would whoever waits."""
    watchdog = Timer(seconds, _break, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _break(connection: Connection) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def _session(lock_timeout_s: float) -> bytes:
    # A writer that is cut off in the middle must not keep the others waiting: the server lets go of it.
    return (
        f"SET lock_timeout = {int(lock_timeout_s * 1000)}; SET idle_in_transaction_session_timeout = {_IDLE_MS}; "
        "SET search_path = pg_catalog; "
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    ).encode()
