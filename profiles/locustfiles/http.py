"""The ``Http`` port on Locust's FastHttpSession: one visitor's session in one greenlet.

The session is Locust's: its jar, and its event of requests, by which Locust's own page tells what is going on. What it
does not do is done here: the deadline holds whatever the server does, answers are bounded, unlisted hosts get nothing,
and a connection that fails is told, not tried again behind the measurement's back.
"""

import zlib
from functools import lru_cache
from socket import socket
from typing import Final

import gevent
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError
from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

from probes.clock import Deadline
from probes.errors import Garbage, LookFailed, NotPermitted, TimedOut
from probes.redaction import Redactor
from probes.transports.http_errors import WentAway, explain
from probes.transports.port import Request, Response
from probes.transports.visitor import (
    ACCEPT,
    ACCEPT_ENCODING,
    KEPT_FOR_WRITES_S,
    REPEATABLE,
    header_text,
    opens_a_session,
    user_agent,
)
from profiles.locustfiles.cookies import Cookies
from profiles.locustfiles.places import Places, Way
from profiles.locustfiles.reading import Answer, read_body

_USUAL: Final = (("User-Agent", user_agent()), ("Accept", ACCEPT), ("Accept-Encoding", ACCEPT_ENCODING))
_ENTITY: Final = frozenset({"POST", "PUT", "PATCH"})


class LocustHttp(FastHttpSession):
    """One session (``probes.transports.port.Http``); not to be shared between greenlets."""

    def __init__(self, places: Places, redactor: Redactor, requests: EventHook | None = None) -> None:
        """Open a session without cookies; the redactor learns the session cookies that it receives.

        Args:
            places: what the sessions of this worker share.
            redactor: keeps secrets out of what is told.
            requests: Locust's event of requests, where its page is to show them, by the name of the step
                (``request_name``) that makes them.
        """
        nobody = EventHook()  # type: ignore[no-untyped-call]
        super().__init__(places.target.platform.base_url, requests or nobody, user=None, insecure=False, concurrency=1)
        self._places = places
        self._clock = places.clock
        self._limits = places.target.limits
        self._redactor = redactor
        self._told = requests is not None
        self._cookies = Cookies(self.cookiejar)
        self._kept: dict[tuple[str, str, int], socket] = {}
        self._last_end_s = 0.0

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request and read the whole answer, up to the ceiling, within the deadline; see the port."""
        way = self._places.way(request.url)
        left_s = min(deadline.check(f"an answer of {way.named}"), self._limits.request_timeout_s)
        raw = self._written(request, way)
        repeatable = request.method in REPEATABLE
        started_s = self._clock.monotonic_s()
        if not repeatable and started_s - self._last_end_s > KEPT_FOR_WRITES_S:
            self._drop(way)
        fresh = way.place not in self._kept
        over = gevent.Timeout.start_new(left_s)
        try:
            try:
                answer, body, truncated = self._exchange(request.method, raw, way, deadline)
            except WentAway:
                # A kept connection that the server closed just as we wrote into it says nothing about the platform.
                if fresh or not repeatable:
                    raise
                answer, body, truncated = self._exchange(request.method, raw, way, deadline)
        except gevent.Timeout as passed:
            if passed is not over:
                raise
            waited_s = self._clock.monotonic_s() - started_s
            late = TimedOut(f"{way.named} gave no whole answer; waited {waited_s:.1f} s")
            self._tell(request, waited_s, 0, late)
            raise late from None
        except LookFailed as failure:
            self._tell(request, self._clock.monotonic_s() - started_s, 0, failure)
            raise
        finally:
            over.close()
            self._last_end_s = self._clock.monotonic_s()
        elapsed_s = self._last_end_s - started_s
        self._tell(request, elapsed_s, len(body), None)
        return self._response(request, answer, body, truncated=truncated, elapsed_s=elapsed_s)

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        return next((cookie.value for cookie in self._cookies if cookie.name == name), None)

    def forget(self) -> None:
        """Drop all cookies, and the connections that carried them."""
        self._cookies.clear()
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for sock in self._kept.values():
            sock.close()
        self._kept.clear()

    def _exchange(self, method: str, raw: bytes, way: Way, deadline: Deadline) -> tuple[Answer, bytes, bool]:
        """Write, and read the whole answer; the connection is kept only after all went well."""
        sock = self._kept.pop(way.place, None)
        kept = False
        try:
            if sock is None:
                sock = self._places.connected(way, deadline.sooner(self._limits.request_timeout_s))
                sock.settimeout(None)  # all of an exchange stands under one timeout; another for each wait costs time
            sock.sendall(raw)
            answer = Answer(sock, method=method)
            body, truncated = read_body(answer, self._limits.body_bytes)
            kept = answer.reusable
        except LookFailed:
            raise
        except HTTPConnectionClosed as error:
            raise WentAway(f"{way.named} closed the connection without an answer") from error
        except (HTTPParseError, zlib.error) as error:
            raise Garbage(f"{way.named} answered with something that is not HTTP: {error}") from error
        except OSError as error:
            raise explain(error, way.named, waited_s=0.0) from error
        finally:
            if kept and sock is not None:
                self._kept[way.place] = sock
            elif sock is not None:
                sock.close()
        return answer, body, truncated

    def _written(self, request: Request, way: Way) -> bytes:
        """Return the request as it goes out."""
        head = _head(request.method, way.asked, way.host_line, request.headers)
        cookies = self._cookies.header(request.url, way.scheme, way.host_line)
        if cookies is not None:
            head += f"Cookie: {cookies}\r\n"
        if request.body is not None or request.method in _ENTITY:
            head += f"Content-Length: {len(request.body or b'')}\r\n"
        return (head + "\r\n").encode("utf-8") + (request.body or b"")

    def _response(
        self, request: Request, answer: Answer, body: bytes, *, truncated: bool, elapsed_s: float
    ) -> Response:
        headers = tuple(answer.lines.pairs)
        if not all(value.isascii() for _, value in headers):
            headers = tuple((name, header_text(value)) for name, value in headers)
        given = answer.lines.lines("set-cookie")
        if given:
            self._cookies.take(request.url, given)
            for cookie in self._cookies:
                if opens_a_session(cookie):
                    self._redactor.add(str(cookie.value))
        return Response(
            status=answer.status_code,
            headers=headers,
            body=body,
            url=request.url,
            elapsed_s=elapsed_s,
            truncated=truncated,
        )

    def _tell(self, request: Request, elapsed_s: float, length: int, failure: LookFailed | None) -> None:
        """Show the request on Locust's own page, where there is one."""
        if not self._told:
            return
        self.request_event.fire(
            request_type=request.method,
            name=self.request_name or self._redactor.url(request.url),
            response_time=elapsed_s * 1000,
            response_length=length,
            exception=failure,
            context={},
        )

    def _drop(self, way: Way) -> None:
        sock = self._kept.pop(way.place, None)
        if sock is not None:
            sock.close()


@lru_cache(maxsize=1024)
def _head(method: str, asked: str, host_line: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Return the lines that the same request has each time; a header of its own goes before a usual one.

    Raises:
        NotPermitted: a header would be more than one.
    """
    own = {name.lower() for name, _ in headers}
    lines = [f"{method} {asked} HTTP/1.1", f"Host: {host_line}"]
    lines += [f"{name}: {value}" for name, value in _USUAL if name.lower() not in own]
    lines += [f"{name}: {value}" for name, value in headers]
    if any("\r" in line or "\n" in line for line in lines):
        raise NotPermitted(f"a header of the request to {host_line} holds a line break; nothing was sent")
    return "".join(f"{line}\r\n" for line in lines)
