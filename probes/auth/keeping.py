"""A session's cookies in plain sight: kept, copied into another session, left out one by one.

The transport underneath keeps cookies too, and tells nobody; here they are sent as a header of our own, which goes
before its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from probes.clock import Deadline
from probes.transports.port import Http, Request, Response

Witness = Callable[[Request, Response], None]

BEARER = "bearer token"
"""What the token is called among the names of cookies."""
_LONG_AGO = re.compile(r"\b(?:19\d\d|200\d|201\d)\b")
"""A year in ``Expires`` that ends a cookie: 1970 with most, 1999 with some, no clock needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie as it was set: where it is sent to, and its attributes (lower case name to value)."""

    name: str
    value: str = field(repr=False)
    host: str
    path: str
    attributes: tuple[tuple[str, str], ...]

    def attribute(self, name: str) -> str | None:
        """Return an attribute's value; empty for a bare one such as ``Secure``, None where it is not there."""
        return next((value for key, value in self.attributes if key == name), None)

    def goes_to(self, url: str) -> bool:
        """Tell whether a browser sends it there (RFC 6265, 5.4)."""
        parts = urlsplit(url)
        host, path = (parts.hostname or "").lower(), parts.path or "/"
        if self.attribute("secure") is not None and parts.scheme != "https":
            return False
        wide = self.attribute("domain") is not None and host.endswith("." + self.host)
        inside = path == self.path or path.startswith(self.path.rstrip("/") + "/")
        return (host == self.host or wide) and inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a session proves itself by: its cookies and its bearer token. Shows in no representation."""

    cookies: tuple[Cookie, ...] = field(repr=False)
    token: str | None = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that it consists of, each once: cookies that hold something, and ``BEARER``."""
        cookies = dict.fromkeys(cookie.name for cookie in self.cookies if cookie.value)
        return (*cookies, *((BEARER,) if self.token else ()))

    def without(self, name: str) -> "Credentials":
        """Return the same without a cookie, or without the token."""
        if name == BEARER:
            return replace(self, token=None)
        return replace(self, cookies=tuple(cookie for cookie in self.cookies if cookie.name != name))

    def only(self, name: str) -> "Credentials":
        """Return this cookie, or the token, alone."""
        if name == BEARER:
            return replace(self, cookies=())
        return Credentials(cookies=tuple(cookie for cookie in self.cookies if cookie.name == name), token=None)

    def with_value(self, name: str, value: str) -> "Credentials":
        """Return the same with another value in a cookie, or another token."""
        if name == BEARER:
            return replace(self, token=value)
        changed = (replace(cookie, value=value) if cookie.name == name else cookie for cookie in self.cookies)
        return replace(self, cookies=tuple(changed))

    def value(self, name: str) -> str | None:
        """Return the value of a cookie, or the token; None where there is none of this name."""
        if name == BEARER:
            return self.token
        return next((cookie.value for cookie in self.cookies if cookie.name == name), None)


class KeepingHttp:
    """The ``Http`` port over another, with the cookies in its own hands."""

    def __init__(self, inner: Http, cookies: Iterable[Cookie] = (), *, witness: Witness | None = None) -> None:
        """Begin with these cookies; ``witness`` is shown each request (without its cookies) and its answer."""
        self._inner = inner
        self._witness = witness
        self._jar = {(cookie.name, cookie.host, cookie.path): cookie for cookie in cookies}

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """The cookies that the session has now."""
        return tuple(self._jar.values())

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request with the cookies that belong to it; raises as the port does."""
        fitting = "; ".join(f"{kept.name}={kept.value}" for kept in self._jar.values() if kept.goes_to(request.url))
        headers = (*request.headers, ("Cookie", fitting)) if fitting else request.headers
        response = self._inner.send(replace(request, headers=headers), deadline=deadline)
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                self._take(request.url, value)
        if self._witness is not None:
            self._witness(request, response)
        return response

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        return next((kept.value for kept in self._jar.values() if kept.name == name), None)

    def forget(self) -> None:
        """Drop all cookies, and the connections that carried them."""
        self._jar.clear()
        self._inner.forget()

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _take(self, url: str, line: str) -> None:
        found = cookie_set(url, line)
        if found is None:
            return
        key = (found.name, found.host, found.path)
        self._jar.pop(key, None)
        if not ended(found):
            self._jar[key] = found


def cookie_set(url: str, line: str) -> Cookie | None:
    """Return the cookie that a ``Set-Cookie`` line from ``url`` sets (RFC 6265, 5.2); None where it sets none."""
    first, *rest = line.split(";")
    name, equals, value = first.partition("=")
    if not equals or not name.strip():
        return None
    pairs = (part.partition("=") for part in rest)
    attributes = tuple((key.strip().lower(), content.strip()) for key, _, content in pairs)
    parts, known = urlsplit(url), dict(attributes)
    path = known.get("path", "")
    return Cookie(
        name=name.strip(),
        value=value.strip(),
        host=(known.get("domain", "").lstrip(".") or parts.hostname or "").lower(),
        path=path if path.startswith("/") else parts.path.rpartition("/")[0] or "/",
        attributes=attributes,
    )


def ended(cookie: Cookie) -> bool:
    """Tell whether a line ends the cookie instead of setting it; ``Max-Age`` outranks ``Expires`` (RFC 6265, 5.3)."""
    age = cookie.attribute("max-age")
    if age is not None and re.fullmatch(r"-?[0-9]{1,18}", age):
        return int(age) <= 0
    return _LONG_AGO.search(cookie.attribute("expires") or "") is not None
