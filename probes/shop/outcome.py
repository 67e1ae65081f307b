"""What came of a journey: done, denied or broken, and the exchanges it took."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from probes.canonical import Frozen, digest
from probes.redaction import Redactor
from probes.shop.answer import Answer
from probes.transports.port import Request

_GRAPHQL = re.compile(rb'\{"query":"[^{]*\{\s*(\w+)')
"""The first field of a request as ``compose`` writes it."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, as evidence: redacted and small.

    ``length`` in bytes, ``elapsed_ms`` from the send to the last byte. ``asked`` is the first field that a GraphQL
    request asks for: all of them go to one address. ``request`` and ``answer`` are for the one who looks, in memory
    only; ``evidence()`` leaves them out. What is redacted is so when it is asked for: under load nobody asks.
    """

    step_id: str
    request: Request = field(repr=False)
    answer: Answer = field(repr=False, compare=False)
    redactor: Redactor = field(repr=False, compare=False)

    @property
    def method(self) -> str:
        """The request's method."""
        return self.request.method

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.answer.status

    @property
    def length(self) -> int:
        """Bytes of the answer's body."""
        return len(self.answer.response.body)

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds from the send to the last byte."""
        return round(self.answer.response.elapsed_s * 1000)

    @cached_property
    def url(self) -> str:
        """The request's address, redacted."""
        return self.redactor.url(self.request.url)

    @cached_property
    def location(self) -> str | None:
        """Where the answer leads, redacted."""
        location = self.answer.response.header("location")
        return None if location is None else self.redactor.url(location)

    @cached_property
    def body_sha256(self) -> str:
        """The digest of the answer's body."""
        return digest(self.answer.response.body)

    @cached_property
    def asked(self) -> str:
        """The first field that a GraphQL request asks for; empty where it is none."""
        found = _GRAPHQL.match(self.request.body or b"")
        return found[1].decode("ascii") if found else ""

    @property
    def body(self) -> str:
        """The decoded body (markup included)."""
        return self.answer.body

    @property
    def text(self) -> str:
        """The visible text, white space collapsed."""
        return self.answer.text

    def holds(self, word: str) -> bool:
        """Tell whether the word stands anywhere in the body: visible, in markup, or escaped for HTML or JSON."""
        return bool(word) and any(form in self.answer.body for form in spellings(word))

    def line(self, who: str) -> str:
        """Return ``buyer_b: GET https://shop.example/orders/1 -> 200``, the way to repeat it by hand."""
        arrow = f"{self.status} {self.location}" if self.location else str(self.status)
        asked = f" {self.asked}" if self.asked else ""
        return f"{who}: {self.method} {self.url}{asked} -> {arrow}"

    def evidence(self) -> dict[str, Any]:
        """Return the JSON record: no body, no header."""
        return {
            "step": self.step_id,
            "method": self.method,
            "url": self.url,
            "status": self.status,
            "location": self.location,
            "length": self.length,
            "elapsed_ms": self.elapsed_ms,
            "body_sha256": self.body_sha256,
        }


def spellings(word: str) -> frozenset[str]:
    """Return the forms under which a word may stand in a body: as it is, HTML-escaped, JSON-escaped."""
    return frozenset({word, html.escape(word), html.escape(word, quote=False), json.dumps(word)[1:-1]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Each step held what its criteria promise; ``outputs`` without the secret ones."""

    verb: str
    outputs: Mapping[str, Frozen]
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The shop said no, in one of the ways its adapter knows."""

    verb: str
    step_id: str
    why: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A step neither succeeded nor was denied; ``why`` names the first criterion that failed, in plain words."""

    verb: str
    step_id: str
    why: str
    exchanges: tuple[Exchange, ...]


Outcome: TypeAlias = Done | Denied | Broken


def came(outcome: Outcome) -> Literal["done", "denied", "broken"]:
    """Return the word for what came of a journey, as it stands in observations."""
    match outcome:
        case Done():
            return "done"
        case Denied():
            return "denied"
        case Broken():
            return "broken"
