from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from probes.clock import Deadline
from probes.errors import Throttled
from probes.redaction import Redactor
from probes.transports.http import RequestsHttp
from probes.transports.patient import ask
from probes.transports.port import Request, Response
from tests.contracts.http_port import CLOCK, target_for
from tests.miniatures.bad_servers import answer, serving


def busy(*headers: str, status: str = "429 Too Many Requests") -> bytes:
    return answer(b"", *headers, status=status)


@contextmanager
def replying(*replies: bytes) -> Iterator[str]:
    """Answer with one after the other, the last one for ever."""
    waiting = list(replies)

    def talk(connection: Any, _over: Any) -> None:
        while connection.recv(65536):
            connection.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    with serving(talk) as server:
        yield server.url


def asked(url: str, pauses: list[float], *, seconds: float = 60) -> Response:
    session = RequestsHttp(target_for(url), CLOCK, Redactor())
    try:
        deadline = Deadline.after(CLOCK, seconds)
        return ask(session, Request(method="GET", url=url), deadline=deadline, clock=CLOCK, pause=pauses.append)
    finally:
        session.close()


def test_what_is_asked_for_is_waited() -> None:
    pauses: list[float] = []
    with replying(busy("Retry-After: 2"), busy("Retry-After: 3", status="503 Busy"), answer(b"well")) as url:
        assert asked(url, pauses).body == b"well"
    assert pauses == [2, 3]


def test_a_503_without_a_time_is_an_answer() -> None:
    pauses: list[float] = []
    with replying(busy(status="503 Down")) as url:
        assert asked(url, pauses).status == 503
    assert pauses == []


def test_longer_than_the_deadline_is_told_at_once() -> None:
    pauses: list[float] = []
    with replying(busy("Retry-After: 600")) as url, pytest.raises(Throttled, match="600 s"):
        asked(url, pauses)
    assert pauses == []


def test_again_and_again_is_told() -> None:
    pauses: list[float] = []
    with replying(busy("Retry-After: 1")) as url, pytest.raises(Throttled):
        asked(url, pauses)
    assert len(pauses) == 5
