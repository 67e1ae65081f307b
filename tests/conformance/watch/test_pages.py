"""What is no working page, though it may come with a good status."""

import re

import pytest

from conformance.watch.pages import Seen, why_not_sound
from probes.transports.port import Response

LONG = "<p>" + "龙井茶 Longjing tea, hand-picked in spring. " * 60 + "</p>"


def answer(body: str | bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8") -> Response:
    raw = body.encode() if isinstance(body, str) else body
    return Response(status=status, headers=(("Content-Type", kind),), body=raw, url="https://x/", elapsed_s=0.1)


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (answer("<h1>Tea</h1>", status=500), "answered 500"),
        (answer("<h1>Tea</h1>", status=302), "answered 302"),
        (answer(b""), "an empty page"),
        (answer(" \n"), "an empty page"),
        (answer("<html><head><title>Tea</title></head><body></body></html>"), "a page without visible text"),
        (answer("<body><div hidden>Tea</div><script>var tea</script></body>"), "a page without visible text"),
        (answer("<title>502 Bad Gateway</title><body><hr>nginx</body>"), "an error page: 502 Bad Gateway"),
        (answer("<h1>Internal Server Error</h1>"), "an error page: Internal Server Error"),
        (answer("<h1>系统维护中，请稍后再试</h1>"), "an error page: 系统维护中，请稍后再试"),
        (answer("<p>Something went wrong.</p>"), "an error page: Something went wrong."),
        (answer("<h1>Coffee</h1>"), "the page does not show 'Tea|茶'"),
        (answer("<title>Tea</title><h1>Coffee</h1>"), "the page does not show 'Tea|茶'"),
        (answer("{", kind="application/json"), "an answer that is no JSON"),
        (answer("{}", kind="application/json"), "an empty answer"),
    ],
)
def test_not_sound(response: Response, why: str) -> None:
    shows = re.compile("Tea|茶")
    assert why_not_sound(response, shows) == why
    seen = Seen()
    assert [seen.why_not_sound(response, shows) for _ in range(2)] == [why, why]


@pytest.mark.parametrize(
    "response",
    [
        answer("<h1>Tea</h1>"),
        answer('<body><img src="tea.jpg" alt="tea"></body>'),
        answer(f"<h1>Error 404 tea blend</h1>{LONG}"),
        answer("<h1>Room 502</h1><p>gateway to tea</p>"),
        answer('{"products": [1]}', kind="application/json"),
        answer(b"\x89PNG", kind="image/png"),
        answer("<h1>茶</h1>".encode("gb18030"), kind="text/html; charset=gb2312"),
    ],
)
def test_sound(response: Response) -> None:
    assert why_not_sound(response) is None
    assert Seen().why_not_sound(response) is None


def test_what_was_said_of_one_page_is_not_said_of_another() -> None:
    seen = Seen()
    assert seen.why_not_sound(answer("<h1>Tea</h1>")) is None
    assert seen.why_not_sound(answer("<h1>Tea</h1>", status=500)) == "answered 500"
    assert seen.why_not_sound(answer("<h1>Tea</h1>"), re.compile("Coffee")) == "the page does not show 'Coffee'"
    for number in range(600):
        assert seen.why_not_sound(answer(f"<h1>{number}</h1>")) is None
