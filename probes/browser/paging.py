"""The ``Http`` port over a real browser: the shop's journeys, walked by a person's acts instead of bare requests.

A GET is going to that page; a POST is filling in the form on the open page that goes there, and pressing its button, so
that the page's own scripts run: listeners on input, change and submit, beacons, pixels. The answers, redirects and
all, are handed to the journey engine, which reads them as it reads any other.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

from probes.browser.page_script import FILL, FORGET, STORE
from probes.browser.watch import Watch
from probes.clock import Deadline
from probes.errors import Garbage, LookFailed, NotSet, TargetAway, TimedOut
from probes.redaction import Redactor
from probes.shop.forms import MULTIPART, URLENCODED
from probes.transports.port import Request, Response

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Error, Frame, Page
    from playwright.sync_api import Request as Asked

LONGEST_BODY = 5_000_000
_REACTS_MS = 3000
"""Within which a pressed button begins to lead to another page, where it leads to one."""

SHOWS_MS = 10_000
"""Within which a page that scripts make shows what a person's act leads to."""

_GLANCE_MS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A page that the walk came to: path (no query), status, title."""

    step: str
    path: str
    status: int
    title: str


class BrowserHttp:
    """One tab of a browser as a session (``probes.transports.port.Http``)."""

    def __init__(self, context: "BrowserContext", watch: Watch, redactor: Redactor, accept: str | None) -> None:
        """Open a tab. ``accept`` selects the button of a consent banner, pressed wherever it shows."""
        self.visited: list[Visited] = []
        self._context = context
        self._watch = watch
        self._redactor = redactor
        self._accept = accept
        self._page: Page = context.new_page()
        self._hops: list[Response] = []
        self._led: list[Asked] = []
        self._arrived = False
        self._page.on("request", self._leads)
        self._page.on("framenavigated", self._navigated)
        self._page.on("dialog", lambda dialog: dialog.accept())

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Go to the page, or send the form that leads there, and return the first answer on the way.

        Raises:
            NotSet: the request is no page's and no form's: the adapter speaks to an interface, not to pages.
            TargetAway, TimedOut, Garbage: as ``Http.send``.
        """
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra
        from playwright.sync_api import TimeoutError as TooLate  # noqa: PLC0415 - an extra

        if self._hops and request.method == "GET" and _same(self._hops[0].url, request.url):
            return self._hops.pop(0)
        self._hops = []
        left_ms = deadline.check(f"{request.method} {self._redactor.url(request.url)}") * 1000
        began = time.monotonic()
        try:
            answers = self._go(request, left_ms) if request.method == "GET" else self._post(request, left_ms)
            self._watch.settle(self._page)
            self._consent()
            self._note(answers[-1])
        except TooLate:
            raise TimedOut(f"the browser waited in vain for {self._redactor.url(request.url)}") from None
        except Error as error:
            raise self._why(request, error) from None
        first, *self._hops = [_timed(answer, time.monotonic() - began) for answer in answers]
        return first

    def by_hand(self, act: "Callable[[Page], object]", *, deadline: Deadline) -> Response:
        """Let a person act on the open page, wait until it is at rest, and return it as its scripts have made it.

        Raises:
            TargetAway, TimedOut, Garbage: as ``Http.send``; what else the act raises passes through.
        """
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra
        from playwright.sync_api import TimeoutError as TooLate  # noqa: PLC0415 - an extra

        left_ms = deadline.check("a person's act in the browser") * 1000
        self._led = []
        self._page.set_default_timeout(min(left_ms, SHOWS_MS))
        try:
            act(self._page)
            self._watch.settle(self._page)
            self._consent()
            answer = self._as_it_stands(self._led_to())
            self._note(answer)
        except TooLate:
            raise TimedOut(f"the browser waited in vain at {self._redactor.url(self._page.url)}") from None
        except Error as error:
            raise self._why(Request(method="GET", url=self._page.url), error) from None
        return answer

    def start_over(self) -> None:
        """Drop all cookies and what the page has stored, and leave it; what it sends on leaving is still noted."""
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        self._context.clear_cookies()
        with suppress(Error):  # a page that is on its way elsewhere has nothing to forget
            self._page.evaluate(FORGET, STORE)
        self._page.goto("about:blank")

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie, or None."""
        return next((each.get("value") for each in self._context.cookies() if each.get("name") == name), None)

    def forget(self) -> None:
        """Drop all cookies."""
        self._context.clear_cookies()

    def close(self) -> None:
        """Close the tab, letting the page say its farewells."""
        self._page.close()

    def _go(self, request: Request, left_ms: float) -> list[Response]:
        self._led = []
        # What pages link to is visited from them, so that a Referer goes along as it would for a person.
        here = self._page.url
        referer = here if _origin(here) == _origin(request.url) else None
        self._page.goto(request.url, wait_until="load", timeout=left_ms, referer=referer)
        return self._answers()

    def _post(self, request: Request, left_ms: float) -> list[Response]:
        from playwright.sync_api import TimeoutError as Stayed  # noqa: PLC0415 - an extra

        self._led, self._arrived = [], False
        pairs = _pairs(request)
        action = urldefrag(request.url).url
        try:
            with self._page.expect_request(
                lambda asked: asked.is_navigation_request() and asked.frame == self._page.main_frame,
                timeout=min(left_ms, _REACTS_MS),
            ):
                if not self._page.evaluate(FILL, [action, pairs]):
                    raise NotSet(f"the page shows no form that goes to {self._redactor.url(action)}")
        except Stayed:
            return [self._as_it_stands()]
        self._arrive(left_ms)
        return self._answers()

    def _arrive(self, left_ms: float) -> None:
        """Wait until the page that a form led to stands there; a navigation that failed leads nowhere."""
        from playwright.sync_api import TimeoutError as NotYet  # noqa: PLC0415 - an extra

        waited = 0
        while not self._arrived and waited < left_ms and self._led[-1].failure is None:
            try:
                self._page.wait_for_event("framenavigated", timeout=_GLANCE_MS)
            except NotYet:
                waited += _GLANCE_MS
        self._page.wait_for_load_state("load", timeout=left_ms)

    def _navigated(self, frame: "Frame") -> None:
        self._arrived = self._arrived or frame == self._page.main_frame

    def _leads(self, asked: "Asked") -> None:
        if asked.is_navigation_request() and asked.frame == self._page.main_frame:
            self._led.append(asked)

    def _answers(self) -> list[Response]:
        """Return the answers of the latest navigation, the redirects on its way first."""
        if not self._led:
            return [self._as_it_stands()]
        chain: list[Asked] = [self._led[-1]]
        while (before := chain[0].redirected_from) is not None:
            chain.insert(0, before)
        answers = []
        for asked in chain:
            answer = asked.response()
            if answer is None:
                break
            last = asked is chain[-1]
            if last:
                answer.finished()
            body = answer.body() if last and not answer.headers.get("location") else b""
            headers = tuple((each["name"], each["value"]) for each in answer.headers_array())
            answers.append(
                Response(
                    status=answer.status,
                    headers=headers,
                    body=body[:LONGEST_BODY],
                    url=asked.url,
                    elapsed_s=0.0,
                    truncated=len(body) > LONGEST_BODY,
                )
            )
        if not answers:
            raise TargetAway(f"{self._redactor.url(chain[0].url)} gave the browser no answer")
        return answers

    def _led_to(self) -> int:
        """Return the status of the page that was led to last; 200 where the page stayed, and its scripts drew anew."""
        answer = self._led[-1].response() if self._led else None
        return 200 if answer is None else answer.status

    def _as_it_stands(self, status: int = 200) -> Response:
        """Return the open page as its scripts have made it."""
        kind = ("Content-Type", "text/html; charset=utf-8")
        body = self._page.content().encode()
        return Response(status=status, headers=(kind,), body=body, url=self._page.url, elapsed_s=0.0)

    def _consent(self) -> None:
        if (
            self._accept
            and self._page.locator(self._accept).count()
            and self._page.locator(self._accept).first.is_visible()
        ):
            self._page.locator(self._accept).first.click()
            self._watch.settle(self._page)

    def _note(self, answer: Response) -> None:
        title = self._redactor.text(self._page.title())[:120]
        path = urlsplit(self._page.url).path
        visited = Visited(step=self._watch.step, path=path, status=answer.status, title=title)
        if self.visited[-1:] != [visited]:
            self.visited.append(visited)

    def _why(self, request: Request, error: "Error") -> LookFailed:
        reason = self._redactor.text(error.message.splitlines()[0])
        where = self._redactor.url(request.url)
        if "ERR_INVALID" in reason or "ERR_EMPTY_RESPONSE" in reason:
            return Garbage(f"{where}: {reason}")
        return TargetAway(f"the browser could not get {where}: {reason}")


def _pairs(request: Request) -> list[tuple[str, str]]:
    kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    if kind.startswith(URLENCODED) or not request.body:
        return parse_qsl((request.body or b"").decode("utf-8", "replace"), keep_blank_values=True)
    if kind.startswith(MULTIPART):
        return list(_parts(request.body, kind))
    raise NotSet(
        "the adapter speaks to an interface, not to pages and forms: a browser cannot walk its journeys; describe pages"
    )


def _parts(body: bytes, kind: str) -> Iterable[tuple[str, str]]:
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in message.get_payload():
        payload: Any = part.get_payload(decode=True)  # type: ignore[union-attr]
        yield str(part.get_param("name", "", "content-disposition")), payload.decode("utf-8", "replace")  # type: ignore[union-attr]


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _same(left: str, right: str) -> bool:
    return urldefrag(left).url == urldefrag(right).url


def _timed(answer: Response, elapsed_s: float) -> Response:
    return Response(
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        url=answer.url,
        elapsed_s=elapsed_s,
        truncated=answer.truncated,
    )
