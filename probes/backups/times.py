"""Times as catalogues write them: with an offset, or local to a zone that has to be declared. Pure."""

import re
import zoneinfo
from datetime import datetime

_FRACTION = re.compile(r"(\.\d{6})\d+")  # Go and others write nanoseconds


def instant_ms(text: object, zone: str | None) -> int | None:
    """Return milliseconds since 1970 UTC; None where it is no time, or a local one and no zone is declared.

    In the hour that a zone has twice, the earlier one is taken.
    """
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
        if at.tzinfo is None:
            if zone is None:
                return None
            at = at.replace(tzinfo=zoneinfo.ZoneInfo(zone))
        return round(at.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):  # no such time; a year that no clock can tell
        return None
