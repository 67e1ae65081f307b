"""Forges fields of requests: an ``Http`` that rewrites form and JSON bodies. Pure but for passing on."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from probes.clock import Deadline
from probes.forging_graphql import with_arguments
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response

FORGED = "0.01"
ADDED = ("price", "unit_price", "amount")
_FORM = "application/x-www-form-urlencoded"
_NAMED = re.compile(r"price|amount|cost|(?:sub|grand|line|unit)_?total|^total$", re.IGNORECASE)
_COUNTS = re.compile(r"_forms$|count|number", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What is forged: ``instead(name, value)`` gives the forged value of a field that is there, None where it stays.

    ``added`` are fields that a request has not and that a careless shop may believe. Values are texts; in JSON they
    stand as the number that they name where the field held no text.
    """

    instead: Callable[[str, str], str | None]
    added: Mapping[str, str]


class RewritingHttp(PassingHttp):
    """Forges fields of form and JSON bodies, and passes everything else on; ``sent`` is what it forged."""

    def __init__(self, inner: Http, forgery: Forgery, *, in_json: Forgery | None = None) -> None:
        """Wrap a session.

        Args:
            inner: the session.
            forgery: what to forge.
            in_json: the same for JSON bodies, where they count otherwise (in minor units, say).
        """
        super().__init__(inner)
        self._in_form = forgery
        self._in_json = in_json or forgery
        self.sent: dict[str, str] = {}

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request, forged where its body is a form or JSON; raises as the wrapped session does."""
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "").lower()
        body = request.body
        if body and kind.startswith(_FORM):
            body = self._form(body)
        elif body and "json" in kind:
            body = self._json(body)
        if body is not request.body:
            request = Request(method=request.method, url=request.url, headers=request.headers, body=body)
        return super().send(request, deadline=deadline)

    def _form(self, body: bytes) -> bytes:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        forged = []
        for name, value in pairs:
            instead = self._in_form.instead(name, value)
            forged.append((name, value if instead is None else instead))
            if instead is not None:
                self.sent[name] = instead
        added = {name: value for name, value in self._in_form.added.items() if name not in dict(pairs)}
        self.sent |= added
        return urlencode([*forged, *added.items()]).encode()

    def _json(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        if isinstance(value, dict) and "query" in value:
            return json.dumps(self._operation(value)).encode()
        return json.dumps(self._inside(value, "$")).encode()

    def _operation(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Forge a GraphQL operation inside of its variables, or, where they have no place for it, by new arguments."""
        inside = value.get("variables") or {}
        before = len(self.sent)
        variables = {name: self._member(name, item, "$" + name) for name, item in inside.items()}
        forged = dict(value) | {"variables": variables}
        if len(self.sent) > before:
            return forged
        added = {name: _number(instead) for name, instead in self._in_json.added.items()}
        query = with_arguments(str(value["query"]), added)
        if query is not None:
            forged["query"] = query
            self.sent |= {f"argument {name}": instead for name, instead in self._in_json.added.items()}
        return forged

    def _inside(self, value: Any, place: str) -> Any:
        if isinstance(value, list):
            return [self._inside(item, f"{place}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        forged = {name: self._member(name, item, f"{place}.{name}") for name, item in value.items()}
        for name, instead in self._in_json.added.items():
            if name not in forged:
                self.sent[f"{place}.{name}"] = instead
                forged[name] = _number(instead)
        return forged

    def _member(self, name: str, item: Any, place: str) -> Any:
        if isinstance(item, Mapping | list):
            return self._inside(item, place)
        plain = isinstance(item, str | int | float) and not isinstance(item, bool)
        instead = self._in_json.instead(name, str(item)) if plain else None
        if instead is None:
            return item
        self.sent[place] = instead
        return instead if isinstance(item, str) else _number(instead)


class ForgingHttp(RewritingHttp):
    """Says 0.01 (one minor unit where the shop's JSON counts in them) wherever a body speaks of a price."""

    def __init__(self, inner: Http, price: str, *, minor: bool = False) -> None:
        """Wrap a session.

        Args:
            inner: the session.
            price: the amount shown, as a decimal string: fields that hold it are forged, whatever their name.
            minor: whether the shop's JSON counts in minor units.
        """

        def forgery(instead: str) -> Forgery:
            return Forgery(
                instead=lambda name, value: instead if is_price(name, value, price) else None,
                added=dict.fromkeys(ADDED, instead),
            )

        super().__init__(inner, forgery(FORGED), in_json=forgery("1" if minor else FORGED))


def _number(text: str) -> Any:
    """Return the number that a text names, else the text."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def is_price(name: str, value: str, price: str) -> bool:
    """Tell whether a field is named like a price, or holds the very price that is shown (with its fraction)."""
    if _NAMED.search(name) and not _COUNTS.search(name):
        return True
    try:
        return "." in value and Decimal(value) == Decimal(price)
    except InvalidOperation:
        return False
