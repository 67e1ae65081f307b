"""Text in columns of a terminal, where a Chinese character takes two. Pure."""

import re
from collections.abc import Iterable

from rich.cells import cell_len

# A piece is a run of narrow characters or one wide one, with the blanks before it.
_PIECE = re.compile(r"\s*(?:[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60])")
_NEVER_FIRST = frozenset("，。；：、！？）》」』”’,.;:!?)]")


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return the text filled with blanks to ``width`` columns; a longer text stays as it is."""
    blanks = " " * max(0, width - cell_len(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int, *, indent: str = "", first: str | None = None) -> list[str]:
    """Return lines of at most ``width`` columns, the first after ``first``, the others after ``indent``.

    Chinese breaks between characters, but no line begins with a closing mark; other text breaks at blanks, and within
    a word only where the word is longer than a line.
    """
    lines: list[str] = []
    line = indent if first is None else first
    empty = True
    for piece in _pieces(text, max(1, width - cell_len(indent))):
        if not empty and cell_len(line) + cell_len(piece) > width:
            lines.append(line)
            line, piece = indent, piece.lstrip()  # noqa: PLW2901
        line += piece
        empty = False
    lines.append(line)
    return lines


def _pieces(text: str, room: int) -> Iterable[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text.strip()):
        if pieces and piece[0] in _NEVER_FIRST:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    for piece in pieces:
        yield from _chopped(piece, room)


def _chopped(piece: str, room: int) -> Iterable[str]:
    rest = piece
    while cell_len(rest.strip()) > room:
        cut = 1
        while cell_len(rest[: cut + 1].strip()) <= room:
            cut += 1
        yield rest[:cut]
        rest = rest[cut:]
    yield rest
