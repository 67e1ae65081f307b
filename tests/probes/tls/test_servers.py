"""On real servers, the suites found are the ones configured."""

import subprocess
from pathlib import Path

import pytest

from tests.miniatures.shop.weak_tls import DH_1024
from tests.probes.tls.dropped import tlslite
from tests.probes.tls.scanning import facts, protocol, suite, suites, sure
from tests.probes.tls.servers import Files, gnutls, nginx, openssl, tool

MODERN_13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}


def named(selection: str, protocol_flag: str) -> set[str]:
    """Return what openssl itself says that a selection holds in a protocol, by registered name."""
    words = [tool("openssl"), "ciphers", "-s", protocol_flag, "-stdname", selection]
    lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[0] for line in lines}


def test_openssl_everything_that_it_still_has(rsa: Files, ec: Files) -> None:
    every = "ALL:COMPLEMENTOFALL:!PSK:!SRP:!DSS:@SECLEVEL=0"
    both = ("-dcert", str(ec.certificate), "-dkey", str(ec.key))
    with openssl(rsa, *both, "-cipher", every) as port:
        data = facts(port)
    assert sure(data)
    assert suites(data) == {
        "TLSv1": named(every, "-tls1"),
        "TLSv1.1": named(every, "-tls1_1"),
        "TLSv1.2": named(every, "-tls1_2"),
        "TLSv1.3": MODERN_13,
    }
    assert len(suites(data)["TLSv1.2"]) > 70
    assert {suite(data, "TLS_RSA_WITH_NULL_SHA")["bits"], suite(data, "TLS_RSA_WITH_NULL_MD5")["bits"]} == {0}
    keys = [chain["certificates"][0]["key_type"] for chain in data["chains"]]
    assert sorted(keys) == ["EC secp256r1", "RSA"]


def test_openssl_one_suite_of_tls_1_3(ec: Files) -> None:
    with openssl(ec, "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "-groups", "P-384") as port:
        data = facts(port)
    assert suites(data) == {"TLSv1.3": {"TLS_CHACHA20_POLY1305_SHA256"}}
    assert sure(data)
    (only,) = protocol(data, "TLSv1.3")["suites"]
    assert (only["bits"], only["group"], only["group_bits"], only["chain"]) == (256, "secp384r1", 384, None)
    assert protocol(data, "TLSv1.2")["refusal"] == "protocol_version"


def test_openssl_suites_that_authenticate_no_one(rsa: Files) -> None:
    with openssl(rsa, "-tls1_2", "-cipher", "ADH-AES128-SHA:AECDH-AES256-SHA:@SECLEVEL=0") as port:
        data = facts(port)
    assert suites(data) == {"TLSv1.2": {"TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"}}
    (first, second) = protocol(data, "TLSv1.2")["suites"]
    assert (first["authentication"], second["authentication"]) == ("anonymous", "anonymous")
    assert first["chain"] is second["chain"] is None
    assert data["chains"] == []


def test_openssl_a_short_prime(rsa: Files, folder: Path) -> None:
    parameters = folder / "dh1024.pem"
    parameters.write_text(DH_1024, encoding="ascii")
    selection = "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"
    with openssl(rsa, "-tls1_2", "-dhparam", str(parameters), "-cipher", selection) as port:
        data = facts(port)
    found = suite(data, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    assert (found["key_exchange"], found["group_kind"], found["group_bits"]) == ("DHE", "dh", 1024)
    assert suite(data, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")["group"] == "x25519"


def test_openssl_static_rsa_in_three_protocols(rsa: Files) -> None:
    with openssl(rsa, "-no_tls1_3", "-cipher", "AES128-SHA:@SECLEVEL=0") as port:
        data = facts(port)
    assert suites(data) == {name: {"TLS_RSA_WITH_AES_128_CBC_SHA"} for name in ("TLSv1", "TLSv1.1", "TLSv1.2")}
    found = suite(data, "TLS_RSA_WITH_AES_128_CBC_SHA")
    assert (found["group_kind"], found["group_bits"], found["openssl"]) == ("rsa", 2048, "AES128-SHA")
    assert sure(data)


def test_openssl_keys_shared_beforehand(rsa: Files) -> None:
    with openssl(rsa, "-tls1_2", "-psk", "1a2b", "-cipher", "PSK+AES128:@SECLEVEL=0") as port:
        data = facts(port)
    assert sure(data)
    assert "TLS_PSK_WITH_AES_128_GCM_SHA256" in suites(data)["TLSv1.2"]
    assert suite(data, "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256")["group_kind"] == "dh"
    assert suite(data, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256")["group"] == "x25519"


def test_gnutls_with_old_protocols_and_suites(rsa: Files) -> None:
    priority = "NONE:+VERS-TLS1.0:+VERS-TLS1.2:+3DES-CBC:+ARCFOUR-128:+AES-128-CBC:+SHA1:+RSA:+ECDHE-RSA"
    groups = ":+GROUP-ALL:+SIGN-ALL:+COMP-NULL:%VERIFY_ALLOW_SIGN_WITH_SHA1"
    with gnutls(rsa, priority + groups) as port:
        data = facts(port)
    both = {
        f"TLS_{how}_WITH_{cipher}_SHA"
        for how in ("RSA", "ECDHE_RSA")
        for cipher in ("3DES_EDE_CBC", "RC4_128", "AES_128_CBC")
    }
    assert suites(data) == {"TLSv1": both, "TLSv1.2": both}
    assert sure(data)
    assert suite(data, "TLS_RSA_WITH_3DES_EDE_CBC_SHA")["bits"] == 112
    assert suite(data, "TLS_RSA_WITH_RC4_128_SHA")["cipher"] == "RC4"


def test_gnutls_tls_1_3(ec: Files) -> None:
    priority = "NONE:+VERS-TLS1.3:+AES-256-GCM:+AES-128-CCM-8:+AEAD:+GROUP-X448:+SIGN-ALL:+COMP-NULL"
    with gnutls(ec, priority) as port:
        data = facts(port)
    assert suites(data) == {"TLSv1.3": {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_CCM_8_SHA256"}}
    assert suite(data, "TLS_AES_256_GCM_SHA384")["group"] == "x448"


def test_nginx(rsa: Files, folder: Path) -> None:
    settings = (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305;",
    )
    with nginx(rsa, folder, *settings) as port:
        data = facts(port)
    tls_1_2 = {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"}
    assert suites(data) == {"TLSv1.2": tls_1_2, "TLSv1.3": MODERN_13}
    assert sure(data)
    (chain,) = data["chains"]
    assert (chain["name_matches"], chain["problems"]) == (True, [])


@pytest.mark.parametrize("cipher", ["rc4", "3des", "null"])
def test_tlslite_sslv3_with_what_others_have_dropped(rsa: Files, cipher: str) -> None:
    with tlslite(rsa, ((3, 0), (3, 0)), [cipher], exchanges=["rsa"]) as port:
        data = facts(port)
    names = {
        "rc4": {"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC4_128_MD5"},
        "3des": {"TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
        "null": {"TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_NULL_MD5"},
    }
    assert suites(data) == {"SSLv3": names[cipher]}
    bits = {one["bits"] for one in protocol(data, "SSLv3")["suites"]}
    assert bits == {{"rc4": 128, "3des": 112, "null": 0}[cipher]}


def test_tlslite_anonymous_in_every_protocol(rsa: Files) -> None:
    with tlslite(rsa, ((3, 0), (3, 3)), ["aes128"], anonymous=True) as port:
        data = facts(port)
    assert set(suites(data)) == {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"}
    assert all(one["authentication"] == "anonymous" for each in data["protocols"] for one in each["suites"])
