"""Working days in China, make-up days counted. Pure; a year whose holidays are not published is unknown."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from chinese_calendar import is_workday

_MILLISECONDS_FROM = 10**11
"""Seconds since 1970 are below this until the year 5138; greater numbers count milliseconds."""

_LONGEST = timedelta(days=3660)
_COMPACT = (("%Y%m%d%H%M%S", 14), ("%Y%m%d", 8))
"""As Chinese payment providers write instants; read as numbers they would be seconds of 1970 or of a far future."""


def working_days(start: date, end: date) -> int | None:
    """Return how many working days lie after the day ``start``, up to and with the day ``end``.

    None where the holidays of a year between are not published (never guessed), or where there are ten years between.
    """
    if end - start > _LONGEST:
        return None
    days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
    try:
        return sum(bool(is_workday(day)) for day in days)
    except NotImplementedError:
        return None


def day_of(shown: Any, zone: tzinfo) -> date | None:
    """Return the calendar day, in a zone, of an instant as a shop gives it; None where it cannot be read.

    ISO 8601 (without an offset it is taken to be in the zone; with slashes too), ``20261121103000`` or ``20261121``, or
    seconds or milliseconds since 1970.
    """
    if isinstance(shown, bool) or not isinstance(shown, str | int | float):
        return None
    written = str(shown).strip()
    if (compact := _compact(written)) is not None:
        return compact
    try:
        number = float(shown)
    except ValueError:
        return _day_of_text(written.replace("/", "-"), zone)
    except OverflowError:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, tz=zone).date()
    except (OverflowError, ValueError, OSError):
        return None


def _compact(written: str) -> date | None:
    if not (written.isascii() and written.isdigit() and written.startswith(("19", "20"))):
        return None
    form = next((form for form, digits in _COMPACT if digits == len(written)), None)
    try:
        return None if form is None else datetime.strptime(written, form).date()  # noqa: DTZ007 - in the platform's zone
    except ValueError:
        return None


def _day_of_text(text: str, zone: tzinfo) -> date | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return (instant if instant.tzinfo is None else instant.astimezone(zone)).date()
    except OverflowError:
        return None
