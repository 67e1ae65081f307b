"""Text in the columns of a terminal, where a Chinese character takes two. Pure."""

import re

from rich.cells import cell_len

# What must not begin and what must not end a line (GB/T 15834) stays with the character beside it.
_CLOSING = "，。；：、！？）》」』”’％"
_OPENING = "（《「『“‘"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_PIECES = re.compile(rf"\s*[{_OPENING}(]*(?:[^\s{_OPENING}{_CLOSING}{_WIDE}]+|\S)[{_CLOSING},.;:!?)%]*")


def width(text: str) -> int:
    """Return how many columns the text takes in a terminal."""
    return cell_len(text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return the text filled with blanks to so many columns, at its left if ``right``; a longer text stays."""
    blanks = " " * (columns - cell_len(text))
    return blanks + text if right else text + blanks


def cut(text: str, columns: int) -> str:
    """Return the text, or as much of it as fits with an ellipsis at its end."""
    if cell_len(text) <= columns:
        return text
    while text and cell_len(text) >= columns:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, columns: int, *, indent: str = "", first: str | None = None) -> list[str]:
    """Return lines of at most so many columns, the first after ``first`` (or ``indent``), the others after ``indent``.

    Lines break at blanks and between Chinese characters, but not before a closing or after an opening mark. A word
    that is longer than a line stands unbroken, so that it can be copied.
    """
    lines: list[str] = []
    line, fresh = indent if first is None else first, True
    for piece in _PIECES.findall(text.strip()):
        if not fresh and cell_len(line) + cell_len(piece) > columns:
            lines.append(line)
            line, fresh = indent, True
        line += piece.lstrip() if fresh else piece
        fresh = False
    return [*lines, line]
