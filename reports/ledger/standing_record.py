"""The standing record of one platform, as the ledger holds it: sealed intervals, open runs, maintenance, incidents.

The one place that says where these stand, so that the watch writes and everybody else reads the same. What is sealed
stands in the chain; the run that is still open, one for each check and vantage point, is a note outside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

from probes.errors import EvidenceError
from reports.ledger.entry import Entry
from reports.ledger.store import LedgerStore
from reports.standing import (
    INCIDENT,
    INTERVAL,
    MAINTENANCE,
    IncidentWord,
    Interval,
    Maintenance,
    from_bytes,
    from_entry,
)

_LONGEST_DAY: Final = timedelta(hours=26)
"""A watch seals its open runs at each midnight; a day with the clocks set back has 25 hours."""

_SLASHES: Final = str.maketrans({"%": "%25", "/": "%2F"})


def open_key(platform_id: str, check: str, vantage: str) -> str:
    """Return the name of the note that holds the open run of a check as one vantage point sees it."""
    return key_of("open", platform_id, check, vantage)


def watcher_key(platform_id: str, vantage: str) -> str:
    """Return the name of the note by which a watcher shows that it lives."""
    return key_of("watcher", platform_id, vantage)


def key_prefix(kind: str, platform_id: str) -> str:
    """Return what the names of all such notes of a platform start with (``open``, ``watcher`` ...)."""
    return key_of(kind, platform_id, "")


def key_of(*parts: str) -> str:
    """Return the name of a note: its parts between slashes, which stand for nothing else."""
    return "/".join(part.translate(_SLASHES) for part in parts)


def parts_of(key: str) -> tuple[str, ...]:
    """Return the parts that a note's name was made of."""
    return tuple(map(unquote, key.split("/")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ledger holds of one platform.

    ``intervals`` are the sealed and the open ones, ordered by start, check and vantage point; ``maintenance`` and
    ``incidents`` stand in order of position: the last word on an outage counts.
    """

    platform_id: str
    intervals: tuple[Interval, ...]
    maintenance: tuple[Maintenance, ...]
    incidents: tuple[IncidentWord, ...]


def standing(store: LedgerStore, platform_id: str, *, since_ms: int | None = None) -> Standing:
    """Return the platform's record; with ``since_ms`` only the intervals that end after it.

    Raises:
        EvidenceError: an entry was altered, a note is no interval, or the ledger cannot be read.
    """
    # Notes first: a run that is sealed meanwhile is then seen twice, and told apart below; never not at all.
    opened = open_intervals(store, platform_id)
    entries = store.entries(kind=INTERVAL) if since_ms is None else store.intervals_after(platform_id, since_ms)
    sealed = tuple(interval for interval in _intervals(entries) if interval.platform_id == platform_id)
    still = _not_sealed(opened, sealed)
    wanted = (interval for interval in still if since_ms is None or interval.ends_ms > since_ms)
    return Standing(
        platform_id=platform_id,
        intervals=tuple(sorted((*sealed, *wanted), key=_order)),
        maintenance=maintenance(store, platform_id),
        incidents=incidents(store, platform_id),
    )


def open_intervals(store: LedgerStore, platform_id: str) -> tuple[Interval, ...]:
    """Return the runs that are still open, by name of their notes; each ends where it was last committed.

    A note is no link of the chain. So nothing is believed that no watch would leave there: a run of another name, of
    more than a day, or of more probes than fit into it.

    Raises:
        EvidenceError: a note is no interval, or not one that a watch leaves open.
    """
    notes = store.notes(key_prefix("open", platform_id))
    return tuple(_open(name, content) for name, content in notes.items())


def _open(name: str, content: bytes) -> Interval:
    found = from_bytes(content)
    span_ms = found.ends_ms - found.starts_ms
    if (
        name != open_key(found.platform_id, found.check, found.vantage)
        or timedelta(milliseconds=span_ms) > _LONGEST_DAY
        or (found.tried - 2) * found.every_ms > span_ms
    ):
        raise EvidenceError(
            f"the ledger's note {name} is no run that a watch leaves open: it was altered outside Duheng; "
            "keep the ledger for whoever looks into it, and restore a backup"
        )
    return found


def maintenance(store: LedgerStore, platform_id: str) -> tuple[Maintenance, ...]:
    """Return the planned maintenance, in order of position.

    ``announced_ms`` is not earlier than the ledger's own clock when it was written down: what was announced before,
    and written down after, nobody can show.
    """
    found = ((entry, from_entry(Maintenance, entry)) for entry in store.entries(kind=MAINTENANCE))
    return tuple(
        replace(planned, announced_ms=max(planned.announced_ms, _written_ms(entry)))
        for entry, planned in found
        if planned.platform_id == platform_id
    )


def incidents(store: LedgerStore, platform_id: str) -> tuple[IncidentWord, ...]:
    """Return the words said on outages, in order of position: a later one outranks an earlier one."""
    words = (from_entry(IncidentWord, entry) for entry in store.entries(kind=INCIDENT))
    return tuple(word for word in words if word.platform_id == platform_id)


def _intervals(entries: Iterable[Entry]) -> Iterator[Interval]:
    return (from_entry(Interval, entry) for entry in entries)


def _not_sealed(opened: Iterable[Interval], sealed: Iterable[Interval]) -> Iterator[Interval]:
    upto: dict[tuple[str, str, str], int] = {}
    for interval in sealed:
        upto[_series(interval)] = max(upto.get(_series(interval), interval.ends_ms), interval.ends_ms)
    return (each for each in opened if each.starts_ms >= upto.get(_series(each), each.starts_ms))


def _series(interval: Interval) -> tuple[str, str, str]:
    return interval.check, interval.vantage, interval.source


def _order(interval: Interval) -> tuple[int, str, str]:
    return interval.starts_ms, interval.check, interval.vantage


def _written_ms(entry: Entry) -> int:
    return round(datetime.fromisoformat(entry.written_at).timestamp() * 1000)
