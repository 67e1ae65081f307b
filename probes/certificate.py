"""Facts of X.509 certificates and cipher suites: pure functions of bytes and names."""

import hashlib
import re
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from probes.clock import rfc3339

_BITS = (
    (r"NULL", 0),
    (r"EXP|EXPORT", 40),
    (r"CBC3|3DES", 112),
    (r"(?<!3)DES", 56),
    (r"RC4|RC2|IDEA|SEED|SM4", 128),
    (r"CHACHA20|(?:AES|CAMELLIA|ARIA|GOST)[_-]?256", 256),
    (r"(?:AES|CAMELLIA|ARIA)[_-]?128", 128),
)
"""Effective strength, the first pattern that fits; 3DES counts 112 (meet in the middle), whatever a library prints."""

_PROHIBITED = re.compile(r"NULL|EXP|RC4|RC2|\bDES\b|DES-CBC-|ADH|AECDH|anon", re.IGNORECASE)


def suite_bits(name: str) -> int | None:
    """Return the effective strength, in bits, of the secret key of a cipher suite; None for an unknown suite."""
    return next((bits for pattern, bits in _BITS if re.search(pattern, name, re.IGNORECASE)), None)


def suite_prohibited(name: str) -> bool:
    """Tell whether a suite must not be used whatever its length: no encryption, export, RC4 (RFC 7465), anonymous."""
    return bool(_PROHIBITED.search(name)) and "CBC3" not in name


def read_certificate(der: bytes) -> x509.Certificate | None:
    """Return the parsed certificate; None where it cannot be read."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return None


def describe(der: bytes) -> dict[str, Any]:
    """Return the facts of a certificate as JSON; of an unreadable one its digest only.

    Keys: ``subject issuer sans not_before not_after key_type key_bits signature_hash sha256``; instants RFC 3339 UTC.
    """
    facts: dict[str, Any] = dict.fromkeys(
        ("subject", "issuer", "not_before", "not_after", "key_type", "key_bits", "signature_hash")
    )
    facts |= {"sans": [], "sha256": hashlib.sha256(der).hexdigest()}
    certificate = read_certificate(der)
    if certificate is None:
        return facts
    kind, bits = _key(certificate)
    return facts | {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "sans": list(names(certificate)),
        "not_before": rfc3339(certificate.not_valid_before_utc),
        "not_after": rfc3339(certificate.not_valid_after_utc),
        "key_type": kind,
        "key_bits": bits,
        "signature_hash": _signature_hash(certificate),
    }


def names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the DNS names and IP addresses that a certificate is for (the common name does not count, RFC 9525)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ()
    dns = extension.value.get_values_for_type(x509.DNSName)
    return (*dns, *(str(ip) for ip in extension.value.get_values_for_type(x509.IPAddress)))


def name_matches(host: str, sans: tuple[str, ...] | list[str]) -> bool:
    """Tell whether a certificate for ``sans`` is for ``host``: equal, or a wildcard for exactly the leftmost label."""
    try:
        return str(ip_address(host)) in sans
    except ValueError:
        wanted = host.rstrip(".").lower()
    above = wanted.partition(".")[2]
    return any(san.lower() in {wanted, f"*.{above}"} for san in sans if above or san.lower() == wanted)


def self_signed(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate names itself as its issuer."""
    return certificate.subject == certificate.issuer


def path(chain: tuple[bytes, ...], anchors: frozenset[bytes]) -> tuple[int, ...]:
    """Return the places of the certificates that lead from the first one towards an anchor, the first one included.

    What a server sends beyond an anchor is needless (a root that an older, expired one vouched for, say), and nobody
    looks at it. ``anchors`` are subjects (DER); where none is reached, the way goes as far as the issuers were sent.
    """
    read = [read_certificate(der) for der in chain]
    way, current = [0], read[0] if read else None
    while current is not None and current.issuer.public_bytes() not in anchors and not self_signed(current):
        above = current.issuer
        found = next((at for at, each in enumerate(read) if at not in way and each and each.subject == above), None)
        if found is None:
            break
        way.append(found)
        current = read[found]
    return tuple(way) if chain else ()


def period_problem(certificate: x509.Certificate, now: datetime) -> str | None:
    """Return ``expired``, ``not-yet-valid`` or None."""
    if certificate.not_valid_after_utc < now:
        return "expired"
    return "not-yet-valid" if certificate.not_valid_before_utc > now else None


def _key(certificate: x509.Certificate) -> tuple[str | None, int | None]:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):  # SM2, for one
        return f"oid:{certificate.public_key_algorithm_oid.dotted_string}", None
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
        case _:
            return type(key).__name__, None


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:  # SM3, for one
        algorithm = None
    return algorithm.name if algorithm else f"oid:{certificate.signature_algorithm_oid.dotted_string}"
