"""TLCP (GB/T 38636), the SM suites of RFC 8998, EXPORT and SSL 2.0: from bytes put down by hand."""

from probes.tls.protocols import PROTOCOLS
from probes.tls.suites import known
from tests.miniatures.bad_servers import serving
from tests.probes.tls.replaying import SM2_PAIR, certificates, message, record, replaying, retry, server_hello, whole
from tests.probes.tls.scanning import facts, protocol, suite, suites, sure

TLCP = 0x0101
ECC_GCM, ECDHE_GCM, ECC_CBC, ECDHE_CBC, RSA_CBC = 0xE053, 0xE051, 0xE013, 0xE011, 0xE019
ECDHE_PARAMETERS = bytes.fromhex("030029") + b"\x41\x04" + bytes(64) + b"\x00\x02\x30\x00"
EXPORT_RC4 = 0x0003


def test_tlcp_with_its_two_certificates() -> None:
    pair = certificates(*SM2_PAIR)
    flights = {
        (TLCP, ECC_GCM): whole(TLCP, ECC_GCM, pair, message(12, b"\x00\x02\x30\x00")),
        (TLCP, ECDHE_GCM): whole(TLCP, ECDHE_GCM, pair, message(12, ECDHE_PARAMETERS)),
        (TLCP, ECC_CBC): whole(TLCP, ECC_CBC, pair, message(12, b"\x00\x02\x30\x00")),
        (TLCP, ECDHE_CBC): whole(TLCP, ECDHE_CBC, pair, message(12, ECDHE_PARAMETERS)),
    }
    with serving(replaying(flights)) as server:
        data = facts(server.port, host="shop.example")
    expected = {"ECC_SM4_GCM_SM3", "ECDHE_SM4_GCM_SM3", "ECC_SM4_CBC_SM3", "ECDHE_SM4_CBC_SM3"}
    assert suites(data) == {"TLCPv1.1": expected}
    assert sure(data)
    for one in protocol(data, "TLCPv1.1")["suites"]:
        assert (one["bits"], one["cipher"], one["authentication"]) == (128, "SM4", "SM2")
        assert (one["group"], one["group_bits"], one["chain"]) == ("curveSM2", 256, 0)
    (chain,) = data["chains"]
    assert [each["subject"].split(",")[0] for each in chain["certificates"]] == ["CN=shop sign", "CN=shop enc"]
    assert chain["name_matches"]
    assert {each["key_type"] for each in chain["certificates"]} == {"oid:1.2.840.10045.2.1"}


def test_a_certificate_that_is_none_is_told_as_unreadable() -> None:
    with serving(replaying({(0x0303, 0x002F): whole(0x0303, 0x002F, certificates(b"no certificate"))})) as server:
        data = facts(server.port)
    (chain,) = data["chains"]
    assert (chain["name_matches"], chain["problems"], chain["certificates"][0]["subject"]) == (None, [], None)
    assert suite(data, "TLS_RSA_WITH_AES_128_CBC_SHA")["group_bits"] is None


def test_every_suite_of_tlcp_is_asked_for() -> None:
    codes = [0xE011, 0xE013, 0xE015, 0xE017, 0xE019, 0xE01C, 0xE051, 0xE053, 0xE055, 0xE057, 0xE059, 0xE05A]
    with serving(replaying({(TLCP, code): whole(TLCP, code) for code in codes})) as server:
        data = facts(server.port)
    assert [int(one["code"], 16) for one in protocol(data, "TLCPv1.1")["suites"]] == codes
    assert suite(data, "RSA_SM4_CBC_SM3")["key_exchange"] == "RSA"


def test_sm_suites_in_tls_1_3() -> None:
    with serving(replaying({(0x0304, code): retry(code, 0x0029) for code in (0x00C6, 0x00C7)})) as server:
        data = facts(server.port)
    assert suites(data) == {"TLSv1.3": {"TLS_SM4_GCM_SM3", "TLS_SM4_CCM_SM3"}}
    found = suite(data, "TLS_SM4_GCM_SM3")
    assert (found["bits"], found["group"], found["group_bits"]) == (128, "curveSM2", 256)
    assert sure(data)


def test_an_export_suite_with_its_short_key() -> None:
    modulus = b"\x80" + bytes(63)
    parameters = len(modulus).to_bytes(2) + modulus + b"\x00\x03\x01\x00\x01" + b"\x00\x02\x30\x00"
    flight = whole(0x0301, EXPORT_RC4, certificates(SM2_PAIR[0]), message(12, parameters))
    with serving(replaying({(0x0301, EXPORT_RC4): flight})) as server:
        data = facts(server.port)
    found = suite(data, "TLS_RSA_EXPORT_WITH_RC4_40_MD5")
    assert (found["bits"], found["export"], found["group_kind"], found["group_bits"]) == (40, True, "rsa", 512)


def test_ssl_2_0_names_all_its_kinds_at_once() -> None:
    kinds = bytes.fromhex("0100800200800700c0aabbcc")
    certificate = SM2_PAIR[0]
    sizes = b"".join(size.to_bytes(2) for size in (len(certificate), len(kinds), 16))
    body = b"\x04\x00\x01\x00\x02" + sizes + certificate + kinds + bytes(16)
    flight = (0x8000 | len(body)).to_bytes(2) + body
    with serving(replaying({(2, 0x010080): flight})) as server:
        data = facts(server.port)
    found = protocol(data, "SSLv2")["suites"]
    assert [(one["code"], one["bits"]) for one in found] == [
        ("010080", 128), ("020080", 40), ("0700C0", 112), ("AABBCC", None)
    ]  # fmt: skip
    assert sure(data)


def test_a_protocol_in_ssl_2_0_without_suites_is_spoken_all_the_same() -> None:
    body = b"\x04\x00\x00\x00\x02" + bytes(6)
    with serving(replaying({(2, 0x010080): (0x8000 | len(body)).to_bytes(2) + body})) as server:
        data = facts(server.port)
    assert protocol(data, "SSLv2")["offered"]
    assert protocol(data, "SSLv2")["suites"] == []


def test_a_suite_that_is_chosen_and_given_up_is_not_offered() -> None:
    given_up = record(0x0303, 22, server_hello(0x0303, 0xC02F)) + record(0x0303, 21, bytes([2, 80]))
    with serving(replaying({(0x0303, 0xC02F): given_up})) as server:
        data = facts(server.port)
    assert suites(data) == {}
    assert protocol(data, "TLSv1.2")["broke_off"] == ["C02F"]


def test_a_suite_that_was_not_offered_is_no_answer() -> None:
    flights = {(0x0303, code): whole(0x0303, 0x1301) for code in known()["tls"]}
    with serving(replaying(flights)) as server:
        data = facts(server.port)
    assert protocol(data, "TLSv1.2")["trouble"] == "it chose 1301, which was not offered"


def test_a_server_that_answers_with_another_version_refuses_the_one_asked_for() -> None:
    flights = {
        (version, code): whole(0x0302, code)
        for version in (0x0301, 0x0302, 0x0303)
        for code in (0x002F, 0x0035)
    }  # fmt: skip
    with serving(replaying(flights)) as server:
        data = facts(server.port)
    assert set(suites(data)) == {"TLSv1.1"}
    assert protocol(data, "TLSv1.2")["refusal"] == "TLSv1.1 instead"
    assert len(data["protocols"]) == len(PROTOCOLS)
