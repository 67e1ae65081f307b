"""Plain HTTP to a service on this host's own loopback address, and to no other."""

import socket
from typing import Optional

_WAIT_S = 5.0
_MOST = 8000000


def fetched(port: int, path: str) -> "Optional[str]":
    """Return what a GET answers with status 200; None where nothing listens, or it answers otherwise."""
    kept = bytearray()
    try:
        with socket.create_connection(("127.0.0.1", port), _WAIT_S) as connection:
            connection.settimeout(_WAIT_S)
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
