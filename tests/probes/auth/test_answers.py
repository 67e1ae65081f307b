"""How a refused log-in looks: what is masked, what counts as minding, what is a mere warning."""

import pytest

from probes.auth.answers import alike, answer_of, masked, signals_of, slowed, submitted, took_ms
from probes.redaction import Redactor
from probes.shop.answer import Answer
from probes.shop.outcome import Denied, Exchange
from probes.transports.port import Request, Response

URL = "https://shop.example/login/"


def refused(body: str, *headers: tuple[str, str], status: int = 200, method: str = "POST") -> Denied:
    response = Response(
        status=status, headers=(("Content-Type", "text/html"), *headers), body=body.encode(), url=URL, elapsed_s=0.007
    )
    request = Request(method=method, url=URL)
    exchange = Exchange(step_id="submit", request=request, answer=Answer(response), redactor=Redactor())
    return Denied(verb="log_in", step_id="submit", why="denied", exchanges=(exchange,))


PLAIN = refused("<p>用户名或密码错误。</p>")


@pytest.mark.parametrize(
    ("body", "signals"),
    [
        ("<p>用户名或密码错误。</p>", []),
        ("<p>登录失败次数过多，账户已锁定。</p>", ["message"]),
        ("<p>Too many attempts, try again later.</p>", ["message"]),
        ("<p>用户名或密码错误。剩余3次机会。</p>", []),
        ("<p>Wrong password, 3 attempts left.</p>", []),
        ('<p>用户名或密码错误。</p><div class="g-recaptcha"></div>', ["captcha"]),
        ('<p>locked</p><img src="/captcha/1.png">', ["captcha", "message"]),
    ],
)
def test_what_a_page_says_of_minding(body: str, signals: list[str]) -> None:
    assert signals_of(refused(body), PLAIN) == signals


def test_what_a_page_said_from_the_start_says_nothing() -> None:
    body = '<script src="captcha.js"></script><p>Your account may be locked after too many attempts.</p>'
    assert signals_of(refused(body), refused(body)) == []
    assert signals_of(refused(body), None) == ["captcha", "message"]


def test_without_an_exchange_nothing_is_told() -> None:
    empty = Denied(verb="log_in", step_id="form", why="denied", exchanges=())
    assert signals_of(empty, PLAIN) == []
    assert took_ms(empty) is None
    assert answer_of(empty, "a@example.com")["status"] is None
    assert submitted(refused("", method="GET").exchanges) is None


@pytest.mark.parametrize(
    ("status", "headers", "how"),
    [
        (429, (), "status 429"),
        (503, (("Retry-After", "60"),), "retry-after"),
        (503, (), None),
        (200, (("Retry-After", "60"),), None),
    ],
)
def test_being_asked_to_wait(status: int, headers: tuple[tuple[str, str], ...], how: str | None) -> None:
    assert slowed(Response(status=status, headers=headers, body=b"", url=URL, elapsed_s=0)) == how


def test_names_and_numbers_are_masked_alike() -> None:
    assert masked("No A&amp;b@Example.com at 12:30", "a&b@example.com") == masked("No X at 7:5", "x").replace(
        "X", "NAME"
    )
    known = answer_of(refused("<p>a@example.com: wrong, 4 left</p>", ("Set-Cookie", "sid=1; Path=/")), "a@example.com")
    other = answer_of(refused("<p>b@example.com: wrong, 3 left</p>", ("Set-Cookie", "sid=2; Path=/")), "b@example.com")
    assert {**known, "exact_sha256": ""} == {**other, "exact_sha256": ""}
    assert known["exact_sha256"] != other["exact_sha256"]
    assert known["cookies"] == ["sid"]
    sent_on = answer_of(refused("", ("Location", "/register/?email=a@example.com"), status=302), "a@example.com")
    assert sent_on["location"] == "/register/"
    again = answer_of(refused("", ("Location", "/register/?email=b%40example.com"), status=302), "b@example.com")
    coded = answer_of(refused("", ("Location", "/register/?email=b@example.com&e=2"), status=302), "b@example.com")
    assert sent_on["location_sha256"] == again["location_sha256"] != coded["location_sha256"]
    assert answer_of(refused("", ("Location", "http://["), status=302), "b@example.com")["location"] == ""
    assert took_ms(PLAIN) == 7


def test_what_stands_before_the_at_is_masked_as_a_word_alone() -> None:
    assert masked("Hello a, bad", "a@example.com") == "Hello NAME, bad"


@pytest.mark.parametrize("own", ["kobati.lenafo@example.com", "ab@example.com", "a", "buyer", ""])
def test_a_stranger_looks_alike(own: str) -> None:
    other = alike(own)
    assert len(other) == len(own)
    assert other.partition("@")[2] == own.partition("@")[2]
    local, mine = other.partition("@")[0], own.partition("@")[0]
    assert (local[:2], local[-1:]) == (mine[:2], mine[-1:])
    assert (other != own) is (len(mine) > 3)
