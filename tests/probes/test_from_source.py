"""Requests that go out as they are written, from an address of ours; and log-ins over SSH that are refused."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import NotSet, TargetAway
from probes.target import DEFAULT_PORTS
from probes.transports.from_source import Endpoint, asked_from, connect_from, need_source
from probes.transports.ssh_refused import refused_login
from probes.transports.trust import trusting_context
from tests.miniatures.shop.miniature import MiniatureShop

SOURCE = "127.0.0.2"
ASK = b"GET /a/../../b HTTP/1.1\r\nHost: x\r\n\r\n"


def soon(seconds: float = 60) -> Deadline:
    return Deadline.after(SystemClock(), seconds)


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Give the port of a server that answers once, and what it heard: the other's address, and its request."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            spoken, (address, _) = server.accept()
            with spoken:
                heard.extend([address.encode(), spoken.recv(4096)])
                spoken.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


@pytest.mark.parametrize(
    ("answer", "status"), [(b"HTTP/1.1 403 Forbidden\r\n\r\n", 403), (b"", None), (b"SSH-2.0-other\r\n", None)]
)
def test_a_request_goes_out_as_it_is_from_the_address_that_is_named(answer: bytes, status: int | None) -> None:
    with answering(answer) as (port, heard):
        assert asked_from(SOURCE, Endpoint(host="127.0.0.1", port=port), ASK, soon()) == status
    assert heard == [SOURCE.encode(), ASK]


def test_nobody_answers_is_no_status() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert asked_from(SOURCE, Endpoint(host="127.0.0.1", port=port), ASK, soon(0.2)) is None
    assert asked_from(SOURCE, Endpoint(host="127.0.0.1", port=port), ASK, soon()) is None  # closed


def test_tls_is_spoken_and_its_certificate_verified(running_shop: MiniatureShop) -> None:
    host, _, port = running_shop.base_url.removeprefix("https://").partition(":")
    known = Endpoint(
        host=host, port=int(port or DEFAULT_PORTS["https"]), context=trusting_context(running_shop.ca_file)
    )
    ask = b"GET / HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n\r\n"
    assert asked_from(SOURCE, known, ask, soon()) == 200
    unknown = Endpoint(host=host, port=known.port, context=trusting_context(None))
    assert asked_from(SOURCE, unknown, ask, soon()) is None


def test_an_address_that_is_not_ours_is_told() -> None:
    need_source(SOURCE)
    with pytest.raises(NotSet, match=r"no address 192\.0\.2\.1"):
        need_source("192.0.2.1")
    with pytest.raises(TargetAway, match="no address that is reached from ::1"):
        connect_from("::1", "127.0.0.1", 9, soon())


def test_who_speaks_no_ssh_refused_nobody() -> None:
    with answering(b"HTTP/1.1 400 no\r\n\r\n") as (port, heard):
        assert refused_login(connect_from(SOURCE, "127.0.0.1", port, soon()), "duheng-x", soon()) is False
    assert heard[1].startswith(b"SSH-2.0-")
