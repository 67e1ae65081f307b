"""The standing record by calendar day of the platform's zone: failed probes, time down, time unknown. Pure."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reports.availability import Availability, Service, availability
from reports.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One complete calendar day: ``YYYY-MM-DD``, its probes with a known answer, and how its time divides."""

    day: str
    tried: int
    failed: int
    spent: Availability

    @property
    def rate(self) -> float:
        """Return the failed share of its probes; 0 where none is known."""
        return self.failed / self.tried if self.tried else 0.0

    @property
    def down_share(self) -> float:
        """Return the part of the day that was down."""
        return self.spent.down_ms / self.spent.wall_ms


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """Return when a day begins in a zone."""
    return round(datetime.combine(day, time(), tzinfo=zone).timestamp() * 1000)


def day_of(instant_ms: int, zone: ZoneInfo) -> date:
    """Return the calendar day that an instant lies in."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone).date()


def days(of: Service, zone: ZoneInfo, *, last: int) -> tuple[Day, ...]:
    """Return the last so many complete days before the end of the window, in order.

    Of a day before the record nothing is known: no probe, all its time unknown.
    """
    today = day_of(of.ends_ms, zone)
    return tuple(_days(of, zone, [today - timedelta(days=back) for back in range(last, 0, -1)]))


def _days(of: Service, zone: ZoneInfo, wanted: list[date]) -> Iterator[Day]:
    ends = [run.ends_ms for run in of.known]
    for day in wanted:
        begin, end = midnight_ms(day, zone), midnight_ms(day + timedelta(days=1), zone)
        tried, failed = of.probes.get(day.isoformat(), (0, 0))
        near = _near(of.known, ends, begin, end)
        yield Day(day=day.isoformat(), tried=tried, failed=failed, spent=availability(near, begin, end))


def _near(known: History, ends: list[int], begin: int, end: int) -> History:
    first = bisect.bisect_right(ends, begin)
    last = bisect.bisect_left(ends, end)
    return known[first : last + 1]
