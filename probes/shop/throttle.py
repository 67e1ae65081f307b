"""How long a shop asks us to wait. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from probes.transports.port import Response

MAX_REPEATS = 5
"""A request is repeated at most this often before its throttling is told."""

_TOO_MANY = 429
_UNAVAILABLE = 503
_LEAST_S = 0.05


def pause_s(response: Response, repeats: int, now: datetime) -> float | None:
    """Return the seconds to wait before the same request is sent again; None where the answer is no throttling.

    429 always is, 503 only with Retry-After (RFC 9110, 10.2.3: seconds or an HTTP date, counted from the answer's own
    Date where it has one). Without the header the pause doubles: 1, 2, 4 ... s.

    Args:
        response: the answer.
        repeats: how often the request was repeated already.
        now: the wall clock, aware.
    """
    asked = response.header("retry-after")
    if response.status == _TOO_MANY:
        wanted = None if asked is None else _asked_s(asked, response, now)
        return float(2**repeats) if wanted is None else max(_LEAST_S, wanted)
    if response.status == _UNAVAILABLE and asked is not None:
        wanted = _asked_s(asked, response, now)
        return None if wanted is None else max(_LEAST_S, wanted)
    return None


def _asked_s(asked: str, response: Response, now: datetime) -> float | None:
    text = asked.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    until = _instant(text)
    since = _instant(response.header("date") or "") or now
    return None if until is None else (until - since).total_seconds()


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
