r"""Templates: ``{name}`` in the texts of an adapter, filled from inputs and earlier outputs. Pure.

Only ``{lower_case_identifier}`` is a template, so regular expressions (``\d{3}``) stay as they are. A text that is one
template alone keeps the value's type.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from probes.canonical import Frozen

_TEMPLATE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_ALONE = re.compile(r"\A\{([a-z_][a-z0-9_]*)\}\Z")


class Unfilled(LookupError):  # noqa: N818 - the engine tells it as a plain reason
    """A template names a value that is not there."""


def names(value: Any) -> frozenset[str]:
    """Return the names that the templates in a text, or anywhere in a JSON value (keys included), ask for."""
    if isinstance(value, str):
        return frozenset(_TEMPLATE.findall(value))
    if isinstance(value, Mapping):
        return frozenset().union(*(names(key) | names(item) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return frozenset().union(*(names(item) for item in value))
    return frozenset()


def shown(value: Frozen) -> str:
    """Return a value as a shop's form would carry it: money by its amount, switches as true/false.

    Raises:
        Unfilled: for a list or a record, which has no such form.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and "amount" in value:
        return shown(value["amount"])
    if isinstance(value, Mapping | tuple | list):
        raise Unfilled(f"a {type(value).__name__} cannot stand inside a text")
    return str(value)


def fill(text: str, values: Mapping[str, Frozen], *, escape: Callable[[str], str] = str) -> str:
    """Return the text with each template replaced by its value, passed through ``escape``.

    Raises:
        Unfilled: if a value is not there.
    """
    if "{" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        return escape(shown(_value(match[1], values)))

    return _TEMPLATE.sub(one, text)


def fill_pattern(pattern: str, values: Mapping[str, Frozen]) -> str:
    """Return a regular expression with each template replaced by its value, taken literally."""
    return fill(pattern, values, escape=re.escape)


def fill_json_path(path: str, values: Mapping[str, Frozen]) -> str:
    """Return a JSON path whose templates stand inside quotes; quotes in values are escaped."""
    return fill(path, values, escape=lambda text: text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"'))


def fill_css(selector: str, values: Mapping[str, Frozen]) -> str:
    """Return a selector whose templates stand inside quotes; quotes in values are escaped."""
    return fill(selector, values, escape=lambda text: re.sub(r"([\"'\\])", r"\\\1", text))


def fill_path(path: str, values: Mapping[str, Frozen]) -> str:
    """Return a path; a value at its very start is a URL and taken as it is, any other is percent-encoded."""
    head = _TEMPLATE.match(path)
    if head is None:
        return fill(path, values, escape=_quoted)
    return shown(_value(head[1], values)) + fill(path[head.end() :], values, escape=_quoted)


def fill_value(value: Frozen, values: Mapping[str, Frozen]) -> Frozen:
    """Return a JSON value with its templates filled.

    Members of a record whose whole text is one template, and whose value is absent or null, are left out: this is how
    optional inputs stay away.

    Raises:
        Unfilled: if a value is not there, other than as just said.
    """
    if isinstance(value, str):
        alone = _ALONE.match(value)
        return _value(alone[1], values) if alone else fill(value, values)
    if isinstance(value, Mapping):
        return {
            fill(key, values): fill_value(item, values) for key, item in value.items() if not _left_out(item, values)
        }
    if isinstance(value, list | tuple):
        return tuple(fill_value(item, values) for item in value)
    return value


def given(text: str, values: Mapping[str, Frozen]) -> bool:
    """Tell whether the value that a condition (``when``) asks for is there and not empty, false or null."""
    alone = _ALONE.match(text)
    value = values.get(alone[1]) if alone else fill(text, values)
    return value is not None and value is not False and value not in ("", ())


def _value(name: str, values: Mapping[str, Frozen]) -> Frozen:
    try:
        return values[name]
    except KeyError:
        raise Unfilled(f"{{{name}}} has no value here") from None


def _left_out(item: Frozen, values: Mapping[str, Frozen]) -> bool:
    alone = _ALONE.match(item) if isinstance(item, str) else None
    return alone is not None and values.get(alone[1]) is None


def _quoted(text: str) -> str:
    return quote(text, safe="")
