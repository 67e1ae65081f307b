"""Servers that are no TLS servers, or bad ones: a cause, never a crash, never a suite."""

import socket
import threading
from dataclasses import replace

import pytest

from probes.canonical import freeze
from probes.clock import Deadline, SystemClock
from probes.errors import LookFailed, NotPermitted, TargetAway, TimedOut
from probes.target import Endpoint
from probes.tls.asking import Door
from probes.tls.enumerating import PROBE
from probes.tls.scan import scan
from probes.tls.telling import told
from probes.transports import dial
from tests.contracts.http_port import target_for
from tests.miniatures import bad_servers
from tests.miniatures.bad_servers import Conversation, always, answer, refusing, serving
from tests.probes.looking import looking
from tests.probes.tls.replaying import Again, message, offered, record, replaying, server_hello, whole
from tests.probes.tls.scanning import facts, protocol, suites, sure

GOOD = {(0x0303, code): whole(0x0303, code) for code in (0x002F, 0x0035)}


def banner(words: bytes) -> Conversation:
    def talk(connection: socket.socket, _over: threading.Event) -> None:
        connection.sendall(words)
        connection.recv(65536)

    return talk


def failure(conversation: Conversation, *, seconds: float = 30) -> LookFailed:
    """Return why a look at such a server failed."""
    with serving(conversation) as server:
        url = f"https://127.0.0.1:{server.port}/"
        given = looking(target_for(url), url, seconds=seconds)
        with pytest.raises(LookFailed) as raised:
            PROBE.look(given)
    return raised.value


@pytest.mark.parametrize(
    ("conversation", "begins"),
    [
        (always(answer(status="400 Bad Request"), close=True), "HTTP/1.1 400 Ba"),
        (banner(b"SSH-2.0-OpenSSH_9.2\r\n"), "SSH-2.0-"),
        (banner(b"220 mail.example ESMTP\r\n"), "220 mail"),
        (bad_servers.garbage, "\\x00\\x01\\x02"),
    ],
    ids=["http", "ssh", "smtp", "garbage"],
)
def test_another_protocol_is_no_tls(conversation: Conversation, begins: str) -> None:
    with serving(conversation) as server:
        url = f"https://127.0.0.1:{server.port}/"
        data = PROBE.look(looking(target_for(url), url)).data
    freeze(data)
    assert data["speaks_tls"] is False
    assert begins in data["answer"]


def test_without_https_there_is_nothing_to_enumerate() -> None:
    data = PROBE.look(looking(target_for("http://127.0.0.1:9/"), "http://127.0.0.1:9/")).data
    assert data["speaks_tls"] is False


def test_an_unlisted_host_is_not_asked() -> None:
    target = replace(target_for("https://a.example/"), endpoints=(Endpoint(url="https://a.example/"),))
    with pytest.raises(NotPermitted):
        PROBE.look(looking(target, "https://b.example/"))


LIES = {
    "a record that is too long": b"\x16\x03\x03\xff\xff" + bytes(64),
    "a message that is too long": record(0x0303, 22, b"\x02\xff\xff\xff" + bytes(64)),
    "a hello that ends early": record(0x0303, 22, message(2, server_hello(0x0303, 0x002F)[4:30])),
    "a list of certificates that lies": whole(0x0303, 0x002F, message(11, b"\x00\xff\xff" + bytes(8))),
    "extensions that lie": record(
        0x0303, 22, message(2, server_hello(0x0303, 0x002F)[4:] + b"\x00\x04\x00\x2b\xff\xff")
    ),
    "another message first": record(0x0303, 22, message(11, bytes(3))),
}


@pytest.mark.parametrize("name", LIES)
def test_lengths_that_lie_are_no_tls(name: str) -> None:
    with serving(always(LIES[name], close=True)) as server:
        url = f"https://127.0.0.1:{server.port}/"
        assert PROBE.look(looking(target_for(url), url)).data["speaks_tls"] is False


def test_a_server_that_hangs_up_whatever_it_is_asked() -> None:
    failed = failure(bad_servers.closes_after_request)
    assert isinstance(failed, TargetAway)
    assert "closed the connection" in failed.detail


def test_a_server_that_closes_without_listening() -> None:
    assert isinstance(failure(bad_servers.closes_at_once), TargetAway)


@pytest.mark.parametrize(
    "conversation", [bad_servers.never_answers, bad_servers.drips(b"\x16\x03\x03\x40\x00\x02\x00\x3f\x00")]
)
def test_a_server_that_is_silent_or_slow(conversation: Conversation) -> None:
    assert isinstance(failure(conversation, seconds=0.5), TimedOut)


def test_a_port_that_refuses() -> None:
    with refusing() as port, pytest.raises(TargetAway):
        PROBE.look(looking(target_for(f"https://127.0.0.1:{port}/"), f"https://127.0.0.1:{port}/"))


def test_alerts_alone_are_tls_without_a_suite() -> None:
    with serving(replaying({})) as server:
        data = facts(server.port)
    assert suites(data) == {}
    assert sure(data)


def test_silence_in_one_protocol_is_no_refusal() -> None:
    good = replaying(GOOD)

    def talk(connection: socket.socket, over: threading.Event) -> None:
        first = connection.recv(65536)
        if offered(first)[0] == 0x0300:
            over.wait(60)
            return
        good(Again(connection, first), over)  # type: ignore[arg-type]

    with serving(talk) as server:
        address = dial.literal("127.0.0.1", server.port)
        clock = SystemClock()
        door = Door(host="localhost", address=address, deadline=Deadline.after(clock, 30), patience_s=0.3)
        data, _ = told(scan(door), "localhost", clock.now())
    assert set(suites(data)) == {"TLSv1.2"}
    assert "no whole answer in time" in protocol(data, "SSLv3")["trouble"]
    assert protocol(data, "SSLv3")["refusal"] is None
    assert protocol(data, "TLSv1")["trouble"] is None


def test_hanging_up_each_time_while_the_server_is_well_is_a_refusal() -> None:
    with serving(replaying(GOOD, refusal=b"")) as server:
        data = facts(server.port)
    assert suites(data) == {"TLSv1.2": {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA"}}
    assert sure(data)
    assert protocol(data, "SSLv3")["refusal"] == "it closed the connection without a word, each time"


def test_hanging_up_once_is_asked_again() -> None:
    good = replaying(GOOD)
    dropped: list[int] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        first = connection.recv(65536)
        version, codes = offered(first)
        if version == 0x0303 and 0x0035 in codes and 0x002F not in codes and not dropped:
            dropped.append(version)
            return
        good(Again(connection, first), over)  # type: ignore[arg-type]

    with serving(talk) as server:
        data = facts(server.port)
    assert dropped
    assert suites(data) == {"TLSv1.2": {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA"}}
    assert sure(data)


def test_a_server_that_has_had_enough_leaves_it_untold() -> None:
    good = replaying(GOOD, refusal=b"")
    asked: list[int] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        first = connection.recv(65536)
        asked.append(1)
        if len(asked) <= 18:
            good(Again(connection, first), over)  # type: ignore[arg-type]

    with serving(talk) as server:
        data = facts(server.port)
    assert not sure(data)
