"""What every implementation of the ``Http`` port must do; a test class inherits ``HttpContract`` and says ``make``."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import Garbage, LookFailed, NotPermitted, TargetAway, TimedOut
from probes.redaction import Redactor
from probes.target import Endpoint, Limits, Platform, ShopHints, Target
from probes.transports.port import Http, Request, Response
from tests.miniatures import bad_servers

CLOCK = SystemClock()


def target_for(base_url: str, *, limits: Limits | None = None, ca_file: Path | None = None, **more: object) -> Target:
    """Return a target with nothing but a base URL and bounds; ``more`` goes to ``[platform]``."""
    platform = {
        "id": "test", "name": "Test", "base_url": base_url, "plain_url": base_url, "environment": "disposable",
        "adapter": "none", "authorised": False, "hosts": (), "timezone": "Asia/Shanghai", "currency": None,
    }  # fmt: skip
    return Target(
        path=Path("duheng.toml"),
        platform=Platform(**(platform | more)),  # type: ignore[arg-type]
        ledger_url="sqlite:///none.db",
        ca_file=ca_file,
        endpoints=(Endpoint(url=base_url),),
        roles={},
        shop=ShopHints(),
        mailbox_listen=None,
        limits=limits or Limits(),
        thresholds={},
        waivers=(),
        not_applicable={},
        windows=(),
    )


class _Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        if self.path == "/set":
            self._say(b"set", ("Set-Cookie", "sessionid=abcdef1234567890; HttpOnly; Path=/"), ("Set-Cookie", "a=b"))
        elif self.path == "/redirect":
            self._say(b"", ("Location", "/elsewhere"), status=302)
        elif self.path == "/missing":
            self._say(b"no such page", status=404)
        else:
            self._say(json.dumps(self._asked(b"")).encode(), ("Content-Type", "application/json"))

    def do_POST(self) -> None:
        self._echo()

    def do_PUT(self) -> None:
        self._echo()

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._say(json.dumps(self._asked(body)).encode())

    def _asked(self, body: bytes) -> dict[str, object]:
        headers = {key.lower(): value for key, value in self.headers.items()}
        return {
            "method": self.command, "path": self.path, "headers": headers, "body": body.decode(),
            "peer": self.client_address[1],
        }  # fmt: skip

    def _say(self, body: bytes, *headers: tuple[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def small_shop() -> Iterator[str]:
    """Run the well-behaved server of this contract; yield its base URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class HttpContract:
    """Inherit, and give ``make``."""

    def make(self, target: Target, redactor: Redactor) -> Http:
        """Return a fresh session against the target."""
        raise AssertionError("a contract needs an implementation")

    @contextmanager
    def session(self, target: Target) -> Iterator[Http]:
        session = self.make(target, Redactor())
        try:
            yield session
        finally:
            session.close()

    @pytest.fixture
    def shop(self) -> Iterator[str]:
        with small_shop() as url:
            yield url

    def get(self, session: Http, url: str, *, seconds: float = 20) -> Response:
        return session.send(Request(method="GET", url=url), deadline=Deadline.after(CLOCK, seconds))

    def fails(self, url: str, kind: type[LookFailed], *, match: str | None = None, seconds: float = 20) -> None:
        with self.session(target_for(url)) as session, pytest.raises(kind, match=match):
            self.get(session, url, seconds=seconds)

    def test_the_answer_comes_as_it_is(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            response = self.get(session, f"{shop}/missing?a=b")
            response = self.get(session, f"{shop}/missing")
        assert (response.status, response.body, response.url) == (404, b"no such page", f"{shop}/missing")
        assert response.header("CONTENT-length") == "12"
        assert not response.truncated
        assert response.elapsed_s > 0

    def test_method_headers_and_body_arrive(self, shop: str) -> None:
        request = Request(
            method="PUT", url=f"{shop}/x?q=1", headers=(("X-One", "1"), ("Content-Type", "text/plain")), body=b"hello"
        )
        with self.session(target_for(shop)) as session:
            asked = json.loads(session.send(request, deadline=Deadline.after(CLOCK, 20)).body)
        assert (asked["method"], asked["path"], asked["body"]) == ("PUT", "/x?q=1", "hello")
        assert asked["headers"]["x-one"] == "1"
        assert asked["headers"]["content-type"] == "text/plain"
        assert asked["headers"]["user-agent"].startswith("duheng")

    def test_a_redirect_is_returned_not_followed(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            response = self.get(session, f"{shop}/redirect")
        assert (response.status, response.header("location")) == (302, "/elsewhere")

    def test_cookies_are_kept_sent_and_forgotten(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            response = self.get(session, f"{shop}/set")
            assert [value for name, value in response.headers if name.lower() == "set-cookie"][1] == "a=b"
            assert session.cookie("sessionid") == "abcdef1234567890"
            assert "sessionid=abcdef" in json.loads(self.get(session, f"{shop}/x").body)["headers"]["cookie"]
            session.forget()
            assert session.cookie("sessionid") is None
            assert "cookie" not in json.loads(self.get(session, f"{shop}/x").body)["headers"]

    def test_sessions_do_not_share_cookies(self, shop: str) -> None:
        target = target_for(shop)
        with self.session(target) as one, self.session(target) as other:
            self.get(one, f"{shop}/set")
            assert other.cookie("sessionid") is None

    def test_nothing_is_sent_to_an_unlisted_host(self, shop: str) -> None:
        with bad_servers.serving(bad_servers.always(bad_servers.answer())) as other:
            with self.session(target_for(shop)) as session, pytest.raises(NotPermitted, match=str(other.port)):
                self.get(session, other.url)
            assert other.connections == 0

    @pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "ftp://127.0.0.1/", "/just/a/path"])
    def test_what_is_no_web_address_is_not_permitted(self, shop: str, url: str) -> None:
        with self.session(target_for(shop)) as session, pytest.raises(NotPermitted):
            self.get(session, url)

    def test_a_refused_connection_is_the_target_away(self) -> None:
        with bad_servers.refusing() as port:
            self.fails(f"http://127.0.0.1:{port}/", TargetAway, match="refused")

    def test_a_deadline_that_has_passed_is_not_begun(self, shop: str) -> None:
        with self.session(target_for(shop)) as session, pytest.raises(TimedOut):
            self.get(session, f"{shop}/", seconds=0)

    @pytest.mark.parametrize(
        "conversation",
        [
            bad_servers.never_answers,
            bad_servers.never_reads,
            bad_servers.drips_status,
            bad_servers.drips_headers,
            bad_servers.drips_body,
        ],
    )
    def test_no_server_outlasts_the_deadline(self, conversation: bad_servers.Conversation) -> None:
        with bad_servers.serving(conversation) as server:
            self.fails(server.url, TimedOut, match=str(server.port), seconds=0.4)

    @pytest.mark.parametrize("conversation", [bad_servers.closes_at_once, bad_servers.closes_after_request])
    def test_a_server_that_hangs_up_is_away(self, conversation: bad_servers.Conversation) -> None:
        with bad_servers.serving(conversation) as server:
            self.fails(server.url, TargetAway)

    @pytest.mark.parametrize(
        "conversation",
        [bad_servers.garbage, bad_servers.chunked_garbage, bad_servers.broken_gzip, bad_servers.breaks_off],
    )
    def test_what_is_not_http_is_garbage(self, conversation: bad_servers.Conversation) -> None:
        with bad_servers.serving(conversation) as server:
            self.fails(server.url, Garbage)

    @pytest.mark.parametrize(
        "conversation", [bad_servers.sends_a_gigabyte, bad_servers.gzip_bomb(), bad_servers.chunked_gzip_bomb()]
    )
    def test_a_huge_body_is_cut_at_the_ceiling(self, conversation: bad_servers.Conversation) -> None:
        limits = Limits(body_bytes=100_000)
        with (
            bad_servers.serving(conversation) as server,
            self.session(target_for(server.url, limits=limits)) as session,
        ):
            response = self.get(session, server.url)
        assert response.truncated
        assert len(response.body) == 100_000
