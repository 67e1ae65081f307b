"""Instants as shops write them: read where they can be, never guessed. Pure."""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from probes.clock import parse_rfc3339

_DATE = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_DATE_IN_WORDS = re.compile(
    r"(?:(\d{1,2})\s+)?\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*(?:(\d{1,2})\s*,)?\s*(\d{4})",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(\d{1,2})\s*[:时点]\s*(\d{2})(?:\s*[:分]\s*(\d{2}))?(?:[.,]\d+)?\s*[分秒]?\s*(?:([ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"\b(\d{1,2})()()\s*([ap])\.?m\b", re.IGNORECASE)
_WORDS = {"noon": "12:00 p.m.", "midnight": "12:00 a.m."}
_HALF = re.compile(r"(上午|早上|凌晨)|(下午|晚上|中午)")
_OFFSET = re.compile(
    r"\s*\(?\s*(?:(?:UTC|GMT)?\s*([+-])(\d{1,2})(?!\d(?!\d))(?::?(\d{2}))?(?!\d)|(Z|UTC|GMT)\b)", re.IGNORECASE
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
_SINCE_1970 = re.compile(r"\d{10}(?:\d{3})?")
"""Seconds, or milliseconds, since 1970, as logs write them."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HALF_DAY = 12
_FARTHEST_H = 14
_CHINA = timezone(timedelta(hours=8))


def zone_of(declarations: Mapping[str, Any]) -> tzinfo:
    """Return the zone in which the platform writes times that name none; that of China where it declares none.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: this machine does not know the declared zone, and times must not be guessed.
    """
    name = (declarations.get("platform") or {}).get("timezone")
    return zoneinfo.ZoneInfo(name) if isinstance(name, str) else _CHINA


def instants(text: str, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants that a text may mean, in UTC; none where no date and time can be read.

    A time without its offset may be the platform's own or UTC: both are returned. So are both days that ``03/04/2026``
    may mean.
    """
    text = text.strip()
    if _SINCE_1970.fullmatch(text):
        return (datetime.fromtimestamp(int(text[:10]), UTC),)
    text = _COMPACT.sub(r"\1-\2-\3 \4:\5:\6", text) if _COMPACT.fullmatch(text) else text
    for word, meant in _WORDS.items():
        text = text.replace(word, meant)
    clock = _TIME.search(text) or _HOUR.search(text)
    if clock is None:
        return ()
    return tuple(dict.fromkeys(at for day in _days(text) for at in _at(day, clock, text, zone)))


def apart_s(text: str, zone: tzinfo, began: str, ended: str) -> float | None:
    """Return how far (seconds) an instant lies outside of a span; 0 inside, None where it cannot be read."""
    start, end = parse_rfc3339(began), parse_rfc3339(ended)
    outside = [max((start - at).total_seconds(), (at - end).total_seconds(), 0.0) for at in instants(text, zone)]
    return min(outside, default=None)


def _days(text: str) -> tuple[tuple[int, int, int], ...]:
    """Return the days, as (year, month, day), that may be meant."""
    if found := _DATE.search(text):
        return ((int(found[1]), int(found[2]), int(found[3])),)
    if found := _DAY_FIRST.search(text):
        one, other, year = (int(each) for each in found.groups())
        return (year, other, one), (year, one, other)
    words = _DATE_IN_WORDS.search(text)
    day = (words[1] or words[3]) if words else None
    return ((int(words[4]), _MONTHS.index(words[2].lower()) + 1, int(day)),) if words and day else ()


def _at(day: tuple[int, int, int], clock: re.Match[str], text: str, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants of a time of a day; none where there is no such day, or time."""
    try:
        bare = datetime(*day, _hour(clock, text), int(clock[2] or 0), int(clock[3] or 0))  # noqa: DTZ001 - its zone comes next
        shift = _shift(text[clock.end() :])
        if shift is not None:
            return (bare.replace(tzinfo=UTC) - shift,)
        return tuple(bare.replace(tzinfo=each).astimezone(UTC) for each in (zone, UTC))
    except (ValueError, OverflowError):  # 2026-02-30, or 0001-01-01 00:00, which programs write for "never"
        return ()


def _hour(clock: re.Match[str], text: str) -> int:
    """Return the hour of 24; half days are said behind the time in English, before it in Chinese."""
    hour, half = int(clock[1]), _HALF.search(text[: clock.start()])
    later = None if half is None else half[2] is not None
    if clock[4]:
        later = clock[4].lower() == "p"
    if later is None or hour > _HALF_DAY:
        return hour
    return hour % _HALF_DAY + (_HALF_DAY if later else 0)


def _shift(behind: str) -> timedelta | None:
    """Return how far the zone that is named behind a time is ahead of UTC; None where none is named."""
    named = _OFFSET.match(behind)
    if named is None:
        return None
    if named[4]:
        return timedelta()
    hours, minutes = int(named[2]), int(named[3] or 0)
    if hours > _FARTHEST_H:
        return None  # the end of a span: 10:00-18:00
    return timedelta(hours=hours, minutes=minutes) * (-1 if named[1] == "-" else 1)
