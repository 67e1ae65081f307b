"""When a cron line fires. Pure; five fields as crontab(5) has them, or @hourly and its like."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = 5
_SUNDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """The values at which each field matches; a day matches by either field where both are restricted."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def fires(self, begin: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Yield the instants (UTC) at which it fires from ``begin`` to ``end``, in the zone of its host."""
        day = begin.astimezone(zone).date()
        while day <= end.astimezone(zone).date():
            if self._matches(day.day, day.month, day.isoweekday() % _SUNDAY):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                        if begin <= at <= end:
                            yield at
            day += timedelta(days=1)

    def _matches(self, day: int, month: int, weekday: int) -> bool:
        by_day, by_weekday = day in self.days, weekday in self.weekdays
        return month in self.months and ((by_day or by_weekday) if self.either_day else (by_day and by_weekday))


def cron(line: str) -> Cron | None:
    """Return what a line says; None where it is no cron line."""
    fields = _NAMED.get(line.strip().lower(), line).split()
    if len(fields) != _FIELDS:
        return None
    spans = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 7, _DAYS))
    values = [_values(field, low, high, names) for field, (low, high, names) in zip(fields, spans, strict=True)]
    if not all(values):
        return None
    minutes, hours, days, months, weekdays = values
    return Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(each % _SUNDAY for each in weekdays),
        either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )


def _values(field: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    """Return the values of a field; none where it cannot be read."""
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin, end = (low, high) if span == "*" else (_value(first, names, low), _value(last, names, low))
        if not dash and span != "*":
            end = high if step else begin
        if begin is None or end is None or not low <= begin <= end <= high or (step and not step.isdecimal()):
            return frozenset()
        if step and int(step) == 0:
            return frozenset()
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _value(text: str, names: tuple[str, ...], low: int) -> int | None:
    if text in names:
        return names.index(text) + low
    return int(text) if text.isdecimal() else None
