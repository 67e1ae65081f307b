"""Journeys as data: what an adapter file says, as frozen values. ``probes.shop.adapter_file`` reads it from TOML.

Field names stay near OpenAPI Arazzo (``stepId``, ``successCriteria``, ``outputs``), so that an exporter stays possible.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from probes.canonical import Frozen

MoneyStyle: TypeAlias = Literal["text", "decimal", "minor"]
Kind: TypeAlias = Literal["raw", "text", "money", "int"]


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class Absent:
    """The type of ``ABSENT``: no default was given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonEquals:
    """The first value at a JSON path equals ``value`` (templated)."""

    path: str
    value: Frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderMatch:
    """A header exists and the pattern is found in its value."""

    name: str
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Something that can be said of an answer; every key that is set must hold."""

    status: tuple[int, ...] | None = None
    redirect: str | None = None
    url: str | None = None
    css: str | None = None
    css_absent: str | None = None
    text: str | None = None
    text_absent: str | None = None
    json: str | None = None
    json_absent: str | None = None
    json_equals: JsonEquals | None = None
    header: HeaderMatch | None = None
    empty: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CssTake:
    """Text, or an attribute, of the elements a selector finds; ``.`` is the row itself."""

    css: str
    attr: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsTake:
    """One record for each element a selector finds."""

    css: str
    columns: Mapping[str, "Extractor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonTake:
    """The values at a JSON path."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRowsTake:
    """One record for each value at a JSON path."""

    path: str
    columns: Mapping[str, "Extractor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTake:
    """One record, each field by its own extractor."""

    columns: Mapping[str, "Extractor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderTake:
    """A header of the answer."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationTake:
    """A part of the last redirect's Location."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieTake:
    """A cookie of the session."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlTake:
    """A part of the final URL."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTake:
    """A part of a message that the harness's own mailbox receives for an address."""

    pattern: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsTake:
    """The fields that a form shows, by name; ``names`` maps our names to the form's and keeps only those."""

    css: str
    names: Mapping[str, str] = field(default_factory=_nothing)


Take: TypeAlias = (
    CssTake
    | RowsTake
    | JsonTake
    | JsonRowsTake
    | RecordTake
    | HeaderTake
    | LocationTake
    | CookieTake
    | UrlTake
    | MailTake
    | FieldsTake
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """How a value is taken from an answer, and what becomes of it.

    ``default`` stands in where nothing is found (the empty text under ``money`` means: not shown); ``secret`` feeds
    the redactor and keeps the value out of the journey's outputs; ``minus`` (a template) is taken off a whole number.
    """

    take: Take
    pattern: str | None = None
    every: bool = False
    kind: Kind = "raw"
    money: MoneyStyle | None = None
    default: Frozen | Absent = ABSENT
    secret: bool = False
    minus: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBody:
    """Form-encoded fields; with a step's ``form`` they go over the form's own."""

    fields: Mapping[str, Frozen]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonBody:
    """A JSON value, templated."""

    value: Frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLBody:
    """A GraphQL operation; the query is taken literally, the variables are templated."""

    query: str
    variables: Mapping[str, Frozen] = field(default_factory=_nothing)


Body: TypeAlias = FormBody | JsonBody | GraphQLBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request and what is made of its answer."""

    step_id: str
    method: str | None = None
    path: str | None = None
    form: str | None = None
    body: Body | None = None
    query: Mapping[str, Frozen] = field(default_factory=_nothing)
    headers: Mapping[str, str] = field(default_factory=_nothing)
    follow: int = 0
    when: str | None = None
    unless: str | None = None
    optional: bool = False
    success: tuple[Criterion, ...] = ()
    denial: tuple[Criterion, ...] = ()
    outputs: Mapping[str, Extractor] = field(default_factory=_nothing)

    @property
    def said(self) -> object:
        """What the body says, templates and all: fields, a JSON value or variables; None where there is no body."""
        match self.body:
            case FormBody():
                return self.body.fields
            case JsonBody():
                return self.body.value
            case GraphQLBody():
                return self.body.variables
            case None:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The way one business verb is done on one shop."""

    verb: str
    steps: tuple[Step, ...]
    inputs: tuple[str, ...] = ()
    optional_inputs: tuple[str, ...] = ()
    denial: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person does on one page of a shop that scripts draw, in this order, and what must show afterwards.

    ``fill`` and ``select`` map CSS selectors to templated values; ``wait_for`` selects what must be visible.
    """

    step_id: str
    goto: str | None = None
    fill: Mapping[str, str] = field(default_factory=_nothing)
    select: Mapping[str, str] = field(default_factory=_nothing)
    click: str | None = None
    wait_for: str | None = None
    read: Mapping[str, Extractor] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Csrf:
    """Where the shop's forgery token travels; each part may be missing."""

    field: str | None = None
    cookie: str | None = None
    header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Where a bearer token comes from (an answer's header or a JSON path), and in which header it is sent back."""

    header: str | None = None
    json: str | None = None
    send: str = "Authorization"
    scheme: str = "Bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How the shop knows its visitor again."""

    kind: Literal["cookie", "bearer"] = "cookie"
    bearer: Bearer | None = None
    csrf: Csrf = field(default_factory=Csrf)
    headers: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One adapter file. ``pages`` maps a page's name to its paths (one, or several for a list).

    ``journeys_as`` maps a role (``buyer``, ``seller``, ``operator``) to the journeys that its sessions walk instead of
    those in ``journeys``: some shops let their staff in by another door. ``walk`` says by verb what a person does in a
    browser, where the shop's pages are made by scripts; empty where the journeys are pages themselves.
    """

    name: str
    title_zh: str
    title_en: str
    currency: str | None
    money: MoneyStyle
    session: SessionRules
    denial: tuple[Criterion, ...]
    roles: frozenset[str]
    pages: Mapping[str, tuple[str, ...]]
    sensitive: tuple[str, ...]
    journeys: Mapping[str, Journey]
    journeys_as: Mapping[str, Mapping[str, Journey]] = field(default_factory=_nothing)
    walk: Mapping[str, tuple[Act, ...]] = field(default_factory=_nothing)

    def describes(self, verb: str) -> bool:
        """Tell whether anybody's sessions can do a verb."""
        return verb in self.journeys or any(verb in own for own in self.journeys_as.values())

    def journey(self, verb: str, who: str = "") -> Journey | None:
        """Return the way in which a session of ``who`` (``operator``, ``buyer_a`` ...) does a verb; None for none."""
        role = re.match("buyer|seller|operator", who)
        own = self.journeys_as.get(role[0], {}) if role else {}
        return own.get(verb) or self.journeys.get(verb)
