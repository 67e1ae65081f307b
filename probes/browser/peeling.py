"""Everything that a piece of a request may mean: its text, and what stands in it once encodings are taken off. Pure.

A value can travel through several encodings, one in the other (base64 of URL-encoded JSON): they are taken off layer by
layer, each layer with the names of the encodings on the way to it. All of it is bounded.
"""

import base64
import binascii
import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

DEEPEST = 4
MOST_LAYERS = 400
LONGEST = 300_000
MOST_BYTES = 2_000_000
_OVERLAP = 1000
"""Bounds: encodings one in the other, texts looked at of one piece, characters of one text, bytes of one piece.

A longer piece is looked at in parts that overlap by more than anything that is looked for is long.
"""

Layer = tuple[str, tuple[str, ...]]
"""A text, and the encodings that were taken off to get it, the outermost first."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){5,}")
_JSON_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"'/\\bfnrt])")
_RUN = re.compile(r"[^\x00-\x1f\x7f-\x9f\ufffd]{5,}")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def layers(raw: bytes) -> tuple[Layer, ...]:
    """Return the text of raw bytes and every text that stands in it encoded, each once."""
    found: dict[str, tuple[str, ...]] = {}
    waiting: list[Layer] = [(text, way) for text, way in _texts(raw)]
    while waiting and len(found) < MOST_LAYERS:
        text, way = waiting.pop(0)
        if text in found:
            continue
        found[text] = way
        if len(way) < DEEPEST:
            waiting += [(inner, (*way, name)) for inner, name in _inner(text) if inner not in found]
    return tuple(found.items())


def plain(text: str) -> str:
    """Return a text without what typography and case add to it (Unicode NFKC, case folded)."""
    return unicodedata.normalize("NFKC", text).casefold()


def squeezed(text: str) -> str:
    """Return a text without what separates: spaces, dashes, brackets, commas of phone numbers, names, addresses."""
    return re.sub(r"[\s\-‐-―().,，、/_+]+", "", plain(text))


def _texts(raw: bytes) -> Iterator[Layer]:
    yield from ((part, ()) for part in _parts(raw))
    unpacked = _unpacked(raw)
    if unpacked is not None:
        yield from ((part, ("compressed",)) for part in _parts(unpacked))


def _parts(raw: bytes) -> Iterator[str]:
    for start in range(0, max(1, min(len(raw), MOST_BYTES)), LONGEST - _OVERLAP):
        yield raw[start : start + LONGEST].decode("utf-8", "replace")


def _unpacked(raw: bytes) -> bytes | None:
    if raw[:2] == b"\x1f\x8b" or raw[:1] == b"\x78":
        try:
            return zlib.decompressobj(wbits=47).decompress(raw, MOST_BYTES)
        except zlib.error:
            return None
    return None


def _inner(text: str) -> Iterator[tuple[str, str]]:
    if "%" in text or "+" in text:
        yield unquote_plus(text), "url"
    if "&" in text and ";" in text:
        yield html.unescape(text), "html"
    if "\\" in text:
        yield _unescaped(text), "json"
    # One layer an encoding, not one a token: a recording of a whole page has thousands of words that look like base64.
    yield from _together("hex", (inner for token in _HEX.findall(text) for inner in _read(bytes.fromhex(token))))
    yield from _together("base64", (inner for token in _BASE64.findall(text) for inner in _unbased(token)))


def _together(name: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the texts as one, a line each; in parts where they are more than one text may be."""
    part: list[str] = []
    length = 0
    for text in texts:
        if part and length + len(text) > LONGEST:
            yield "\n".join(part), name
            part, length = [], 0
        part.append(text)
        length += len(text)
    if part:
        yield "\n".join(part), name


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        mark, digits = match[0][1], match[0][2:]
        return chr(int(digits, 16)) if mark in "ux" else _SIMPLE.get(mark, mark)

    return _JSON_ESCAPE.sub(one, text)


def _unbased(token: str) -> Iterator[str]:
    """Yield what a base64 token holds, read from each of its four alignments: ``/`` may belong to it or to the path."""
    urlsafe = token.replace("+", "-").replace("/", "_")
    for start in range(4):
        piece = urlsafe[start:]
        piece = piece[: len(piece) - (1 if len(piece) % 4 == 1 else 0)]
        try:
            raw = base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
        except (binascii.Error, ValueError):
            continue
        yield from _read(raw)


def _read(raw: bytes) -> Iterator[str]:
    """Yield the readable runs of decoded bytes: chance decoding gives noise, which has none to speak of."""
    unpacked = _unpacked(raw)
    for each in (raw, *(() if unpacked is None else (unpacked,))):
        runs = _RUN.findall(each.decode("utf-8", "replace"))
        if runs:
            yield "\n".join(runs)


def as_json(value: object) -> bytes:
    """Return a value as compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
