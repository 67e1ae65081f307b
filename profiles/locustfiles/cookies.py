"""The cookies of one session: the standard library's jar and rules, asked once for as long as nothing changes."""

import time
from collections.abc import Iterator, Sequence
from http.cookiejar import Cookie, CookieJar
from typing import Final
from urllib.request import Request

_LONG_S: Final = 3600.0
"""No session of a shopper lasts as long; a cookie that does is not asked again whether it still holds."""


class Cookies:
    """A session's jar, and the header that it made last for each place.

    The jar's rules take 50 us a request, which is what all the rest of a request takes. Most shops set every cookie for
    ``/``: then one header holds for the whole place.
    """

    def __init__(self, jar: CookieJar) -> None:
        """Keep cookies in this jar."""
        self._jar = jar
        self._made: dict[tuple[str, ...], str | None] = {}
        self._everywhere = True
        self._lasting = True
        self._empty = True

    def __iter__(self) -> Iterator[Cookie]:
        """Yield the cookies."""
        return iter(self._jar)

    def header(self, url: str, scheme: str, named: str) -> str | None:
        """Return the Cookie header for a URL at a place; None where no cookie is meant for it."""
        if self._empty:
            return None
        key = (scheme, named) if self._everywhere else (url,)
        if not self._lasting or key not in self._made:
            request = Request(url)  # noqa: S310 - asked of the jar, never opened
            self._jar.add_cookie_header(request)
            self._made[key] = request.get_header("Cookie")
        return self._made[key]

    def take(self, url: str, lines: Sequence[str]) -> None:
        """Take the cookies of an answer's Set-Cookie lines, by the usual rules."""
        self._jar.extract_cookies(_Answered(lines), Request(url))  # type: ignore[arg-type]  # noqa: S310 - as above
        self._made.clear()
        self._everywhere = all(cookie.path == "/" for cookie in self._jar)
        self._lasting = all(cookie.expires is None or cookie.expires - time.time() > _LONG_S for cookie in self._jar)
        self._empty = False

    def clear(self) -> None:
        """Drop all."""
        self._jar.clear()
        self._made.clear()
        self._everywhere = self._lasting = self._empty = True


class _Answered:
    """An answer, as the jar reads it."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = list(lines)

    def info(self) -> "_Answered":
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._lines if name.lower() == "set-cookie" else default
