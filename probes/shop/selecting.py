"""CSS selectors and JSON paths, compiled once. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from probes.shop.templates import Unfilled

SELF = "."
"""The selector that means the row itself."""


def css(selector: str, node: Any) -> Sequence[Any]:
    """Return the elements that the selector finds at or below ``node``, in document order; none where node is None.

    Raises:
        Unfilled: the selector is none; it was tried when the adapter was read, so it is the value filled in.
    """
    if node is None:
        return ()
    if selector == SELF:
        return (node,)
    found: Sequence[Any] = _css_filled(selector)(node)
    return found


@lru_cache(maxsize=2048)
def _css_filled(selector: str) -> Any:
    from cssselect import SelectorError  # noqa: PLC0415 - loaded where a page is read

    try:
        return css_compiled(selector)
    except SelectorError as error:
        raise Unfilled(f"{selector!r} is no selector any more, once filled in") from error


@lru_cache(maxsize=2048)
def css_compiled(selector: str) -> Any:
    """Return the compiled selector.

    Raises:
        cssselect.SelectorError: if it is none.
    """
    from lxml.cssselect import CSSSelector  # noqa: PLC0415 - lxml is loaded where a page is read

    return CSSSelector(selector, translator="html")


def json_values(path: str, value: Any) -> list[Any]:
    """Return all values at a JSON path (RFC 9535).

    Raises:
        Unfilled: the path is none, as with ``css``.
    """
    import jsonpath  # noqa: PLC0415 - 50 ms that only JSON shops pay

    try:
        return list(json_compiled(path).findall(value))
    except jsonpath.JSONPathError as error:
        raise Unfilled(f"{path!r} is no JSON path any more, once filled in") from error


@lru_cache(maxsize=2048)
def json_compiled(path: str) -> Any:
    """Return the compiled JSON path.

    Raises:
        jsonpath.JSONPathError: if it is none.
    """
    import jsonpath  # noqa: PLC0415 - 50 ms that only JSON shops pay

    return jsonpath.compile(path)
