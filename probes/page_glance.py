"""Is there anything to read on a page? A glance at its markup, for pages that nobody wants anything else of. Pure.

Parsing a page takes ten times as long. The glance says yes only where it is sure: the first text of the body stands in
plain elements that nothing hides. Where it says nothing, the page must be parsed.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import Final

_BODY: Final = re.compile(r"<body(?=[\s>])", re.IGNORECASE)
_PLAIN: Final = (
    "a|abbr|article|aside|b|big|blockquote|body|center|cite|code|dd|div|dl|dt|em|figcaption|figure|footer|h1|h2|h3|h4|"
    "h5|h6|header|i|li|main|nav|ol|p|pre|q|s|section|small|span|strong|sub|sup|u|ul"
)
_QUIET: Final = r"""\s+(?:class|id|lang|role|href|title|rel|data-[\w-]+)(?:="[^"<>]*"|='[^'<>]*')?"""
_TAG: Final = re.compile(rf"<(?:{_PLAIN})(?:{_QUIET})*\s*>|</(?:{_PLAIN})>", re.IGNORECASE)
_TEXT: Final = re.compile(r"[^<&]*")
_HTML: Final = re.compile(rf"<html(?:{_QUIET})*\s*>")
_NAME: Final = re.compile(r"<([^\s>]+)")
_SWALLOWING: Final = ("script", "style", "title")
"""Elements of a head that may hold what looks like a body and is none."""
_HEAD: Final = frozenset(
    {"!doctype", "html", "head", "/head", "meta", "link", "base", *_SWALLOWING, *(f"/{name}" for name in _SWALLOWING)}
)


def surely_shows_text(html: str) -> bool:
    """Tell whether a page certainly has visible text; False says that it must be parsed to know."""
    body = _BODY.search(html)
    if body is None or not _in_the_open(html[: body.start()]):
        return False
    at = body.start()
    while (tag := _TAG.match(html, at)) is not None:
        text = _TEXT.match(html, tag.end())
        assert text is not None
        if text[0].strip() and not _unreadable(text[0]):
            return True
        at = text.end()
    return False


@lru_cache(maxsize=32)
def _in_the_open(before: str) -> bool:
    """Tell whether what stands before a body is a head, whole and without tricks; pages of one shop share it."""
    before = before.lower()
    opened = Counter(_NAME.findall(before))
    if not opened.keys() <= _HEAD or ("html" in opened and _HTML.search(before) is None):
        return False
    return all(opened[name] == opened[f"/{name}"] for name in _SWALLOWING)


def _unreadable(text: str) -> bool:
    """Tell whether there is anything in a text that the parser may drop: control characters, halves of pairs."""
    return any((ord(letter) < ord(" ") and not letter.isspace()) or "\ud800" <= letter <= "\udfff" for letter in text)
