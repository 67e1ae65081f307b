"""The ``Http`` port on requests: one session against the listed hosts of one target."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from probes.clock import Clock, Deadline
from probes.errors import LookFailed, NotPermitted
from probes.redaction import Redactor
from probes.target import Target
from probes.transports.bounded import BoundedAdapter, BoundedTlsSocket, Budget
from probes.transports.http_errors import WentAway, explain
from probes.transports.port import Request, Response
from probes.transports.touched import Touched
from probes.transports.trust import trusting_context
from probes.transports.visitor import (
    ACCEPT,
    ACCEPT_ENCODING,
    KEPT_FOR_WRITES_S,
    REPEATABLE,
    header_text,
    opens_a_session,
    user_agent,
)

_PIECE_BYTES = 65_536
_SHORTEST_S = 0.001  # urllib3 takes no zero


@dataclass(frozen=True, slots=True)
class _Body:
    content: bytes
    truncated: bool


class _Unfollowing(requests.Session):
    """A session that does not read a redirect's body to find out where it leads: that body is evidence, and bounded."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Generator[requests.Response, None, None]:
        """Lead nowhere."""
        yield from ()


class RequestsHttp:
    """One session (``probes.transports.port.Http``); not to be shared between threads."""

    def __init__(self, target: Target, clock: Clock, redactor: Redactor, touched: Touched | None = None) -> None:
        """Open a session without cookies; the redactor learns the session cookies that it receives.

        ``touched`` takes note of who answered.

        Raises:
            SettingsError: the target's ``ca_file`` cannot be used.
        """
        self._target = target
        self._clock = clock
        self._redactor = redactor
        self._touched = touched or Touched()
        self._budget = Budget()
        self._adapter = BoundedAdapter(self._budget, trusting_context(target.ca_file, BoundedTlsSocket))
        self._last_end_s = 0.0
        session = _Unfollowing()
        session.trust_env = False  # no proxies, no .netrc, no bundle from the environment
        session.headers.clear()
        session.headers.update({"User-Agent": user_agent(), "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING})
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)
        self._session = session

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request and read the whole answer, up to the ceiling, within the deadline; see the port."""
        prepared = self._prepare(request)
        place = urlsplit(request.url).netloc.rpartition("@")[2]
        deadline.check(f"an answer of {place}")
        bounded = deadline.sooner(self._target.limits.request_timeout_s)
        repeatable = request.method.upper() in REPEATABLE
        if not repeatable and self._clock.monotonic_s() - self._last_end_s > KEPT_FOR_WRITES_S:
            self._adapter.drop_kept()
        try:
            return self._exchange(request, prepared, bounded, place)
        except WentAway:
            # A kept connection that the server closed just as we wrote into it says nothing about the platform.
            if self._budget.dialled or not repeatable:
                raise
            self._adapter.drop_kept()
            return self._exchange(request, prepared, bounded, place)

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        return next((cookie.value for cookie in self._session.cookies if cookie.name == name), None)

    def forget(self) -> None:
        """Drop all cookies, and the connections that carried them."""
        self._session.cookies.clear()
        self._adapter.drop_kept()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        self._require_permitted(request.url)
        headers: dict[str, str] = {}
        for name, value in request.headers:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            prepared = self._session.prepare_request(
                requests.Request(request.method, request.url, headers=headers, data=request.body)
            )
        except requests.exceptions.InvalidURL as error:
            raise NotPermitted(f"not a URL that can be asked for: {self._redactor.url(request.url)}") from error
        # requests reads "http://foreign\@listed/" differently; what will be connected to is what must be listed.
        self._require_permitted(prepared.url or "")
        return prepared

    def _require_permitted(self, url: str) -> None:
        try:
            permitted = self._target.permits(url)
        except ValueError:  # a port that is no port, a bracket that is not closed
            raise NotPermitted(f"not a URL that can be asked for: {self._redactor.url(url)}") from None
        if not permitted:
            place = urlsplit(url).netloc.rpartition("@")[2] or self._redactor.url(url)
            raise NotPermitted(f"{place} is not a host of the target; if it belongs to it, list it in [platform] hosts")

    def _exchange(
        self, request: Request, prepared: requests.PreparedRequest, deadline: Deadline, place: str
    ) -> Response:
        started_s = self._clock.monotonic_s()
        self._budget.begin(deadline)
        answer: requests.Response | None = None
        try:
            answer = self._session.send(
                prepared, allow_redirects=False, stream=True, timeout=max(deadline.remaining_s(), _SHORTEST_S)
            )
            body = _read(answer, self._target.limits.body_bytes)
        except LookFailed:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise explain(error, place, waited_s=self._clock.monotonic_s() - started_s) from error
        finally:
            if answer is not None:
                answer.close()
            self._last_end_s = self._clock.monotonic_s()
        self._learn(answer)
        self._touched.note(request.url)
        return Response(
            status=answer.status_code,
            headers=_header_pairs(answer),
            body=body.content,
            url=request.url,
            elapsed_s=self._last_end_s - started_s,
            truncated=body.truncated,
        )

    def _learn(self, answer: requests.Response) -> None:
        for cookie in answer.cookies:
            if opens_a_session(cookie):
                self._redactor.add(str(cookie.value))


def _read(answer: requests.Response, ceiling: int) -> _Body:
    """Read the decoded body; stop one byte past the ceiling, and drop the connection with the rest of it."""
    content = bytearray()
    for piece in answer.raw.stream(_PIECE_BYTES, decode_content=True):
        content += piece
        if len(content) > ceiling:
            del content[ceiling:]
            return _Body(bytes(content), truncated=True)
    return _Body(bytes(content), truncated=False)


def _header_pairs(answer: requests.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name, header_text(value)) for name, value in answer.raw.headers.items())
