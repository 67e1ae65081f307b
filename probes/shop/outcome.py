"""What came of a journey: done, denied or broken, and the exchanges it took."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from probes.canonical import Frozen
from probes.shop.answer import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as evidence: redacted and small.

    ``length`` in bytes, ``elapsed_ms`` from the send to the last byte. ``asked`` is the first field that a GraphQL
    request asks for: all of them go to one address. ``answer`` is for the one who looks, in memory only;
    ``evidence()`` leaves it out.
    """

    step_id: str
    method: str
    url: str
    status: int
    location: str | None
    length: int
    elapsed_ms: int
    body_sha256: str
    answer: Answer = field(repr=False, compare=False)
    asked: str = ""

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
