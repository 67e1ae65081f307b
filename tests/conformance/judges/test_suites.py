"""3.1.3.3, 128 bit: every suite that is offered."""

from typing import Any

import pytest

from conformance.judges.judgement import judge
from reports.verdict import Conforms, Undetermined, Violates
from tests.conformance.judges.evidence import NOW, Data, requirement, seen, unseen
from tests.conformance.judges.good import GOOD
from tests.conformance.judges.network_evidence import protocol, suite, tls_suites
from tests.conformance.judges.telling import part, told
from tests.conformance.judges.ways import Way, all_of, assert_told, put

OWN = "SBT-3.1.3.3-ssl128"
TLS_1_2 = "protocols/4/suites/0"


def also(name: str, **facts: Any) -> Any:
    """Return a change that lets TLS 1.2 offer a further suite."""
    return lambda data: data["protocols"][4]["suites"].append(suite(name, **facts))


def offers(position: int, name: str) -> Any:
    return put(f"protocols/{position}", protocol(name, suite("TLS_RSA_WITH_AES_128_CBC_SHA")))


def nothing_taken(data: Data) -> None:
    data["protocols"] = [protocol(each["protocol"]) for each in data["protocols"]]


def no_tls(data: Data) -> None:
    data.clear()
    data.update(host="shop.example", port=443, speaks_tls=False, answer="it begins with b'SSH-2.0'")


def national(data: Data) -> None:
    nothing_taken(data)
    sm4 = {"bits": 128, "cipher": "SM4", "authentication": "SM2", "group": "curveSM2", "group_bits": 256}
    data["protocols"][6] = protocol("TLCPv1.1", suite("ECDHE_SM4_GCM_SM3", **sm4))
    data["protocols"][5] = protocol("TLSv1.3", suite("TLS_SM4_GCM_SM3", **sm4 | {"key_exchange": "ephemeral"}))


WAYS = (
    Way("no encryption", also("TLS_RSA_WITH_NULL_SHA", bits=0, cipher="NULL"), "violates", "does not encrypt (TLSv1.2"),
    Way("export", also("TLS_RSA_EXPORT_WITH_RC4_40_MD5", bits=40, cipher="RC4"), "violates", "40 bit"),
    Way("DES", also("TLS_RSA_WITH_DES_CBC_SHA", bits=56, cipher="DES"), "violates", "56 bit"),
    Way("3DES", also("TLS_RSA_WITH_3DES_EDE_CBC_SHA", bits=112, cipher="3DES"), "violates", "112 bit"),
    Way("RC4, though long enough", also("TLS_RSA_WITH_RC4_128_SHA", cipher="RC4"), "violates", "RC4 must not be used"),
    Way("anonymous", also("TLS_DH_anon_WITH_AES_128_CBC_SHA", authentication="anonymous"), "violates",
        "authenticates no one"),
    Way("SSLv2", offers(0, "SSLv2"), "violates", "obsolete protocol (SSLv2)"),
    Way("SSLv2 without a single suite", put("protocols/0", protocol("SSLv2", offered=True)), "violates", "SSLv2"),
    Way("SSLv3", offers(1, "SSLv3"), "violates", "SSLv3"),
    Way("TLS 1.0", offers(2, "TLSv1"), "violates", "obsolete protocol (TLSv1)"),
    Way("TLS 1.1", offers(3, "TLSv1.1"), "violates", "TLSv1.1"),
    Way("DH of 1024 bit", also("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", group="DH", group_kind="dh", group_bits=1024),
        "violates", "key exchange by DH of 1024 bit"),
    Way("DH of 2048 bit", also("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", group="DH", group_kind="dh", group_bits=2048),
        "conforms"),
    Way("RSA of 1024 bit", also("TLS_RSA_WITH_AES_128_GCM_SHA256", group="RSA", group_kind="rsa", group_bits=1024),
        "violates", "1024"),
    Way("a short curve", also("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", group="secp192r1", group_bits=192), "violates",
        "secp192r1 of 192 bit"),
    Way("a curve at the bound", also("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", group="secp224r1", group_bits=224),
        "conforms"),
    Way("a group that was not seen", also("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", group_bits=None), "undetermined",
        "How strong"),
    Way("a suite of which nothing is known", also("", bits=None), "undetermined", "How strong TLSv1.2 C02F"),
    Way("silence in one protocol", put("protocols/1/trouble", "no whole answer in time (0 bytes)"), "undetermined",
        "SSLv3 could not be searched to the end", cause="target"),
    Way("silence, and something wrong besides", all_of(put("protocols/1/trouble", "silent"), offers(2, "TLSv1")),
        "violates", "TLSv1"),
    Way("chosen and given up", put("protocols/4/broke_off", ["C030"]), "undetermined", "chose C030"),
    Way("nothing taken", nothing_taken, "undetermined", "took none"),
    Way("TLCP and RFC 8998 only", national, "conforms", "TLSv1.3, TLCPv1.1"),
    Way("no TLS is told by net.tls", no_tls, "undetermined", "speaks no TLS"),
    Way("another certificate, for another host", put("chains/0/name_matches", False), "violates", "another host"),
    Way("a certificate that cannot be read", put("chains/0/name_matches", None), "undetermined", "could not be read"),
    Way("another certificate, expired", put("chains/0/problems", ["expired"]), "violates", "out of date"),
    Way("another certificate, not yet valid", put("chains/0/problems", ["not-yet-valid"]), "violates", "not valid yet"),
    Way("a certificate with a short key", put("chains/0/certificates/0/key_bits", 1024), "violates", "key of 1024 bit"),
    Way("a certificate signed over SHA-1", put("chains/0/certificates/0/signature_hash", "sha1"), "violates", "SHA1"),
    Way("a key that nobody here can read", put("chains/0/certificates/0/key_bits", None), "conforms"),
    Way("a certificate that no suite used", all_of(put("chains/0/name_matches", False), put(f"{TLS_1_2}/chain", None)),
        "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_suite(way: Way) -> None:
    assert_told(OWN, "net.tls_suites", way)


def test_protocols_that_cannot_name_the_host_may_get_another_s_certificate() -> None:
    data = tls_suites()
    data["protocols"][1] = protocol("SSLv3", suite("TLS_RSA_WITH_AES_128_CBC_SHA"))
    data["protocols"][4]["suites"][0]["chain"] = None
    data["chains"][0]["name_matches"] = False
    verdict = judge(requirement(OWN), part(OWN, "net.tls_suites"), [seen("net.tls_suites", data)], {}, NOW)
    assert isinstance(verdict, Violates)
    assert "obsolete protocol (SSLv3)" in verdict.reason.en
    assert "another host" not in verdict.reason.en


def test_many_faults_are_told_by_reason_with_one_repeat_each() -> None:
    data = tls_suites()
    data["protocols"][4]["suites"] += [suite(f"TLS_RSA_WITH_NULL_{n}", bits=0, cipher="NULL") for n in range(5)]
    data["protocols"][4]["suites"].append(suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA", bits=112, cipher="3DES"))
    verdict = judge(requirement(OWN), part(OWN, "net.tls_suites"), [seen("net.tls_suites", data)], {}, NOW)
    assert isinstance(verdict, Violates)
    assert "TLSv1.2 TLS_RSA_WITH_NULL_2 and 2 more" in verdict.reason.en
    assert len(verdict.repeat) == 2
    assert verdict.measured is not None
    assert verdict.measured.value == 0


def host(**changes: Any) -> Any:
    entry = {"origin": "https://pay.example:443", "suites": tls_suites(), "cause": None, "failure": None} | changes
    return all_of(put("touched", ["https://shop.example:443", "https://pay.example:443"]), put("hosts", [entry]))


def weak() -> Data:
    data = tls_suites()
    data["protocols"][4]["suites"][0].update(bits=112, cipher="3DES")
    return data


TOUCHED = (
    Way("another host, as good", host(), "conforms", "1 further host"),
    Way("another host, weak", host(suites=weak()), "violates", "112 bit"),
    Way("another host, not to be looked at", host(suites=None, cause="network", failure="no route"), "undetermined",
        "no route", cause="network"),
    Way("another host, without TLS by now", host(suites={"speaks_tls": False, "answer": "?"}), "undetermined"),
    Way("touched and not looked at", put("touched", ["https://shop.example:443", "https://x.example:443"]),
        "undetermined", "x.example:443 was not looked at"),
    Way("nobody answered", put("touched", []), "undetermined", "No host answered"),
)  # fmt: skip


@pytest.mark.parametrize("way", TOUCHED, ids=lambda way: way.name)
def test_touched_hosts(way: Way) -> None:
    assert_told(OWN, "net.tls_touched", way)


def test_what_an_ordinary_client_cannot_agree_with_is_judged_by_what_was_enumerated() -> None:
    data = tls_suites()
    data["protocols"][4]["suites"][0].update(name="TLS_RSA_WITH_RC4_128_SHA", cipher="RC4")
    verdict = told(OWN, unseen("net.tls", "target"), seen("net.tls_suites", data))
    assert isinstance(verdict, Violates)
    assert isinstance(told(OWN, unseen("net.tls", "target")), Undetermined)
    assert isinstance(told(OWN), Conforms)


def test_a_stricter_bound_counts_here_too() -> None:
    own = requirement(OWN)
    assert {bound.metric for bound in own.thresholds} == {
        "tls_symmetric_key_length", "key_exchange_modulus", "key_exchange_curve"
    }  # fmt: skip
    assert GOOD["net.tls_suites"]()["protocols"][4]["suites"][0]["bits"] == 128
