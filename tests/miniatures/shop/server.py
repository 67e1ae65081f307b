"""The two doors of the miniature shop: TLS, and plain http beside it. Both keep connections alive."""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.miniatures.shop.state import Session, State
from tests.miniatures.shop.web import Answer, Call

Respond = Callable[[Call], Answer]
COOKIE = "sid"
LARGEST_BODY = 1_000_000


def _flat(encoded: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(encoded, keep_blank_values=True).items()}


class Door(ThreadingMixIn, TCPServer):
    """One listening socket; ``tls`` None is the plain one."""

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(
        self, shop: State, respond: Respond, log: list[tuple[str, str, str]], tls: ssl.SSLContext | None
    ) -> None:
        self.shop, self.respond, self.log, self.tls = shop, respond, log, tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; the handshake happens in the connection's own thread."""
        connection, address = self.socket.accept()
        connection.settimeout(30)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up, or does not trust the certificate, is none of the shop's faults."""

    def stop(self) -> None:
        """Close the door and every connection, and wait for their threads."""
        self.shutdown()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other end was faster
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Miniature"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Door

    def handle(self) -> None:
        """Shake hands where the door is a TLS one, then serve until the other end hangs up."""
        try:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        """Flush what is left, where anybody still listens."""
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep standard error clean."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._send(Answer(status=413), "", head=False)
            return
        raw = self.rfile.read(length)
        shop = self.server.shop
        with shop.lock:
            session, fresh = self._session(shop)
            answer = self._answer(session, raw)
            cookie = session.token if fresh or session.token != self._sent else ""
        self._send(answer, "" if self._bearer or self.server.tls is None else cookie, head=self.command == "HEAD")

    def _session(self, shop: State) -> tuple[Session, bool]:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self._bearer = bool(bearer) or self.path.startswith(("/api/", "/graphql"))
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        self._sent = bearer or ("" if cookie is None else cookie.value)
        known = shop.sessions.get(self._sent)
        if known is not None:
            return known, False
        session = Session(token=shop.guard.new_id(self._sent))
        shop.sessions[session.token] = session
        return session, True

    def _answer(self, session: Session, raw: bytes) -> Answer:
        parts = urlsplit(self.path)
        shop = self.server.shop
        account = shop.who(session)
        kind = self.headers.get("Content-Type", "")
        document, form = None, {}
        try:
            if kind.startswith("application/json"):
                document = json.loads(raw or b"null")
            elif raw:
                form = _flat(raw.decode())
        except ValueError:
            return Answer(status=400)
        self.server.log.append((self.command, parts.path, "visitor" if account is None else account.username))
        return self.server.respond(
            Call(
                method="GET" if self.command == "HEAD" else self.command,
                path=parts.path,
                raw_query=parts.query,
                query=_flat(parts.query),
                form=form,
                document=document,
                session=session,
                account=account,
                key=self.headers.get("X-Api-Key", ""),
            )
        )

    def _send(self, answer: Answer, cookie: str, *, head: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.server.tls is not None and not self.server.shop.wrong("no-hsts"):
            self.send_header("Strict-Transport-Security", "max-age=31536000")
        if cookie:
            self.send_header("Set-Cookie", f"{COOKIE}={cookie}{self.server.shop.guard.cookie_flags()}")
        self.end_headers()
        if not head:
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - names of the base class
