"""Writing requests held back on their way out, and sent again by somebody else.

The owner goes through the shop's own journey up to the request that writes, which is held back: nothing of it reaches
the shop. Another session then sends that very request with its own proofs (cookies, bearer token, form token) in place
of the owner's, as an attacker would who knows what a request looks like. Forms that open to nobody else hide nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

from probes.clock import Deadline
from probes.shop.outcome import Exchange, Outcome
from probes.shop.selecting import css
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SHORTEST_TOKEN = 8
"""Characters below which a hidden field is no proof but a number or a switch."""

_HELD = 409
_BOUND = frozenset({"authorization", "cookie"})


class HoldingHttp(PassingHttp):
    """Passes on what reads, and holds back what writes; ``held`` are the requests that did not go out."""

    def __init__(self, inner: Http) -> None:
        """Wrap a session."""
        super().__init__(inner)
        self.held: list[Request] = []

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send a request that reads; answer one that writes with 409 and nothing in it; raises as the session does."""
        if not writes(request):
            return super().send(request, deadline=deadline)
        self.held.append(request)
        return Response(status=_HELD, headers=(), body=b"", url=request.url, elapsed_s=0.0)


def writes(request: Request) -> bool:
    """Tell whether a request may change anything; a GraphQL request does where it asks for a mutation."""
    if request.method.upper() in SAFE:
        return False
    return not re.match(rb'\s*\{\s*"query"\s*:\s*"\s*(?:query\b|\{)', request.body or b"")


def naming(held: Iterable[Request], name: str) -> Request | None:
    """Return the first request that names the object in its address or body; None where none does.

    What names nothing acts on whatever the sender has of the kind, and can harm nobody else.
    """
    last = name.rstrip("/").rpartition("/")[2]
    if not last:
        return None
    numbered = re.search(r"[0-9]+$", last) if "/" in name else None
    for request in held:
        body = (request.body or b"").decode("utf-8", "replace")
        texts = (request.url, unquote(request.url), body, unquote_plus(body))
        if any(_word(last).search(text) for text in texts):
            return request
        # ``/catalogue/tea_12/`` and ``/dashboard/products/12/`` are one article's pages.
        if numbered and numbered.group() in urlsplit(request.url).path.split("/"):
            return request
    return None


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])")


def hidden(outcome: Outcome | None) -> Mapping[str, str]:
    """Return the hidden fields of the pages of an outcome that are long enough to be a proof."""
    found: dict[str, str] = {}
    for exchange in outcome.exchanges if outcome else ():
        found |= _hidden(exchange)
    return found


def _hidden(exchange: Exchange) -> Mapping[str, str]:
    fields: Iterable[Any] = css("input[type='hidden'][name]", exchange.answer.document)
    pairs = ((str(field.get("name")), str(field.get("value") or "")) for field in fields)
    return {name: value for name, value in pairs if len(value) >= SHORTEST_TOKEN}


def as_another(
    held: Request, *, theirs: Mapping[str, str], own: Mapping[str, str], headers: tuple[tuple[str, str], ...]
) -> Request:
    """Return the held request as another session sends it.

    Args:
        held: the owner's request.
        theirs: the owner's proofs by name of their field.
        own: the other session's proofs by name of their field; what both have is exchanged.
        headers: the other session's proofs that travel in headers, in place of the owner's.
    """
    body = held.body
    for name, value in own.items():
        old = theirs.get(name)
        if body is None or not old or old == value:
            continue
        for spelt in (str, quote_plus, quote):
            body = body.replace(spelt(old).encode(), spelt(value).encode())
    dropped = _BOUND | {name.lower() for name, _ in headers}
    kept = tuple(pair for pair in held.headers if pair[0].lower() not in dropped)
    return replace(held, headers=(*kept, *headers), body=body)
