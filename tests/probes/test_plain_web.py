from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from probes.canonical import freeze
from probes.errors import LookFailed, NotSet, TargetAway, Throttled
from probes.plain_web import PROBE, _code, hsts_max_age_s
from probes.target import Limits
from tests.contracts.http_port import target_for
from tests.miniatures import bad_servers, certificates
from tests.miniatures.bad_servers import BadServer, Conversation, always, answer, refusing, serving
from tests.probes.looking import looking

LOGIN = b"<html><form method=post><input name=u type=email><input name=p type=password></form></html>"
HSTS = "Strict-Transport-Security: max-age=31536000; includeSubDomains"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    return certificates.Authority(tmp_path_factory.mktemp("plain"))


@dataclass(frozen=True)
class Entries:
    """What the plain and the secure entry answer."""

    authority: certificates.Authority

    @contextmanager
    def secure(self, conversation: Conversation | None = None) -> Iterator[BadServer]:
        folder = self.authority.file.parent
        context = self.authority.good().server_context(folder)
        with serving(conversation or always(answer(LOGIN, HSTS)), context=context) as server:
            yield server

    def look(self, plain_url: str, base_url: str, *sensitive: str, **limits: float) -> dict[str, Any]:
        target = target_for(base_url, plain_url=plain_url, ca_file=self.authority.file, limits=Limits(**limits))  # type: ignore[arg-type]
        data = dict(PROBE.look(looking(target, "entry", sensitive=sensitive)).data)
        freeze(data)
        return data


@pytest.fixture
def entries(authority: certificates.Authority) -> Entries:
    return Entries(authority)


def redirect_to(location: str, status: str = "301 Moved Permanently") -> Conversation:
    return always(answer(b"", f"Location: {location}", status=status))


def test_a_redirect_to_https_with_hsts(entries: Entries) -> None:
    with entries.secure() as secure, serving(redirect_to(f"{secure.url}login?token=canary")) as plain:
        data = entries.look(plain.url, secure.url, "/login/", "/")
    assert [page["path"] for page in data["pages"]] == ["/", "/login/"]
    page = data["pages"][1]
    assert (page["connected"], page["status"], page["error"]) == (True, 301, None)
    assert page["plain_url"] == f"{plain.url}login/"
    assert page["location"] == f"{secure.url}login?token=[redacted]"
    assert page["redirects_to_https_same_host"] is True
    assert (page["served_form"], page["visible_length"], page["form_fields"]) == (False, 0, [])
    assert page["final"] == {"url": page["location"], "status": 200, "ok": True, "error": None}
    assert page["hsts_max_age_s"] == 31536000
    assert data["secure"] == {"connected": True, "status": 200, "error": None}
    assert (data["hsts"], data["hsts_max_age_s"]) == (HSTS.partition(": ")[2], 31536000)


def test_a_redirect_by_way_of_http(entries: Entries) -> None:
    with entries.secure() as secure:
        replies = iter(["Location: /again", "Location: /again", f"Location: {secure.url}"])

        def talk(connection: Any, _over: Any) -> None:
            while connection.recv(65536):
                connection.sendall(answer(b"", next(replies), status="302 Found"))

        with serving(talk) as plain:
            (page,) = entries.look(plain.url, secure.url)["pages"]
    assert (page["status"], page["location"]) == (302, "/again")
    assert page["redirects_to_https_same_host"]
    assert page["final"]["ok"]


def test_a_form_in_clear(entries: Entries) -> None:
    with entries.secure() as secure, serving(always(answer(LOGIN))) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
    assert (page["served_form"], page["form_fields"], page["redirects_to_https_same_host"]) == (True, ["p", "u"], False)
    assert (page["hsts"], page["final"]["status"]) == (None, 200)


def test_a_page_with_text_in_clear(entries: Entries) -> None:
    with entries.secure() as secure, serving(always(answer("<p>您的订单</p>".encode()))) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
    assert (page["served_form"], page["form_fields"], page["visible_length"]) == (True, [], 4)


def test_an_error_page_in_clear_is_no_form(entries: Entries) -> None:
    with entries.secure() as secure, serving(always(answer(b"<p>no</p>", status="404 Not Found"))) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
    assert (page["status"], page["served_form"], page["final"]["ok"]) == (404, False, False)


@pytest.mark.parametrize(
    ("form", "personal"),
    [
        ("<input name=q>", []),
        ("<input name=receiver_name>", ["receiver_name"]),
        ("<textarea name=address></textarea>", ["address"]),
        ("<input type=hidden name=user_email>", []),
    ],
)
def test_personal_fields(entries: Entries, form: str, personal: list[str]) -> None:
    body = f"<html><form>{form}</form></html>".encode()
    with entries.secure() as secure, serving(always(answer(body))) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
    assert (page["form_fields"], page["served_form"]) == (personal, bool(personal))


def test_a_redirect_off_the_list_is_recorded_not_followed(entries: Entries) -> None:
    with entries.secure() as secure, serving(redirect_to("https://elsewhere.example/")) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
    assert page["redirects_to_https_same_host"] is False
    assert (page["final"]["url"], page["final"]["status"]) == ("https://elsewhere.example/", None)
    assert "not a host of the target" in page["final"]["error"]


def test_a_redirect_to_https_that_is_away(entries: Entries) -> None:
    with (
        entries.secure() as secure,
        refusing() as port,
        serving(redirect_to(f"https://127.0.0.1:{port}/")) as plain,
    ):
        listed = (f"127.0.0.1:{port}",)
        target = target_for(secure.url, plain_url=plain.url, ca_file=entries.authority.file, hosts=listed)
        (page,) = PROBE.look(looking(target, "entry", sensitive=())).data["pages"]
    assert page["redirects_to_https_same_host"]
    assert (page["final"]["ok"], page["final"]["status"]) == (False, None)


def test_a_redirect_loop(entries: Entries) -> None:
    with entries.secure() as secure, serving(bad_servers.redirect_loop) as plain:
        (page,) = entries.look(plain.url, secure.url)["pages"]
        assert len(plain.requests) == 6
    assert (page["final"]["ok"], page["final"]["error"]) == (False, "too many redirects")


def test_a_plain_entry_that_refuses(entries: Entries) -> None:
    with entries.secure() as secure, refusing() as port:
        data = entries.look(f"http://127.0.0.1:{port}/", secure.url, "/login", "/orders")
    assert [page["error"] for page in data["pages"]] == ["refused", "refused", "not-tried"]
    assert not any(page["connected"] or page["final"] for page in data["pages"])
    assert data["secure"]["connected"]


def test_a_plain_entry_that_never_answers(entries: Entries) -> None:
    with entries.secure() as secure, serving(bad_servers.never_answers) as plain:
        data = entries.look(plain.url, secure.url, request_timeout_s=0.5)
    assert data["pages"][0]["error"] == "timeout"


def test_a_secure_entry_that_is_away_beside_a_plain_one(entries: Entries) -> None:
    with refusing() as port, serving(always(answer(LOGIN))) as plain:
        data = entries.look(plain.url, f"https://127.0.0.1:{port}/")
    assert data["secure"]["connected"] is False
    assert (data["hsts"], data["hsts_max_age_s"]) == (None, None)
    assert data["pages"][0]["served_form"]


def test_both_entries_away_is_no_look(entries: Entries) -> None:
    with refusing() as one, refusing() as other, pytest.raises(TargetAway):
        entries.look(f"http://127.0.0.1:{one}/", f"https://127.0.0.1:{other}/")


def test_a_target_without_https(entries: Entries) -> None:
    with serving(always(answer(LOGIN))) as plain:
        data = entries.look(plain.url, plain.url)
    assert (data["secure_url"], data["secure"]["connected"]) == (None, False)
    assert data["pages"][0]["served_form"]


def test_being_throttled_is_nothing_that_a_page_did(entries: Entries) -> None:
    busy = always(answer(b"", "Retry-After: 9999", status="429 Too Many Requests"))
    with entries.secure() as secure, serving(busy) as plain, pytest.raises(Throttled):
        entries.look(plain.url, secure.url)


def test_without_a_shop_the_sensitive_pages_are_not_known() -> None:
    with pytest.raises(NotSet):
        PROBE.look(looking(target_for("https://127.0.0.1:1/"), "entry"))


def test_every_failure_has_its_code() -> None:
    assert _code(LookFailed("?")) == "away"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=31536000; includeSubDomains", 31536000),
        ('includeSubDomains ; Max-Age="600"', 600),
        ("max-age=0", 0),
        ("max-age=-1", None),
        ("x-max-age=5", None),
        ("", None),
        (None, None),
    ],
)
def test_max_age(header: str | None, seconds: int | None) -> None:
    assert hsts_max_age_s(header) == seconds
