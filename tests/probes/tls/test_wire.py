"""Hellos and answers, byte by byte: what is built can be read by others, and no bytes break the reader."""

import contextlib
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.tls.answers import Chosen, Refused
from probes.tls.flight import read_flight, read_sslv2
from probes.tls.groups import of_key_exchange
from probes.tls.hello import client_hello, server_name, sslv2_hello
from probes.tls.protocols import PROTOCOLS, chunks_of, suites_of
from probes.tls.reader import BadAnswer
from probes.tls.suites import Family, known
from tests.probes.tls.replaying import SM2_PAIR, certificates, message, offered, record, retry, server_hello, whole

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from tlslite.constants import ExtensionType
    from tlslite.messages import ClientHello
    from tlslite.utils.codec import Parser

BY_NAME = {protocol.name: protocol for protocol in PROTOCOLS}
EXTENDING = [protocol for protocol in PROTOCOLS if protocol.name not in {"SSLv2", "SSLv3"}]
HOSTS = st.one_of(st.ip_addresses().map(str), st.from_regex(r"[a-z]{1,20}(\.[a-z]{1,20}){0,4}", fullmatch=True))
CODES = st.lists(st.integers(0x0001, 0xFFFE).filter(lambda code: code != 0xFF), min_size=1, max_size=92, unique=True)


def parsed(raw: bytes) -> ClientHello:
    """Read a ClientHello as tlslite-ng does."""
    assert raw[0] == 22
    assert int.from_bytes(raw[3:5]) == len(raw) - 5
    parser = Parser(bytearray(raw[5:]))
    assert parser.get(1) == 1
    return ClientHello().parse(parser)


@given(st.sampled_from(EXTENDING), CODES, HOSTS, st.binary(min_size=32, max_size=32), st.booleans())
def test_another_library_reads_what_was_offered(
    protocol: object, codes: list[int], host: str, random: bytes, share: bool
) -> None:
    own = next(each for each in EXTENDING if each == protocol)
    raw = client_hello(own, codes, host, random, key_share=share)
    hello = parsed(raw)
    assert [code for code in hello.cipher_suites if code != 0xFF] == codes
    assert bytes(hello.random) == random
    assert hello.compression_methods == [0]
    assert offered(raw)[0] == own.version
    name = hello.getExtension(ExtensionType.server_name)
    assert (name is None) == (server_name(host) is None)
    if name is not None:
        assert bytes(name.hostNames[0]).decode() == host
    assert not 256 <= len(raw) - 5 < 512 or own.family == "tlcp"


@given(CODES, st.binary(min_size=32, max_size=32))
def test_ssl_3_has_no_extensions(codes: list[int], random: bytes) -> None:
    hello = parsed(client_hello(BY_NAME["SSLv3"], codes, "shop.example", random))
    assert hello.extensions is None
    assert tuple(hello.client_version) == (3, 0)
    assert hello.cipher_suites == [*codes, 0xFF]


def test_tls_1_3_asks_for_a_retry_or_brings_one_share() -> None:
    for share, number in ((False, 0), (True, 1)):
        hello = parsed(client_hello(BY_NAME["TLSv1.3"], [0x1301], "shop.example", bytes(32), key_share=share))
        assert len(hello.getExtension(ExtensionType.key_share).client_shares) == number
        assert hello.getExtension(ExtensionType.supported_versions).versions == [(3, 4)]
        groups = hello.getExtension(ExtensionType.supported_groups).groups
        assert 0x0029 in groups
        assert not set(range(1, 23)) & set(groups)
        assert (7, 8) in hello.getExtension(ExtensionType.signature_algorithms).sigalgs


def test_no_hello_is_long_and_an_address_is_no_server_name() -> None:
    for protocol in EXTENDING:
        for chunk in chunks_of(protocol):
            assert len(client_hello(protocol, chunk, "a.example", bytes(32))) <= 517
    assert [server_name(host) for host in ("127.0.0.1", "::1", "shop.example.", "商店.example", "a" * 70 + "é")] == [
        None, None, b"shop.example", b"xn--czrs0t.example", None
    ]  # fmt: skip


def test_the_hello_of_ssl_2_0() -> None:
    raw = sslv2_hello([0x010080, 0x0700C0], bytes(16))
    assert raw == bytes.fromhex("801f 01 0002 0006 0000 0010 010080 0700c0") + bytes(16)


FLIGHTS = [
    whole(0x0303, 0xC02F, certificates(*SM2_PAIR), message(12, bytes.fromhex("03001d") + bytes(40))),
    whole(0x0101, 0xE053, certificates(*SM2_PAIR), message(12, b"\x00\x00")),
    record(0x0303, 21, bytes([1, 112])) + whole(0x0301, 0x002F, certificates(SM2_PAIR[0])),
    record(0x0301, 22, server_hello(0x0301, 0x0035)[:20])
    + record(0x0301, 22, server_hello(0x0301, 0x0035)[20:] + message(14, b"")),
    retry(0x1301, 0x001D),
    record(0x0303, 21, bytes([2, 40])),
]


@pytest.mark.parametrize("flight", FLIGHTS)
def test_a_flight_is_read_once_it_is_whole_and_not_before(flight: bytes) -> None:
    for size in range(len(flight)):
        assert read_flight(flight[:size]) is None
    assert isinstance(read_flight(flight), Chosen | Refused)
    assert read_flight(flight + b"\x16\x03\x03\x00\x01x") == read_flight(flight)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for read in (read_flight, read_sslv2):
        with contextlib.suppress(BadAnswer):
            assert isinstance(read(raw), Chosen | Refused | None)


@given(st.sampled_from(FLIGHTS), st.data())
def test_no_change_of_a_good_flight_breaks_the_reader(flight: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, min(len(flight) - 1, 400)))
    raw = flight[:at] + data.draw(st.binary(min_size=1, max_size=4)) + flight[at + 1 :]
    with contextlib.suppress(BadAnswer):
        assert isinstance(read_flight(raw), Chosen | Refused | None)


@given(st.sampled_from(sorted(known())), st.data())
def test_no_bytes_break_the_reader_of_a_key_exchange(family: Family, data: st.DataObject) -> None:
    suite = data.draw(st.sampled_from(list(known()[family].values())))
    with contextlib.suppress(BadAnswer):
        group = of_key_exchange(suite, data.draw(st.binary(max_size=40)))
        assert group is None or group.bits >= 0


def test_all_suites_of_a_protocol_are_offered_once() -> None:
    for protocol in PROTOCOLS:
        codes = [code for chunk in chunks_of(protocol) for code in chunk]
        assert sorted(codes) == sorted(suite.code for suite in suites_of(protocol))
        assert max(map(len, chunks_of(protocol))) <= 92


def test_flights_without_end_are_refused() -> None:
    with pytest.raises(BadAnswer, match="without end"):
        read_flight(record(0x0303, 22, bytes(4) + b"") * 30000)
