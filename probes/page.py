"""What a visitor can read on a page: visible text, visible links, headings, forms. Pure functions; any garbage parses.

*Visible* is judged by the markup alone (no style sheets, no scripts): ``hidden``, ``aria-hidden``, inline
``display:none``, and elements that are never shown count as invisible.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree

from probes.charset import decode

__all__ = ["Field", "Form", "Link", "decode", "forms", "headings", "parse", "title", "visible_links", "visible_text"]

Page: TypeAlias = Any
"""HTML text, or an lxml element that ``parse`` returned or that was found in one."""

_NEVER_SHOWN = frozenset(
    {
        "script", "style", "template", "noscript", "head", "title", "meta", "link", "base", "iframe", "object", "audio",
        "video", "canvas", "svg", "datalist",
    }
)  # fmt: skip
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_BUTTONS = frozenset({"submit", "button", "reset"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_WEB = frozenset({"http", "https"})
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that a visitor can see: its text (of a picture without text: empty), the picture's text, the target."""

    text: str
    url: str
    image_alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form: its name and its kind (``text``, ``password``, ``hidden``, ``select``, ``textarea`` ...)."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: absolute action, method in lower case, named fields in order."""

    action: str
    method: str
    fields: tuple[Field, ...]


def parse(html: str) -> Page:
    """Return the root element of a page; an empty ``html`` element where there is nothing to parse."""
    clean = _NOT_IN_XML.sub(" ", html).encode("utf-8")
    # Not lxml.html: its elements know more than is asked of them here, and each costs a look-up in Python.
    parser = lxml.etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = lxml.etree.fromstring(clean, parser) if clean.strip() else None
    return lxml.etree.Element("html") if root is None else root  # None: nothing but comments and the like


def visible_text(page: Page) -> str:
    """Return the visible text of a page or an element, white space collapsed.

    Blocks are set apart by a space; inline elements are not, so a price split over two ``span`` stays one price.
    """
    return " ".join("".join(_pieces(_root(page))).split())


def leaf_text(element: Any) -> str | None:
    """Return the visible text of an element that holds nothing but text, as ``visible_text`` would; else None."""
    if len(element) or element.tag == "input":
        return None
    return "" if _hidden(element) else " ".join((element.text or "").split())


def first_text(page: Page, enough: int) -> str:
    """Return the beginning of the visible text: at least so many characters, where there are that many."""
    found: list[str] = []
    length = 0
    for piece in _pieces(_root(page)):
        found.append(piece)
        length += len(piece.strip())
        if length >= enough:
            break
    return " ".join("".join(found).split())


def visible_links(page: Page, base_url: str) -> tuple[Link, ...]:
    """Return the visible links to web addresses in the order of the page, without fragments.

    ``base_url`` is where the page came from; a ``base`` element of the page counts.
    """
    root = _root(page)
    base = _base(root, base_url)
    found: list[Link] = []
    for element in _shown(root):
        if element.tag in {"a", "area"} and element.get("href") is not None:
            url = _absolute(base, element.get("href"))
            if url is not None:
                found.append(_link(element, url))
    return tuple(found)


def title(page: Page) -> str:
    """Return the page's title, white space collapsed; empty where it has none."""
    found = _root(page).find(".//title")
    return "" if found is None else " ".join("".join(found.itertext()).split())


def headings(page: Page) -> tuple[tuple[int, str], ...]:
    """Return the visible headings as (level 1 to 6, text), without empty ones."""
    found = ((int(each.tag[1]), visible_text(each)) for each in _shown(_root(page)) if each.tag in _HEADINGS)
    return tuple((level, text) for level, text in found if text)


def image_texts(page: Page) -> tuple[str, ...]:
    """Return the alternative texts of the visible pictures, without empty ones."""
    texts = (" ".join((each.get("alt") or "").split()) for each in _shown(_root(page)) if each.tag == "img")
    return tuple(text for text in texts if text)


def forms(page: Page, base_url: str) -> tuple[Form, ...]:
    """Return the visible forms of a page."""
    root = _root(page)
    base = _base(root, base_url)
    return tuple(
        Form(
            action=_absolute(base, each.get("action") or base_url) or base_url,
            method=(each.get("method") or "get").strip().lower(),
            fields=tuple(_fields(each)),
        )
        for each in _shown(root)
        if each.tag == "form"
    )


def _root(page: Page) -> Any:
    return parse(page) if isinstance(page, str) else page


def _hidden(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NEVER_SHOWN:  # comments and the like have no text tag
        return True
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    if element.tag == "dialog" and element.get("open") is None:
        return True
    if element.tag == "input" and (element.get("type") or "").strip().lower() == "hidden":
        return True
    return bool(_HIDING_STYLE.search(element.get("style") or ""))


def _shown(root: Any) -> Iterator[Any]:
    """Yield the visible elements in document order (a stack, not recursion: pages nest as deep as they like)."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not _hidden(element):
            yield element
            waiting.extend(reversed(element))


def _pieces(root: Any) -> Iterator[str]:
    # A stack of elements and of texts that come after them.
    waiting: list[Any] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        if _hidden(item):
            continue
        edge = "" if item.tag in _INLINE else " "
        yield edge + (item.text or "") + _button_text(item)
        waiting.append(edge)
        for child in reversed(item):
            if child.tail:
                waiting.append(child.tail)
            waiting.append(child)


def _button_text(element: Any) -> str:
    if element.tag == "input" and (element.get("type") or "").lower() in _BUTTONS:
        return f" {element.get('value') or ''} "
    return ""


def _base(root: Any, base_url: str) -> str:
    declared = root.find(".//base[@href]")
    return base_url if declared is None else _absolute(base_url, declared.get("href")) or base_url


def _absolute(base: str, href: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        parts = urlsplit(url)
        usable = parts.scheme in _WEB and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        return None
    return url if usable else None


def _link(element: Any, url: str) -> Link:
    text = visible_text(element)
    if text:
        return Link(text=text, url=url)
    alternatives = image_texts(element) or ((element.get("alt") or "").strip(),)
    return Link(text="", url=url, image_alt=" ".join(alternatives))


def _fields(form: Any) -> Iterator[Field]:
    for control in form.iter("input", "select", "textarea", "button"):
        if control.get("name"):
            kind = control.get("type") or "text" if control.tag == "input" else control.tag
            yield Field(name=control.get("name"), kind=kind.strip().lower())
