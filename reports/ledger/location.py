"""From a ledger's URL to its store."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from probes.clock import Clock, SystemClock
from probes.errors import SettingsError
from reports.ledger.memory import MemoryStore
from reports.ledger.postgres_place import place_of
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import LedgerStore

Opener: TypeAlias = Callable[[str, Path, Clock], LedgerStore]
"""Opens what stands behind ``scheme:``, relative to a folder."""

_SLASHES = "///"


def _sqlite_file(rest: str, base: Path) -> Path:
    path = rest.removeprefix(_SLASHES)
    if not rest.startswith(_SLASHES) or not path or path.endswith("/") or "\0" in path:
        raise SettingsError(
            f"[ledger] url: 'sqlite:{rest}' names no file; write sqlite:///name.db (relative to the target file) "
            "or sqlite:////folder/name.db (absolute)"
        )
    return base / path


def _sqlite(rest: str, base: Path, clock: Clock) -> LedgerStore:
    return SqliteStore(_sqlite_file(rest, base), clock=clock)


def _memory(rest: str, _base: Path, clock: Clock) -> LedgerStore:
    if rest:
        raise SettingsError(f"[ledger] url: 'memory:{rest}' is not known; a ledger that is not kept is just 'memory:'")
    return MemoryStore(clock=clock)


def _postgresql(rest: str, _base: Path, clock: Clock) -> LedgerStore:
    place = place_of("postgresql:" + rest)
    try:
        from reports.ledger.postgres import PostgresStore  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "[ledger] url: a ledger in PostgreSQL needs psycopg; install it with pip install 'duheng[postgres]'"
        ) from error
    return PostgresStore(place, clock=clock)


STORES: Final[Mapping[str, Opener]] = MappingProxyType(
    {"sqlite": _sqlite, "memory": _memory, "postgresql": _postgresql}
)
"""Every kind of store, by the scheme of its URL."""


def open_ledger(url: str, *, base: Path, clock: Clock | None = None) -> LedgerStore:
    """Open (or create) the ledger that ``url`` names: ``sqlite:///PATH``, ``postgresql://...`` or ``memory:``.

    ``base`` is the folder that a relative path starts from; ``clock`` gives ``written_at`` (default: this machine's).

    Raises:
        SettingsError: if the URL names no store that Duheng knows.
        EvidenceError: if the ledger cannot be used; what, where, and what to do.
    """
    scheme, _, rest = url.partition(":")
    if scheme not in STORES:
        # The URL is not repeated whole: another store's may carry a password.
        raise SettingsError(
            f"[ledger] url: no store is called {scheme[:20]!r}; known are {', '.join(sorted(STORES))}, "
            "as in sqlite:///duheng.db"
        )
    return STORES[scheme](rest, base, clock or SystemClock())


def ledger_file(url: str, *, base: Path) -> Path | None:
    """Return the file in which the ledger of ``url`` is kept; None for a ledger that is in no file of ours.

    Raises:
        SettingsError: if the URL names no file where its kind of store needs one.
    """
    scheme, _, rest = url.partition(":")
    return _sqlite_file(rest, base) if scheme == "sqlite" else None
