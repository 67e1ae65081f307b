"""The HTTP server: ``/metrics`` and ``/healthz``, from what the keeper left; it waits for nothing."""

import json
import socket
import socketserver
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from conformance.serving.keeper import Keeper
from conformance.serving.listen import Listen
from probes.errors import SettingsError
from reports.metrics import exposition

TIMEOUT_S: Final = 10.0
_PLAIN: Final = "text/plain; charset=utf-8"
_INDEX: Final = b"duheng serve: /metrics for Prometheus, /healthz for supervisors\n"


class Web(ThreadingHTTPServer):
    """A server that is bound already; ``serve_forever`` answers until ``shutdown``."""

    daemon_threads = True

    def __init__(self, listen: Listen, keeper: Keeper) -> None:
        """Bind.

        Raises:
            SettingsError: the address is not this machine's, or the port is taken or not ours to take.
        """
        self.keeper = keeper
        self.address_family = socket.AF_INET6 if listen.ipv6 else socket.AF_INET
        try:
            super().__init__((listen.host, listen.port), _Handler)
        except OSError as error:
            raise SettingsError(
                f"--listen: cannot listen on {listen.host}, port {listen.port} ({error.strerror}); end the program "
                "that has it, or give another with --listen ADDRESS:PORT"
            ) from error

    def server_bind(self) -> None:
        """Bind without asking the name service for this machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet where whoever asked went away; anything else is a bug, and is told with its traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection. Nothing of what was asked is ever sent back."""

    server: Web
    server_version = "duheng"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            keeper = self.server.keeper
            accept = self.headers.get("Accept") or ""
            body, content_type = exposition(keeper.served, accept, current=not keeper.ill())
            self._answer(HTTPStatus.OK, body, content_type)
        elif path == "/healthz":
            self._healthz()
        elif path == "/":
            self._answer(HTTPStatus.OK, _INDEX, _PLAIN)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"not here\n", _PLAIN)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def _healthz(self) -> None:
        keeper = self.server.keeper
        ill, age_s = keeper.ill(), keeper.age_s()
        told = {
            "status": "ill" if ill else "ok",
            "platform": keeper.served.platform_id,
            "why": ill,
            "snapshot_age_s": None if age_s is None else round(age_s, 1),
        }
        status = HTTPStatus.SERVICE_UNAVAILABLE if ill else HTTPStatus.OK
        self._answer(status, json.dumps(told, ensure_ascii=False).encode() + b"\n", "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep quiet: a scrape every few seconds is no news."""
