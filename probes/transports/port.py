"""The ``Http`` port: what the journey engine, the pages and the load shoppers all speak through."""

from dataclasses import dataclass
from typing import Protocol

from probes.clock import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, ready to send: absolute URL, header pairs in order, body bytes or None."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP answer as it came, redirects not followed.

    ``body`` is decoded from gzip/deflate and cut at the transport's ceiling (``truncated``); ``elapsed_s`` runs
    from the send to the last byte read.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str
    elapsed_s: float
    truncated: bool = False

    def header(self, name: str) -> str | None:
        """Return the first header of that name (any case), or None."""
        wanted, length = name.lower(), len(name)
        for key, value in self.headers:
            if len(key) == length and key.lower() == wanted:
                return value
        return None


class Http(Protocol):
    """One session: it keeps cookies, follows no redirect, verifies TLS, and touches listed hosts only."""

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request and read the whole answer within the deadline.

        Raises:
            NotPermitted: the host is not on the target's list; nothing was sent.
            TargetAway: refused, reset, unresolvable, TLS not trusted.
            TimedOut: no whole answer within the deadline (a dripping server included).
            Garbage: the answer is not HTTP.
        """
        ...

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        ...

    def forget(self) -> None:
        """Drop all cookies: the visitor that comes next is nobody."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
