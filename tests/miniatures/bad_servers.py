"""Tiny TCP servers on 127.0.0.1, each bad in one named way; every thread and socket of theirs ends with ``with``."""

import contextlib
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PAGE = b"<html><title>ok</title><body>fine</body></html>"
Conversation = Callable[[socket.socket, threading.Event], None]


@dataclass(kw_only=True)
class BadServer:
    """A running server: its port, the bytes of each request's head, the number of connections taken."""

    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"


@contextlib.contextmanager
def serving(
    conversation: Conversation, *, context: ssl.SSLContext | None = None, family: socket.AddressFamily = socket.AF_INET
) -> Iterator[BadServer]:
    """Run ``conversation(connection, over)`` for every connection; ``over`` is set when the test ends."""
    over = threading.Event()
    taken: list[socket.socket] = []
    threads: list[threading.Thread] = []
    listener = socket.create_server(("127.0.0.1" if family is socket.AF_INET else "::1", 0), family=family)
    server = BadServer(port=listener.getsockname()[1], scheme="https" if context else "http")

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if context is not None:
                with context.wrap_socket(connection, server_side=True) as wrapped:
                    taken.append(wrapped)
                    conversation(_Recorder(wrapped, server), over)  # type: ignore[arg-type]
            else:
                conversation(_Recorder(connection, server), over)  # type: ignore[arg-type]

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            taken.append(connection)
            thread = threading.Thread(target=talk, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        over.set()
        for connection in (listener, *taken):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in (acceptor, *threads):
            thread.join(10)
            assert not thread.is_alive()


class _Recorder:
    """A socket that notes each request's head on its server."""

    def __init__(self, connection: socket.socket, server: BadServer) -> None:
        self._connection = connection
        self._server = server

    def recv(self, size: int) -> bytes:
        got = self._connection.recv(size)
        if got:
            self._server.requests.append(got)
        return got

    def sendall(self, raw: bytes) -> None:
        self._connection.sendall(raw)


def answer(body: bytes = PAGE, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return the bytes of an HTTP/1.1 answer with a Content-Length (a wrong one where ``length`` is given)."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def always(raw: bytes, *, close: bool = False) -> Conversation:
    """Answer every request with the same bytes."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        while connection.recv(65536):
            connection.sendall(raw)
            if close:
                return

    return talk


def never_answers(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    over.wait(60)


def never_reads(_connection: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def closes_at_once(_connection: socket.socket, _over: threading.Event) -> None:
    return


def closes_after_request(connection: socket.socket, _over: threading.Event) -> None:
    connection.recv(65536)


def drips(head: bytes) -> Conversation:
    """Send ``head`` at once, then a byte every 50 ms for ever."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while not over.wait(0.05):
            connection.sendall(b"x")

    return talk


drips_status = drips(b"HTTP/1.1 200 ")
drips_headers = drips(b"HTTP/1.1 200 OK\r\nX-Slow: ")
drips_body = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")


def sends_a_gigabyte(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    piece = b"a" * 1_048_576
    for _ in range(1024):
        if over.is_set():
            return
        connection.sendall(piece)


def _bomb(compress: Callable[[bytes], bytes]) -> bytes:
    return compress(b"\0" * 100_000_000)


def gzip_bomb() -> Conversation:
    return always(answer(_bomb(lambda raw: gzip.compress(raw, 9)), "Content-Encoding: gzip"))


def chunked_gzip_bomb() -> Conversation:
    body = _bomb(lambda raw: gzip.compress(raw, 9))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    return always(head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")


def deflated(body: bytes, *, raw: bool = False) -> bytes:
    """Return an answer in ``deflate``: in a zlib wrapper as the RFC says, or raw as some servers do."""
    packer = zlib.compressobj(wbits=-15 if raw else 15)
    return answer(packer.compress(body) + packer.flush(), "Content-Encoding: deflate")


garbage = always(b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n", close=True)
chunked_garbage = always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnonsense\r\n", close=True)
broken_gzip = always(answer(b"not gzip at all", "Content-Encoding: gzip"))
breaks_off = always(answer(PAGE, length=len(PAGE) + 1000), close=True)
redirect_loop = always(answer(b"", "Location: /again", status="302 Found"))
too_many = always(answer(b"slow down", "Retry-After: 3", status="429 Too Many Requests"))
two_lengths = always(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello", close=True)
endless_headers = always(b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 5000 + b"\r\n", close=True)
GB18030_TEXT = "欢迎光临：价格￥12.34，包邮，㐀䶵"
gb18030_page = always(
    answer(f"<html><body>{GB18030_TEXT}</body></html>".encode("gb18030"), "Content-Type: text/html; charset=gb2312")
)


@contextlib.contextmanager
def refusing() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses: bound, so that nobody else gets it, but not listening."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
