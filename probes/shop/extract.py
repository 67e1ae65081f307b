"""Values out of answers: by CSS, JSON path, header, redirect, cookie, form. Pure (the mailbox is the engine's)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from probes.canonical import Frozen, freeze
from probes.shop.answer import Answer, joined
from probes.shop.forms import read_form, value_of, visible_fields
from probes.shop.journey import (
    ABSENT,
    Absent,
    CookieTake,
    CssTake,
    Extractor,
    FieldsTake,
    HeaderTake,
    JsonRowsTake,
    JsonTake,
    LocationTake,
    MailTake,
    MoneyStyle,
    RecordTake,
    RowsTake,
    UrlTake,
)
from probes.shop.money import read_money
from probes.shop.selecting import css, json_values
from probes.shop.templates import fill_css, fill_json_path, fill_value

_URL_ATTRIBUTES = frozenset({"href", "src", "action"})
_MONEY_EMPTY = ("", None)


class Missing(LookupError):  # noqa: N818 - the engine tells it as a plain reason
    """Nothing was found; the message says where it was looked for, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an extraction may look at besides the answer: the journey's values, the shop's money, the cookies."""

    values: Mapping[str, Frozen]
    money: MoneyStyle
    currency: str | None
    cookie: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to look: the whole answer (parsed only if somebody looks), or one row of it: an element, a JSON value."""

    answer: Answer
    element: Any = None
    item: Any = ABSENT
    whole: bool = False

    @property
    def node(self) -> Any:
        return self.answer.document if self.whole else self.element

    @property
    def value(self) -> Any:
        return self.answer.json if self.whole else self.item


def extract(extractor: Extractor, answer: Answer, reading: Reading) -> Frozen:
    """Return the value that an extractor takes from an answer.

    Raises:
        Missing: nothing is there, and the extractor has no default.
    """
    value = _taken(extractor, _Place(answer, whole=True), reading)
    if extractor.minus is None or not isinstance(value, int):
        return value
    less = fill_value(extractor.minus, reading.values)
    if not isinstance(less, int):
        raise Missing(f"a number at {extractor.minus}")
    return value - less


def finished(extractor: Extractor, found: Iterable[Any], where: str, reading: Reading) -> Frozen:
    """Return found values as the extractor wants them: cut by its pattern, read as its kind, one or all, or default.

    Raises:
        Missing: nothing is left, and there is no default; ``where`` tells the place.
    """
    values = (read for raw in found if (read := _read(extractor, raw, reading)) is not ABSENT)
    if extractor.every:
        return tuple(values)
    first = next(values, ABSENT)
    if first is not ABSENT:
        return first
    if isinstance(extractor.default, Absent):
        raise Missing(where + (f" that matches {extractor.pattern}" if extractor.pattern else ""))
    return _defaulted(extractor, extractor.default, reading)


def _taken(extractor: Extractor, place: _Place, reading: Reading) -> Frozen:
    take = extractor.take
    match take:
        case RowsTake():
            selector = fill_css(take.css, reading.values)
            rows = css(selector, place.node)
            return tuple(_record(take.columns, _Place(place.answer, row), reading, n) for n, row in enumerate(rows, 1))
        case JsonRowsTake():
            items = _json(fill_json_path(take.path, reading.values), place)
            return tuple(
                _record(take.columns, _Place(place.answer, None, item), reading, n) for n, item in enumerate(items, 1)
            )
        case RecordTake():
            return _record(take.columns, place, reading, None)
        case FieldsTake():
            return _fields(take, extractor, place, reading)
        case _:
            found, where = _found(extractor, place, reading)
            return finished(extractor, found, where, reading)


def _found(extractor: Extractor, place: _Place, reading: Reading) -> tuple[Iterable[Any], str]:
    """Return the raw values of a simple take, and the words for the place where it looked."""
    take, answer = extractor.take, place.answer
    match take:
        case CssTake():
            selector = fill_css(take.css, reading.values)
            found = (_of(element, take.attr, extractor, answer) for element in css(selector, place.node))
            return (value for value in found if value is not None), f"an element {selector!r}"
        case JsonTake():
            path = fill_json_path(take.path, reading.values)
            return [value for value in _json(path, place) if value is not None], f"a JSON value at {path}"
        case HeaderTake():
            return _some(answer.response.header(take.name)), f"a header {take.name}"
        case LocationTake():
            cut = (_cut(take.pattern, location) for location in reversed(answer.locations))
            return [value for value in cut if value is not None], f"a redirect that matches {take.pattern}"
        case CookieTake():
            return _some(reading.cookie(take.name)), f"a cookie {take.name}"
        case UrlTake():
            return _some(_cut(take.pattern, answer.url)), f"an address that matches {take.pattern}"
        case _:
            raise TypeError(f"{type(take).__name__} is not taken from an answer")


def _record(columns: Mapping[str, Extractor], place: _Place, reading: Reading, row: int | None) -> Frozen:
    record: dict[str, Frozen] = {}
    for name, column in columns.items():
        try:
            record[name] = _taken(column, place, reading)
        except Missing as missing:
            where = f"row {row}, {name}" if row is not None else name
            raise Missing(f"{missing} ({where})") from None
    return MappingProxyType(record)  # of what is frozen already


def _fields(take: FieldsTake, extractor: Extractor, place: _Place, reading: Reading) -> Frozen:
    selector = fill_css(take.css, reading.values)
    forms = css(selector, place.node)
    if not forms:
        return finished(extractor, (), f"a form {selector!r}", reading)
    shown = visible_fields(read_form(forms[0], place.answer.url))
    if not take.names:
        return freeze(shown)
    return freeze({ours: shown[theirs] for ours, theirs in take.names.items() if theirs in shown})


def _of(element: Any, attr: str | None, extractor: Extractor, answer: Answer) -> str | None:
    if attr is None:
        return element_text(element)
    if attr == "value" and element.tag in {"select", "textarea"}:
        return value_of(element)
    value: str | None = element.get(attr)
    if value is None or attr not in _URL_ATTRIBUTES or extractor.pattern is not None:
        return value
    return joined(answer.url, value.strip())


def element_text(element: Any) -> str:
    """Return an element's text, white space collapsed, without scripts and styles."""
    from probes.page import leaf_text, title, visible_text  # noqa: PLC0415 - lxml is loaded where a page is read

    if element.tag == "title":
        return title(element.getparent())
    text = leaf_text(element)
    return visible_text(element) if text is None else text


def _json(path: str, place: _Place) -> list[Any]:
    return [] if place.value is ABSENT else json_values(path, place.value)


def _read(extractor: Extractor, raw: Any, reading: Reading) -> Frozen | Absent:
    value = raw if extractor.pattern is None else _cut(extractor.pattern, raw)
    if value is None:
        return ABSENT
    match extractor.kind:
        case "money":
            return _money(extractor, value, reading)
        case "int":
            return _int(value)
        case "text":
            return " ".join(str(value).split())
        case "raw":
            return _frozen(value)


def _frozen(value: Any) -> Frozen | Absent:
    try:
        return freeze(value)
    except RecursionError:  # nested so deep that nobody meant it
        return ABSENT


def _defaulted(extractor: Extractor, default: Frozen, reading: Reading) -> Frozen:
    if extractor.kind == "money":
        return _money(extractor, None if default in _MONEY_EMPTY else default, reading)
    if extractor.kind == "int" and default in _MONEY_EMPTY:
        return None
    return freeze(default)


def _money(extractor: Extractor, value: Any, reading: Reading) -> Frozen:
    style = extractor.money or reading.money
    if isinstance(value, str):
        return _shown_money(value, style, reading.currency)
    return MappingProxyType(read_money(value, style=style, currency=reading.currency))


@lru_cache(maxsize=4096)
def _shown_money(text: str, style: MoneyStyle, currency: str | None) -> Frozen:
    """Return the money that a text shows; the same prices stand on page after page."""
    return MappingProxyType(read_money(text, style=style, currency=currency))


def _int(value: Any) -> int | Absent:
    number = re.search(r"-?\d{1,15}(?:[,\s\u00a0]\d{3}){0,4}(?!\d)", str(value))
    return int(re.sub(r"[,\s\u00a0]", "", number[0])) if number else ABSENT


def _cut(pattern: str, value: Any) -> str | None:
    """Return the first group of the pattern, or the whole match where it has none."""
    found = re.search(pattern, str(value))
    if found is None:
        return None
    return found[1] if found.re.groups else found[0]


def _some(value: str | None) -> list[Any]:
    return [] if value is None else [value]


def is_mail(extractor: Extractor) -> bool:
    """Tell whether the value comes from the mailbox, not from an answer."""
    return isinstance(extractor.take, MailTake)
