"""Raw latencies as the ledger keeps them: a chunk an hour outside the chain, its digest sealed daily inside it.

A chunk (``reports.latency_codec``) is a note of the ledger and goes after ``[watch] latency_days``. What stays is the
entry of the day, one for each check and vantage point, of the kind ``latencies``::

    {"platform_id", "check", "vantage", "day": "2026-11-21",
     "chunks": {"2026-11-20T16Z": "sha256:...", ...},   hours (UTC) that begin in this day of the platform's zone
     "summary": [count, p50, p95, p99, max],             of the whole day, in ms
     "damaged": ["2026-11-20T17Z"]}                      only where a chunk could not be read when the day was sealed

Percentiles are samples (nearest rank), not estimates.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from probes.canonical import digest
from probes.errors import EvidenceError
from reports.daily import day_of
from reports.latency_codec import Chunk, decode
from reports.ledger.entry import Entry
from reports.ledger.standing_record import key_of, key_prefix, parts_of
from reports.ledger.store import LedgerStore

LATENCIES: Final = "latencies"
UNSEALED: Final = "latency-unsealed"
"""Notes of this kind name the hours of a series that no day has sealed yet: the others need not be looked through."""

HOUR_MS: Final = 3_600_000
_HOUR: Final = "%Y-%m-%dT%HZ"


def hour_name(instant_ms: int) -> str:
    """Return the hour (UTC) that holds an instant: ``2026-11-20T16Z``. Names sort as hours do."""
    return datetime.fromtimestamp(instant_ms // HOUR_MS * 3600, UTC).strftime(_HOUR)


def hour_begins_ms(hour: str) -> int:
    """Return when an hour begins.

    Raises:
        EvidenceError: it is no name of an hour.
    """
    try:
        return round(datetime.strptime(hour, _HOUR).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError as error:
        raise EvidenceError(f"{hour[:40]!r} is no hour of latencies") from error


def chunk_key(platform_id: str, check: str, vantage: str, hour: str) -> str:
    """Return the name of the note that holds an hour of a check from one vantage point; all hours start with ``""``."""
    return key_of("latency", platform_id, check, vantage, hour)


def unsealed_key(platform_id: str, check: str, vantage: str) -> str:
    """Return the name of the note that lists a series' hours which are not sealed yet."""
    return key_of(UNSEALED, platform_id, check, vantage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """How long the answers of a span took, in ms."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float

    def row(self) -> list[float]:
        """Return them as entries and observations hold them."""
        return [self.count, self.p50_ms, self.p95_ms, self.p99_ms, self.max_ms]


def percentiles(latencies_ms: Iterable[float]) -> Percentiles:
    """Return the percentiles by nearest rank: each is a latency that was measured.

    Raises:
        ValueError: there is none.
    """
    ordered = sorted(latencies_ms)
    ranked = [ordered[math.ceil(share * len(ordered) / 100) - 1] for share in (50, 95, 99, 100)]
    return Percentiles(count=len(ordered), p50_ms=ranked[0], p95_ms=ranked[1], p99_ms=ranked[2], max_ms=ranked[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A calendar day of the platform's zone, sealed: digests by hour, percentiles, and what was damaged by then."""

    platform_id: str
    check: str
    vantage: str
    day: str
    chunks: Mapping[str, str]
    summary: Percentiles | None
    damaged: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what the ledger's entry holds."""
        rest = {"damaged": list(self.damaged)} if self.damaged else {}
        return {
            "platform_id": self.platform_id,
            "check": self.check,
            "vantage": self.vantage,
            "day": self.day,
            "chunks": dict(self.chunks),
            "summary": self.summary.row() if self.summary else None,
        } | rest


def sealed_days(store: LedgerStore, platform_id: str) -> tuple[Day, ...]:
    """Return the sealed days of a platform, in order of position.

    Raises:
        EvidenceError: an entry was altered, or is no such day.
    """
    days = (_day(entry) for entry in store.entries(kind=LATENCIES))
    return tuple(day for day in days if day.platform_id == platform_id)


def _day(entry: Entry) -> Day:
    value = entry.value()
    try:
        row = value["summary"]
        summary = None if row is None else Percentiles(**dict(zip(Percentiles.__slots__, row, strict=True)))
        damaged = tuple(value.get("damaged", ()))
        return Day(**value | {"chunks": MappingProxyType(value["chunks"]), "summary": summary, "damaged": damaged})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"ledger entry {entry.seq} is no day of latencies: {error!r}") from error


def summary_of(contents: Mapping[str, bytes]) -> tuple[Percentiles | None, tuple[str, ...]]:
    """Return the percentiles of some hours together, by name of hour, and the hours that could not be read."""
    found: list[float] = []
    damaged: list[str] = []
    for hour, content in contents.items():
        try:
            found += decode(content, hour_begins_ms(hour)).values_ms()
        except EvidenceError:
            damaged.append(hour)
    return (percentiles(found) if found else None), tuple(damaged)


def chunks(store: LedgerStore, platform_id: str, check: str, vantage: str) -> Iterator[tuple[str, Chunk]]:
    """Yield the raw latencies that are still kept, hour by hour.

    Raises:
        EvidenceError: a chunk is damaged.
    """
    prefix = chunk_key(platform_id, check, vantage, "")
    for name, content in store.notes(prefix).items():
        hour = name.removeprefix(prefix)
        yield hour, decode(content, hour_begins_ms(hour))


def by_day(store: LedgerStore, platform_id: str, zone: ZoneInfo) -> Mapping[str, Sequence[Sequence[Any]]]:
    """Return ``[day, count, p50, p95, p99, max]`` (ms) for each day with samples, by check, in order of day.

    Days that are not sealed yet stand there with what is kept of them. Percentiles of several vantage points cannot be
    put together: where there are several, the row is that of the one with the highest p95.

    Raises:
        EvidenceError: an entry was altered, or is no such day.
    """
    rows: dict[tuple[str, str], Percentiles] = {}
    sealed = ((day.check, day.day, day.summary) for day in sealed_days(store, platform_id))
    for check, day, summary in (*sealed, *_unsealed(store, platform_id, zone)):
        known = rows.get((check, day))
        if summary is not None and (known is None or summary.p95_ms > known.p95_ms):
            rows[check, day] = summary
    checks = sorted({check for check, _ in rows})
    return {check: [[day, *rows[name, day].row()] for name, day in sorted(rows) if name == check] for check in checks}


def _unsealed(store: LedgerStore, platform_id: str, zone: ZoneInfo) -> Iterator[tuple[str, str, Percentiles | None]]:
    for name, hours in store.notes(key_prefix(UNSEALED, platform_id)).items():
        _, _, check, vantage = parts_of(name)
        days: dict[str, dict[str, bytes]] = {}
        for hour in filter(None, hours.decode("ascii", "replace").split(",")):
            key = chunk_key(platform_id, check, vantage, hour)
            if (content := store.notes(key).get(key)) is not None:
                days.setdefault(day_of(hour_begins_ms(hour), zone).isoformat(), {})[hour] = content
        for day, contents in days.items():
            yield check, day, summary_of(contents)[0]


def problems(store: LedgerStore, platform_id: str, *, kept_since_ms: int) -> tuple[str, ...]:
    """Return what is wrong with the chunks: altered since their day was sealed, damaged before, or gone too early.

    Chunks that begin before ``kept_since_ms`` may be gone: nobody promised to keep them.

    Raises:
        EvidenceError: an entry was altered, or is no such day.
    """
    return tuple(_problems(store, platform_id, kept_since_ms))


def _problems(store: LedgerStore, platform_id: str, kept_since_ms: int) -> Iterator[str]:
    # One series of notes at a time: all of them together may be large.
    series: dict[tuple[str, str], list[Day]] = {}
    for day in sealed_days(store, platform_id):
        series.setdefault((day.check, day.vantage), []).append(day)
    for (check, vantage), days in series.items():
        prefix = chunk_key(platform_id, check, vantage, "")
        kept = store.notes(prefix)
        for day in days:
            for hour, sealed in day.chunks.items():
                if what := _problem(kept.get(prefix + hour), sealed, expired=hour_begins_ms(hour) < kept_since_ms):
                    yield f"latencies of {check} from {vantage}, hour {hour}: {what}"
            for hour in day.damaged:
                yield f"latencies of {check} from {vantage}, hour {hour}: were damaged before the day was sealed"


def _problem(content: bytes | None, sealed: str, *, expired: bool) -> str | None:
    if content is None:
        return None if expired else "are gone, though they were to be kept"
    return None if digest(content) == sealed else "do not fit the digest sealed into the chain: altered"
