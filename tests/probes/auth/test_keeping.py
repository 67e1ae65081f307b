"""Cookies in one's own hands: what is kept, where it is sent, how it is copied and left out."""

import pytest

from probes.auth.keeping import Credentials, KeepingHttp, cookie_set
from probes.clock import Deadline, SystemClock
from probes.transports.port import Request, Response

DEADLINE = Deadline.after(SystemClock(), 60)


class Answering:
    """Answers with what it is told to set, and keeps what it was sent."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.sent: list[str | None] = []
        self.forgotten = self.closed = False

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        assert deadline is DEADLINE
        self.sent.append(next((value for name, value in request.headers if name == "Cookie"), None))
        headers = tuple(("Set-Cookie", line) for line in self.lines)
        return Response(status=200, headers=headers, body=b"", url=request.url, elapsed_s=0)

    def cookie(self, name: str) -> str | None:
        raise AssertionError(f"asked for {name}: the cookies are not here")

    def forget(self) -> None:
        self.forgotten = True

    def close(self) -> None:
        self.closed = True


def ask(http: KeepingHttp, url: str = "https://shop.example/account/") -> None:
    http.send(Request(method="GET", url=url), deadline=DEADLINE)


def test_what_is_set_is_sent_back_and_replaced_and_ended() -> None:
    inner = Answering("sid=one; Path=/; HttpOnly", "lang=zh; Path=/")
    http = KeepingHttp(inner)
    ask(http)
    inner.lines = ("sid=two; Path=/", "lang=; Path=/; Max-Age=0")
    ask(http)
    ask(http)
    assert inner.sent == [None, "sid=one; lang=zh", "sid=two"]
    assert http.cookie("sid") == "two"
    assert http.cookie("lang") is None


@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        ("a=1; Path=/", "https://shop.example/x", True),
        ("a=1; Path=/", "https://other.example/x", False),
        ("a=1; Path=/", "https://deep.shop.example/x", False),
        ("a=1; Path=/; Domain=shop.example", "https://deep.shop.example/x", True),
        ("a=1; Path=/; Domain=.shop.example", "https://badshop.example/x", False),
        ("a=1; Path=/account", "https://shop.example/account/x", True),
        ("a=1; Path=/account", "https://shop.example/accounting", False),
        ("a=1; Path=/account/", "https://shop.example/", False),
        ("a=1", "https://shop.example/account/orders", True),
        ("a=1", "https://shop.example/cart/", False),
        ("a=1; Path=/; Secure", "http://shop.example/", False),
        ("a=1; Path=/", "http://shop.example/", True),
    ],
)
def test_where_a_cookie_goes(line: str, url: str, sent: bool) -> None:
    cookie = cookie_set("https://shop.example/account/", line)
    assert cookie is not None
    assert cookie.goes_to(url) is sent


def test_what_sets_no_cookie() -> None:
    assert cookie_set("https://shop.example/", "nothing") is None
    assert cookie_set("https://shop.example/", "=value") is None


def test_attributes_are_read_in_any_case() -> None:
    cookie = cookie_set("https://shop.example/", "sid=x; SECURE; httponly; samesite=Strict")
    assert cookie is not None
    assert cookie.attribute("secure") == ""
    assert cookie.attribute("httponly") == ""
    assert cookie.attribute("samesite") == "Strict"
    assert cookie.attribute("partitioned") is None


@pytest.mark.parametrize(
    "ending",
    [
        "Max-Age=0",
        "max-age=-1",
        "expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "expires=Mon, 11-Oct-1999 22:00:00 GMT",
        "Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
    ],
)
def test_a_cookie_that_is_over_is_dropped(ending: str) -> None:
    inner = Answering("sid=one; Path=/")
    http = KeepingHttp(inner)
    ask(http)
    inner.lines = (f"sid=; Path=/; {ending}",)
    ask(http)
    assert http.cookies == ()


def test_credentials_are_copied_altered_and_shown_nowhere() -> None:
    inner = Answering("sid=secret-one; Path=/", "lang=zh; Path=/")
    http = KeepingHttp(inner)
    ask(http)
    kept = Credentials(cookies=http.cookies, token="secret-token")
    assert "secret" not in repr(kept)
    assert kept.value("sid") == "secret-one"
    assert kept.without("sid").value("sid") is None
    assert kept.only("sid").value("lang") is None
    assert kept.only("sid").token is None
    assert kept.with_value("sid", "guess").value("sid") == "guess"

    other = Answering()
    ask(KeepingHttp(other, kept.with_value("sid", "guess").cookies))
    assert other.sent == ["sid=guess; lang=zh"]


def test_the_witness_sees_requests_without_cookies_and_the_rest_is_handed_on() -> None:
    seen: list[tuple[Request, Response]] = []
    inner = Answering("sid=one; Path=/")
    http = KeepingHttp(inner, witness=lambda *pair: seen.append(pair))
    ask(http)
    ask(http)
    assert [request.headers for request, _ in seen] == [(), ()]
    http.forget()
    http.close()
    assert http.cookies == ()
    assert inner.forgotten
    assert inner.closed
