"""``web.plain``: what the plain http entry does with the pages that carry personal data, and HSTS of the secure one.

Subject: ``entry``. The paths are the home page and those that the shop's adapter calls sensitive. Data::

    {"plain_url", "secure_url": str|null,
     "pages": [{"path", "plain_url", "connected": bool, "detail": str|null,
                "error": null|"refused"|"away"|"timeout"|"garbage"|"network"|"not-tried",
                "status": int|null, "location": str|null,        of the first answer over http
                "redirects_to_https_same_host": bool,   a chain of redirects led to https on the host of either entry
                "served_form": bool,                    a form for personal data, or any page with text, came in clear
                "form_fields": [name ...],              the personal fields of forms that came in clear
                "visible_length": int,                  of what came in clear
                "final": null | {"url", "status": int|null, "ok": bool, "error": str|null},  at the end of the chain
                "hsts": str|null, "hsts_max_age_s": int|null}],   of the first answer over https in the chain
     "secure": {"connected": bool, "status": int|null, "error": str|null},     GET / of the base URL, where it is https
     "hsts": str|null, "hsts_max_age_s": int|null}

Redirects are followed on listed hosts only, five at most; one off the list stands in ``final`` with its error. Being
throttled is waited out or fails the look: it is nothing that a page did.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from probes.clock import Deadline
from probes.errors import Garbage, LookFailed, NetworkDown, NotPermitted, TargetAway, Throttled, TimedOut
from probes.look import Look, Probe, Seen
from probes.page import decode, forms, parse, visible_text
from probes.target import Target
from probes.transports.dial import Refused
from probes.transports.patient import ask
from probes.transports.port import Http, Request, Response

_HSTS = "Strict-Transport-Security"
_MOST_REDIRECTS = 5
_ONE_PAGE_S = 15.0
_ENOUGH_FAILURES = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERSONAL_KINDS = frozenset({"password", "email", "tel"})
_PERSONAL_NAME = re.compile(
    r"passw|user|login|mail|phone|mobile|\btel|name|address|addr|postcode|zip|card|idno|birth|密码|姓名|手机|电话|地址|邮箱",
    re.IGNORECASE,
)
_ERRORS: tuple[tuple[type[LookFailed], str], ...] = (
    (Refused, "refused"),
    (TimedOut, "timeout"),
    (Garbage, "garbage"),
    (NetworkDown, "network"),
    (NotPermitted, "not-permitted"),
    (TargetAway, "away"),
)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The answers to a path, from the first one over http to the last, and what ended the walk early."""

    answers: tuple[Response, ...]
    failed: LookFailed | None
    failed_at: str | None


def subjects(_: Target) -> tuple[str, ...]:
    """Return the one subject: the entry to the site."""
    return ("entry",)


def look(given: Look) -> Seen:
    """Ask for the home page and each sensitive page over http, and follow where it leads."""
    paths = tuple(dict.fromkeys(["/", *given.scene.shop.sensitive_paths]))
    session = given.http()
    try:
        secure, failed, hsts = _secure(given, session)
        walks = list(_walks(given, session, paths))
    finally:
        session.close()
    if failed is not None and not any(walk.answers for _, walk in walks):
        raise failed
    pages = [_page(given, path, walk) for path, walk in walks]
    pages += [_not_tried(given, path) for path in paths[len(walks) :]]
    data = {
        "plain_url": given.redactor.url(given.target.platform.plain_url),
        "secure_url": given.redactor.url(base) if _is_https(base := given.target.platform.base_url) else None,
        "pages": pages,
        "secure": secure,
        "hsts": hsts,
        "hsts_max_age_s": hsts_max_age_s(hsts),
    }
    return Seen(data=data)


def hsts_max_age_s(header: str | None) -> int | None:
    """Return ``max-age`` of a Strict-Transport-Security header (RFC 6797), in seconds; None where there is none."""
    found = re.search(r"(?:^|;)\s*max-age\s*=\s*\"?(\d+)\"?\s*(?:;|$)", header or "", re.IGNORECASE)
    return int(found[1]) if found else None


def _secure(given: Look, session: Http) -> tuple[dict[str, Any], LookFailed | None, str | None]:
    url = given.target.url("/")
    if not _is_https(url):
        failed: LookFailed = TargetAway("the plain entry takes no connection, and the target declares no https entry")
        return {"connected": False, "status": None, "error": "the base URL is not https"}, failed, None
    try:
        response = ask(session, Request(method="GET", url=url), deadline=_for_one(given), clock=given.clock)
    except Throttled:
        raise
    except LookFailed as error:
        return {"connected": False, "status": None, "error": error.detail}, error, None
    found = {"connected": True, "status": response.status, "error": None}
    return found, None, response.header(_HSTS)


def _walks(given: Look, session: Http, paths: Iterable[str]) -> Iterable[tuple[str, _Walk]]:
    """Walk path by path; a plain entry that failed twice from the start is not waited for again."""
    failures = 0
    for path in paths:
        walk = _walk(given, session, _plain(given, path))
        failures = failures + 1 if not walk.answers else 0
        yield path, walk
        if failures >= _ENOUGH_FAILURES:
            return


def _walk(given: Look, session: Http, url: str) -> _Walk:
    answers: list[Response] = []
    deadline = _for_one(given)
    for _ in range(1 + _MOST_REDIRECTS):
        session.forget()  # each page is asked for by a visitor who was never here
        try:
            response = ask(session, Request(method="GET", url=url), deadline=deadline, clock=given.clock)
        except Throttled:
            raise
        except LookFailed as failed:
            return _Walk(tuple(answers), failed, url)
        answers.append(response)
        location = response.header("location")
        if response.status not in _REDIRECTS or not location:
            break
        try:
            url = urljoin(response.url, location)
        except ValueError:
            return _Walk(tuple(answers), Garbage(f"a redirect to what is no address: {location[:100]}"), location)
    return _Walk(tuple(answers), None, None)


def _page(given: Look, path: str, walk: _Walk) -> dict[str, Any]:
    if not walk.answers:
        failed = walk.failed
        return _not_tried(given, path) | {"error": _code(failed), "detail": failed.detail if failed else None}
    first = walk.answers[0]
    location = first.header("location")
    hsts = next((each.header(_HSTS) for each in walk.answers if _is_https(each.url)), None)
    in_clear = [_in_clear(answer) for answer in walk.answers if not _is_https(answer.url)]
    return {
        "path": path,
        "plain_url": given.redactor.url(_plain(given, path)),
        "connected": True,
        "error": None,
        "detail": None,
        "status": first.status,
        "location": given.redactor.url(location) if location else None,
        "redirects_to_https_same_host": any(_is_secure_entry(given.target, answer.url) for answer in walk.answers)
        or bool(walk.failed_at and _is_secure_entry(given.target, walk.failed_at)),
        "served_form": any(served for served, _, _ in in_clear),
        "form_fields": sorted({name for _, names, _ in in_clear for name in names}),
        "visible_length": max(length for _, _, length in in_clear),
        "final": _final(given, walk),
        "hsts": hsts,
        "hsts_max_age_s": hsts_max_age_s(hsts),
    }


def _in_clear(answer: Response) -> tuple[bool, tuple[str, ...], int]:
    """Return whether something came in clear that should not, the personal fields of its forms, its visible length."""
    kind = (answer.header("content-type") or "text/html").lower()
    if "html" not in kind or not answer.body.strip():
        return False, (), 0
    page = parse(decode(answer.body, kind)[0])
    personal = tuple(
        field.name
        for form in forms(page, answer.url)
        for field in form.fields
        if field.kind in _PERSONAL_KINDS or (field.kind in {"text", "textarea"} and _PERSONAL_NAME.search(field.name))
    )
    length = len(visible_text(page))
    return bool(personal) or (answer.status // 100 == 2 and length > 0), personal, length  # noqa: PLR2004 - success


def _final(given: Look, walk: _Walk) -> dict[str, Any] | None:
    if walk.failed is not None:
        url = given.redactor.url(walk.failed_at or "")
        return {"url": url, "status": None, "ok": False, "error": walk.failed.detail}
    last = walk.answers[-1]
    ok = last.status < 400 and last.status not in _REDIRECTS  # noqa: PLR2004 - where the failures begin
    error = "too many redirects" if last.status in _REDIRECTS else None
    return {"url": given.redactor.url(last.url), "status": last.status, "ok": ok, "error": error}


def _not_tried(given: Look, path: str) -> dict[str, Any]:
    return {
        "path": path,
        "plain_url": given.redactor.url(_plain(given, path)),
        "connected": False,
        "error": "not-tried",
        "detail": "the plain entry had failed twice already",
        "status": None,
        "location": None,
        "redirects_to_https_same_host": False,
        "served_form": False,
        "form_fields": [],
        "visible_length": 0,
        "final": None,
        "hsts": None,
        "hsts_max_age_s": None,
    }


def _plain(given: Look, path: str) -> str:
    return urljoin(given.target.platform.plain_url, path)


def _code(failed: LookFailed | None) -> str:
    return next((code for kind, code in _ERRORS if isinstance(failed, kind)), "away")


def _is_https(url: str) -> bool:
    return url.lower().startswith("https://")


def _is_secure_entry(target: Target, url: str) -> bool:
    hosts = {urlsplit(entry).hostname for entry in (target.platform.base_url, target.platform.plain_url)}
    try:
        return _is_https(url) and urlsplit(url).hostname in hosts
    except ValueError:
        return False


def _for_one(given: Look) -> Deadline:
    return given.deadline.sooner(_ONE_PAGE_S)


PROBE = Probe(name="web.plain", version="1", look=look, subjects=subjects, deadline_s=180.0)
