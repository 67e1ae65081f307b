"""Cipher suites: what their names say. Pure.

``suites.tsv`` holds the registry of IANA (TLS Cipher Suites) with the SSLv2 kinds, the old suites outside the registry
that servers were seen with (export 1024, FIPS, GOST drafts), and those of TLCP (GB/T 38636): family, code in hex, name,
OpenSSL's name where it has one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

Family = Literal["sslv2", "tls", "tls13", "tlcp"]

_ANYBODY = "anonymous"
_AEAD = ("GCM", "CCM", "POLY1305", "OMAC", "MGM")
_BITS = (
    (r"_NULL|^TLS_SHA(256|384)_SHA|SSL_CK_NULL", 0),
    (r"EXPORT40|_40_|DES40|EXPORT_", 40),
    (r"3DES|EDE3", 112),
    (r"RC4_56|RC2_56|EXPORT1024|DES", 56),
    (r"RC4_64", 64),
    (r"RC4|RC2|IDEA|SEED|SM4|(AES|CAMELLIA|ARIA|AEGIS)_128", 128),
    (r"(AES|CAMELLIA|ARIA|AEGIS)_256|CHACHA20|28147|MAGMA|KUZNYECHIK", 256),
)
"""Effective strength, the first pattern that fits; 3DES counts 112 (meet in the middle)."""

_CIPHERS = re.compile(
    r"NULL|RC4|RC2|IDEA|SEED|SM4|3DES|DES_192_EDE3|DES|CHACHA20|28147|MAGMA|KUZNYECHIK|(?:AES|CAMELLIA|ARIA|AEGIS)_\d+"
)
_EXCHANGES: Mapping[str, tuple[str, str]] = {
    "NULL": ("NULL", _ANYBODY),
    "DH_anon": ("DHE", _ANYBODY),
    "ECDH_anon": ("ECDHE", _ANYBODY),
    "RSA_FIPS": ("RSA", "RSA"),
    "PSK": ("PSK", "PSK"),
    "DHE_PSK": ("DHE", "PSK"),
    "PSK_DHE": ("DHE", "PSK"),
    "ECDHE_PSK": ("ECDHE", "PSK"),
    "RSA_PSK": ("RSA", "RSA"),
    "SRP_SHA": ("SRP", "SRP"),
    "SRP_SHA_RSA": ("SRP", "RSA"),
    "SRP_SHA_DSS": ("SRP", "DSS"),
    "ECC": ("ECC", "SM2"),
    "IBSDH": ("IBSDH", "SM9"),
    "IBC": ("IBC", "SM9"),
}
"""Where a name's first part is not ``EXCHANGE_AUTHENTICATION``, or one word for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One cipher suite; ``openssl`` is empty where OpenSSL has no name for it. Its name is read when it is asked."""

    family: Family
    code: int
    name: str
    openssl: str

    @property
    def hex(self) -> str:
        """The code as it goes over the wire: ``C02F``, ``0700C0``."""
        return f"{self.code:0{6 if self.family == 'sslv2' else 4}X}"

    @property
    def bits(self) -> int:
        """The effective strength of its secret key."""
        return strength(self.name)

    @property
    def cipher(self) -> str:
        """The cipher: ``NULL``, ``RC4``, ``3DES``, ``AES_128``, ..."""
        found = _CIPHERS.search(self.name.rpartition("_WITH_")[2]) or _CIPHERS.search(self.name)
        word = "NULL" if found is None else found.group()
        return "3DES" if word == "DES_192_EDE3" else word

    @property
    def key_exchange(self) -> str:
        """How keys are exchanged; ``ephemeral`` in TLS 1.3, where the suite does not say it."""
        return exchange(self.family, self.name)[0]

    @property
    def authentication(self) -> str:
        """By what the server is authenticated: ``anonymous`` where nobody is, ``certificate`` in TLS 1.3."""
        return exchange(self.family, self.name)[1]

    @property
    def export(self) -> bool:
        """Whether it was weakened for export."""
        return "EXPORT" in self.name

    @property
    def aead(self) -> bool:
        """Whether it exists from TLS 1.2 on only, by its mode."""
        return any(mode in self.name for mode in _AEAD)


def strength(name: str) -> int:
    """Return the effective strength, in bits, that a suite's registered name stands for.

    Raises:
        ValueError: a name of a kind that is not known here.
    """
    for pattern, bits in _BITS:
        if re.search(pattern, name):
            return bits
    raise ValueError(f"no cipher in the name {name}")


def exchange(family: Family, name: str) -> tuple[str, str]:
    """Return key exchange and authentication that a suite's registered name stands for."""
    if family == "sslv2":
        return "RSA", "RSA"
    if family == "tls13":
        return "ephemeral", "certificate"
    if family == "tlcp":
        first = name.partition("_")[0]
        return _EXCHANGES.get(first, (first, "SM2" if first == "ECDHE" else first))
    first = re.sub(r"_EXPORT(1024)?$", "", re.sub(r"^(TLS|SSL)_", "", name).partition("_WITH_")[0])
    if first in _EXCHANGES:
        return _EXCHANGES[first]
    how, _, who = first.rpartition("_")
    return (how, who) if how and who in {"RSA", "DSS", "ECDSA"} else (first, first)


@cache
def known() -> Mapping[Family, Mapping[int, Suite]]:
    """Return every suite of the table, by family and code."""
    table: dict[Family, dict[int, Suite]] = {}
    for line in Path(__file__).with_name("suites.tsv").read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        family, code, name, openssl = line.split("\t")
        kind = cast("Family", family)
        table.setdefault(kind, {})[int(code, 16)] = Suite(family=kind, code=int(code, 16), name=name, openssl=openssl)
    return table
