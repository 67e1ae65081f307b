"""Pays too little: an ``Http`` that says one minor unit wherever an order's total is on its way. Pure but for sending.

Forms, JSON and addresses are looked through for the very total, as a decimal (``138.00``) or in minor units
(``13800``); each keeps its shape (``0.01`` or ``1``). What is signed or encrypted stays as it is: that is how a shop
defends itself.
"""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from probes.clock import Deadline
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response

_FORM = "application/x-www-form-urlencoded"
LEAST = 1


class UnderpayingHttp(PassingHttp):
    """Replaces one amount in requests and passes everything else on; ``sent`` is what was forged, by field."""

    def __init__(self, inner: Http, amount: str, minor_units: int) -> None:
        """Wrap a session; the amount to be replaced as a decimal text, and in minor units."""
        super().__init__(inner)
        digits = len(amount.partition(".")[2])
        least = f"{LEAST / 10**digits:.{digits}f}"
        self._instead = {amount: least, str(minor_units): str(LEAST)}
        if amount.partition(".")[2].strip("0") == "":
            self._instead[amount.partition(".")[0]] = least  # 138 for 138.00
        self.sent: dict[str, str] = {}

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request, altered where it carries the amount; raises as the wrapped session does."""
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "").lower()
        body = request.body
        if body and kind.startswith(_FORM):
            body = urlencode(self._pairs(body.decode("utf-8"))).encode()
        elif body and "json" in kind:
            body = self._json(body)
        return super().send(
            Request(method=request.method, url=self._url(request.url), headers=request.headers, body=body),
            deadline=deadline,
        )

    def _pairs(self, encoded: str) -> list[tuple[str, str]]:
        pairs = parse_qsl(encoded, keep_blank_values=True)
        return [(name, self._value(name, value)) for name, value in pairs]

    def _value(self, place: str, value: str) -> str:
        if value not in self._instead:
            return value
        self.sent[place] = self._instead[value]
        return self._instead[value]

    def _url(self, url: str) -> str:
        parts = urlsplit(url)
        if not any(value in self._instead for _, value in parse_qsl(parts.query)):
            return url
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(self._pairs(parts.query)), ""))

    def _json(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        return json.dumps(self._inside("$", value)).encode()

    def _inside(self, place: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._inside(f"{place}.{name}", item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._inside(f"{place}[{index}]", item) for index, item in enumerate(value)]
        if isinstance(value, str):
            return self._value(place, value)
        if isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self._instead:
            return json.loads(self._value(place, str(value)))
        return value
