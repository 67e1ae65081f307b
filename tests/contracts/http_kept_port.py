"""What an ``Http`` must do beyond the port's contract where it keeps connections and unpacks what comes packed."""

import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from probes.clock import Deadline
from probes.errors import Garbage, TargetAway, TimedOut
from probes.redaction import REDACTED, Redactor
from probes.target import Limits, Target
from probes.transports.port import Http, Request, Response
from tests.contracts.http_port import CLOCK, HttpContract, target_for
from tests.miniatures import bad_servers
from tests.miniatures.bad_servers import always, answer, serving


def closing_after_one(connection: socket.socket, _over: threading.Event) -> None:
    """Answer one request on a connection as if it were kept, and close it when the next one comes."""
    connection.recv(65536)
    connection.sendall(answer(b"one"))
    connection.recv(65536)


class KeptHttpContract(HttpContract):
    """Inherit, and give ``make``."""

    @contextmanager
    def learning(self, target: Target, redactor: Redactor) -> Iterator[Http]:
        session = self.make(target, redactor)
        try:
            yield session
        finally:
            session.close()

    def post(self, session: Http, url: str) -> Response:
        return session.send(Request(method="POST", url=url), deadline=Deadline.after(CLOCK, 20))

    def fetch(self, conversation: bad_servers.Conversation, **limits: int) -> Response:
        with serving(conversation) as server, self.session(target_for(server.url, limits=Limits(**limits))) as session:
            return self.get(session, server.url)

    def test_connections_are_kept_alive(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            peers = {json.loads(self.get(session, f"{shop}/{n}").body)["peer"] for n in range(3)}
        assert len(peers) == 1

    @pytest.mark.parametrize("raw", [False, True])
    def test_deflate_is_decoded(self, raw: bool) -> None:
        assert self.fetch(always(bad_servers.deflated(b"hello " * 100, raw=raw))).body == b"hello " * 100

    def test_gzip_is_decoded_in_pieces_as_well(self) -> None:
        noise = bytes(hash((n, "x")) % 256 for n in range(300_000))
        assert self.fetch(always(answer(gzip.compress(noise), "Content-Encoding: gzip"))).body == noise

    def test_a_body_of_exactly_the_ceiling_is_whole(self) -> None:
        response = self.fetch(always(answer(b"x" * 1000)), body_bytes=1000)
        assert (len(response.body), response.truncated) == (1000, False)

    def test_a_bomb_does_not_fill_the_memory(self) -> None:
        with serving(bad_servers.gzip_bomb()) as server:
            target = target_for(server.url, limits=Limits(body_bytes=1_000_000))
            with self.session(target) as session:
                tracemalloc.start()
                self.get(session, server.url)
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
        assert peak < 10_000_000

    def test_the_limit_of_one_request_counts_as_well(self) -> None:
        with (
            serving(bad_servers.drips_body) as server,
            self.session(target_for(server.url, limits=Limits(request_timeout_s=0.3))) as session,
            pytest.raises(TimedOut),
        ):
            self.get(session, server.url, seconds=600)

    def test_a_failed_request_leaves_the_session_usable(self) -> None:
        replies = iter([b"\x00garbage\r\n\r\n", answer(b"well")])

        def talk(connection: socket.socket, _over: threading.Event) -> None:
            if connection.recv(65536):
                connection.sendall(next(replies))

        with serving(talk) as server, self.session(target_for(server.url)) as session:
            with pytest.raises(Garbage):
                self.get(session, server.url)
            assert self.get(session, server.url).body == b"well"

    def test_a_kept_connection_that_closes_is_no_failure_for_a_get(self) -> None:
        with serving(closing_after_one) as server, self.session(target_for(server.url)) as session:
            assert [self.get(session, server.url).body for _ in range(3)] == [b"one"] * 3

    def test_a_post_is_never_sent_twice(self) -> None:
        with serving(closing_after_one) as server, self.session(target_for(server.url)) as session:
            self.get(session, server.url)
            with pytest.raises(TargetAway):
                self.post(session, server.url)
            assert sum(raw.startswith(b"POST") for raw in server.requests) == 1

    def test_utf8_in_a_location_is_read_as_such(self) -> None:
        head = "HTTP/1.1 302 Found\r\nLocation: /商品/1\r\nContent-Length: 0\r\n\r\n".encode()
        assert self.fetch(always(head)).header("location") == "/商品/1"

    def test_the_redactor_learns_session_cookies_and_leaves_plain_words(self) -> None:
        redactor = Redactor()
        cookies = ("sessionid=s3cr3tvalue99; HttpOnly", "theme=standard", "sid=1")
        head = answer(b"", *(f"Set-Cookie: {cookie}" for cookie in cookies))
        with serving(always(head)) as server, self.learning(target_for(server.url), redactor) as session:
            self.get(session, server.url)
        assert redactor.text("s3cr3tvalue99 in the standard theme") == f"{REDACTED} in the standard theme"

    def test_plain_http_where_tls_is_expected(self) -> None:
        with serving(always(answer())) as server:
            self.fails(f"https://127.0.0.1:{server.port}/", Garbage, match="does not speak TLS")
