"""A server's first flight, from the bytes received so far. Pure: bytes in, an answer out, or None where more must come.

Whatever the bytes are, nothing but ``BadAnswer`` is raised.
"""

import hashlib
from dataclasses import dataclass, field

from probes.tls.answers import ALERTS, Chosen, Refused
from probes.tls.protocols import TLS_1_3
from probes.tls.reader import BadAnswer, Reader

_ALERT, _HANDSHAKE = 21, 22
_KINDS = frozenset({20, _ALERT, _HANDSHAKE, 23})
_VERSIONS = frozenset({0x0101, 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304})
_LARGEST_RECORD = 2**14 + 2048
_LARGEST_FLIGHT = 2**18
_HELLO_REQUEST, _SERVER_HELLO = 0, 2
_WARNING, _CLOSE_NOTIFY = 1, 0
_RETRY = hashlib.sha256(b"HelloRetryRequest").digest()
_SSLV2_HELLO, _SSLV2_ERROR = 4, 0


@dataclass(slots=True)
class _Flight:
    """What was read of it."""

    payload: bytearray = field(default_factory=bytearray)
    alert: int | None = None


def read_flight(raw: bytes) -> Chosen | Refused | None:
    """Return the answer that the bytes hold; None while they hold none yet.

    Raises:
        BadAnswer: this is not TLS, or not the beginning of a handshake.
    """
    flight = _records(raw)
    chosen = _messages(bytes(flight.payload))
    if chosen is not None and chosen.whole:
        return chosen
    if flight.alert is not None:
        return chosen or Refused(words=ALERTS.get(flight.alert, f"alert {flight.alert}"))
    if len(raw) > _LARGEST_FLIGHT:
        raise BadAnswer("it sends without end")
    return None


def read_sslv2(raw: bytes) -> Chosen | Refused | None:
    """Return the answer to a hello of SSL 2.0; None while more must come. Raises as ``read_flight`` does."""
    if not raw or (len(raw) < 3 and raw[0] & 0x80):  # noqa: PLR2004 - header and the kind of message
        return None
    if not raw[0] & 0x80 or raw[2] not in {_SSLV2_HELLO, _SSLV2_ERROR}:
        return read_flight(raw)
    size = int.from_bytes(raw[:2]) & 0x7FFF
    if len(raw) < 2 + size:
        return None
    reader = Reader(raw[3 : 2 + size], "SERVER-HELLO")
    if raw[2] == _SSLV2_ERROR:
        return Refused(words=f"SSLv2 error {reader.number(2)}")
    reader.take(2)  # whether the session is known; the kind of certificate
    version = reader.number(2)
    sizes = [reader.number(2) for _ in range(3)]
    certificate, specs = reader.take(sizes[0]), reader.take(sizes[1])
    codes = tuple(int.from_bytes(specs[at : at + 3]) for at in range(0, len(specs) - 2, 3))
    return Chosen(version=version, codes=codes, chain=(certificate,) if certificate else ())


def _records(raw: bytes) -> _Flight:
    flight, at = _Flight(), 0
    while len(raw) - at >= 1:
        head = raw[at : at + 5]
        if head[0] not in _KINDS:
            raise BadAnswer(f"it begins with {bytes(raw[at : at + 16])!r}")
        if len(head) < 5:  # noqa: PLR2004 - a record's header
            break
        version, size = int.from_bytes(head[1:3]), int.from_bytes(head[3:5])
        if version not in _VERSIONS or size > _LARGEST_RECORD:
            raise BadAnswer(f"record of version 0x{version:04X}, {size} bytes")
        body = raw[at + 5 : at + 5 + size]
        if head[0] == _HANDSHAKE:
            flight.payload += body
        elif head[0] == _ALERT and len(body) == size and not _only_warns(body):
            flight.alert = body[-1] if body else -1
            break
        at += 5 + size
    return flight


def _only_warns(alert: bytes) -> bool:
    """Tell whether an alert ends nothing: a server that does not know the name warns of it, and goes on."""
    return len(alert) > 1 and alert[0] == _WARNING and alert[1] != _CLOSE_NOTIFY


def _messages(payload: bytes) -> Chosen | None:
    """Return what the handshake messages say so far: the suite, once there; ``whole`` once nothing else is awaited."""
    chosen: Chosen | None = None
    key_exchange: bytes | None = None
    chain: tuple[bytes, ...] = ()
    whole, at = False, 0
    while len(payload) - at >= 4 and not whole:  # noqa: PLR2004 - kind and length
        kind, size = payload[at], int.from_bytes(payload[at + 1 : at + 4])
        if (chosen is None and kind not in {_HELLO_REQUEST, _SERVER_HELLO}) or size > _LARGEST_FLIGHT:
            raise BadAnswer(f"handshake message {kind} of {size} bytes")
        body = payload[at + 4 : at + 4 + size]
        if len(body) < size:
            break
        at += 4 + size
        match kind:
            case 2:  # ServerHello
                chosen = _server_hello(body)
                whole = chosen.version == TLS_1_3
            case 11:  # Certificate
                chain = _certificates(body)
            case 12:  # ServerKeyExchange
                key_exchange = body
            case 14:  # ServerHelloDone
                whole = True
            case _:
                pass
    if chosen is None:
        return None
    return Chosen(
        version=chosen.version,
        codes=chosen.codes,
        group=chosen.group,
        key_exchange=key_exchange,
        chain=chain,
        whole=whole,
    )


def _server_hello(body: bytes) -> Chosen:
    reader = Reader(body, "ServerHello")
    version = reader.number(2)
    retry = reader.take(32) == _RETRY
    reader.vector(1)
    code = reader.number(2)
    reader.number(1)
    group: int | None = None
    extensions = Reader(reader.vector(2), "ServerHello extensions") if reader.left else None
    while extensions is not None and extensions.left:
        number, value = extensions.number(2), Reader(extensions.vector(2), "ServerHello extension")
        if number == 43:  # noqa: PLR2004 - supported_versions
            version = value.number(2)
        if number == 51:  # noqa: PLR2004 - key_share
            group = value.number(2)
    return Chosen(version=TLS_1_3 if retry else version, codes=(code,), group=group)


def _certificates(body: bytes) -> tuple[bytes, ...]:
    listed = Reader(Reader(body, "Certificate").vector(3), "Certificate list")
    found = []
    while listed.left:
        found.append(listed.vector(3))
    return tuple(found)
