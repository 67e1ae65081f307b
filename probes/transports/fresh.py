"""The ``Http`` port without ceremony: a connection of its own for every request, and nothing kept but cookies.

For the standing watch, which asks for hundreds of pages a second and wants to know whether newcomers get in. The rules
are those of ``http.py``: listed hosts only, TLS verified, the answer within the deadline and cut at the ceiling.
"""

import http.client
import ssl
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from probes.clock import Clock, Deadline
from probes.errors import LookFailed, NotPermitted
from probes.redaction import SHORTEST_SECRET, Redactor
from probes.target import DEFAULT_PORTS, Target
from probes.transports.bounded import BoundedSocket, BoundedTlsSocket, Budget
from probes.transports.http_errors import explain
from probes.transports.port import Request, Response
from probes.transports.trust import trusting_context
from probes.transports.visitor import header_text, user_agent

_PIECE_BYTES: Final = 65_536
_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"
_FITTING: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_COMMON: Final = (
    f"User-Agent: {user_agent()}\r\nAccept: text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8\r\n"
    "Accept-Encoding: gzip, deflate\r\nConnection: close\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    scheme: str
    host: str
    port: int
    named: str
    asked: str


class FreshHttp:
    """One session (``probes.transports.port.Http``); not to be shared between threads."""

    def __init__(self, target: Target, clock: Clock, redactor: Redactor) -> None:
        """Open a session without cookies.

        Raises:
            SettingsError: the target's ``ca_file`` cannot be used.
        """
        self._target = target
        self._clock = clock
        self._redactor = redactor
        self._context = trusting_context(target.ca_file, BoundedTlsSocket)
        self._cookies: dict[tuple[str, str], tuple[str, bool]] = {}

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request over a connection of its own and read the whole answer; see the port."""
        place = self._place(request.url)
        deadline.check(f"an answer of {place.named}")
        budget = Budget()
        budget.begin(deadline.sooner(self._target.limits.request_timeout_s))
        started_s = self._clock.monotonic_s()
        try:
            with self._connected(place, budget) as connection:
                connection.sendall(self._written(request, place))
                with closing(http.client.HTTPResponse(connection, method=request.method)) as answer:
                    answer.begin()
                    body, truncated = _read(answer, self._target.limits.body_bytes)
        except LookFailed:
            raise
        except (http.client.HTTPException, zlib.error, OSError, ValueError) as error:
            raise explain(_told(error), place.named, waited_s=self._clock.monotonic_s() - started_s) from error
        headers = tuple((name, header_text(value)) for name, value in answer.getheaders())
        self._learn(headers, place.host)
        return Response(
            status=answer.status,
            headers=headers,
            body=body,
            url=request.url,
            elapsed_s=self._clock.monotonic_s() - started_s,
            truncated=truncated,
        )

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        return next((value for (_, known), (value, _) in self._cookies.items() if known == name), None)

    def forget(self) -> None:
        """Drop all cookies."""
        self._cookies.clear()

    def close(self) -> None:
        """Do nothing: no connection outlives its answer."""

    def _place(self, url: str) -> _Place:
        try:
            permitted, parts = self._target.permits(url), urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode("ascii") if permitted else ""
            port = parts.port
        except ValueError:  # a port that is no port, a bracket that is not closed, a name that is none
            raise NotPermitted(f"not a URL that can be asked for: {self._redactor.url(url)}") from None
        named = parts.netloc.rpartition("@")[2] or self._redactor.url(url)
        if not permitted:
            raise NotPermitted(f"{named} is not a host of the target; if it belongs to it, list it in [platform] hosts")
        asked = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE)
        return _Place(
            scheme=parts.scheme, host=host, port=port or DEFAULT_PORTS[parts.scheme], named=named, asked=asked
        )

    def _connected(self, place: _Place, budget: Budget) -> BoundedSocket | BoundedTlsSocket:
        plain = budget.connect(place.host, place.port)
        if place.scheme == "http":
            return plain
        try:
            secured = self._context.wrap_socket(plain, server_hostname=place.host)
        except BaseException:
            plain.close()
            raise
        assert isinstance(secured, BoundedTlsSocket)
        secured.budget = budget
        return secured

    def _written(self, request: Request, place: _Place) -> bytes:
        cookies = "; ".join(
            f"{name}={value}"
            for (host, name), (value, secure) in self._cookies.items()
            if host == place.host and (place.scheme == "https" or not secure)
        )
        host = f"[{place.host}]" if ":" in place.host else place.host
        at = "" if place.port == DEFAULT_PORTS[place.scheme] else f":{place.port}"
        own = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
        length = "" if request.body is None else f"Content-Length: {len(request.body)}\r\n"
        kept = f"Cookie: {cookies}\r\n" if cookies else ""
        head = f"{request.method} {place.asked} HTTP/1.1\r\nHost: {host}{at}\r\n{_COMMON}{own}{length}{kept}\r\n"
        return head.encode("utf-8") + (request.body or b"")

    def _learn(self, headers: tuple[tuple[str, str], ...], host: str) -> None:
        for name, value in headers:
            if name.lower() == "set-cookie":
                pair, *attributes = (part.strip() for part in value.split(";"))
                key, _, content = pair.partition("=")
                secure = any(attribute.lower() == "secure" for attribute in attributes)
                self._cookies[host, key.strip()] = (content, secure)
                if len(content) >= max(SHORTEST_SECRET, 8):
                    self._redactor.add(content)


def _read(answer: http.client.HTTPResponse, ceiling: int) -> tuple[bytes, bool]:
    """Return the decoded body and whether it was cut at the ceiling."""
    content = bytearray()
    for piece in _decoded(answer, ceiling):
        content += piece
        if len(content) > ceiling:
            del content[ceiling:]
            return bytes(content), True
    return bytes(content), False


def _decoded(answer: http.client.HTTPResponse, ceiling: int) -> Iterator[bytes]:
    bits = _FITTING.get((answer.getheader("Content-Encoding") or "").strip().lower())
    unpacking = zlib.decompressobj(bits) if bits else None
    while piece := answer.read(_PIECE_BYTES):
        if unpacking is None:
            yield piece
        else:
            yield unpacking.decompress(piece, ceiling + 1)
            if unpacking.unconsumed_tail:  # more than anybody reads: a bomb
                return
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    if unpacking is not None and not unpacking.eof:
        raise zlib.error("the packed answer ends in the middle")


def _told(error: BaseException) -> BaseException:
    """Return the error as those of the protocol: what cannot be unpacked or read is no HTTP."""
    if isinstance(error, ssl.SSLError | OSError | http.client.HTTPException):
        return error
    return http.client.HTTPException(str(error))
