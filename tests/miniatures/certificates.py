"""Certificates for tests, made on the spot: good, expired, for another host, self-signed, with a missing link."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate with its key, and the certificates above it that the server sends along."""

    certificate: x509.Certificate
    key: Key
    sent_along: tuple[x509.Certificate, ...] = ()

    def server_pem(self) -> bytes:
        """Return the certificates, the own one first, as PEM."""
        return b"".join(part.public_bytes(serialization.Encoding.PEM) for part in (self.certificate, *self.sent_along))

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """Return a server's context that presents this certificate; files go to ``folder``."""
        file = folder / f"{self.certificate.serial_number:x}.pem"
        file.write_bytes(self.server_pem() + key_pem(self.key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def key_pem(key: Key) -> bytes:
    """Return the key as PEM, unencrypted: it is worth nothing outside the test."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Authority:
    """A root of one's own; ``file`` is its PEM, to be used as the target's ``ca_file``."""

    def __init__(self, folder: Path, name: str = "Duheng test root") -> None:
        """Make a root that is valid for ten years around now, and write it to ``folder``."""
        self.root = _issue(subject=name, names=(), issuer=None, days=(-1, 3650), authority=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(self.root.certificate.public_bytes(serialization.Encoding.PEM))

    def good(self, *names: str, days: float = 90) -> Issued:
        """Return a leaf for the names (127.0.0.1 and localhost by default), valid for ``days`` more."""
        return _issue(subject="shop", names=names or ("127.0.0.1", "localhost"), issuer=self.root, days=(-1, days))

    def expired(self, *names: str) -> Issued:
        """Return a leaf that ran out yesterday."""
        return _issue(subject="shop", names=names or ("127.0.0.1", "localhost"), issuer=self.root, days=(-90, -1))

    def not_yet(self) -> Issued:
        """Return a leaf that becomes valid tomorrow."""
        return _issue(subject="shop", names=("127.0.0.1", "localhost"), issuer=self.root, days=(1, 90))

    def wrong_host(self) -> Issued:
        """Return a leaf for a host that is not ours."""
        return _issue(subject="other", names=("other.example",), issuer=self.root, days=(-1, 90))

    def rsa(self, *, bits: int = 2048) -> Issued:
        """Return a leaf with an RSA key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        return _issue(subject="shop", names=("127.0.0.1", "localhost"), issuer=self.root, days=(-1, 90), key=key)

    def intermediate(self, *, send: bool) -> Issued:
        """Return a leaf below an intermediate, which the server sends along only if ``send``."""
        middle = _issue(subject="Duheng test link", names=(), issuer=self.root, days=(-1, 3650), authority=True)
        leaf = _issue(subject="shop", names=("127.0.0.1", "localhost"), issuer=middle, days=(-1, 90))
        return Issued(certificate=leaf.certificate, key=leaf.key, sent_along=(middle.certificate,) if send else ())

    def crossed(self) -> Issued:
        """Return a leaf with which a certificate of the root by an older one is sent along, which ran out: needless."""
        older = _issue(subject="Duheng older root", names=(), issuer=None, days=(-3650, -1), authority=True)
        name = self.root.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        days = (-3650, -1)
        cross = _issue(subject=str(name), names=(), issuer=older, days=days, authority=True, key=self.root.key)
        leaf = self.good()
        return Issued(certificate=leaf.certificate, key=leaf.key, sent_along=(cross.certificate, older.certificate))

    def expired_link(self) -> Issued:
        """Return a leaf below an intermediate that ran out."""
        middle = _issue(subject="Duheng old link", names=(), issuer=self.root, days=(-90, -1), authority=True)
        leaf = _issue(subject="shop", names=("127.0.0.1", "localhost"), issuer=middle, days=(-1, 90))
        return Issued(certificate=leaf.certificate, key=leaf.key, sent_along=(middle.certificate,))


def self_signed() -> Issued:
    """Return a leaf that signed itself."""
    return _issue(subject="shop", names=("127.0.0.1", "localhost"), issuer=None, days=(-1, 90))


def _issue(
    *,
    subject: str,
    names: tuple[str, ...],
    issuer: Issued | None,
    days: tuple[float, float],
    authority: bool = False,
    key: Key | None = None,
) -> Issued:
    own = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    signer = issuer.key if issuer else own
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if authority:
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only", "digital_signature"), False
        )  # fmt: skip
        builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Issued(certificate=builder.sign(signer, hashes.SHA256()), key=own)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
