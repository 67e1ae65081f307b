"""Plain sockets from a declared address of ours: what looks like an attack has a sender that an edge can keep out.

Nothing is made tidy on the way, as HTTP libraries do: a path with ``..`` in it goes out as it is. One request a
connection; of the answer the status alone is of interest, and as much of the body as is asked for.
"""

import re
import socket
import ssl
from dataclasses import dataclass

from probes.clock import Deadline
from probes.errors import NotSet, TargetAway, TimedOut
from probes.transports import dial

_ANSWER_BYTES = 65_536
_SHORTEST_S = 0.001  # a socket takes zero for "do not wait at all"
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a request goes; ``context`` is None for plain HTTP."""

    host: str
    port: int
    context: ssl.SSLContext | None = None


def need_source(source: str) -> None:
    """Return where this machine has that address.

    Raises:
        NotSet: it has none such.
    """
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.bind((source, 0))
    except OSError as error:
        raise NotSet(
            f"this machine has no address {source} ({error.strerror}); give it one, or declare another as source"
        ) from error


def connect_from(source: str, host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a socket connected from that address of ours.

    Raises:
        OSError: nobody takes the connection in time.
        TargetAway: the host has no address of that family.
    """
    wanted = "ipv6" if ":" in source else "ipv4"
    try:
        fits = [each for each in dial.resolve(host, port, deadline) if each.family == wanted]
    except TimedOut as late:
        raise TimeoutError(late.detail) from late
    if not fits:
        raise TargetAway(f"{host} has no address that is reached from {source}")
    made = socket.socket(socket.AF_INET6 if wanted == "ipv6" else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.settimeout(max(deadline.remaining_s(), _SHORTEST_S))
        made.bind((source, 0))
        made.connect(fits[0].place)
    except BaseException:
        made.close()
        raise
    return made


def asked_from(source: str, endpoint: Endpoint, request: bytes, deadline: Deadline) -> int | None:
    """Return the status of the answer to a request that is written as it is; None where none came.

    Raises:
        TargetAway: the host has no address of that family.
    """
    answer = b""
    try:
        with connect_from(source, endpoint.host, endpoint.port, deadline) as plain:
            spoken = plain if endpoint.context is None else _secured(plain, endpoint, deadline)
            with spoken:
                spoken.sendall(request)
                while b"\n" not in answer and len(answer) < _ANSWER_BYTES:
                    spoken.settimeout(max(deadline.remaining_s(), _SHORTEST_S))
                    if not (piece := spoken.recv(4096)):
                        break
                    answer += piece
    except OSError:
        return None
    told = _STATUS.match(answer)
    return None if told is None else int(told[1])


def _secured(plain: socket.socket, endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    plain.settimeout(max(deadline.remaining_s(), _SHORTEST_S))
    if endpoint.context is None:
        return plain
    return endpoint.context.wrap_socket(plain, server_hostname=endpoint.host)
