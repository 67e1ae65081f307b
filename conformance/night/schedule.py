"""When a night may be, and when one should have been: hours by the clock, declared windows. Pure.

Hours are those that a clock on the wall shows. Where the clocks are put forward or back, a night is never longer for
it: it begins at the later and ends at the earlier of the instants that could be meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from conformance.turn import said
from conformance.windows import Span, covered_until, joined, within
from probes.target import Target, Window
from probes.target_night import Hours, Night

DAYS: Final = 30
"""So far back it is told which nights should have been."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The span that is open (None: always), or every reason why no night may begin, each with what to do.

    ``later`` is the next span, where there is one within a week.
    """

    span: Span | None
    reasons: tuple[str, ...] = ()
    later: Span | None = None

    def fits(self, now: datetime, lasts_s: float) -> bool:
        """Tell whether what lasts so long would end inside."""
        return self.span is None or now + timedelta(seconds=lasts_s) <= self.span.ends


def night_on(day: date, hours: Hours, zone: tzinfo) -> Span | None:
    """Return the night that begins on a day; None where that day has no such hours."""
    until = day + _DAY if hours.ends <= hours.begins else day
    span = Span(starts=max(_readings(day, hours.begins, zone)), ends=min(_readings(until, hours.ends, zone)))
    return span if day.weekday() in hours.days and span.starts < span.ends else None


def _readings(day: date, clock: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return both instants that a clock's reading may mean; in most cases they are one."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first, second


def spans_of(night: Night, windows: Sequence[Window], zone: tzinfo, now: datetime) -> tuple[Span, ...]:
    """Return the nights of the last weeks and of the next, the earliest first.

    Without hours they are the declared windows, those that touch taken for one.
    """
    if night.hours is None:
        return tuple(joined(windows))
    today = now.astimezone(zone).date()
    days = (today + _DAY * offset for offset in range(-DAYS, 9))
    found = (night_on(day, night.hours, zone) for day in days)
    return tuple(span for span in found if span is not None)


def due(night: Night, windows: Sequence[Window], zone: tzinfo, now: datetime) -> tuple[Span, ...]:
    """Return the nights of the last weeks that are over, the newest first."""
    spans = spans_of(night, windows, zone, now)
    return tuple(span for span in reversed(spans) if now - DAYS * _DAY <= span.ends <= now)


def permission(night: Night, target: Target, now: datetime) -> Permission:
    """Return within what a night may run now; production needs one of ``[[windows]]`` beside the hours."""
    spans = spans_of(night, target.windows, ZoneInfo(target.platform.timezone), now)
    production = target.platform.environment == "production"
    if not spans and night.hours is None and not production:
        return Permission(span=None)
    reasons = []
    both = within(spans, target.windows) if production and night.hours is not None else spans
    soon = next((each for each in both if each.starts > now), None)
    span = next((each for each in spans if each.holds(now)), None)
    if span is None:
        where = "[[windows]]" if night.hours is None else "[night] from, until"
        later = next((f"; the next begins at {said(each.starts)}" for each in spans if each.starts > now), "")
        reasons.append(f"{where}: no night may be at {said(now)}{later}")
    if production and night.hours is not None:
        until = covered_until(target.windows, now)
        if until is None:
            reasons.append(
                f"[[windows]]: in production a night runs in a declared window only, and none is open at {said(now)}; "
                "declare one, agreed with operations"
            )
        elif span is not None:
            span = Span(starts=span.starts, ends=min(span.ends, until))
    return Permission(span=span, reasons=tuple(reasons), later=soon)
