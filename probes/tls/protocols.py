"""The protocols that are asked for, each with the suites that can exist in it. Pure."""

from dataclasses import dataclass
from functools import cache

from probes.tls.suites import Family, Suite, known

TLS_1_2, TLS_1_3 = 0x0303, 0x0304
SSL_3 = 0x0300


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One protocol: its name, its number in a hello (TLS 1.3: in ``supported_versions``), the family of its suites."""

    name: str
    version: int
    family: Family


PROTOCOLS = (
    Protocol(name="SSLv2", version=0x0002, family="sslv2"),
    Protocol(name="SSLv3", version=SSL_3, family="tls"),
    Protocol(name="TLSv1", version=0x0301, family="tls"),
    Protocol(name="TLSv1.1", version=0x0302, family="tls"),
    Protocol(name="TLSv1.2", version=TLS_1_2, family="tls"),
    Protocol(name="TLSv1.3", version=TLS_1_3, family="tls13"),
    Protocol(name="TLCPv1.1", version=0x0101, family="tlcp"),
)
NAMES = {protocol.version: protocol.name for protocol in PROTOCOLS}
_LARGEST_CHUNK = 92
"""Suites in one hello: some servers choke on long lists (sslyze and testssl.sh split theirs for the same reason)."""


@cache
def suites_of(protocol: Protocol) -> tuple[Suite, ...]:
    """Return the suites that can be agreed in a protocol; AEAD modes exist from TLS 1.2 on."""
    every = known()[protocol.family].values()
    return tuple(suite for suite in every if protocol.version == TLS_1_2 or protocol.family != "tls" or not suite.aead)


@cache
def chunks_of(protocol: Protocol) -> tuple[tuple[int, ...], ...]:
    """Return the codes of a protocol's suites in equal parts, none longer than a hello should be."""
    codes = [suite.code for suite in suites_of(protocol)]
    number = -(-len(codes) // _LARGEST_CHUNK)
    size = -(-len(codes) // number)
    return tuple(tuple(codes[start : start + size]) for start in range(0, len(codes), size))
