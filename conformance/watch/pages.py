"""What a careful examiner wants of a page, beside its status: something to read, and no apology. Pure."""

import hashlib
import json
import re
from typing import Any, Final

from probes import page
from probes.transports.port import Response

LONGEST_WHY: Final = 160
_SOUND = range(200, 300)
_LITTLE_TEXT: Final = 1_500
"""A page with more to read than this is no error page, whatever words its headings use."""

_APOLOGY: Final = re.compile(
    r"\b(?:4\d\d|5\d\d)\b.{0,4}(?:error|not found|forbidden|bad gateway|unavailable|gateway time-?out|internal)"
    r"|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|page not found"
    r"|application error|(?:something|an error) (?:went wrong|has occurred|occurred)|under maintenance|we'll be back"
    r"|服务器(?:内部)?错误|系统(?:繁忙|错误|维护|升级)|服务(?:暂时)?不可用|页面(?:不存在|未找到|出错)|网站维护|停机维护|稍后再试",
    re.IGNORECASE,
)
_MOST_KNOWN: Final = 512
_HTML: Final = re.compile(r"html|^$", re.IGNORECASE)


class Seen:
    """Remembers by digest what was said of an answer: a page that has not changed is not read again each second."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._known: dict[tuple[int, str | None, bytes, str], str | None] = {}

    def why_not_sound(self, response: Response, shows: re.Pattern[str] | None = None) -> str | None:
        """Return what ``why_not_sound`` says; safe to call from many threads."""
        body = hashlib.sha256(response.body).digest()
        key = (response.status, response.header("content-type"), body, shows.pattern if shows else "")
        known = self._known.get(key, "?")
        if known != "?":
            return known
        told = why_not_sound(response, shows)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = told
        return told


def why_not_sound(response: Response, shows: re.Pattern[str] | None = None) -> str | None:
    """Return in a few words why an answer is no working page; None where it is one.

    A page must have visible text, which matches ``shows`` where that is given, and must not be an error page that
    came with a good status. JSON must be JSON, and not empty; anything else must have a body.
    """
    if response.status not in _SOUND:
        return f"answered {response.status}"
    if not response.body.strip():
        return "an empty page"
    kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
    text, _ = page.decode(response.body, response.header("content-type"))
    if _HTML.search(kind):
        return _why_no_page(text, shows)
    if "json" in kind and not response.truncated and (fault := _why_no_json(text)):
        return fault
    return _why_not_shown(text, shows)


def _why_no_page(html: str, shows: re.Pattern[str] | None) -> str | None:
    document = page.parse(html)
    visible = page.first_text(document, _LITTLE_TEXT)
    if not visible and not page.image_texts(document):
        return "a page without visible text"
    if len(visible) < _LITTLE_TEXT:
        heads = [page.title(document), *(text for level, text in page.headings(document) if level == 1)]
        spoken = next((head for head in (*heads, visible[:200]) if _APOLOGY.search(head)), None)
        if spoken is not None:
            return f"an error page: {spoken}"[:LONGEST_WHY]
    return None if shows is None else _why_not_shown(page.visible_text(document), shows)


def _why_not_shown(text: str, shows: re.Pattern[str] | None) -> str | None:
    return None if shows is None or shows.search(text) else f"the page does not show {shows.pattern!r}"[:LONGEST_WHY]


def _why_no_json(text: str) -> str | None:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return "an answer that is no JSON"
    return "an empty answer" if value in ({}, [], None, "") else None
