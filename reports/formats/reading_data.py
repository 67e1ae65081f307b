"""Plain values out of what a host or a tool wrote: of another form than expected, they are not there. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_MS: Final = 1000
_LATEST_MS: Final = 253_402_214_400_000  # the last day of the year 9999


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, or an empty one."""
    return value if isinstance(value, Mapping) else NOTHING


def rows(value: Any) -> Sequence[Any]:
    """Return a list, or an empty one."""
    return value if isinstance(value, list | tuple) else ()


def number(value: Any) -> float | None:
    """Return a finite number, or None; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def text(value: Any, longest: int) -> str:
    """Return a text of at most so many characters; of anything else, what it says."""
    said = "" if value is None else str(value)
    return said if len(said) <= longest else said[: longest - 1] + "…"


def instant(at_ms: float, form: str = "%Y-%m-%d %H:%M", zone: tzinfo = UTC) -> str:
    """Return an instant in a zone; a dash where it lies outside all calendars."""
    if not 0 <= at_ms <= _LATEST_MS:
        return "—"
    return datetime.fromtimestamp(at_ms / _MS, zone).strftime(form)


def zone_of(name: Any) -> tzinfo:
    """Return a zone by its name; UTC where nobody knows it."""
    try:
        return ZoneInfo(str(name)) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
