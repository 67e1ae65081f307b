"""What stands between us and a server, or is too busy: hellos thrown away for what else they offer, or once."""

import socket
import threading
from collections.abc import Callable

import pytest

from tests.miniatures.bad_servers import Conversation, serving
from tests.probes.tls.replaying import Again, offered, record, replaying, whole
from tests.probes.tls.scanning import facts, protocol, suites, sure

AES_128, AES_256, RC4 = 0x002F, 0x0035, 0x0005
NAMES = {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA"}
TLS_1_0 = {(0x0301, code): whole(0x0301, code) for code in (AES_128, AES_256, RC4)}
TLS_1_2 = {(0x0303, code): whole(0x0303, code) for code in (AES_128, AES_256, RC4)}
EXPORT = frozenset({0x0003, 0x0006, 0x0008, 0x000B, 0x000E, 0x0011, 0x0014, 0x0017, 0x0019, 0x0026})
Unwanted = Callable[[int, set[int]], bool]


def behind(unwanted: Unwanted, server: Conversation, instead: bytes = b"") -> Conversation:
    """Return the conversation with a server behind something that answers unwanted hellos itself, or hangs up."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        first = connection.recv(65536)
        if unwanted(*offered(first)):
            connection.sendall(instead)
            return
        server(Again(connection, first), over)  # type: ignore[arg-type]

    return talk


def offers_export(_version: int, codes: set[int]) -> bool:
    return bool(codes & EXPORT)


@pytest.mark.parametrize("flights", [TLS_1_0 | TLS_1_2, TLS_1_0], ids=["beside TLS 1.2", "alone"])
def test_a_hello_thrown_away_for_one_suite_hides_no_other(flights: dict[tuple[int, int], bytes]) -> None:
    with serving(behind(offers_export, replaying(flights))) as server:
        data = facts(server.port)
    assert suites(data) == dict.fromkeys(("TLSv1", "TLSv1.2") if flights != TLS_1_0 else ("TLSv1",), NAMES)
    assert sure(data)


def test_a_long_list_thrown_away_hides_nothing() -> None:
    with serving(behind(lambda _, codes: len(codes) > 30, replaying(TLS_1_0 | TLS_1_2))) as server:
        data = facts(server.port)
    assert suites(data) == {"TLSv1": NAMES, "TLSv1.2": NAMES}


def test_an_internal_error_is_no_refusal_where_it_does_not_come_again() -> None:
    busy: list[int] = []

    def unwanted(version: int, codes: set[int]) -> bool:
        first = version == 0x0301 and AES_128 in codes and not busy
        busy.extend([version] if first else [])
        return first

    with serving(behind(unwanted, replaying(TLS_1_0 | TLS_1_2), record(0x0301, 21, bytes([2, 80])))) as server:
        data = facts(server.port)
    assert suites(data) == {"TLSv1": NAMES, "TLSv1.2": NAMES}


def test_an_internal_error_each_time_is_a_refusal() -> None:
    alert = record(0x0301, 21, bytes([2, 80]))
    with serving(behind(lambda version, _: version == 0x0301, replaying(TLS_1_2), alert)) as server:
        data = facts(server.port)
    assert suites(data) == {"TLSv1.2": NAMES}
    assert protocol(data, "TLSv1")["refusal"] == "internal_error"
    assert sure(data)
