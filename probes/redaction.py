"""Keep secrets out of evidence, at the place where evidence is captured.

Three nets, one behind the other: allow-lists (headers), names (query parameters, JSON keys) and the secrets that are
known (passwords read, cookies and tokens received), each also in its URL, HTML and base64 forms.
"""

import base64
import html
import json
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit, urlunsplit

REDACTED = "[redacted]"
SHORTEST_SECRET = 4
"""Shorter secrets would blacken half of every text; they are refused."""

_SHORTEST_BASE64_CORE = 8

HEADERS_SHOWN = frozenset(
    {
        "age", "allow", "alt-svc", "cache-control", "connection", "content-disposition", "content-encoding",
        "content-language", "content-length", "content-security-policy", "content-type", "cross-origin-opener-policy",
        "cross-origin-resource-policy", "date", "expires", "last-modified", "permissions-policy", "pragma",
        "referrer-policy", "retry-after", "server", "strict-transport-security", "transfer-encoding", "upgrade", "vary",
        "via", "x-content-type-options", "x-frame-options", "x-powered-by", "x-xss-protection",
    }
)  # fmt: skip
"""Headers whose values may stand in evidence; a few others are shown in part (see ``Redactor.headers``)."""

HARMLESS_PARAMETERS = frozenset(
    {
        "category", "currency", "dir", "filter", "lang", "language", "limit", "locale", "next", "offset", "order",
        "order_by", "page", "page_size", "per_page", "q", "query", "search", "size", "sort", "sort_by", "term", "view",
    }
)  # fmt: skip

COOKIE_ATTRIBUTES_SHOWN = frozenset(
    {"secure", "httponly", "samesite", "path", "domain", "expires", "max-age", "partitioned"}
)

_SECRET_NAMES = frozenset({"code", "key", "sid", "pin", "jwt", "otp"})
_SECRET_WORDS = re.compile(
    r"token|sess|passw|passwd|secret|csrf|xsrf|api_?key|access_?key|auth(?!or)|signature|credential|ticket|nonce",
    re.IGNORECASE,
)
_SECRET_KEYS = re.compile(r"token|passw|secret|authorization|cookie|credential|api_?key", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_ONE_TIME_PATH = re.compile(r"(?i)(/(?:reset|confirm|activate|activation|verify|invite|token|unsubscribe)/)([^?#]*)")
_USERINFO = re.compile(r"(?<=//)[^/?#\s]*@")
_LONG_VALUE = 20


class Redactor:
    """Knows the secrets of a run and replaces them by ``[redacted]``; safe to share between threads."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Start with the secrets that are known already; see ``add``."""
        self._lock = threading.Lock()
        self._forms: Mapping[str, tuple[str, ...]] = {}
        self._heard: set[str] = set()
        self._waiting: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Learn one more secret; every later call replaces it.

        Raises:
            ValueError: if it is shorter than four characters.
        """
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(
                f"a secret of {len(secret)} characters cannot be told from ordinary text; use a longer one"
            )
        with self._lock:
            if secret not in self._heard:
                self._heard.add(secret)
                self._waiting.append(secret)

    def text(self, text: str) -> str:
        """Return the text with every known secret, in any of its forms, and every JSON Web Token replaced."""
        return _JWT.sub(REDACTED, _without(text, self._known()))

    def _known(self) -> Mapping[str, tuple[str, ...]]:
        """Return the forms of all secrets, spelled out once somebody asks: most sessions end without."""
        if not self._waiting:
            return self._forms
        with self._lock:
            known = dict(self._forms)
            for form in (form for secret in self._waiting for form in _forms(secret)):
                head = form[:SHORTEST_SECRET]
                known[head] = tuple(sorted({*known.get(head, ()), form}, key=len, reverse=True))
            self._forms = known
            self._waiting.clear()  # only now: who finds nothing waiting takes the forms as they are
            return known

    def url(self, url: str) -> str:
        """Return the URL without userinfo and without the values of parameters that are, or look like, secrets."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self.text(_USERINFO.sub("", url))
        shown = urlunsplit(
            (
                parts.scheme,
                parts.netloc.rpartition("@")[2],
                _ONE_TIME_PATH.sub(_redact_one_time, parts.path),
                _redact_parameters(parts.query),
                _redact_parameters(parts.fragment) if "=" in parts.fragment else parts.fragment,
            )
        )
        return self.text(shown)

    def headers(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the headers that may be shown, by lower-case name; repeated ones joined by ``", "``.

        ``Location`` is shown as a redacted URL, ``WWW-Authenticate`` by its scheme, ``Set-Cookie`` as names and
        attributes (one line a cookie), never with a value.
        """
        shown: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            kept = self._header(key, value)
            if kept is not None:
                joint = "\n" if key == "set-cookie" else ", "
                shown[key] = f"{shown[key]}{joint}{kept}" if key in shown else kept
        return shown

    def _header(self, name: str, value: str) -> str | None:
        if name in {"location", "content-location"}:
            return self.url(value)
        if name == "www-authenticate":
            return value.split(maxsplit=1)[0] if value.strip() else ""
        if name == "set-cookie":
            return self.text(cookie_without_value(value))
        return self.text(value) if name in HEADERS_SHOWN else None

    def json(self, value: Any) -> Any:
        """Return a copy of a JSON value: its texts redacted, and texts under keys such as ``password`` replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self._member(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        return value

    def _member(self, key: str, item: Any) -> Any:
        if isinstance(item, str) and item and _SECRET_KEYS.search(key):
            return REDACTED
        return self.json(item)


def cookie_without_value(set_cookie: str) -> str:
    """Return ``name; HttpOnly; Path=/`` of a ``Set-Cookie`` value: the name and the known attributes, no value."""
    first, *attributes = set_cookie.split(";")
    name, equals, _ = first.partition("=")
    kept = [name.strip() if equals else ""]  # without "=" it is all value
    kept += [part.strip() for part in attributes if part.partition("=")[0].strip().lower() in COOKIE_ATTRIBUTES_SHOWN]
    return "; ".join(kept)


def looks_secret(value: str) -> bool:
    """Tell whether a value looks like a machine-made secret: long, unspaced, letters and digits mixed."""
    if len(value) < _LONG_VALUE or re.search(r"\s", value):
        return False
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value) and not re.search(r"[/:]", value))


def _redact_parameters(query: str) -> str:
    return "&".join(_redact_parameter(piece) for piece in query.split("&"))


def _redact_parameter(piece: str) -> str:
    raw_name, equals, raw_value = piece.partition("=")
    name = unquote_plus(raw_name).lower()
    value = unquote_plus(raw_value)
    if not value:
        return REDACTED if looks_secret(name) else piece
    if name in HARMLESS_PARAMETERS:
        return piece
    secret = name in _SECRET_NAMES or _SECRET_WORDS.search(name) or looks_secret(value)
    return f"{raw_name}{equals}{REDACTED}" if secret else piece


def _redact_one_time(match: re.Match[str]) -> str:
    segments = [
        REDACTED if len(segment) >= _SHORTEST_BASE64_CORE and re.search(r"\d", segment) else segment
        for segment in match[2].split("/")
    ]
    return match[1] + "/".join(segments)


def _without(text: str, forms: Mapping[str, tuple[str, ...]]) -> str:
    """Replace the forms, which are sorted by their first four characters, the longest first.

    A shop sends a new cookie with every other page: one regular expression of all forms, compiled anew for each, took
    nine tenths of an examination's own time.
    """
    starts = range(len(text) - SHORTEST_SECRET + 1)
    kept, end = [], 0
    for start in [start for start in starts if text[start : start + SHORTEST_SECRET] in forms]:
        if start >= end:
            likely = forms[text[start : start + SHORTEST_SECRET]]
            form = next((form for form in likely if text.startswith(form, start)), None)
            if form is not None:
                kept += [text[end:start], REDACTED]
                end = start + len(form)
    return "".join(kept) + text[end:]


def _forms(secret: str) -> set[str]:
    """Return the spellings under which a secret may turn up."""
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    forms = {secret, html.escape(secret), html.escape(secret, quote=False)} | quoted
    forms |= {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in quoted}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    raw = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms.add(encode(raw).decode().rstrip("="))
        forms |= {
            core for shift in range(3) if len(core := _core(encode(bytes(shift) + raw), shift)) >= _SHORTEST_BASE64_CORE
        }
    return forms


def _core(encoded: bytes, shift: int) -> str:
    """Return the characters of a base64 text that depend on the secret alone, wherever it stood in the whole."""
    text = encoded.decode()
    head = (0, 2, 3)[shift]
    tail = {0: 0, 1: 2, 2: 3}[text.count("=")]
    return text[head : len(text) - tail]
