import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probes.clock import Deadline
from probes.errors import Garbage, NetworkDown, NotPermitted, SettingsError, TargetAway, TimedOut
from probes.redaction import Redactor
from probes.target import Limits, Target
from probes.transports.http import RequestsHttp
from probes.transports.port import Http, Request, Response
from tests.contracts.http_kept_port import KeptHttpContract
from tests.contracts.http_port import CLOCK, small_shop, target_for
from tests.miniatures import bad_servers, certificates
from tests.miniatures.bad_servers import always, answer, serving


class TestRequestsHttp(KeptHttpContract):
    def make(self, target: Target, redactor: Redactor) -> Http:
        return RequestsHttp(target, CLOCK, redactor)


@contextmanager
def session_to(target: Target, redactor: Redactor | None = None) -> Iterator[RequestsHttp]:
    session = RequestsHttp(target, CLOCK, redactor or Redactor())
    try:
        yield session
    finally:
        session.close()


def get(session: Http, url: str, *, method: str = "GET", seconds: float = 20) -> Response:
    return session.send(Request(method=method, url=url), deadline=Deadline.after(CLOCK, seconds))


def fetch(conversation: bad_servers.Conversation, **limits: int) -> Response:
    with serving(conversation) as server, session_to(target_for(server.url, limits=Limits(**limits))) as session:
        return get(session, server.url)


def test_a_redirect_loop_is_one_answer_at_a_time() -> None:
    with serving(bad_servers.redirect_loop) as server, session_to(target_for(server.url)) as session:
        response = get(session, server.url)
        assert len(server.requests) == 1
    assert (response.status, response.header("Location")) == (302, "/again")


def test_429_is_an_answer() -> None:
    response = fetch(bad_servers.too_many)
    assert (response.status, response.header("retry-after")) == (429, "3")


def test_two_lengths_and_endless_headers_are_garbage() -> None:
    for conversation in (bad_servers.two_lengths, bad_servers.endless_headers):
        with pytest.raises(Garbage):
            fetch(conversation)


def test_no_proxy_and_no_netrc_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login canary password canary-password\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with small_shop() as shop, session_to(target_for(shop)) as session:
        assert "authorization" not in json.loads(get(session, f"{shop}/x").body)["headers"]


def test_no_route_of_ours_is_not_the_target() -> None:
    # 2001:db8::/32 is for documentation; without an IPv6 route our kernel says so at once. With one, nobody answers.
    with (
        session_to(target_for("http://[2001:db8::1]:9")) as session,
        pytest.raises((NetworkDown, TimedOut, TargetAway)),
    ):
        get(session, "http://[2001:db8::1]:9/", seconds=0.5)


def test_a_name_that_does_not_exist() -> None:
    with session_to(target_for("http://nosuch.invalid")) as session, pytest.raises((TargetAway, NetworkDown, TimedOut)):
        get(session, "http://nosuch.invalid/", seconds=5)


def test_a_url_that_two_parsers_read_differently_is_not_followed() -> None:
    with serving(always(answer())) as foreign, session_to(target_for("http://127.0.0.2:8080")) as session:
        with pytest.raises(NotPermitted):
            get(session, f"http://127.0.0.1:{foreign.port}\\@127.0.0.2:8080/")
        assert foreign.connections == 0


def test_credentials_in_an_unlisted_url_are_not_told() -> None:
    with session_to(target_for("http://127.0.0.1:1")) as session, pytest.raises(NotPermitted) as caught:
        get(session, "http://me:canary-password@elsewhere.example/")
    assert "canary" not in caught.value.detail


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> certificates.Authority:
        return certificates.Authority(tmp_path)

    def fetch(
        self,
        issued: certificates.Issued,
        folder: Path,
        *,
        ca_file: Path | None,
        conversation: bad_servers.Conversation | None = None,
        seconds: float = 20,
    ) -> Response:
        context = issued.server_context(folder)
        with (
            serving(conversation or always(answer(b"safe")), context=context) as server,
            session_to(target_for(server.url, ca_file=ca_file)) as session,
        ):
            return get(session, server.url, seconds=seconds)

    def test_the_targets_own_anchor_is_trusted(self, authority: certificates.Authority, tmp_path: Path) -> None:
        assert self.fetch(authority.good(), tmp_path, ca_file=authority.file).body == b"safe"

    @pytest.mark.parametrize(
        ("kind", "told"), [("expired", "expired"), ("wrong_host", "not valid for '127.0.0.1'"), ("not_yet", "not yet")]
    )
    def test_a_bad_certificate_is_not_trusted(
        self, authority: certificates.Authority, tmp_path: Path, kind: str, told: str
    ) -> None:
        with pytest.raises(TargetAway, match=told):
            self.fetch(getattr(authority, kind)(), tmp_path, ca_file=authority.file)

    def test_an_unknown_authority_is_not_trusted(self, authority: certificates.Authority, tmp_path: Path) -> None:
        with pytest.raises(TargetAway, match=r"certificate of 127\.0\.0\.1"):
            self.fetch(authority.good(), tmp_path, ca_file=None)

    @pytest.mark.parametrize(
        "conversation", [bad_servers.drips_headers, bad_servers.drips_body, bad_servers.never_answers]
    )
    def test_no_server_outlasts_the_deadline(
        self, authority: certificates.Authority, tmp_path: Path, conversation: bad_servers.Conversation
    ) -> None:
        with pytest.raises(TimedOut):
            self.fetch(authority.good(), tmp_path, ca_file=authority.file, conversation=conversation, seconds=0.6)

    def test_a_server_that_hangs_up_over_tls(self, authority: certificates.Authority, tmp_path: Path) -> None:
        with pytest.raises(TargetAway):
            self.fetch(
                authority.good(), tmp_path, ca_file=authority.file, conversation=bad_servers.closes_after_request
            )

    def test_a_handshake_that_never_comes(self) -> None:
        with serving(bad_servers.never_answers) as server:
            url = f"https://127.0.0.1:{server.port}/"
            with session_to(target_for(url)) as session, pytest.raises(TimedOut):
                get(session, url, seconds=0.3)

    def test_an_anchor_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "bad.pem").write_text("nothing")
        with pytest.raises(SettingsError, match="ca_file"):
            RequestsHttp(target_for("https://127.0.0.1", ca_file=tmp_path / "bad.pem"), CLOCK, Redactor())

    def test_a_client_that_must_show_a_certificate(self, authority: certificates.Authority, tmp_path: Path) -> None:
        context = authority.good().server_context(tmp_path)
        context.verify_mode = ssl.CERT_REQUIRED
        with (
            serving(always(answer()), context=context) as server,
            session_to(target_for(server.url, ca_file=authority.file)) as session,
            pytest.raises(TargetAway),
        ):
            get(session, server.url)
