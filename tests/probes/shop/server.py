"""A tiny real HTTP server for journeys: routes are functions from request to answer; it keeps what it was asked."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.pairs)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def cookie(self, name: str) -> str | None:
        found = SimpleCookie(self.headers.get("cookie", "")).get(name)
        return found.value if found else None


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer."""

    status: int = 200
    body: str | bytes = ""
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "text/html; charset=utf-8"


def page(body: str, *headers: tuple[str, str], status: int = 200) -> Said:
    return Said(status=status, body=f"<!doctype html><title>t</title><body>{body}</body>", headers=headers)


def data(value: Any, *headers: tuple[str, str], status: int = 200) -> Said:
    return Said(status=status, body=json.dumps(value), headers=headers, kind="application/json")


def to(location: str, *headers: tuple[str, str], status: int = 302) -> Said:
    return Said(status=status, headers=(("Location", location), *headers))


Route = Callable[[Asked], Said]


@dataclass
class Server:
    """A running server: its URL, and everything it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def lines(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextmanager
def serving(routes: Mapping[str, Route]) -> Iterator[Server]:
    """Serve ``routes`` (``"GET /path"``) on a free port; anything else is a 404 with a page."""
    server = Server(url="")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            return

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(
                method=self.command,
                path=parts.path,
                query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            )
            server.asked.append(asked)
            route = routes.get(f"{asked.method} {asked.path}")
            self._say(route(asked) if route else page("Not here", status=404))

        do_POST = do_GET  # noqa: N815 - http.server looks for this name
        do_PUT = do_GET  # noqa: N815 - and for this one

        def _say(self, said: Said) -> None:
            body = said.body.encode() if isinstance(said.body, str) else said.body
            self.send_response(said.status)
            for name, value in (("Content-Type", said.kind), *said.headers):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
