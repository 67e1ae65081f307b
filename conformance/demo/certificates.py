"""A certificate authority for one start of the demo shop, and the certificate that it issues."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from conformance.demo.folder import write_secret

NAMES = ("localhost",)
ADDRESSES = ("127.0.0.1", "::1")
OTHER_NAME = "another-shop.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the three PEM files lie: trust anchor, certificate, its private key."""

    authority: Path
    certificate: Path
    key: Path


def paths_in(folder: Path) -> Paths:
    """Return where ``issue`` writes, or has written."""
    return Paths(authority=folder / "ca.pem", certificate=folder / "shop.pem", key=folder / "shop.key")


def issue(folder: Path, *, expired: bool = False, other_host: bool = False) -> Paths:
    """Write a fresh authority and a certificate for this machine into ``folder``; the authority's key is not kept.

    ``expired`` makes one whose last day was last week, ``other_host`` one that names another host only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(microsecond=0)
    authority_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, now)
    lasts = (now - timedelta(days=60), now - timedelta(days=7)) if expired else (now - timedelta(hours=1), None)
    leaf = _leaf(
        leaf_key, authority_key, authority, starts=lasts[0], ends=lasts[1] or now + timedelta(days=90), other=other_host
    )
    paths = paths_in(folder)
    paths.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    paths.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    write_secret(
        paths.key,
        leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )
    return paths


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name("Duheng demo authority")
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    *,
    starts: datetime,
    ends: datetime,
    other: bool,
) -> x509.Certificate:
    public = key.public_key()
    names: list[x509.GeneralName] = [x509.DNSName(OTHER_NAME)]
    if not other:
        names = [x509.DNSName(name) for name in NAMES]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    return (
        x509.CertificateBuilder()
        .subject_name(_name(OTHER_NAME if other else NAMES[0]))
        .issuer_name(authority.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
