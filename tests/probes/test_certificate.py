"""What is read from certificates of other kinds than the ones that the TLS tests serve."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

from probes.certificate import describe, name_matches, read_certificate, suite_bits, suite_prohibited

# Made once by OpenSSL 3 (`openssl req -x509 -newkey sm2 -sm3`); the key was thrown away.
SM2 = base64.b64decode(
    "MIIBdjCCARugAwIBAgIUO4OzpJrb5wUrtTKWXkY2W4bMarIwCgYIKoEcz1UBg3UwDzENMAsGA1UEAwwEc2hvcDAgFw0yNjExMjEyMDAwMjVa"
    "GA8yMTI2MTAyODIwMDAyNVowDzENMAsGA1UEAwwEc2hvcDBZMBMGByqGSM49AgEGCCqBHM9VAYItA0IABHJHt4D/f5l6eteNsdeiYpbJiinV"
    "VIwslGOu5APXFv9CDU3xAaoBSwpA5LGIzQUvUZyC25+k677HsM/jK5bqyOGjUzBRMB0GA1UdDgQWBBQFNtNp5WolR0S5c74LbteXrVC0NTAf"
    "BgNVHSMEGDAWgBQFNtNp5WolR0S5c74LbteXrVC0NTAPBgNVHRMBAf8EBTADAQH/MAoGCCqBHM9VAYN1A0kAMEYCIQCdqbw2ZKk/3CiQL9k1"
    "LPCYrghJEabNmR5eN0guCytPkgIhAMxjwwFhAsBdZFHoCvohf92NPDJLVY1LfOfsCr3nq/Cm"
)


def signed(public_key: object) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    authority = ec.generate_private_key(ec.SECP384R1())
    return builder.sign(authority, hashes.SHA384()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("public_key", "kind", "bits"),
    [
        (rsa.generate_private_key(65537, 2048).public_key(), "RSA", 2048),
        (ec.generate_private_key(ec.SECP384R1()).public_key(), "EC secp384r1", 384),
        (ed25519.Ed25519PrivateKey.generate().public_key(), "Ed25519", 256),
        (ed448.Ed448PrivateKey.generate().public_key(), "Ed448", 456),
        (dsa.generate_private_key(1024).public_key(), "DSA", 1024),
    ],
)
def test_keys(public_key: object, kind: str, bits: int) -> None:
    facts = describe(signed(public_key))
    assert (facts["key_type"], facts["key_bits"], facts["signature_hash"]) == (kind, bits, "sha384")
    assert facts["sans"] == []


def test_sm2_is_named_by_its_numbers() -> None:
    facts = describe(SM2)
    assert (facts["subject"], facts["key_bits"]) == ("CN=shop", None)
    assert facts["key_type"].startswith(("oid:", "EC"))
    assert facts["signature_hash"] in {"oid:1.2.156.10197.1.501", "sm3"}


def test_a_certificate_that_cannot_be_read_is_its_digest() -> None:
    facts = describe(b"no certificate")
    assert facts["sha256"] == hashlib.sha256(b"no certificate").hexdigest()
    assert (facts["subject"], facts["sans"]) == (None, [])
    assert read_certificate(b"") is None


@pytest.mark.parametrize(
    ("name", "bits", "prohibited"),
    [
        ("TLS_AES_128_GCM_SHA256", 128, False),
        ("TLS_AES_256_GCM_SHA384", 256, False),
        ("TLS_CHACHA20_POLY1305_SHA256", 256, False),
        ("ECDHE-RSA-AES128-GCM-SHA256", 128, False),
        ("DHE-RSA-CAMELLIA256-SHA", 256, False),
        ("ECDHE-ARIA128-GCM-SHA256", 128, False),
        ("DES-CBC3-SHA", 112, False),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 112, False),
        ("DES-CBC-SHA", 56, True),
        ("EXP-RC4-MD5", 40, True),
        ("EXP-DES-CBC-SHA", 40, True),
        ("RC4-SHA", 128, True),
        ("NULL-SHA256", 0, True),
        ("ADH-AES128-SHA", 128, True),
        ("AECDH-AES256-SHA", 256, True),
        ("TLS_SM4_GCM_SM3", 128, False),
        ("SOMETHING-NEW", None, False),
    ],
)
def test_effective_strength(name: str, bits: int | None, prohibited: bool) -> None:
    assert (suite_bits(name), suite_prohibited(name)) == (bits, prohibited)


@pytest.mark.parametrize(
    ("host", "sans", "matches"),
    [
        ("shop.example", ["shop.example"], True),
        ("SHOP.example.", ["shop.EXAMPLE"], True),
        ("www.shop.example", ["*.shop.example"], True),
        ("a.www.shop.example", ["*.shop.example"], False),
        ("shop.example", ["*.shop.example"], False),
        ("shop.example", [], False),
        ("127.0.0.1", ["127.0.0.1"], True),
        ("::1", ["::1"], True),
        ("127.0.0.1", ["*.0.0.1"], False),
        ("localhost", ["localhost"], True),
        ("localhost", ["*."], False),
    ],
)
def test_names(host: str, sans: list[str], matches: bool) -> None:
    assert name_matches(host, sans) is matches
