"""Fetches the API description that ``[api] description`` names and reads it, whatever it turns out to be."""

from pathlib import Path

from probes.charset import decode
from probes.errors import NotSet
from probes.interfaces.api_key import ApiKey
from probes.interfaces.described import Description, Undescribed
from probes.interfaces.graphql_schema import INTROSPECTION, from_introspection, from_sdl, looks_like_sdl
from probes.interfaces.openapi import openapi
from probes.interfaces.plain_data import plain_data
from probes.look import Look
from probes.page import parse, visible_text
from probes.shop.compose import origin
from probes.transports.patient import ask
from probes.transports.port import Request

_OK = range(200, 300)
_ACCEPT = "application/json, application/yaml, text/yaml, text/plain, text/html;q=0.8, */*;q=0.5"


def source_of(look: Look) -> str:
    """Return what ``[api] description`` says: a URL, made absolute, or the path of a file.

    Raises:
        NotSet: the target file names no description.
    """
    written = look.target.declared("api", "description")
    if not written:
        raise NotSet("the target file names no API description; add [api] description = URL or file")
    place = str(written)
    return look.target.url(place) if place.startswith(("/", "http://", "https://")) else place


def read_description(look: Look, source: str, key: ApiKey | None) -> tuple[Description, bytes]:
    """Return the description at a URL or in a file, and its bytes.

    Raises:
        Undescribed: there is none, or what is there is none.
        LookFailed: as ``Http.send``.
    """
    style = look.target.declared("api", "style")
    if not source.startswith(("http://", "https://")):
        body, media = _from_file(look, look.target.path.parent / source), ""
    elif style == "graphql" and not source.endswith((".graphql", ".graphqls", ".gql")):
        body, media = _fetched(look, source, key, introspect=True)
    else:
        body, media = _fetched(look, source, key, introspect=False)
    return described(decode(body, media)[0], style=style, media=media, place=source), body


def described(text: str, *, style: str | None, media: str = "", place: str = "") -> Description:
    """Return what a text describes; without ``style`` it is told from what stands in it.

    Raises:
        Undescribed: it describes nothing of that style, or of any.
    """
    if not text.strip():
        raise Undescribed("the description is empty")
    if text.startswith("%PDF") or "\x00" in text:
        raise Undescribed("the description is no text; give it as OpenAPI, GraphQL, HTML or plain text")
    html = "html" in media or text.lstrip()[:200].lower().startswith(("<!doctype html", "<html"))
    if style == "document":
        unread = ("what its scripts show",) if html and "<script" in text.lower() else ()
        return Description(style="document", version="", operations=(), text=_words(text, html=html), unread=unread)
    if html:
        raise Undescribed('a web page came instead of the description; where that page is it, say style = "document"')
    if style == "graphql" or (style is None and looks_like_sdl(text)):
        return from_introspection(plain_data(text)) if text.lstrip().startswith("{") else from_sdl(text)
    whole = plain_data(text)
    if style is None and isinstance(whole, dict) and ("__schema" in whole or "__schema" in (whole.get("data") or ())):
        return from_introspection(whole)
    return openapi(whole, place if place.startswith("http") else "")


def _words(text: str, *, html: bool) -> str:
    shown = visible_text(parse(text)) if html else text
    words = " ".join(shown.split()).lower()
    if not words:
        raise Undescribed("the description has no text")
    return words


def _from_file(look: Look, path: Path) -> bytes:
    ceiling = look.target.limits.body_bytes
    try:
        with path.open("rb") as file:
            body = file.read(ceiling + 1)
    except OSError as error:
        raise Undescribed(f"the description {path.name} cannot be read: {error.strerror}") from error
    if len(body) > ceiling:
        raise Undescribed(f"the description is longer than [limits] body_bytes = {ceiling}")
    return body


def _fetched(look: Look, url: str, key: ApiKey | None, *, introspect: bool) -> tuple[bytes, str]:
    headers = [("Accept", _ACCEPT)]
    if key is not None and (introspect or origin(url) == origin(look.target.platform.base_url)):
        headers.append((key.header, key.value))
    body = None
    if introspect:
        headers.append(("Content-Type", "application/json"))
        body = b'{"query": "' + INTROSPECTION.encode() + b'"}'
    request = Request(method="POST" if introspect else "GET", url=url, headers=tuple(headers), body=body)
    session = look.http()
    try:
        answer = ask(session, request, deadline=look.deadline, clock=look.clock)
    finally:
        session.close()
    where = look.redactor.url(url)
    if answer.truncated:
        raise Undescribed(f"{where}: the description is longer than [limits] body_bytes")
    if answer.status not in _OK:
        raise Undescribed(f"{where} answers {answer.status}; correct [api] description")
    return answer.body, answer.header("content-type") or ""
