"""What the pictures need of the reading ``ledger.history``: the last year of each judged check, day by day. Pure.

The arithmetic is that of ``reports.availability``; here it is only cut into the days of the platform's own zone.
"""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from reports import daily
from reports.availability import Service, availability, service
from reports.daily import Day, day_of, midnight_ms

KIND: Final = "ledger.history"
YEAR_DAYS: Final = 365
_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of the last year in the platform's zone: 365 whole ones, and today as far as it has gone."""

    zone: ZoneInfo
    days: tuple[date, ...]
    edges_ms: tuple[int, ...]
    ends_ms: int

    @property
    def unfinished(self) -> bool:
        """Whether the last day is not over yet."""
        return self.ends_ms < self.edges_ms[-1]

    def place(self, instant_ms: int) -> float:
        """Return where an instant lies: days since the first midnight, at most to the last one."""
        number = bisect.bisect_right(self.edges_ms, instant_ms) - 1
        if not 0 <= number < len(self.days):
            return 0.0 if number < 0 else float(len(self.days))
        begin, end = self.edges_ms[number : number + 2]
        return number + (instant_ms - begin) / (end - begin)

    def local(self, instant_ms: int) -> str:
        """Return ``2026-03-14 02:10`` in the platform's zone."""
        return datetime.fromtimestamp(instant_ms / _MS, self.zone).strftime("%Y-%m-%d %H:%M")


def calendar(zone: str, ends_ms: int) -> Calendar:
    """Return the calendar of the year that ends at an instant."""
    own = ZoneInfo(zone)
    today = day_of(ends_ms, own)
    begun = midnight_ms(today, own) < ends_ms
    days = tuple(today - timedelta(days=back) for back in range(YEAR_DAYS, -1 if begun else 0, -1))
    edges = tuple(midnight_ms(each, own) for each in (*days, days[-1] + timedelta(days=1)))
    return Calendar(zone=own, days=days, edges_ms=edges, ends_ms=ends_ms)


def judged(data: Mapping[str, Any]) -> tuple[Service, ...]:
    """Return the checks that clauses are judged on, of which anything was recorded: service, front, payments."""
    named = dict.fromkeys((data["service"], data["front"]))
    named |= dict.fromkeys(each["name"] for each in data["checks"] if each["kind"] == "payment")
    found = (service(data, name) for name in named)
    return tuple(each for each in found if each is not None)


def days(own: Service, year: Calendar) -> tuple[Day, ...]:
    """Return the days of one check, without a gap: before its record began nothing is known. Today ends now."""
    whole = daily.days(own, year.zone, last=YEAR_DAYS)
    if not year.unfinished:
        return whole
    today = year.days[-1].isoformat()
    tried, failed = own.probes.get(today, (0, 0))
    spent = availability(own.known, year.edges_ms[-2], year.ends_ms)
    return (*whole, Day(day=today, tried=tried, failed=failed, spent=spent))
