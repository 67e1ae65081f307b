"""From a step to the request that a browser, or the shop's own client, would send. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit, urlunsplit

from probes.canonical import Frozen, thaw
from probes.shop.answer import Answer, joined
from probes.shop.forms import URLENCODED, Form, Pairs, encode, overlaid, plain, read_form
from probes.shop.journey import FormBody, GraphQLBody, JsonBody, SessionRules, Step
from probes.shop.selecting import css
from probes.shop.templates import fill, fill_css, fill_path, fill_value
from probes.transports.port import Request

_HTML = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"
_JSON = "application/json"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Uncomposable(LookupError):  # noqa: N818 - the engine tells it as a plain reason
    """The step's form is not on the page before; the message says so in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a request is composed from besides its step: values, the page before, the session's rules and tokens."""

    base_url: str
    values: Mapping[str, Frozen]
    page: Answer | None
    rules: SessionRules
    cookie: Callable[[str], str | None]
    token: str | None


def compose(step: Step, setting: Setting) -> Request:
    """Return the request of a step.

    Raises:
        Uncomposable: the page before has no such form.
        Unfilled: a template names a value that is not there.
    """
    form = _form(step, setting)
    url = (
        form.action
        if form and step.path is None
        else _absolute(setting.base_url, fill_path(step.path or "", setting.values))
    )
    method = step.method or (form.method if form else "GET" if step.body is None else "POST")
    if step.query:
        url = _with_query(url, plain(_mapping(step.query, setting)))
    charset = setting.page.charset if form and setting.page else "utf-8"
    body: bytes | None = None
    headers = [
        *_session_headers(url, setting),
        *_filled(setting.rules.headers, setting),
        *_filled(step.headers, setting),
    ]
    if form is not None or isinstance(step.body, FormBody):
        pairs = _pairs(step, form, setting, method)
        if method in _SAFE:
            url = _with_query(url, pairs, replace=form is not None, charset=charset)
        else:
            body, kind = encode(pairs, form.enctype if form else URLENCODED, charset)
            headers.append(("Content-Type", kind))
    elif step.body is not None:
        body = _json_body(step.body, setting)
        headers += [("Content-Type", _JSON), *_csrf_header(setting)]
    if method not in _SAFE:
        headers += _like_a_browser(url, setting)
    accept = _JSON if isinstance(step.body, (JsonBody, GraphQLBody)) else _HTML
    return Request(method=method, url=url, headers=_once(("Accept", accept), *headers), body=body)


def redirected(request: Request, status: int, location: str) -> Request:
    """Return the request that follows a redirect (RFC 9110, 15.4): 307 and 308 repeat it, the others turn to GET."""
    url = joined(request.url, location) or request.url
    downgraded = request.url.startswith("https://") and not url.startswith("https://")
    repeated = status in {307, 308} and not downgraded
    dropped: set[str] = set() if repeated else {"content-type", "origin"}
    if origin(url) != origin(request.url):
        # What proves who we are belongs to the place that it was meant for.
        dropped |= {name.lower() for name, _ in request.headers} - {"accept", "content-type"}
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in dropped)
    if repeated:
        return Request(method=request.method, url=url, headers=headers, body=request.body)
    return Request(method=request.method if request.method in _SAFE else "GET", url=url, headers=headers)


@lru_cache(maxsize=1024)
def origin(url: str) -> str:
    """Return ``scheme://host[:port]``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@lru_cache(maxsize=1024)
def _absolute(base_url: str, path: str) -> str:
    if path.startswith(("http://", "https://")):
        return urldefrag(path).url
    return urldefrag(base_url.rstrip("/") + "/" + path.lstrip("/")).url


def _form(step: Step, setting: Setting) -> Form | None:
    if step.form is None:
        return None
    selector = fill_css(step.form, setting.values)
    found = css(selector, setting.page.document) if setting.page else ()
    if setting.page is None or not found:
        where = setting.page.told() if setting.page else "no page"
        raise Uncomposable(f"the page before ({where}) has no form {selector!r} to send")
    return read_form(found[0], setting.page.url)


def _pairs(step: Step, form: Form | None, setting: Setting, method: str) -> Pairs:
    fields = _fields(step, setting)
    if form is not None:
        return overlaid(form, fields)
    csrf = setting.rules.csrf
    token = setting.cookie(csrf.cookie) if csrf.field and csrf.cookie else None
    if csrf.field and token and csrf.field not in fields and method not in _SAFE:
        fields = {csrf.field: token, **fields}
    return plain(fields)


def _fields(step: Step, setting: Setting) -> Mapping[str, Frozen]:
    return _mapping(step.body.fields, setting) if isinstance(step.body, FormBody) else {}


def _mapping(values: Mapping[str, Frozen], setting: Setting) -> dict[str, Frozen]:
    filled: dict[str, Frozen] = fill_value(values, setting.values)
    return filled


def _json_body(body: JsonBody | GraphQLBody, setting: Setting) -> bytes:
    value: Any
    match body:
        case JsonBody():
            value = thaw(fill_value(body.value, setting.values))
        case GraphQLBody():
            value = {"query": body.query, "variables": thaw(fill_value(body.variables, setting.values))}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _session_headers(url: str, setting: Setting) -> list[tuple[str, str]]:
    """Return the bearer token's header; a token never goes out in plain where the shop itself is on TLS."""
    bearer = setting.rules.bearer
    downgraded = setting.base_url.startswith("https://") and not url.startswith("https://")
    if bearer is None or setting.token is None or downgraded:
        return []
    return [(bearer.send, f"{bearer.scheme} {setting.token}".strip())]


def _csrf_header(setting: Setting) -> list[tuple[str, str]]:
    csrf = setting.rules.csrf
    token = setting.cookie(csrf.cookie) if csrf.header and csrf.cookie else None
    return [(csrf.header, token)] if csrf.header and token else []


def _like_a_browser(url: str, setting: Setting) -> list[tuple[str, str]]:
    """Return Referer and Origin as a browser on the same site sends them."""
    page = setting.page
    referer = page.url if page is not None and origin(page.url) == origin(url) else origin(url) + "/"
    return [("Referer", urlunsplit((*urlsplit(referer)[:4], ""))), ("Origin", origin(url))]


def _filled(headers: Mapping[str, str], setting: Setting) -> list[tuple[str, str]]:
    return [(name, fill(value, setting.values)) for name, value in headers.items()]


def _once(*headers: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return each header once: what the step or the adapter says goes before what we would send."""
    chosen: dict[str, tuple[str, str]] = {}
    first, *others = headers
    for name, value in (*others, first):
        chosen.setdefault(name.lower(), (name, value))
    return tuple(chosen.values())


def _with_query(url: str, pairs: Pairs, *, replace: bool = False, charset: str = "utf-8") -> str:
    if not pairs and not replace:
        return url
    parts = urlsplit(url)
    kept = [] if replace else parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([*kept, *pairs], encoding=charset, errors="xmlcharrefreplace")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
