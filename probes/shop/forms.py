"""HTML forms as a browser would send them: which fields, in which order, encoded how. Pure.

Rules after the HTML standard, "Constructing the entry list": document order, disabled controls and unpressed buttons
left out, checked boxes and selected options only. Files are never sent.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from probes.canonical import Frozen
from probes.shop.answer import joined
from probes.shop.templates import shown

Pairs = tuple[tuple[str, str], ...]
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_BUTTONS = frozenset({"submit", "button", "image", "reset", "file"})
_TICKS = frozenset({"checkbox", "radio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a page: where it goes, how, with which preset fields; ``hidden`` names what a visitor can't see."""

    action: str
    method: str
    enctype: str
    preset: Pairs
    ticks: Mapping[str, str]
    hidden: frozenset[str]


def read_form(element: Any, page_url: str) -> Form:
    """Return what a form element would send.

    Args:
        element: the lxml ``form`` element.
        page_url: the URL of its page; the action is resolved against it, and is this where there is none.
    """
    controls = tuple(_controls(element))
    return Form(
        action=joined(page_url, (element.get("action") or "").strip() or page_url) or page_url,
        method="POST" if (element.get("method") or "").strip().lower() == "post" else "GET",
        enctype=MULTIPART if (element.get("enctype") or "").strip().lower() == MULTIPART else URLENCODED,
        preset=tuple(pair for control in controls for pair in _entries(control)),
        ticks={control.get("name"): control.get("value", "on") for control in controls if _kind(control) == "checkbox"},
        hidden=frozenset(control.get("name") for control in controls if _kind(control) in {"hidden", "password"}),
    )


def overlaid(form: Form, fields: Mapping[str, Frozen]) -> Pairs:
    """Return the form's preset fields with ``fields`` over them, in document order; new ones at the end.

    A list sends several values; ``true`` ticks a box (with the box's own value), ``false`` sends nothing.
    """
    sent: list[tuple[str, str]] = []
    placed: set[str] = set()
    for name, value in form.preset:
        if name not in fields:
            sent.append((name, value))
        elif name not in placed:
            placed.add(name)
            sent.extend(_pairs(name, fields[name], form.ticks))
    for name, chosen in fields.items():
        if name not in placed:
            sent.extend(_pairs(name, chosen, form.ticks))
    return tuple(sent)


def plain(fields: Mapping[str, Frozen]) -> Pairs:
    """Return fields without a form, by the same rules."""
    return tuple(pair for name, value in fields.items() for pair in _pairs(name, value, {}))


def visible_fields(form: Form) -> dict[str, str]:
    """Return the preset fields that a visitor can see, by name; of several values the last."""
    return {name: value for name, value in form.preset if name not in form.hidden}


def encode(pairs: Pairs, enctype: str, charset: str) -> tuple[bytes, str]:
    """Return body and Content-Type; characters that the page's character set lacks go as HTML references."""
    if enctype == MULTIPART:
        boundary = f"----duheng{secrets.token_hex(12)}"
        return _multipart(pairs, boundary, charset), f"{MULTIPART}; boundary={boundary}"
    return urlencode(pairs, encoding=charset, errors="xmlcharrefreplace").encode("ascii"), URLENCODED


def value_of(control: Any) -> str:
    """Return the current value of an input, select or textarea; the empty text where it has none."""
    if control.tag == "textarea":
        return _lines("".join(control.itertext()))
    if control.tag == "select":
        return next(iter(_selected(control)), "")
    return str(control.get("value") or "")


def _controls(form: Any) -> Iterable[Any]:
    own = form.get("id")
    for element in form.getroottree().iter("input", "select", "textarea"):
        belongs = element.get("form") == own if element.get("form") else form in element.iterancestors("form")
        if belongs and element.get("name") and not _disabled(element):
            yield element


def _disabled(element: Any) -> bool:
    return "disabled" in element.attrib or any(
        "disabled" in above.attrib for above in element.iterancestors("fieldset")
    )


def _kind(control: Any) -> str:
    return str(control.get("type") or "text").strip().lower() if control.tag == "input" else str(control.tag)


def _entries(control: Any) -> Pairs:
    name, kind = control.get("name"), _kind(control)
    if kind in _BUTTONS or (kind in _TICKS and "checked" not in control.attrib):
        return ()
    if kind in _TICKS:
        return ((name, control.get("value", "on")),)
    if kind == "select":
        return tuple((name, value) for value in _selected(control))
    return ((name, value_of(control)),)


def _selected(select: Any) -> tuple[str, ...]:
    options = tuple(option for option in select.iter("option") if "disabled" not in option.attrib)
    chosen = tuple(option for option in options if "selected" in option.attrib)
    if "multiple" not in select.attrib:
        chosen = chosen[-1:] or options[:1]
    return tuple(option.get("value", " ".join("".join(option.itertext()).split())) for option in chosen)


def _pairs(name: str, value: Frozen, ticks: Mapping[str, str]) -> Pairs:
    if value is None or value is False:
        return ()
    if value is True:
        return ((name, ticks.get(name, "on")),)
    if isinstance(value, tuple | list):
        return tuple((name, shown(item)) for item in value)
    return ((name, shown(value)),)


def _lines(text: str) -> str:
    return text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")


def _multipart(pairs: Pairs, boundary: str, charset: str) -> bytes:
    parts = []
    for name, value in pairs:
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"\r\n\r\n{value}\r\n')
    return ("".join(parts) + f"--{boundary}--\r\n").encode(charset, errors="xmlcharrefreplace")
