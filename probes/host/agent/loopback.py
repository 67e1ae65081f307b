"""Connections to services on this host's own loopback address, and to no other; plain HTTP over them."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Optional

_WAIT_S = 5.0
_MOST = 8000000


def connected(port: int, wait_s: float) -> "socket.socket":
    """Return a connection. All that ``socket`` brings along is imported where something answers, which is seldom.

    Raises:
        OSError: nothing listens there.
    """
    bare = __import__("_socket")
    first = bare.socket(bare.AF_INET, bare.SOCK_STREAM)
    first.settimeout(wait_s)
    try:
        first.connect(("127.0.0.1", port))
    except OSError:
        first.close()
        raise
    connection: socket.socket = __import__("socket").socket(fileno=first.detach())
    connection.settimeout(wait_s)
    return connection


def fetched(port: int, path: str) -> "Optional[str]":
    """Return what a GET answers with status 200; None where nothing listens, or it answers otherwise."""
    kept = bytearray()
    try:
        with connected(port, _WAIT_S) as connection:
            connection.sendall(("GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n" % path).encode("ascii"))
            while len(kept) < _MOST:
                piece = connection.recv(65536)
                if not piece:
                    break
                kept += piece
    except OSError:
        return None
    head, _, body = bytes(kept).partition(b"\r\n\r\n")
    return body.decode("utf-8", "replace") if b" 200 " in head.split(b"\r\n", 1)[0] else None
