"""The newest readings of each kind that a ledger holds, followed as the ledger grows: only what is new is read."""

from collections.abc import Iterable, Iterator

from probes.observation import Reading
from reports.ledger.entry import RUN_FINISHED, Head
from reports.ledger.store import LedgerStore

RUNS_BACK = 200
"""Finished runs that are gone through backwards, at the start, for kinds that later ones did not look at."""


class LatestReadings:
    """Readings of the last *finished* run that looked at each kind: half a run's subjects would be half the truth."""

    def __init__(self, platform_id: str, kinds: Iterable[str]) -> None:
        """Follow one platform; ``kinds`` are those that judges need."""
        self._platform_id = platform_id
        self._kinds = frozenset(kinds)
        self._by_kind: dict[str, tuple[Reading, ...]] = {}
        self._seen: Head | None = None

    def follow(self, store: LedgerStore) -> tuple[Reading, ...]:
        """Return the newest readings of every kind, once what was appended since the last call is taken in.

        Raises:
            EvidenceError: the ledger cannot be read.
        """
        head = store.head()
        if self._seen is not None and not _still_there(store, self._seen):
            # Another ledger lies in its place: what was read from the first is not in it.
            self._by_kind, self._seen = {}, None
        since = self._seen.seq if self._seen else 0
        runs = [entry.run_id for entry in store.entries(kind=RUN_FINISHED, since=since) if entry.seq <= head.seq]
        fresh: dict[str, tuple[Reading, ...]] = {}
        for run_id in list(dict.fromkeys(reversed(runs)))[:RUNS_BACK]:
            if self._kinds <= fresh.keys():
                break
            fresh = self._of_run(store, run_id) | fresh
        self._by_kind |= fresh
        self._seen = head if head.seq else None
        return tuple(reading for kind in sorted(self._by_kind) for reading in self._by_kind[kind])

    def _of_run(self, store: LedgerStore, run_id: str) -> dict[str, tuple[Reading, ...]]:
        found: dict[str, tuple[Reading, ...]] = {}
        for reading in self._ours(store.readings(run_id)):
            found[reading.header.kind] = (*found.get(reading.header.kind, ()), reading)
        return found

    def _ours(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        for reading in readings:
            if reading.header.platform_id == self._platform_id and reading.header.kind in self._kinds:
                yield reading


def _still_there(store: LedgerStore, seen: Head) -> bool:
    entry = next(store.entries(since=seen.seq - 1), None)
    return entry is not None and entry.head == seen
