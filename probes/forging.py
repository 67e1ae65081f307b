"""Forges prices in requests: an ``Http`` that says 0.01 wherever a body speaks of a price. Pure but for passing on."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from probes.clock import Deadline
from probes.transports.port import Http, Request, Response

FORGED = "0.01"
ADDED = ("price", "unit_price", "amount")
_FORM = "application/x-www-form-urlencoded"
_NAMED = re.compile(r"price|amount|cost|(?:sub|grand|line|unit)_?total|^total$", re.IGNORECASE)
_COUNTS = re.compile(r"_forms$|count|number", re.IGNORECASE)


class ForgingHttp:
    """Rewrites prices in form and JSON bodies, and passes everything else on; ``sent`` is what it forged."""

    def __init__(self, inner: Http, price: str, *, minor: bool = False) -> None:
        """Wrap a session.

        Args:
            inner: the session.
            price: the amount shown, as a decimal string: fields that hold it are forged, whatever their name.
            minor: whether the shop's JSON counts in minor units.
        """
        self._inner = inner
        self._price = price
        self._number: float = 1 if minor else float(FORGED)
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
        return self._inner.send(request, deadline=deadline)

    def _form(self, body: bytes) -> bytes:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        forged = [(name, FORGED if is_price(name, value, self._price) else value) for name, value in pairs]
        forged += [(name, FORGED) for name in ADDED if name not in dict(pairs)]
        self.sent |= {name: value for name, value in forged if value == FORGED}
        return urlencode(forged).encode()

    def _json(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        if isinstance(value, dict) and "query" in value:
            # GraphQL takes declared variables only: what can be forged stands inside of them.
            inside = value.get("variables") or {}
            value["variables"] = {name: self._member(name, item, "$" + name) for name, item in inside.items()}
            return json.dumps(value).encode()
        return json.dumps(self._inside(value, "$")).encode()

    def _inside(self, value: Any, place: str) -> Any:
        if isinstance(value, list):
            return [self._inside(item, f"{place}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        forged = {name: self._member(name, item, f"{place}.{name}") for name, item in value.items()}
        for name in ADDED:
            if name not in forged:
                forged[name] = self._note(f"{place}.{name}")
        return forged

    def _member(self, name: str, item: Any, place: str) -> Any:
        if isinstance(item, Mapping | list):
            return self._inside(item, place)
        plain = isinstance(item, str | int | float) and not isinstance(item, bool)
        if plain and is_price(name, str(item), self._price):
            forged = self._note(place)
            return str(forged) if isinstance(item, str) else forged
        return item

    def _note(self, place: str) -> float:
        self.sent[place] = str(self._number)
        return self._number

    def cookie(self, name: str) -> str | None:
        """Return the cookie of the wrapped session."""
        return self._inner.cookie(name)

    def forget(self) -> None:
        """Forget the cookies of the wrapped session."""
        self._inner.forget()

    def close(self) -> None:
        """Close the wrapped session."""
        self._inner.close()


def is_price(name: str, value: str, price: str) -> bool:
    """Tell whether a field is named like a price, or holds the very price that is shown (with its fraction)."""
    if _NAMED.search(name) and not _COUNTS.search(name):
        return True
    try:
        return "." in value and Decimal(value) == Decimal(price)
    except InvalidOperation:
        return False
