"""Scripted standing records: what a watch would have left in the ledger of a platform, by a few lines of script."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reports.daily import day_of, midnight_ms
from reports.history_data import Settings, history_data
from reports.ledger.standing_record import Standing
from reports.ledger.store import LedgerStore
from reports.standing import IncidentClass, IncidentWord, Interval, Maintenance, Seen, as_draft

HOUR_MS = 3_600_000
YEAR_H = 8_760
ENDS = datetime(2026, 11, 21, 9, 55, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A check is down, from so many hours before the end of the record, as all vantage points see it or as one."""

    hours_ago: float
    hours: float
    incident_class: IncidentClass | None = None
    check: str | None = "buying"
    vantage: str | None = None
    state: Seen = "down"
    why: str = "HTTP 502"
    steps: Mapping[str, int] = field(default_factory=dict)


def gap(hours_ago: float, hours: float, *, check: str | None = None, vantage: str | None = None) -> Outage:
    """Return a span of which nothing is known."""
    return Outage(hours_ago=hours_ago, hours=hours, check=check, vantage=vantage, state="unknown", why="watcher away")


@dataclass(frozen=True, kw_only=True)
class Check:
    """How a check is watched."""

    depth: str
    every_s: int


CHECKS: Mapping[str, Check] = {
    "front": Check(depth="page", every_s=60),
    "buying": Check(depth="checkout", every_s=60),
    "pay": Check(depth="payment", every_s=600),
}


@dataclass(frozen=True, kw_only=True)
class Script:
    """A record of so many hours up to its end, in which all is up but for the outages.

    ``alone`` are probes that failed by themselves, by check and day: no outage. ``planned`` are (hours ago, hours,
    hours announced before).
    """

    hours: float
    ends: datetime = ENDS
    outages: Sequence[Outage] = ()
    checks: Mapping[str, Check] = field(default_factory=lambda: CHECKS)
    vantages: Sequence[str] = ("here",)
    source: str = "watch"
    alone: Mapping[tuple[str, str], int] = field(default_factory=dict)
    planned: Sequence[tuple[float, float, float]] = ()
    at_least: int = 1
    platform_id: str = "shop"
    service: str | None = None

    @property
    def ends_ms(self) -> int:
        return round(self.ends.timestamp() * 1000)

    @property
    def begins_ms(self) -> int:
        return self.before(self.hours)

    def before(self, hours: float) -> int:
        """Return the instant so many hours before the end."""
        return self.ends_ms - round(hours * HOUR_MS)

    def intervals(self) -> tuple[Interval, ...]:
        """Return the intervals as a watch seals them: at each change and at each midnight of the zone."""
        return tuple(
            interval
            for check in self.checks
            for vantage in self.vantages
            for run in self._runs(check, vantage)
            for interval in self._sealed(check, vantage, run)
        )

    def _runs(self, check: str, vantage: str) -> Iterator[tuple[Seen, int, int, str]]:
        at = self.begins_ms
        spans = [each for each in self.outages if each.check in {None, check} and each.vantage in {None, vantage}]
        for each in sorted(spans, key=lambda one: -one.hours_ago):
            begin = max(at, self.before(each.hours_ago))
            end = min(self.ends_ms, self.before(each.hours_ago - each.hours))
            if begin > at:
                yield "up", at, begin, ""
            if end > begin:
                yield each.state, begin, end, each.why
            at = max(at, end)
        if at < self.ends_ms:
            yield "up", at, self.ends_ms, ""

    def _sealed(self, check: str, vantage: str, run: tuple[Seen, int, int, str]) -> Iterator[Interval]:
        state, begin, end, why = run
        every_ms = self.checks[check].every_s * 1000
        at = begin
        while at < end:
            day = day_of(at, ZONE)
            stop = min(end, midnight_ms(day + timedelta(days=1), ZONE))
            tried = 0 if state == "unknown" else math.ceil(stop / every_ms) - math.ceil(at / every_ms)
            alone = self.alone.get((check, day.isoformat()), 0) if state == "up" else 0
            yield Interval(
                platform_id=self.platform_id,
                check=check,
                vantage=vantage,
                state=state,
                starts_ms=at,
                ends_ms=stop,
                day=day.isoformat(),
                tried=tried,
                failed=tried if state == "down" else min(alone, tried),
                every_ms=every_ms,
                depth=self.checks[check].depth,
                why=why,
                source=self.source,
            )
            at = stop

    def words(self) -> tuple[IncidentWord, ...]:
        """Return the words on the outages that have a class."""
        return tuple(
            IncidentWord(
                platform_id=self.platform_id,
                check=each.check or "buying",
                starts_ms=self.before(each.hours_ago),
                incident_class=each.incident_class,
                by="rule 1",
                why=each.why,
                said_ms=self.before(each.hours_ago) + 60_000,
                **{f"{step}_ms": self.before(each.hours_ago) + after * 60_000 for step, after in each.steps.items()},
            )
            for each in self.outages
            if each.incident_class is not None
        )

    def maintenance(self) -> tuple[Maintenance, ...]:
        """Return the planned maintenance with the instant at which it was announced."""
        return tuple(
            Maintenance(
                platform_id=self.platform_id,
                starts_ms=self.before(ago),
                ends_ms=self.before(ago - hours),
                announced_ms=self.before(ago + announced),
                reason="upgrade",
            )
            for ago, hours, announced in self.planned
        )

    def data(self) -> dict[str, Any]:
        """Return the data of ``ledger.history`` that this record gives."""
        record = Standing(
            platform_id=self.platform_id,
            intervals=self.intervals(),
            maintenance=self.maintenance(),
            incidents=self.words(),
        )
        settings = Settings(zone=ZONE.key, service=self.service, at_least=self.at_least, kinds={})
        data = history_data(record, settings, now_ms=self.ends_ms, latencies={})
        assert data is not None
        return data

    def keep(self, store: LedgerStore) -> None:
        """Write the record into a ledger."""
        drafts = [as_draft(each) for each in self.intervals()]
        drafts += [as_draft(each) for each in self.words()]
        drafts += [as_draft(each) for each in self.maintenance()]
        store.append("watch", drafts)


def days_before(ends: datetime, count: int) -> list[str]:
    """Return the last so many complete days before an instant, in order."""
    today: date = ends.astimezone(ZONE).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(count, 0, -1)]
