"""One part of a section: read, or unread with its cause, so that what one program keeps back hides no other."""

import math
import time

from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict


def part(read: "Callable[[], Dict[str, Any]]") -> "Dict[str, Any]":
    """Return what was read beside ``"state": "read"``, or ``{"state": "unread", "cause", "why"}``."""
    try:
        return dict(read(), state="read")
    except Unread as unread:
        return unread_part(unread)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = "not of a form that is understood: %s: %s" % (type(error).__name__, error)
        return {"state": "unread", "cause": "target", "why": why[:300]}


def unread_part(unread: Unread) -> "Dict[str, Any]":
    """Return why nothing was read."""
    return {"state": "unread", "cause": unread.cause, "why": unread.why}


def whole(text: "Any") -> "Any":
    """Return a whole number, or None where the text is none."""
    try:
        return int(str(text).strip())
    except ValueError:
        return None


def real(text: "Any") -> "Any":
    """Return a number, or None where the text is none."""
    try:
        number = float(str(text).strip().rstrip("%"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def day(at_s: float) -> str:
    """Return the day of an instant, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(at_s))


def sha256(content: bytes) -> str:
    """Return the digest of a file's content, in hexadecimal."""
    for name in ("_sha2", "_sha256"):  # Python's own, of 3.12 and before; ``hashlib`` loads the whole of OpenSSL
        try:
            told = __import__(name).sha256(content).hexdigest()  # type: str
        except ImportError:
            continue
        return told
    return str(__import__("hashlib").sha256(content).hexdigest())


def utc_s(told: "time.struct_time") -> int:
    """Return an instant in UTC, seconds since 1970."""
    import calendar  # noqa: PLC0415 - it brings the names of all months along

    return calendar.timegm(told)
