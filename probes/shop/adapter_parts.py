"""Criteria and extractors out of an adapter file."""

from collections.abc import Callable, Mapping
from typing import Any

from probes.canonical import freeze
from probes.shop.adapter_table import Table
from probes.shop.journey import (
    ABSENT,
    Absent,
    CookieTake,
    Criterion,
    CssTake,
    Extractor,
    FieldsTake,
    HeaderMatch,
    HeaderTake,
    JsonEquals,
    JsonRowsTake,
    JsonTake,
    Kind,
    LocationTake,
    MailTake,
    MoneyStyle,
    RecordTake,
    RowsTake,
    Take,
    UrlTake,
)
from probes.shop.selecting import SELF, css_compiled, json_compiled
from probes.shop.templates import fill, names

_CRITERIA = (
    "status", "redirect", "url", "css", "css_absent", "text", "text_absent", "json", "json_absent", "json_equals",
    "header", "empty",
)  # fmt: skip
_SOURCES = ("css", "rows", "json", "jsonrows", "record", "header", "location", "cookie", "url", "mailbox", "fields")
_STATUSES = range(100, 600)
MONEY_STYLES = ("text", "decimal", "minor")


def selector(table: Table, key: str) -> str | None:
    """Return a CSS selector, tried out (templates stand for ``x``)."""
    value = table.text(key)
    if value is None or value == SELF:
        return value
    from cssselect import SelectorError  # noqa: PLC0415 - loaded with the first selector

    try:
        css_compiled(_tried(value))
    except SelectorError as error:
        table.fault(f"{key} = {value!r} is not a CSS selector: {error}; mend it", key)
        return None
    return value


def json_path(table: Table, key: str) -> str | None:
    """Return a JSON path, tried out."""
    value = table.text(key)
    if value is None:
        return None
    from jsonpath import JSONPathError  # noqa: PLC0415 - loaded with the first path

    try:
        json_compiled(_tried(value))
    except JSONPathError as error:
        told = str(error).splitlines()[0]
        table.fault(f"{key} = {value!r} is not a JSON path: {told}; mend it", key)
        return None
    return value


def criteria(owner: Table, key: str) -> tuple[Criterion, ...]:
    """Return a list of criteria."""
    return tuple(criterion(table) for table in owner.tables(key))


def criterion(table: Table) -> Criterion:
    """Return one criterion; one that says nothing is a fault, since it would always hold."""
    read = Criterion(
        status=_statuses(table),
        redirect=table.pattern("redirect"),
        url=table.pattern("url"),
        css=selector(table, "css"),
        css_absent=selector(table, "css_absent"),
        text=table.text("text"),
        text_absent=table.text("text_absent"),
        json=json_path(table, "json"),
        json_absent=json_path(table, "json_absent"),
        json_equals=_json_equals(table),
        header=_header(table),
        empty=table.switch("empty") if table.has("empty") else None,
    )
    if not table.values:
        table.fault(f"says nothing; give one of {', '.join(_CRITERIA)}")
    table.unknown()
    return read


def _statuses(table: Table) -> tuple[int, ...] | None:
    if not table.has("status"):
        return None
    value = table.values["status"]
    found = value if isinstance(value, list) else [value]
    if found and all(isinstance(item, int) and item in _STATUSES for item in found):
        return tuple(found)
    table.fault(f"status = {value!r} is not an HTTP status; take a number, or a list of numbers, 100 to 599", "status")
    return None


def _json_equals(table: Table) -> JsonEquals | None:
    inner = table.table("json_equals")
    if inner is None:
        return None
    path = json_path(inner, "path")
    if not inner.has("path") or not inner.has("value"):
        inner.fault("json_equals wants path and value; add what is missing")
        return None
    inner.unknown()
    return None if path is None else JsonEquals(path=path, value=freeze(inner.values["value"]))


def _header(table: Table) -> HeaderMatch | None:
    inner = table.table("header")
    if inner is None:
        return None
    name, pattern = inner.required("name"), inner.pattern("pattern")
    inner.unknown()
    return HeaderMatch(name=name, pattern=pattern or "")


def extractor(table: Table, *, row: bool = False) -> Extractor:
    """Return an extractor; inside a ``row`` only css, json, rows, jsonrows and record make sense."""
    sources = [key for key in _SOURCES if table.has(key)]
    allowed = [key for key in _SOURCES if not row or key in {"css", "json", "rows", "jsonrows", "record"}]
    take: Take = CssTake(css=SELF)
    if row and not sources and table.has("attr"):
        take = CssTake(css=SELF, attr=table.text("attr"))
    elif len(sources) != 1 or sources[0] not in allowed:
        given = ", ".join(sources) or "none"
        table.fault(f"takes its value from {given}; give exactly one of {', '.join(allowed)}")
    else:
        take = _TAKES[sources[0]](table)
    read = Extractor(
        take=take,
        pattern=table.pattern("pattern"),
        every=table.switch("all"),
        kind=_kind(table, take),
        money=_money(table),
        default=_default(table),
        secret=table.switch("secret"),
        minus=table.text("minus"),
    )
    if read.minus is not None and (read.kind != "int" or row):
        table.fault('minus wants as = "int", outside of rows; change one of them', "minus")
    if read.every and not isinstance(read.default, Absent):
        table.fault("all = true finds none as an empty list; drop default", "default")
    table.unknown()
    return read


def _default(table: Table) -> Any:
    return freeze(table.values["default"]) if table.has("default") else ABSENT


def _kind(table: Table, take: Take) -> Kind:
    match table.choice("as", ("text", "money", "int")):
        case "text":
            return "text"
        case "money":
            return "money"
        case "int":
            return "int"
        case _:
            return "text" if isinstance(take, CssTake) else "raw"


def _money(table: Table) -> MoneyStyle | None:
    return money_style(table.choice("money", MONEY_STYLES))


def money_style(word: str | None) -> MoneyStyle | None:
    """Return the word as a style of money."""
    match word:
        case "text" | "decimal" | "minor":
            return word
        case _:
            return None


def _columns(table: Table, key: str = "columns") -> Mapping[str, Extractor]:
    inner = table.table(key)
    if inner is None or not inner.values:
        table.fault(f"{key} is missing; say what is taken from each row")
        return {}
    columns = {}
    for name in inner.values:
        column = inner.table(name)
        if column is not None:
            columns[name] = extractor(column, row=True)
    return columns


def _css(table: Table) -> Take:
    return CssTake(css=selector(table, "css") or SELF, attr=table.text("attr"))


def _rows(table: Table) -> Take:
    return RowsTake(css=selector(table, "rows") or SELF, columns=_columns(table))


def _json(table: Table) -> Take:
    return JsonTake(path=json_path(table, "json") or "$")


def _json_rows(table: Table) -> Take:
    return JsonRowsTake(path=json_path(table, "jsonrows") or "$", columns=_columns(table))


def _record(table: Table) -> Take:
    return RecordTake(columns=_columns(table, "record"))


def _location(table: Table) -> Take:
    return LocationTake(pattern=table.pattern("location", group=True) or "")


def _url(table: Table) -> Take:
    return UrlTake(pattern=table.pattern("url", group=True) or "")


def _mail(table: Table) -> Take:
    return MailTake(pattern=table.pattern("mailbox", group=True) or "", to=table.required("to"))


def _fields(table: Table) -> Take:
    return FieldsTake(css=selector(table, "fields") or SELF, names=table.text_mapping("names"))


_TAKES: Mapping[str, Callable[[Table], Take]] = {
    "css": _css,
    "rows": _rows,
    "json": _json,
    "jsonrows": _json_rows,
    "record": _record,
    "header": lambda table: HeaderTake(name=table.required("header")),
    "location": _location,
    "cookie": lambda table: CookieTake(name=table.required("cookie")),
    "url": _url,
    "mailbox": _mail,
    "fields": _fields,
}


def _tried(text: str) -> str:
    return fill(text, dict.fromkeys(names(text), "x"))
