"""JSON as ``json.dumps(..., sort_keys=True)`` writes it: ``json`` takes longer to import than a document to write."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WORDS = {None: "null", True: "true", False: "false"}
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}
_FIRST, _LAST = " ", "~"
_HALVES = range(0xD800, 0xE000)
_PLANE = 0x10000


def written(value: "Any") -> str:
    """Return a value as JSON in ASCII; names of any bytes, which Python keeps as half characters, lose these to ``?``.

    Raises:
        TypeError: JSON has no such value.
    """
    if isinstance(value, dict):
        rows = ("%s: %s" % (_text(str(name)), written(value[name])) for name in sorted(value, key=str))
        return "{%s}" % ", ".join(rows)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(map(written, value))
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, float):
        return _NUMBERS.get(repr(value), repr(value))
    if isinstance(value, int):
        return "%d" % value
    raise TypeError("JSON has no %s" % type(value).__name__)


_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _text(text: str) -> str:
    if '"' not in text and "\\" not in text and text.isprintable() and all(map(_LAST.__ge__, text)):
        return '"%s"' % text
    return '"%s"' % "".join(map(_sign, text))


def _sign(sign: str) -> str:
    """Return one character as it stands between quotes."""
    if sign in _SHORT:
        return _SHORT[sign]
    if _FIRST <= sign <= _LAST:
        return sign
    number = ord(sign)
    if number in _HALVES:
        return "?"
    if number < _PLANE:
        return "\\u%04x" % number
    number -= _PLANE
    return "\\u%04x\\u%04x" % (0xD800 + (number >> 10), 0xDC00 + (number & 0x3FF))
