"""The table of suites, held against what other programs on this machine know; and what the names stand for."""

import re
import subprocess
from pathlib import Path

import pytest

from probes.tls.groups import BEFORE_TLS_1_3, FOR_TLS_1_3, GROUPS, group
from probes.tls.suites import known, strength
from tests.probes.tls.servers import tool

EVERY = [suite for family in known().values() for suite in family.values()]
BY_CODE = {suite.hex: suite for suite in EVERY}
MAPPING = Path("/etc/testssl/cipher-mapping.txt")


def test_names_are_those_of_openssl() -> None:
    words = [tool("openssl"), "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    found = [re.match(r"\s*0x(..),0x(..) - (\S+)\s+- (\S+)", line) for line in lines]
    told = {match[1] + match[2]: (match[3], match[4]) for match in found if match}
    assert len(told) > 150
    assert {code: (BY_CODE[code].name, BY_CODE[code].openssl) for code in told} == told


def test_codes_are_those_of_testssl() -> None:
    tool("testssl")
    if not MAPPING.exists():
        pytest.fail(f"testssl is installed without {MAPPING}")
    found = re.findall(r"^\s*((?:0x..,?){2,3}) - \S+\s+(\S+)", MAPPING.read_text(encoding="utf-8"), re.MULTILINE)
    codes = {code.replace("0x", "").replace(",", "") for code, name in found if name != "-"}
    assert codes - set(BY_CODE) <= {"000000"}


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("TLS_RSA_WITH_NULL_SHA256", 0),
        ("TLS_SHA256_SHA256", 0),
        ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", 40),
        ("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", 40),
        ("TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5", 40),
        ("TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", 56),
        ("TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", 56),
        ("TLS_RSA_WITH_DES_CBC_SHA", 56),
        ("SSL_CK_DES_64_CBC_WITH_MD5", 56),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 112),
        ("SSL_CK_DES_192_EDE3_CBC_WITH_MD5", 112),
        ("TLS_RSA_WITH_RC4_128_SHA", 128),
        ("TLS_SM4_GCM_SM3", 128),
        ("ECC_SM4_CBC_SM3", 128),
        ("TLS_RSA_WITH_SEED_CBC_SHA", 128),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 256),
        ("TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256", 256),
    ],
)
def test_effective_strength(name: str, bits: int) -> None:
    assert strength(name) == bits
    assert next(suite for suite in EVERY if suite.name == name).bits == bits


def test_a_name_of_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match="no cipher"):
        strength("TLS_RSA_WITH_WISHES")


@pytest.mark.parametrize(
    ("code", "how", "who", "cipher"),
    [
        ("C02F", "ECDHE", "RSA", "AES_128"),
        ("C02B", "ECDHE", "ECDSA", "AES_128"),
        ("002F", "RSA", "RSA", "AES_128"),
        ("0018", "DHE", "anonymous", "RC4"),
        ("C019", "ECDHE", "anonymous", "AES_256"),
        ("0000", "NULL", "anonymous", "NULL"),
        ("000A", "RSA", "RSA", "3DES"),
        ("0009", "RSA", "RSA", "DES"),
        ("0064", "RSA", "RSA", "RC4"),
        ("0014", "DHE", "RSA", "DES"),
        ("C00E", "ECDH", "RSA", "AES_128"),
        ("008C", "PSK", "PSK", "AES_128"),
        ("C0AA", "DHE", "PSK", "AES_128"),
        ("C01E", "SRP", "RSA", "AES_128"),
        ("1301", "ephemeral", "certificate", "AES_128"),
        ("00C6", "ephemeral", "certificate", "SM4"),
        ("E011", "ECDHE", "SM2", "SM4"),
        ("E013", "ECC", "SM2", "SM4"),
        ("E019", "RSA", "RSA", "SM4"),
        ("0700C0", "RSA", "RSA", "3DES"),
        ("020080", "RSA", "RSA", "RC4"),
    ],
)
def test_what_a_name_says(code: str, how: str, who: str, cipher: str) -> None:
    suite = BY_CODE[code]
    assert (suite.key_exchange, suite.authentication, suite.cipher) == (how, who, cipher)


def test_anonymous_are_all_and_only_those_that_say_so() -> None:
    said = {suite.name for suite in EVERY if "anon" in suite.name or suite.name == "TLS_NULL_WITH_NULL_NULL"}
    assert {suite.name for suite in EVERY if suite.authentication == "anonymous"} == said
    assert {suite.name for suite in EVERY if suite.export} == {suite.name for suite in EVERY if "EXP" in suite.name}


def test_groups() -> None:
    assert (GROUPS[23].name, GROUPS[23].bits) == ("secp256r1", 256)
    assert (GROUPS[25].name, GROUPS[25].bits) == ("secp521r1", 521)
    assert (GROUPS[28].name, GROUPS[28].bits) == ("brainpoolP512r1", 512)
    assert (GROUPS[0x0100].kind, GROUPS[0x0100].bits) == ("dh", 2048)
    assert (group(0x7777).name, group(0x7777).bits) == ("0x7777", 0)
    assert {*FOR_TLS_1_3, *BEFORE_TLS_1_3} == set(GROUPS)
