"""One probe: good, failed, or unknown; whether it is the platform or our own network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.watch.canaries import Canaries
from conformance.watch.checks import Answer, checks_of
from conformance.watch.ordering import Orders
from conformance.watch.probing import Prober
from probes.clock import SystemClock
from probes.target_file import read_target
from tests.conformance.watch.simulation import VirtualClock
from tests.miniatures import bad_servers

CLOCK = SystemClock()


def probe(
    folder: Path, url: str, *, canaries: tuple[str, ...] = (), further: str = "", shows: str = "ok|fine"
) -> Answer:
    path = folder / "duheng.toml"
    path.write_text(
        f'[platform]\nid = "x"\nname = "X"\nbase_url = "{url}"\n[limits]\nbody_bytes = 1000\n'
        '[[checks]]\nname = "front"\nshows = "ok|fine"\nevery_s = 1\ndeadline_s = 2\n',
        encoding="utf-8",
    )
    target = read_target(path)
    prober = Prober(
        target=target,
        clock=CLOCK,
        canaries=Canaries(canaries, CLOCK),
        opening=None,
        buyers={},
        orders=Orders(folder=folder, name="watch", most_a_day=1, clock=CLOCK),
    )
    return prober(checks_of(target)[0], 1_000)


@contextmanager
def answering(raw: bytes) -> Iterator[bad_servers.BadServer]:
    with bad_servers.serving(bad_servers.always(raw)) as server:
        yield server


@contextmanager
def nobody() -> Iterator[str]:
    with bad_servers.refusing() as port:
        yield f"127.0.0.1:{port}"


def test_a_page_that_works(tmp_path: Path) -> None:
    with answering(bad_servers.answer()) as server:
        answer = probe(tmp_path, server.url)
    assert (answer.outcome, answer.why, answer.depth, answer.planned_ms) == ("good", "", "page", 1_000)
    assert answer.started_ms <= answer.ended_ms
    assert answer.elapsed_ms > 0


def test_a_page_that_does_not(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno") as server:
        answer = probe(tmp_path, server.url)
    assert (answer.outcome, answer.why) == ("failed", "answered 503")


def test_being_slowed_down_is_not_being_down(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 429 Slow\r\nContent-Length: 2\r\n\r\nno") as server:
        answer = probe(tmp_path, server.url)
    assert (answer.outcome, answer.why) == ("unknown", "throttled")


def test_a_redirect_off_the_list_is_not_followed_and_tells_nothing(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n") as server:
        answer = probe(tmp_path, server.url)
    assert answer.outcome == "unknown"
    assert "127.0.0.1:9 is not a host of the target" in answer.why


def test_a_circle_of_redirects_ends(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 302 Go\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n") as server:
        answer = probe(tmp_path, server.url)
        assert server.connections == 6
    assert (answer.outcome, answer.why) == ("failed", "answered 302")


def test_refused_and_no_canary_declared(tmp_path: Path) -> None:
    with nobody() as place:
        answer = probe(tmp_path, f"http://{place}/")
    assert answer.outcome == "failed"
    assert "refused" in answer.why


@pytest.mark.parametrize(("sings", "outcome", "why"), [(True, "failed", "refused"), (False, "unknown", "own network")])
def test_the_canary_decides_where_the_platform_does_not_answer(
    tmp_path: Path, sings: bool, outcome: str, why: str
) -> None:
    with nobody() as place, nobody() as silent, answering(bad_servers.answer()) as server:
        canary = f"127.0.0.1:{server.port}" if sings else silent
        prober_sees = probe(tmp_path, f"http://{place.replace('127.0.0.1', 'localhost')}/", canaries=(canary,))
    assert prober_sees.outcome == outcome
    assert why in prober_sees.why


def test_no_canary_is_asked_where_the_platform_answered(tmp_path: Path) -> None:
    with (
        answering(bad_servers.answer()) as canary,
        answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as server,
    ):
        answer = probe(tmp_path, server.url.replace("127.0.0.1", "localhost"), canaries=(f"127.0.0.1:{canary.port}",))
        assert canary.connections == 0
    assert (answer.outcome, answer.why) == ("failed", "answered 500")


def test_a_certificate_that_nobody_trusts_may_be_our_own_network(tmp_path: Path) -> None:
    from tests.miniatures.certificates import self_signed

    context = self_signed().server_context(tmp_path)
    with bad_servers.serving(bad_servers.always(bad_servers.answer()), context=context) as server, nobody() as silent:
        told = [probe(tmp_path, f"https://localhost:{server.port}/", canaries=canaries) for canaries in ((), (silent,))]
    assert [answer.outcome for answer in told] == ["failed", "unknown"]
    assert re.search("certificate .* is not trusted", told[0].why)


def test_a_server_that_never_answers_takes_its_deadline_and_no_more(tmp_path: Path) -> None:
    with bad_servers.serving(bad_servers.never_answers) as server:
        answer = probe(tmp_path, server.url)
    assert answer.outcome == "failed"
    assert "no whole answer" in answer.why


def test_a_host_that_does_not_exist_is_the_platforms(tmp_path: Path) -> None:
    answer = probe(tmp_path, "http://shop.invalid/")
    assert (answer.outcome, "invalid" in answer.why or answer.why == "own network") in {
        ("failed", True), ("unknown", True),
    }  # fmt: skip


def test_an_answer_of_the_canaries_holds_for_two_seconds() -> None:
    clock = VirtualClock(wall_ms=0)
    with bad_servers.serving(bad_servers.always(bad_servers.answer())) as server:
        canaries = Canaries((f"127.0.0.1:{server.port}",), clock)
        assert canaries.own_network_works() is True
    clock.run(2_000)
    assert canaries.own_network_works() is True
    clock.run(1)
    assert canaries.own_network_works() is False
    assert Canaries((), clock).own_network_works() is None
