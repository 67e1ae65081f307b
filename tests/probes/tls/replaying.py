"""A tiny server that answers hellos with bytes put down by hand: for protocols that no library here speaks.

It reads which version and suites a hello offers, and replays the flight that belongs to the first suite of its own that
is among them; else an alert. Nothing of the code under test is used.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

from tests.miniatures.bad_servers import Conversation

SM2_PAIR = tuple(
    PEM_cert_to_DER_cert(f"-----BEGIN{part}")
    for part in (Path(__file__).parent / "recorded" / "sm2_pair.pem")
    .read_text(encoding="ascii")
    .split("-----BEGIN")[1:]
)
"""The two certificates of a TLCP server: for signing, and for encryption."""

_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_NO = bytes([2, 40])
Flight = Callable[[int], bytes]


def record(version: int, kind: int, body: bytes) -> bytes:
    """Return a record of TLS."""
    return bytes([kind]) + version.to_bytes(2) + len(body).to_bytes(2) + body


def message(kind: int, body: bytes) -> bytes:
    """Return a handshake message."""
    return bytes([kind]) + len(body).to_bytes(3) + body


def server_hello(version: int, code: int, *, random: bytes = bytes(32), extensions: bytes = b"") -> bytes:
    """Return a ServerHello message."""
    body = version.to_bytes(2) + random + b"\x00" + code.to_bytes(2) + b"\x00"
    return message(2, body + (len(extensions).to_bytes(2) + extensions if extensions else b""))


def retry(code: int, group: int) -> bytes:
    """Return the record of a HelloRetryRequest that asks for a share of the group."""
    extensions = bytes.fromhex("002b00020304") + bytes.fromhex("00330002") + group.to_bytes(2)
    return record(0x0303, 22, server_hello(0x0303, code, random=_RETRY, extensions=extensions))


def certificates(*ders: bytes) -> bytes:
    """Return a Certificate message."""
    listed = b"".join(len(der).to_bytes(3) + der for der in ders)
    return message(11, len(listed).to_bytes(3) + listed)


def whole(version: int, code: int, *messages: bytes) -> bytes:
    """Return a flight up to ServerHelloDone, in one record."""
    return record(version, 22, server_hello(version, code) + b"".join(messages) + message(14, b""))


def offered(hello: bytes) -> tuple[int, set[int]]:
    """Return the version that a ClientHello is for, and its suites; (2, kinds) for SSL 2.0."""
    if hello[0] & 0x80:
        size = int.from_bytes(hello[5:7])
        return 2, {int.from_bytes(hello[11 + at : 14 + at]) for at in range(0, size, 3)}
    at = 43 + 1 + hello[43]
    size = int.from_bytes(hello[at : at + 2])
    codes = {int.from_bytes(hello[at + 2 + each : at + 4 + each]) for each in range(0, size, 2)}
    version = 0x0304 if b"\x00\x2b\x00\x03\x02\x03\x04" in hello else int.from_bytes(hello[9:11])
    return version, codes


def replaying(flights: Mapping[tuple[int, int], bytes], refusal: bytes | None = None) -> Conversation:
    """Return the conversation: (version, suite) to the bytes; ``refusal`` else, by default an alert."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        version, codes = offered(connection.recv(65536))
        own = (flight for (spoken, code), flight in flights.items() if spoken == version and code in codes)
        connection.sendall(next(own, record(min(version, 0x0303), 21, _NO) if refusal is None else refusal))

    return talk


class Again:
    """A connection of which the first piece was read already."""

    def __init__(self, connection: socket.socket, first: bytes) -> None:
        self._connection = connection
        self._first = first

    def recv(self, _size: int) -> bytes:
        return self._first

    def sendall(self, raw: bytes) -> None:
        self._connection.sendall(raw)
