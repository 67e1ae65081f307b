"""Takes latencies from the watch and brings them to the ledger: hours as notes, whole days as digests in the chain."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from probes.canonical import digest
from probes.errors import EvidenceError
from reports.daily import day_of, midnight_ms
from reports.latencies import (
    HOUR_MS,
    LATENCIES,
    Day,
    chunk_key,
    hour_begins_ms,
    hour_name,
    sealed_days,
    summary_of,
    unsealed_key,
)
from reports.latency_codec import Chunk, decode, encode
from reports.ledger.entry import draft
from reports.ledger.store import LedgerStore

GRACE_MS: Final = 600_000
"""A day is sealed this long after its midnight: by then the last probes have answered or run out of time."""

MOST_HOURS: Final = 72
"""Hours that wait in memory while the ledger is away; beyond them the oldest go, and are counted as lost."""

_DAY_MS: Final = 24 * HOUR_MS


class LatencyRecorder:
    """The latencies of one check from one vantage point. Any thread may record; one flushes.

    What was recorded since the last flush lives in memory only: flush each minute or so. After a restart a new recorder
    goes on within the hour that the old one began. ``lost`` counts samples that could not be kept.
    """

    def __init__(
        self,
        *,
        run_id: str,
        platform_id: str,
        check: str,
        vantage: str,
        zone: ZoneInfo,
        keep_days: int,
        unit_us: int = 1000,
    ) -> None:
        self.lost = 0
        self._run_id = run_id
        self._series = (platform_id, check, vantage)
        self._zone = zone
        self._keep_ms = keep_days * _DAY_MS
        self._unit_us = unit_us
        self._lock = Lock()
        self._hours: dict[str, dict[int, int]] = {}  # in memory: samples by planned start
        self._changed: set[str] = set()  # hours in memory that the ledger does not hold so
        self._merged: set[str] = set()  # hours in memory with all that the ledger holds of them
        self._kept: dict[str, str] | None = None  # hours that the ledger holds, and their days; None until it was asked
        self._sealed: set[str] = set()  # days
        self._damaged: set[str] = set()
        self._mark: bytes | None = None  # the hours that are not sealed, as the ledger's note lists them

    def record(self, planned_ms: int, latency_ms: float) -> None:
        """Take the latency of the probe that was planned to start at ``planned_ms`` (ms since the epoch).

        Raises:
            ValueError: it is negative.
        """
        if latency_ms < 0:
            raise ValueError(f"a probe cannot take {latency_ms} ms")
        hour = hour_name(planned_ms)
        with self._lock:
            self._hours.setdefault(hour, {})[planned_ms] = round(latency_ms * 1000 / self._unit_us)
            self._changed.add(hour)
            while len(self._hours) > MOST_HOURS:
                self.lost += self._forget(min(self._hours))

    def flush(self, store: LedgerStore, now_ms: int) -> None:
        """Write what is new, seal the days that are over, let go of what is past its time: all in one transaction.

        Raises:
            EvidenceError: nothing was written; what is in memory stays for the next flush.
        """
        kept = self._learn(store) if self._kept is None else self._kept
        writing = self._take()
        try:
            contents = {hour: self._encoded(store, hour, hour in kept, samples) for hour, samples in writing.items()}
            known = kept | {hour: self._day(hour) for hour in contents}
            days = [self._sealing(store, day, known, contents) for day in self._over(known, now_ms)]
            gone = {hour for hour in known if hour < hour_name(max(0, now_ms - self._keep_ms))}
            kept = {hour: day for hour, day in known.items() if hour not in gone}
            sealed = self._sealed.union(day.day for day in days)
            mark = ",".join(sorted(hour for hour, day in kept.items() if day not in sealed)).encode()
            self._write(store, contents | dict.fromkeys(gone), days, mark)
        except EvidenceError:
            self._give_back(writing.keys())
            raise
        self._kept, self._sealed, self._mark = kept, sealed, mark
        self._rest(now_ms)

    def _learn(self, store: LedgerStore) -> dict[str, str]:
        days = sealed_days(store, self._series[0])
        self._sealed = {day.day for day in days if (day.platform_id, day.check, day.vantage) == self._series}
        prefix = chunk_key(*self._series, "")
        return {hour: self._day(hour) for hour in (name.removeprefix(prefix) for name in store.notes(prefix))}

    def _forget(self, hour: str) -> int:
        """Drop an hour from memory; return how many samples it held."""
        self._changed.discard(hour)
        self._merged.discard(hour)
        return len(self._hours.pop(hour))

    def _take(self) -> dict[str, dict[int, int]]:
        """Return the samples of the hours to write; those of a day that is sealed (a clock was set back) are lost."""
        with self._lock:
            for hour in [hour for hour in self._changed if self._day(hour) in self._sealed]:
                self.lost += self._forget(hour)
            writing = {hour: dict(self._hours[hour]) for hour in sorted(self._changed)}
            self._changed.clear()
        return writing

    def _give_back(self, hours: Iterable[str]) -> None:
        with self._lock:
            self._changed.update(hour for hour in hours if hour in self._hours)

    def _rest(self, now_ms: int) -> None:
        """Let hours that are over and written leave memory."""
        with self._lock:
            for hour in [hour for hour in self._hours if hour not in self._changed]:
                if hour_begins_ms(hour) + HOUR_MS + GRACE_MS <= now_ms:
                    self._forget(hour)

    def _day(self, hour: str) -> str:
        return day_of(hour_begins_ms(hour), self._zone).isoformat()

    def _encoded(self, store: LedgerStore, hour: str, kept: bool, samples: dict[int, int]) -> bytes:
        begins_ms = hour_begins_ms(hour)
        before = self._content(store, hour) if kept and hour not in self._merged else None
        if before is not None:
            try:
                chunk = decode(before, begins_ms)
                samples = {start: self._in_unit(chunk, start) for start in chunk.samples} | samples
            except EvidenceError:
                self._damaged.add(hour)  # sealed as such, with what comes after
        with self._lock:
            if hour in self._hours:
                self._hours[hour] = samples | self._hours[hour]
                self._merged.add(hour)
        return encode(Chunk(unit_us=self._unit_us, samples=samples), begins_ms)

    def _in_unit(self, chunk: Chunk, start: int) -> int:
        return round(chunk.samples[start] * chunk.unit_us / self._unit_us)

    def _content(self, store: LedgerStore, hour: str) -> bytes | None:
        name = chunk_key(*self._series, hour)
        return store.notes(name).get(name)

    def _over(self, known: Mapping[str, str], now_ms: int) -> Iterator[str]:
        """Yield the days that are to be sealed."""
        for day in sorted(set(known.values()) - self._sealed):
            if midnight_ms(date.fromisoformat(day) + timedelta(days=1), self._zone) + GRACE_MS <= now_ms:
                yield day

    def _sealing(self, store: LedgerStore, day: str, known: Mapping[str, str], fresh: Mapping[str, bytes]) -> Day:
        hours = sorted(hour for hour, its_day in known.items() if its_day == day)
        found = {hour: fresh.get(hour) or self._content(store, hour) for hour in hours}
        contents = {hour: content for hour, content in found.items() if content is not None}
        summary, damaged = summary_of(contents)
        platform_id, check, vantage = self._series
        return Day(
            platform_id=platform_id,
            check=check,
            vantage=vantage,
            day=day,
            chunks={hour: digest(content) for hour, content in contents.items()},
            summary=summary,
            damaged=tuple(sorted({*damaged, *(self._damaged & contents.keys())})),
        )

    def _write(self, store: LedgerStore, hours: Mapping[str, bytes | None], days: Iterable[Day], mark: bytes) -> None:
        notes = {chunk_key(*self._series, hour): content for hour, content in hours.items()}
        if mark != self._mark:
            notes[unsealed_key(*self._series)] = mark or None
        if drafts := [draft(LATENCIES, day.as_json()) for day in days]:
            store.append(self._run_id, drafts, notes=notes)
        elif notes:
            store.note(notes)
