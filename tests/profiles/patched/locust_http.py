"""The contract of the ``Http`` port, and what goes beyond it, for the session that load is driven through."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from locust.event import EventHook

from probes.clock import Deadline
from probes.errors import Garbage, NotPermitted, TargetAway, TimedOut
from probes.redaction import REDACTED, Redactor
from probes.target import Limits, Target
from probes.transports.port import Http, Request, Response
from profiles.locustfiles.http import LocustHttp
from profiles.locustfiles.places import Places
from tests.contracts.http_kept_port import KeptHttpContract, closing_after_one
from tests.contracts.http_port import CLOCK, small_shop, target_for
from tests.miniatures import bad_servers, certificates
from tests.miniatures.bad_servers import always, answer, serving


class TestLocustHttp(KeptHttpContract):
    def make(self, target: Target, redactor: Redactor) -> Http:
        return LocustHttp(Places(target, CLOCK), redactor)


@contextmanager
def session_to(
    target: Target, redactor: Redactor | None = None, requests: EventHook | None = None
) -> Iterator[LocustHttp]:
    session = LocustHttp(Places(target, CLOCK), redactor or Redactor(), requests)
    try:
        yield session
    finally:
        session.close()


def get(session: Http, url: str, *, method: str = "GET", seconds: float = 20) -> Response:
    return session.send(Request(method=method, url=url), deadline=Deadline.after(CLOCK, seconds))


def fetch(conversation: bad_servers.Conversation, **limits: int) -> Response:
    with serving(conversation) as server, session_to(target_for(server.url, limits=Limits(**limits))) as session:
        return get(session, server.url)


def test_each_session_has_a_connection_of_its_own() -> None:
    with small_shop() as shop:
        places = Places(target_for(shop), CLOCK)
        sessions = [LocustHttp(places, Redactor()) for _ in range(3)]
        peers = {json.loads(get(session, f"{shop}/").body)["peer"] for session in sessions}
        for session in sessions:
            session.close()
    assert len(peers) == 3


def test_a_packed_body_that_ends_in_the_middle_is_garbage() -> None:
    packed = gzip.compress(b"hello " * 1000)[:-10]
    with pytest.raises(Garbage, match="ends in the middle"):
        fetch(always(answer(packed, "Content-Encoding: gzip")))


def test_a_fresh_connection_that_closes_is_not_tried_again() -> None:
    with serving(bad_servers.closes_after_request) as server, session_to(target_for(server.url)) as session:
        with pytest.raises(TargetAway, match="without an answer"):
            get(session, server.url)
        assert server.connections == 1


def test_endless_headers_are_garbage() -> None:
    endless = always(b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 50_000 + b"\r\n", close=True)
    with pytest.raises(Garbage, match="does not end"):
        fetch(endless)


def test_a_url_in_chinese_goes_out_quoted_once() -> None:
    with small_shop() as shop, session_to(target_for(shop)) as session:
        asked = json.loads(get(session, f"{shop}/商品/%E8%8C%B6 x?q=a b").body)
    assert asked["path"] == "/%E5%95%86%E5%93%81/%E8%8C%B6%20x?q=a%20b"


def test_a_header_cannot_carry_another() -> None:
    with small_shop() as shop, session_to(target_for(shop)) as session:
        request = Request(method="GET", url=f"{shop}/", headers=(("X-One", "1\r\nX-Two: 2"),))
        with pytest.raises(NotPermitted, match="line break"):
            session.send(request, deadline=Deadline.after(CLOCK, 20))


def cookies_sent(*set_cookies: str, to: str = "/x", first: str = "/") -> str | None:
    """Return the Cookie header of a second request, after the first was answered with those Set-Cookie lines."""
    lines = [f"Set-Cookie: {line}" for line in set_cookies]
    with serving(always(answer(b"ok", *lines))) as server, session_to(target_for(server.url)) as session:
        get(session, server.url.rstrip("/") + first)
        for _ in range(2):  # the second time the header is remembered
            get(session, server.url.rstrip("/") + to)
        found = {
            line.partition(b": ")[2].decode()
            for raw in server.requests[1:]
            for line in raw.split(b"\r\n")
            if line.lower().startswith(b"cookie:")
        }
    assert len(found) <= 1
    return found.pop() if found else None


@pytest.mark.parametrize(
    ("line", "to", "expected"),
    [
        ("a=1; Path=/", "/x", "a=1"),
        ("a=1; Path=/x", "/x/y", "a=1"),
        ("a=1; Path=/x", "/y", None),
        ("a=1; Path=/; Secure", "/x", None),
        ("a=1; Path=/; Max-Age=0", "/x", None),
        ("a=1; Path=/; Max-Age=7", "/x", "a=1"),
        ("a=1; Path=/; Domain=elsewhere.example", "/x", None),
    ],
)
def test_cookies_go_where_they_are_meant_for(line: str, to: str, expected: str | None) -> None:
    assert cookies_sent(line, to=to) == expected


def test_tls_is_verified_against_the_targets_anchor(tmp_path: Path) -> None:
    authority = certificates.Authority(tmp_path)
    context = authority.good().server_context(tmp_path)
    with serving(always(answer(b"safe")), context=context) as server:
        with session_to(target_for(server.url, ca_file=authority.file)) as session:
            assert [get(session, server.url).body for _ in range(2)] == [b"safe"] * 2
            assert server.connections == 1
        with session_to(target_for(server.url)) as session, pytest.raises(TargetAway, match="not trusted"):
            get(session, server.url)


@pytest.mark.parametrize("conversation", [bad_servers.drips_headers, bad_servers.drips_body, bad_servers.never_answers])
def test_no_server_outlasts_the_deadline_over_tls(conversation: bad_servers.Conversation, tmp_path: Path) -> None:
    authority = certificates.Authority(tmp_path)
    with (
        serving(conversation, context=authority.good().server_context(tmp_path)) as server,
        session_to(target_for(server.url, ca_file=authority.file)) as session,
        pytest.raises(TimedOut),
    ):
        get(session, server.url, seconds=0.6)


def test_locusts_page_is_told_of_requests_without_secrets_good_or_bad() -> None:
    told: list[dict[str, Any]] = []
    requests: Any = EventHook
    requests = requests()
    requests.add_listener(lambda **said: told.append(said))
    with serving(closing_after_one) as server, session_to(target_for(server.url), None, requests) as session:
        get(session, f"{server.url}?token=abcdefgh12345678")
        with pytest.raises(TargetAway):
            get(session, server.url, method="POST")
    assert [(each["request_type"], each["response_length"]) for each in told] == [("GET", 3), ("POST", 0)]
    assert told[0]["name"].endswith(f"?token={REDACTED}")
    assert isinstance(told[1]["exception"], TargetAway)
