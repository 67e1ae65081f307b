"""Client hellos, byte by byte. Pure, but for the random numbers that are handed in."""

import ipaddress
from collections.abc import Sequence

from probes.tls.groups import BEFORE_TLS_1_3, FOR_TLS_1_3
from probes.tls.protocols import SSL_3, TLS_1_2, TLS_1_3, Protocol

RANDOM_BYTES = 32
_HANDSHAKE, _CLIENT_HELLO = 22, 1
_RENEGOTIATION_INFO_SCSV = 0x00FF
_X25519 = 0x001D
_BASE_POINT = bytes([9]) + bytes(31)
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0303, 0x0203, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202, 0x0101,
)  # fmt: skip
_SIGNATURES_OF_TLS_1_3 = (0x0708, *_SIGNATURES[:-6])
"""Among them SM2 with SM3 (RFC 8998)."""

_BROKEN_FROM, _BROKEN_BELOW = 256, 512
"""Hellos of these lengths hang some load balancers; padding takes them past it (RFC 7685)."""


def client_hello(
    protocol: Protocol, codes: Sequence[int], host: str, random: bytes, *, key_share: bool = False
) -> bytes:
    """Return the record of a ClientHello that offers exactly these suites in exactly this protocol.

    ``host`` goes into the server name where it is a name; ``random`` is 32 bytes. TLS 1.3 comes without any key share,
    so that the server's HelloRetryRequest names suite and group, or with one of x25519.
    """
    version = min(protocol.version, TLS_1_2)
    offered = list(codes) if protocol.family != "tls" else [*codes, _RENEGOTIATION_INFO_SCSV]
    session = random if protocol.version == TLS_1_3 else b""
    head = (
        version.to_bytes(2)
        + random
        + _vector(1, session)
        + _vector(2, b"".join(code.to_bytes(2) for code in offered))
        + b"\x01\x00"  # no compression
    )
    extensions = _extensions(protocol, host, key_share=key_share)
    body = head + (_vector(2, _padded(len(head), extensions)) if extensions else b"")
    record_version = protocol.version if protocol.version <= SSL_3 else 0x0301
    message = bytes([_CLIENT_HELLO]) + _vector(3, body)
    return bytes([_HANDSHAKE]) + record_version.to_bytes(2) + _vector(2, message)


def sslv2_hello(codes: Sequence[int], random: bytes) -> bytes:
    """Return the CLIENT-HELLO of SSL 2.0 with these kinds of ciphers; ``random`` is the challenge."""
    specs = b"".join(code.to_bytes(3) for code in codes)
    sizes = len(specs).to_bytes(2) + b"\x00\x00" + len(random).to_bytes(2)
    body = b"\x01\x00\x02" + sizes + specs + random
    return (0x8000 | len(body)).to_bytes(2) + body


def server_name(host: str) -> bytes | None:
    """Return a host as the server name extension has it; None for an address, which must not stand there."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    try:
        return host.rstrip(".").encode("ascii" if host.isascii() else "idna") or None
    except UnicodeError:
        return None


def _extensions(protocol: Protocol, host: str, *, key_share: bool) -> bytes:
    if protocol.version == SSL_3:
        return b""
    parts: list[bytes] = []
    name = server_name(host)
    if name:
        parts.append(_extension(0, _vector(2, b"\x00" + _vector(2, name))))
    if protocol.family == "tlcp":
        return b"".join(parts)
    modern = protocol.version == TLS_1_3
    parts.append(_extension(10, _numbers(FOR_TLS_1_3 if modern else BEFORE_TLS_1_3)))
    if protocol.version >= TLS_1_2:
        parts.append(_extension(13, _numbers(_SIGNATURES_OF_TLS_1_3 if modern else _SIGNATURES)))
    if modern:
        share = _X25519.to_bytes(2) + _vector(2, _BASE_POINT) if key_share else b""
        parts += [_extension(43, _vector(1, TLS_1_3.to_bytes(2))), _extension(51, _vector(2, share))]
    else:
        parts.append(_extension(11, b"\x01\x00"))
    return b"".join(parts)


def _padded(head: int, extensions: bytes) -> bytes:
    length = 4 + head + 2 + len(extensions)
    if not _BROKEN_FROM <= length < _BROKEN_BELOW:
        return extensions
    # An empty extension at the very end is another thing that some servers cannot stand.
    return extensions + _extension(21, bytes(max(1, _BROKEN_BELOW - length - 4)))


def _extension(number: int, body: bytes) -> bytes:
    return number.to_bytes(2) + _vector(2, body)


def _numbers(numbers: Sequence[int]) -> bytes:
    return _vector(2, b"".join(number.to_bytes(2) for number in numbers))


def _vector(size: int, body: bytes) -> bytes:
    return len(body).to_bytes(size) + body
