"""How a visitor of ours shows itself on the web, and which of the cookies it is given are secrets. Pure."""

import functools
import re
from http.cookiejar import Cookie
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from probes.redaction import SHORTEST_SECRET

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8"
ACCEPT_ENCODING: Final = "gzip, deflate"
REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may be sent again where a kept connection was closed just as we wrote into it."""

KEPT_FOR_WRITES_S: Final = 1.0
"""A kept connection older than this is not used for a POST: the server may just be closing it, and a POST cannot be
repeated to find out."""

_SESSION_COOKIE = re.compile(r"sess|sid|token|auth|csrf|xsrf|jwt|login|remember|credential", re.IGNORECASE)
_SESSION_COOKIE_LENGTH = 8
_OPAQUE_LENGTH = 16


@functools.cache
def user_agent() -> str:
    """Return ``duheng/VERSION``, by which a platform's log tells our visits apart."""
    try:
        return f"duheng/{version('duheng')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "duheng"


def header_text(value: str) -> str:
    """Return a header's value; servers that send UTF-8 there (a Location in Chinese) are read as they mean it."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def opens_a_session(cookie: Cookie) -> bool:
    """Tell whether a cookie's value is a secret of the session, and no word such as a theme's or a language's."""
    value = cookie.value or ""
    if len(value) < max(_SESSION_COOKIE_LENGTH, SHORTEST_SECRET):
        return False
    # A theme or a language may be long as well; blackening such a word would spoil the evidence.
    opaque = len(value) >= _OPAQUE_LENGTH or bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value))
    named: Any = _SESSION_COOKIE.search(cookie.name) or cookie.has_nonstandard_attr("HttpOnly")
    return opaque and bool(named or len(value) >= _OPAQUE_LENGTH)
