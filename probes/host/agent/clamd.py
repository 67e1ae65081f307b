"""Asks ClamAV's daemon over its own socket: its version, and how long a fixed set of samples takes it.

The samples are made in memory and streamed to it (``INSTREAM``): nothing is written, and none of them is a virus.
"""

import struct
import time

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any, Dict, Iterator, List, Tuple

SET_BYTES = 256 * 1024 * 1024
PIECE_BYTES = 8 * 1024 * 1024
MOST_S = 10.0
_GIB = 1024.0**3
_WAIT_S = 10.0
_SEND = 131072
_CONFIGURATIONS = ("/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamd.conf")
_USUAL = ("/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock")
_SETTINGS = frozenset({"LocalSocket", "TCPSocket", "TCPAddr", "DatabaseDirectory", "ScanOnAccess"})


def settings(machine: Machine) -> "Dict[str, str]":
    """Return the settings of clamd that are wanted here; the first file that may be read counts."""
    for place in _CONFIGURATIONS:
        if machine.there(place):
            rows = (line.split(None, 1) for line in machine.text(place).splitlines())
            return {row[0]: row[1].strip() for row in rows if len(row) > 1 and row[0] in _SETTINGS}
    return {}


def places(machine: Machine) -> "List[Any]":
    """Return where clamd may listen: paths of sockets, and (address, port)."""
    told = settings(machine)
    found = [told["LocalSocket"]] if "LocalSocket" in told else []  # type: List[Any]
    if "TCPSocket" in told and told.get("TCPAddr", "127.0.0.1") in {"127.0.0.1", "localhost", "::1"}:
        found.append((told.get("TCPAddr", "127.0.0.1"), int(told["TCPSocket"])))
    return found + [path for path in _USUAL if path not in found and machine.there(path)]


def ask(machine: Machine, place: "Any", command: str) -> str:
    """Return clamd's answer to one command.

    Raises:
        Unread: it does not answer, or this account may not ask it.
    """
    try:
        with _connected(machine, place) as connection:
            connection.sendall(b"z%s\0" % command.encode())
            return _answer(connection)
    except PermissionError as error:
        raise Unread("permission", "the socket of clamd, %s: %s" % (place, error.strerror)) from error
    except OSError as error:
        raise Unread("target", "clamd does not answer on %s: %s" % (place, error)) from error


def _connected(machine: Machine, place: "Any") -> "socket.socket":
    import socket  # noqa: PLC0415 - where clamd runs

    if isinstance(place, tuple):
        return socket.create_connection(place, _WAIT_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_WAIT_S)
    try:
        connection.connect(machine.path(place))
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: "socket.socket") -> str:
    kept = b""
    while len(kept) < _SEND:
        piece = connection.recv(4096)
        kept += piece
        if not piece or kept.endswith(b"\0"):
            break
    return kept.rstrip(b"\0").decode("utf-8", "replace")


def scan(machine: Machine, place: "Any", most_s: float = MOST_S) -> "Dict[str, Any]":
    """Stream the sample set to clamd until it is through, or the time is up.

    ::

        {"bytes", "of_bytes", "seconds", "gib_s": seconds that one GiB takes at that pace, "found": [names],
         "complete": bool}
    """
    done, found, begun, spent_s = 0, [], time.monotonic(), 0.0  # type: int, List[str], float, float
    for piece in samples():
        before = time.monotonic()
        answer = _streamed(machine, place, piece)
        spent_s += time.monotonic() - before
        if not answer.startswith("stream: "):
            raise Unread("settings", "clamd refuses the samples: %s" % answer[:200])
        if answer.endswith(" FOUND"):
            found.append(answer[8:-6])
        done += len(piece)
        if time.monotonic() - begun > most_s:
            break
    return {
        "bytes": done,
        "of_bytes": SET_BYTES,
        "seconds": round(spent_s, 3),
        "gib_s": round(spent_s * _GIB / done, 3),
        "found": found,
        "complete": done == SET_BYTES,
    }


def samples() -> "Iterator[bytes]":
    """Yield the set: text, markup and noise in turn, the same bytes each time, no piece like another."""
    import hashlib  # noqa: PLC0415 - where clamd runs

    noise = hashlib.shake_256(b"duheng sample set 1").digest(PIECE_BYTES // 8) * 8
    text = b"The quick brown fox orders 3 boxes of green tea, and pays 45.60 on delivery.\n"
    markup = b"<html><body><p>Order <b>1</b></p><script>total = 3 * 15.2;</script></body></html>\n"
    kinds = (text * (PIECE_BYTES // len(text) + 1), markup * (PIECE_BYTES // len(markup) + 1), noise)
    for number in range(SET_BYTES // PIECE_BYTES):
        head = b"%08d\n" % number  # clamd remembers what it has scanned
        yield head + kinds[number % len(kinds)][: PIECE_BYTES - len(head)]


def _streamed(machine: Machine, place: "Any", piece: bytes) -> str:
    try:
        with _connected(machine, place) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(piece), _SEND):
                part = piece[start : start + _SEND]
                connection.sendall(struct.pack("!L", len(part)) + part)
            connection.sendall(struct.pack("!L", 0))
            return _answer(connection)
    except OSError as error:
        raise Unread("target", "clamd broke off the scan: %s" % error) from error


def header(start: bytes) -> "Tuple[Any, Any, Any]":
    """Return version, number of signatures and date (seconds since 1970) from the head of a ``.cvd`` or ``.cld``."""
    fields = start[:512].decode("ascii", "replace").strip().split(":")
    if fields[0] != "ClamAV-VDB":
        return None, None, None
    seconds = fields[-1].strip()
    return int(fields[-7]), int(fields[-6]), int(seconds) if seconds.isdigit() else None
