"""``auth.cookies``: how the session is carried, and what stands in URLs and answers that must stand nowhere.

Subject: ``buyer_a`` (reads and logs in rightly, nothing else). Data::

    {"carried_by": [name of a cookie, or "bearer token"],
     "cookies": [{"name", "secure": bool, "httponly": bool, "samesite": text|null, "over_tls": bool, "request": line}],
     "answers": int, "urls": int,                               how many were looked through
     "read": [verb], "unread": [verb],                          of one's own: what opened, and what did not
     "in_urls": [{"what", "where", "request"}], "in_answers": [{"what", "where", "request"}]}

``cookies`` are those that make the session, found by leaving them out one by one; each as it was set last;
``over_tls`` tells whether the shop's own entry is https. The walk: log in, and read everything of one's own that the
adapter describes. ``what`` is ``password``, ``session id (NAME)``,
``bearer token`` or the kind of a password hash; ``where`` a path. A token stands rightly in the answer of the log-in
that gives it out, in no other. A log-in form in clear is ``web.plain``'s to see, and told under SBT-3.1.3-confidential.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from probes.auth.entering import Visit, deciding, opened, visit
from probes.auth.keeping import BEARER, Cookie, cookie_set, ended
from probes.auth.leaks import hashes_in, once, secrets_in, secrets_in_url
from probes.cast import account
from probes.errors import Garbage
from probes.look import Look, Probe, Seen
from probes.redaction import SHORTEST_SECRET
from probes.shop.answer import Answer
from probes.shop.outcome import Done
from probes.target import Target
from probes.transports.port import Request, Response

ROLE = "buyer_a"
_READING = ("home", "who_am_i", "read_profile", "list_addresses", "list_orders", "read_cart")
_PAGES = ("account", "orders", "cart")


class _Notes:
    """What went over the wire, in memory only: it holds what nobody else may see."""

    def __init__(self, given: Look) -> None:
        self.exchanges: list[tuple[Request, Response]] = []
        self._given = given

    def witness(self, request: Request, response: Response) -> None:
        """Keep one exchange."""
        self.exchanges.append((request, response))

    def line(self, request: Request, response: Response) -> str:
        """Return how to repeat an exchange, without what is secret in it."""
        return f"{ROLE}: {request.method} {self._given.redactor.url(request.url)} -> {response.status}"

    def set_last(self, name: str) -> tuple[Cookie, str] | None:
        """Return a cookie as it was set last, and the request that set it."""
        for request, response in reversed(self.exchanges):
            for header, value in reversed(response.headers):
                found = cookie_set(request.url, value) if header.lower() == "set-cookie" else None
                if found is not None and found.name == name and not ended(found):
                    return found, self.line(request, response)
        return None


def look(given: Look) -> Seen:
    """Log in, find the cookies that matter, walk through one's own pages, and look through all that came."""
    who, notes = account(given, ROLE), _Notes(given)
    coming = visit(given, ROLE, witness=notes.witness)
    try:
        opened(who, coming)
        logged_in = len(notes.exchanges)
        credentials = coming.credentials()
        carriers = deciding(given, who, credentials)
        secrets = {"password": who.password}
        secrets |= {f"session id ({name})": value for name in carriers.cookies if (value := credentials.value(name))}
        secrets |= {BEARER: credentials.token} if credentials.token else {}
        for secret in secrets.values():
            if len(secret) >= SHORTEST_SECRET:
                given.redactor.add(secret)
        read = _read_on(given, coming)
    finally:
        coming.session.close()
    return Seen(
        data={
            "carried_by": list(carriers.names),
            "cookies": [
                _told(given, *found) for name in carriers.cookies if (found := notes.set_last(name)) is not None
            ],
            "answers": len(notes.exchanges),
            "urls": len(notes.exchanges),
            "read": [verb for verb, came in read.items() if came],
            "unread": [verb for verb, came in read.items() if not came],
            "in_urls": once(_in_urls(notes, secrets)),
            "in_answers": once(_in_answers(notes, secrets, logged_in)),
        }
    )


def _read_on(given: Look, coming: Visit) -> dict[str, bool]:
    """Read what is one's own, as far as the adapter describes it; return by verb whether it could be read."""
    described = [verb for verb in _READING if coming.session.can(verb)]
    read = {verb: isinstance(coming.session.do(verb), Done) for verb in described}
    for name in _PAGES:
        for path in given.scene.shop.page_list(name):
            coming.session.visit(path)
    return read


def _told(given: Look, cookie: Cookie, line: str) -> dict[str, Any]:
    return {
        "name": cookie.name,
        "secure": cookie.attribute("secure") is not None,
        "httponly": cookie.attribute("httponly") is not None,
        "samesite": cookie.attribute("samesite"),
        "over_tls": given.target.platform.base_url.lower().startswith("https:"),
        "request": line,
    }


def _in_urls(notes: _Notes, secrets: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for request, response in notes.exchanges:
        line = notes.line(request, response)
        for url in (request.url, response.header("location") or ""):
            for what in secrets_in_url(url, secrets):
                yield what, _path(url), line


def _in_answers(notes: _Notes, secrets: dict[str, str], logged_in: int) -> Iterator[tuple[str, str, str]]:
    for number, (request, response) in enumerate(notes.exchanges):
        body, line, where = Answer(response).body, notes.line(request, response), _path(request.url)
        given_out = {BEARER} if number < logged_in else set()
        found = [*hashes_in(body), *(name for name in secrets_in(body, secrets) if name not in given_out)]
        for what in found:
            yield what, where, line


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.partition(";")[0]
    except ValueError as error:  # a Location that is no URL
        raise Garbage("a redirect leads to what is no address of a page") from error


def subjects(target: Target) -> tuple[str, ...]:
    """One look, as the first buyer."""
    return (ROLE,) if target.platform.adapter else ()


PROBE = Probe(
    name="auth.cookies",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.register",),
    exclusive=frozenset({"account:buyer_a"}),
)
