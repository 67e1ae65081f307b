"""``web.qualification``: which pages, at most two clicks from home and without login, publish the qualifications.

Subject: ``home``. Data::

    {"home_ok": bool, "home_status": int,
     "pages": [page ...],             every page asked for, in order; page =
        {"url", "asked_url", "depth": 0|1|2, "via": text of the link, "via_image": bool,
         "status": int|null, "error": str|null, "title", "headings": [str], "visible_length": int,
         "qualification_words": [str],  in title, headings, text
         "licence_numbers": [str], "images": [alt ...]}      pictures whose text speaks of qualifications
     "candidates": [candidate ...],   dedicated pages, the best first; candidate =
        {"url", "asked_url",            they differ after a redirect (to the log-in page, say)
         "depth", "via", "status", "title", "heading", "named_by": ["title"|"heading"|"link"],
         "titled": bool,                by its own title or heading, not by the link alone
         "words": [str],                those of title, heading and link;
         "words_in_text": [str], "asks_password": bool,
         "licence_numbers": [str],      all that follow but the wrong ones
         "credit_codes": [str], "wrong_credit_codes": [str], "icp_numbers": [str], "registration_numbers": [str],
         "images": [alt ...], "visible_length": int, "excerpt": str}
     "declared": null | {"url", "reached_by_clicks": bool, "depth": int|null, "status": int|null, "error": str|null},
     "matching_links_left": int, "links_left": int,    known and not asked for
     "links_alike": int,              passed over: enough pages alike (same folder, say products) were asked for
     "exhausted": bool,               every other page within two clicks was asked for
     "stopped": null|"pages"|"time"|"throttled"}       what ended the crawl before that

A page is *dedicated* where its title, its main heading or the text of the link to it holds a word of
``probes.licences.WORDS``; the home page never is. Links whose text holds such a word are asked for first.
Attachment: the visible text of the best candidate, redacted.
"""

import heapq
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from probes.errors import Garbage, LookFailed, NotPermitted, Throttled, TimedOut
from probes.licences import Numbers, words_in
from probes.look import Look, Probe, Seen
from probes.page import Link, decode, forms, headings, image_texts, parse, title, visible_links, visible_text
from probes.target import Target
from probes.transports.patient import ask
from probes.transports.port import Http, Request, Response

MOST_CLICKS = 2
MOST_PAGES = 40
_MOST_REDIRECTS = 5
_MOST_LINKS = 2000
_ENOUGH_NUMBERED = 3
_ENOUGH_NAMED = 15
_LONGEST = 200
_EXCERPT = 1500
_ATTACHED = 200_000
_RESERVE_S = 2.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACTS = re.compile(r"/(?:log|sign)[-_]?out|/(?:add|remove|delete|buy|vote|unsubscribe)(?:[/?_-]|$)", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|ico|css|js|zip|rar|apk|exe|mp4|xml|txt|json|docx?|xlsx?)$", re.IGNORECASE
)


@dataclass(order=True, slots=True)
class _Stop:
    """A link waiting to be clicked; the heap gives those that speak of qualifications first, then the nearer ones."""

    unnamed: bool
    depth: int
    order: int
    url: str = field(compare=False)
    via: str = field(compare=False)
    via_image: bool = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A page that was asked for."""

    stop: _Stop
    url: str
    status: int | None
    error: str | None
    title: str = ""
    headings: tuple[tuple[int, str], ...] = ()
    text: str = ""
    images: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    asks_password: bool = False

    @property
    def heading(self) -> str:
        """The main heading: the first of the highest rank."""
        return min(self.headings, key=lambda each: each[0])[1] if self.headings else ""

    @property
    def ok(self) -> bool:
        return self.status is not None and self.status // 100 == 2 and bool(self.text)  # noqa: PLR2004 - success


def subjects(_: Target) -> tuple[str, ...]:
    """Return the one subject: the home page, from which the clicks are counted."""
    return ("home",)


def look(given: Look) -> Seen:
    """Click through the site, the promising links first."""
    session = given.http()
    try:
        crawl = _Crawl(given, session)
        home = crawl.visit(_Stop(unnamed=True, depth=0, order=0, url=given.target.url("/"), via="", via_image=False))
        crawl.run(home)
        declared = crawl.declared()
    finally:
        session.close()
    named = [(visit, _named_by(visit, home)) for visit in crawl.visits[1:]]
    candidates = sorted((each for each in named if each[1]), key=lambda each: _promise(*each), reverse=True)
    data = {
        "home_ok": home.ok,
        "home_status": home.status,
        "pages": [_page(given, visit) for visit in crawl.visits],
        "candidates": [_candidate(given, visit, named_by) for visit, named_by in candidates],
        "declared": declared,
        "matching_links_left": sum(not stop.unnamed for stop in crawl.waiting),
        "links_left": len(crawl.waiting),
        "links_alike": crawl.passed_over,
        "exhausted": crawl.stopped is None,
        "stopped": crawl.stopped,
    }
    best = given.redactor.text(candidates[0][0].text)[:_ATTACHED] if candidates else ""
    return Seen(data=data, attachments=(best.encode(),) if best else ())


class _Crawl:
    """The state of one crawl: what waits, what was seen, what was visited."""

    def __init__(self, given: Look, session: Http) -> None:
        self._given = given
        self._session = session
        self._hosts = {_host(given.target.platform.base_url)}
        self._depths: dict[str, int] = {}
        self._paths: set[str] = set()
        self._alike: Counter[str] = Counter()
        self.passed_over = 0
        self.waiting: list[_Stop] = []
        self.visits: list[_Visit] = []
        self.stopped: str | None = None

    def run(self, home: _Visit) -> None:
        """Visit what waits until nothing does, or a bound is met."""
        self._hosts.add(_host(home.url))
        self._note(home)
        while self.waiting:
            if len(self.visits) >= MOST_PAGES:
                self.stopped = "pages"
                return
            if self._given.deadline.remaining_s() < _RESERVE_S:
                self.stopped = "time"
                return
            try:
                visit = self.visit(heapq.heappop(self.waiting))
            except Throttled:
                self.stopped = "throttled"
                return
            if visit.stop.depth < MOST_CLICKS:
                self._note(visit)

    def visit(self, stop: _Stop) -> _Visit:
        """Ask for a page, following redirects on the site; only the home page's failure is the look's failure."""
        self._depths.setdefault(_key(stop.url), stop.depth)
        try:
            visit = _read(stop, self._ask(stop.url))
        except LookFailed as failed:
            if stop.depth == 0 or isinstance(failed, Throttled):
                raise
            visit = _Visit(stop=stop, url=stop.url, status=None, error=failed.detail)
        self.visits.append(visit)
        return visit

    def declared(self) -> dict[str, Any] | None:
        """Return what became of the page that the target file names; it is asked for where no click led there."""
        path = self._given.target.shop.qualification_page
        if path is None:
            return None
        url = self._given.target.url(path)
        found = {"url": self._given.redactor.url(url), "reached_by_clicks": _key(url) in self._depths}
        found["depth"] = self._depths.get(_key(url))
        known = next((visit for visit in self.visits if _key(url) in {_key(visit.stop.url), _key(visit.url)}), None)
        if known is not None:
            return found | {"status": known.status, "error": known.error}
        try:
            return found | {"status": self._ask(url).status, "error": None}
        except LookFailed as failed:
            return found | {"status": None, "error": failed.detail}

    def _ask(self, url: str) -> Response:
        for _ in range(1 + _MOST_REDIRECTS):
            response = self._send(url)
            location = response.header("location")
            if response.status not in _REDIRECTS or not location:
                return response
            try:
                url = urljoin(response.url, location)
            except ValueError:
                raise NotPermitted(f"a redirect to what is no address: {location[:_LONGEST]}") from None
        raise TimedOut(f"{self._given.redactor.url(url)}: more than {_MOST_REDIRECTS} redirects")

    def _send(self, url: str) -> Response:
        request = Request(method="GET", url=url)
        return ask(self._session, request, deadline=self._given.deadline, clock=self._given.clock)

    def _note(self, visit: _Visit) -> None:
        declared = self._given.target.shop.qualification_page
        wanted = _key(self._given.target.url(declared)) if declared else None
        for link in visit.links[:_MOST_LINKS]:
            named = bool(words_in(link.text or link.image_alt or "")) or _key(link.url) == wanted
            if _key(link.url) in self._depths or not self._worth_a_click(link.url, named=named):
                continue
            depth = visit.stop.depth + 1
            self._depths[_key(link.url)] = depth
            via = link.text or link.image_alt or ""
            stop = _Stop(not named, depth, len(self._depths), link.url, via, via_image=not link.text)
            heapq.heappush(self.waiting, stop)

    def _worth_a_click(self, url: str, *, named: bool) -> bool:
        parts = urlsplit(url)
        if _host(url) not in self._hosts or not self._given.target.permits(url):
            return False
        if _ACTS.search(parts.path) or _NO_PAGE.search(parts.path):
            return False
        # Sorted and paged views of one list are one page, unless the link says more.
        fresh = parts.path not in self._paths
        self._paths.add(parts.path)
        return named or (fresh and not self._enough_alike(parts.path))

    def _enough_alike(self, path: str) -> bool:
        folder, _, last = path.rstrip("/").rpartition("/")
        numbered = bool(re.search(r"\d", last))
        kind = f"{folder}/#" if numbered else folder
        self._alike[kind] += 1
        enough = self._alike[kind] > (_ENOUGH_NUMBERED if numbered else _ENOUGH_NAMED)
        self.passed_over += enough
        return enough


def _read(stop: _Stop, response: Response) -> _Visit:
    kind = (response.header("content-type") or "text/html").lower()
    if "html" not in kind:
        return _Visit(stop=stop, url=response.url, status=response.status, error=None)
    if response.truncated:
        raise Garbage("the page is longer than [limits] body_bytes allows to be read")
    page = parse(decode(response.body, kind)[0])
    return _Visit(
        stop=stop,
        url=response.url,
        status=response.status,
        error=None,
        title=title(page),
        headings=headings(page),
        text=visible_text(page),
        images=tuple(alt for alt in image_texts(page) if words_in(alt)),
        links=visible_links(page, response.url) if response.status < 400 else (),  # noqa: PLR2004 - where the failures begin
        asks_password=any(each.kind == "password" for form in forms(page, response.url) for each in form.fields),
    )


def _named_by(visit: _Visit, home: _Visit) -> list[str]:
    """Return where a page is called one of qualifications; what stands on the home page too is the site's own name."""
    named = {
        "title": set(words_in(visit.title)) - set(words_in(home.title)),
        "heading": set(words_in(visit.heading)) - set(words_in(home.heading)),
        "link": set(words_in(visit.stop.via)),
    }
    return [place for place, words in named.items() if words]


def _promise(visit: _Visit, named_by: list[str]) -> tuple[bool, bool, int, int]:
    return visit.ok, bool(Numbers(visit.text).all), len(named_by), -visit.stop.depth


def _page(given: Look, visit: _Visit) -> dict[str, Any]:
    said = "\n".join([visit.title, *(text for _, text in visit.headings), visit.text])
    return {
        "url": given.redactor.url(visit.url),
        "asked_url": given.redactor.url(visit.stop.url),
        "depth": visit.stop.depth,
        "via": visit.stop.via[:_LONGEST],
        "via_image": visit.stop.via_image,
        "status": visit.status,
        "error": visit.error,
        "title": visit.title[:_LONGEST],
        "headings": [text[:_LONGEST] for _, text in visit.headings[:20]],
        "visible_length": len(visit.text),
        "qualification_words": list(words_in(said)),
        "licence_numbers": list(Numbers(visit.text).all[:20]),
        "images": [alt[:_LONGEST] for alt in visit.images[:10]],
    }


def _candidate(given: Look, visit: _Visit, named_by: list[str]) -> dict[str, Any]:
    numbers = Numbers(visit.text)
    said = f"{visit.title}\n{visit.heading}\n{visit.stop.via}"
    return {
        "url": given.redactor.url(visit.url),
        "asked_url": given.redactor.url(visit.stop.url),
        "depth": visit.stop.depth,
        "via": visit.stop.via[:_LONGEST],
        "status": visit.status,
        "title": visit.title[:_LONGEST],
        "heading": visit.heading[:_LONGEST],
        "named_by": named_by,
        "titled": bool({"title", "heading"} & set(named_by)),
        "words": list(words_in(said)),
        "words_in_text": list(words_in(visit.text)),
        "asks_password": visit.asks_password,
        "licence_numbers": list(numbers.all[:20]),
        "credit_codes": list(numbers.credit_codes[:20]),
        "wrong_credit_codes": list(numbers.wrong_credit_codes[:20]),
        "icp_numbers": list(numbers.icp[:20]),
        "registration_numbers": list(numbers.registrations[:20]),
        "images": [alt[:_LONGEST] for alt in visit.images[:10]],
        "visible_length": len(visit.text),
        "excerpt": visit.text[:_EXCERPT],
    }


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _key(url: str) -> str:
    """Return what two spellings of one address have in common."""
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{(parts.hostname or '').lower()}{parts.path.rstrip('/') or '/'}?{query}"


PROBE = Probe(name="web.qualification", version="1", look=look, subjects=subjects, deadline_s=180.0)
