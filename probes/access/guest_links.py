"""Links that open without log-in, by a secret in their address: those that the target file declares, tried.

``[[guest_links]]`` names a ``pattern`` (a regular expression over a page's path and query, with the secret as the
group ``token``, or as the first group), a ``reason``, how long a link lives (``lifetime_h``) and, so that this can be
seen, an ``expired`` link which is over. A link of this run is found on the owner's own pages::

    {"pattern", "reason", "lifetime_h", "kind": str | null, "opens": bool, "words": [..], "guess": {...} | null,
     "status": int, "expired": {"tried": bool, "opens": bool, "status": int}, "request"}
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from probes.access.attempt import seen_in, strong
from probes.access.guessing import guessability
from probes.access.stage import Stage, Thing
from probes.errors import NotSet
from probes.shop.outcome import Done, Outcome
from probes.target import Target

_LINK = re.compile(r"""(?:href|action|content|value)\s*=\s*["']([^"'<>\s]+)["']|(https?://[^\s"'<>]+)""")
_MOST = 5
_OVER = re.compile(r"expired|no longer|not valid|invalid|too late|失效|过期|无效|不存在", re.IGNORECASE)
_AS_MUCH = 0.8
"""Of what the open link's page says: a page that says as much and that it is over besides has opened all the same."""


def try_links(stage: Stage, things: Iterable[Thing]) -> list[dict[str, Any]]:
    """Open a declared link of this run as a visitor, and the one that is said to be over."""
    declared = stage.look.target.declared("guest_links") or ()
    pages = [(thing, thing.ask(stage.session(thing.kind.owner))) for thing in things] if declared else []
    return [_tried(stage, entry, pages) for entry in declared]


def _tried(stage: Stage, entry: Mapping[str, Any], pages: list[tuple[Thing, Outcome]]) -> dict[str, Any]:
    pattern = _pattern(entry)
    links = [(thing, place) for thing, outcome in pages for place in _places(outcome) if pattern.search(place)]
    opened = stage.session("visitor").visit(links[0][1], follow=1) if links else None
    told: dict[str, Any] = {
        "pattern": str(entry["pattern"]),
        "reason": str(entry["reason"]),
        "lifetime_h": entry.get("lifetime_h"),
        "kind": None,
        "opens": False,
        "words": [],
        "guess": None,
        "status": 0,
        "request": "",
        "expired": _expired(stage, entry, opened),
    }
    if opened is None:
        return told
    tokens = [token for _, place in links[:_MOST] if (token := _token(pattern, place))]
    for token in tokens:
        stage.look.redactor.add(token)
    thing = links[0][0]
    last = opened.exchanges[-1] if opened.exchanges else None
    measured = guessability(tokens)
    return told | {
        "kind": thing.kind.name,
        "opens": isinstance(opened, Done),
        "words": seen_in(opened, strong((*thing.words, *thing.names))),
        "guess": None if measured is None else measured.evidence(),
        "status": last.status if last else 0,
        "request": stage.look.redactor.text(last.line("visitor")) if last else "",
    }


def _pattern(entry: Mapping[str, Any]) -> re.Pattern[str]:
    try:
        return re.compile(str(entry["pattern"]))
    except re.error as error:
        raise NotSet(f"[[guest_links]] pattern {entry['pattern']!r} is no regular expression: {error}") from error


def _expired(stage: Stage, entry: Mapping[str, Any], opened: Outcome | None) -> dict[str, Any]:
    """Open the link that is said to be over; a page that says so, and little else, has not opened."""
    place = entry.get("expired")
    if not place:
        return {"tried": False, "opens": False, "status": 0}
    outcome = stage.session("visitor").visit(str(place), follow=1)
    last = outcome.exchanges[-1] if outcome.exchanges else None
    text = last.text if last else ""
    full = opened.exchanges[-1].text if isinstance(opened, Done) else None
    says_so = _OVER.search(text) is not None and (full is None or len(text) < _AS_MUCH * len(full))
    return {"tried": True, "opens": isinstance(outcome, Done) and not says_so, "status": last.status if last else 0}


def not_by_link(target: Target, cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cells but those whose very request is a declared link: whoever has that may open it."""
    declared = [_pattern(entry) for entry in target.declared("guest_links") or ()]
    return [cell for cell in cells if not any(pattern.search(_asked(cell)) for pattern in declared)]


def _asked(cell: Mapping[str, Any]) -> str:
    """Return path and query of a cell's request line (``visitor: GET https://shop.example/a?b -> 200``)."""
    parts = urlsplit((*str(cell["request"]).split(), "", "", "")[2])
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _places(outcome: Outcome) -> list[str]:
    """Return the paths, with their queries, that stand in the pages of an outcome."""
    found: dict[str, None] = {}
    for exchange in outcome.exchanges:
        for one, other in _LINK.findall(exchange.body):
            parts = urlsplit(one or other)
            found[parts.path + (f"?{parts.query}" if parts.query else "")] = None
    return list(found)


def _token(pattern: re.Pattern[str], place: str) -> str:
    """Return the secret in a link: the group ``token``, else the first group, else all that the pattern matches."""
    match = pattern.search(place)
    if match is None:
        return ""
    named = match.groupdict().get("token")
    return named or (match.group(1) if match.groups() else match.group(0)) or ""
