"""Text in terminal columns, where a Chinese character takes two. Pure."""

import re
import unicodedata

# What must not begin and what must not end a line (GB/T 15834): it stays with the character beside it.
_CLOSING = "，。；：、！？）》”’％,.;:!?)%"
_OPENING = "（《“‘("
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_PIECES = re.compile(rf"\s+|[{_OPENING}]*(?:[^\s{_OPENING}{_CLOSING}{_WIDE}]+|.)[{_CLOSING}]*")


def width(text: str) -> int:
    """Return how many columns the text takes in a terminal."""
    return len(text) if text.isascii() else sum(_width(character) for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break the text into lines of at most ``columns``: at spaces, and between any two Chinese characters.

    A word that is longer than a line stands on a line of its own, unbroken, so that it can be copied.
    """
    lines, taken = [""], 0
    for piece in _PIECES.findall(text):
        if taken and taken + width(piece.rstrip()) > columns:
            lines.append("")
            taken = 0
            piece = piece.lstrip()  # noqa: PLW2901 - a space that falls on the break is gone
        lines[-1] += piece
        taken += width(piece)
    return [line.rstrip() for line in lines]


def pad(text: str, columns: int) -> str:
    """Return the text filled with spaces up to ``columns``."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """Return the text, or as much of it as fits into ``columns`` with an ellipsis at its end."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept) + _width(character) >= columns:
            break
        kept += character
    return kept.rstrip() + "…"


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
