"""Watches what a browser asks of whom: requests to unlisted origins are noted whole, in memory, and stopped."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from probes.browser.page_script import DRAIN, SCRIPT, STORE
from probes.target import DEFAULT_PORTS, Target, places

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Route, WebSocketRoute

QUIET_MS = 300
SETTLED_MS = 3000
"""A page is at rest when no request was begun for the first, and none is open; at the latest after the second."""

_NETWORKED = frozenset({"http", "https", "ws", "wss"})
_ENDLESS = frozenset({"eventsource", "websocket"})
_WITH_COOKIES = frozenset({"document", "image", "media", "ping", "script", "stylesheet", "other", "websocket"})
"""Kinds of requests to which a browser adds the cookies of another origin without being told to."""


@dataclass(slots=True, kw_only=True)
class Foreign:
    """One request to an origin that the target file does not list; ``body`` grows with the frames of a WebSocket.

    ``bodied`` tells whether the body, where there is one, is known; ``stopped`` whether it was kept from being sent.
    """

    step: str
    method: str
    url: str
    kind: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    bodied: bool = True
    stopped: bool = True

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """Yield the places of the request in which something can be written, each with its bytes."""
        parts = urlsplit(self.url)
        yield "host", parts.netloc.encode()
        yield "path", parts.path.encode()
        yield "query", parts.query.encode()
        for name, value in self.headers.items():
            yield f"header {name.title()}", value.encode()
        if self.body:
            yield "body", self.body


def place_of(url: str) -> tuple[str, int]:
    """Return host and port of a URL; port 0 where it has none that is one."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    try:
        return (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(scheme, 0)
    except ValueError:
        return "", 0


def watched_places(target: Target) -> frozenset[tuple[str, int]]:
    """Return the third parties that ``[browser] watched`` lists."""
    return places((), target.declared("browser", "watched") or ())


class Watch:
    """The watch over one browser context; ``step`` is what the walk is doing at the moment."""

    def __init__(self, context: "BrowserContext", target: Target) -> None:
        """Set up the fence and the witnesses; nothing has been asked for yet."""
        self.step = "start"
        self.foreign: list[Foreign] = []
        self.own_requests = 0
        self.stopped = 0
        self._listed = target.listed()
        self._watched = watched_places(target)
        self._context = context
        self._open: set[Request] = set()
        self._bare: dict[Request, Foreign] = {}
        context.add_init_script(SCRIPT)
        context.on("request", self._begun)
        context.on("requestfinished", self._over)
        context.on("requestfailed", self._over)
        context.route("**/*", self._decide)
        context.route_web_socket(lambda url: not self.own(url), self._socket)

    def own(self, url: str) -> bool:
        """Tell whether a URL is the platform's: its host and port are listed, or it leads nowhere (``data:``)."""
        return urlsplit(url).scheme not in _NETWORKED or place_of(url) in self._listed

    def watched(self, url: str) -> bool:
        """Tell whether a URL is a third party's that may be asked while it is watched."""
        return place_of(url) in self._watched

    def settle(self, page: "Page") -> None:
        """Wait until the page is at rest."""
        from playwright.sync_api import TimeoutError as Quiet  # noqa: PLC0415 - an extra

        waited = 0
        while waited < SETTLED_MS:
            try:
                self._context.wait_for_event("request", timeout=QUIET_MS)
            except Quiet:
                if not any(request.resource_type not in _ENDLESS for request in self._open):
                    break
            waited += QUIET_MS
        self._left_behind(page)

    def _left_behind(self, page: "Page") -> None:
        """Take over what the page before sent while it was being left."""
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        try:
            kept: list[dict[str, Any]] = page.evaluate(DRAIN, STORE)
        except Error:  # a page without storage: about:blank, an error page
            return
        known = {(each.method, each.url) for each in self.foreign}
        for note in kept:
            method, url = str(note["method"]).upper(), str(note["url"])
            if self.own(url) or (method, url) in known:
                continue
            body = str(note["body"]).encode()
            self.foreign.append(Foreign(step=self.step, method=method, url=url, kind="leaving", body=body))

    def _begun(self, request: "Request") -> None:
        self._open.add(request)
        if self.own(request.url):
            self.own_requests += 1
            return
        body = request.post_data_buffer
        noted = Foreign(
            step=self.step,
            method=request.method,
            url=request.url,
            kind=request.resource_type,
            headers={name: value for name, value in request.headers.items() if not name.startswith("sec-")},
            body=body or b"",
            bodied=body is not None or request.method not in {"POST", "PUT", "PATCH"},
            stopped=not self.watched(request.url),
        )
        self.foreign.append(noted)
        if request.resource_type in _WITH_COOKIES and "cookie" not in noted.headers:
            self._bare[request] = noted
            self._add_cookies(noted)
            if request not in self._open:  # it was over meanwhile
                self._over(request)

    def _over(self, request: "Request") -> None:
        """Ask for the cookies once more: one that a page sets just before it asks may not have been there yet."""
        self._open.discard(request)
        noted = self._bare.pop(request, None)
        if noted is not None and "cookie" not in noted.headers:
            self._add_cookies(noted)

    def _add_cookies(self, noted: Foreign) -> None:
        cookies = self._context.cookies([noted.url])
        if cookies:
            noted.headers["cookie"] = "; ".join(f"{each.get('name')}={each.get('value')}" for each in cookies)

    def _decide(self, route: "Route") -> None:
        if self.own(route.request.url) or self.watched(route.request.url):
            route.continue_()
        else:
            self.stopped += 1
            route.abort("blockedbyclient")

    def _socket(self, socket: "WebSocketRoute") -> None:
        """Play the other end of a foreign WebSocket: nothing is connected, and what the page says is noted."""
        noted = Foreign(step=self.step, method="GET", url=socket.url, kind="websocket")
        self.foreign.append(noted)
        self.stopped += 1

        def say(message: "str | bytes") -> None:
            noted.body += (message.encode() if isinstance(message, str) else message) + b"\n"

        socket.on_message(say)
