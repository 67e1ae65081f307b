"""Where a key stands in a TOML file: tomllib parses, this tells the line for a message."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\]]+?)\s*\](\])?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(quoted or single or bare for quoted, single, bare in _PART.findall(dotted))


def lines_of(text: str) -> Mapping[tuple[str | int, ...], int]:
    """Return the line (from 1) of each table and key, by its path; an array's tables carry their index from 0.

    Keys inside multi-line strings may be named as well; they do no harm, since only parsed paths are looked up.
    """
    found: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = _parts(header.group(2))
            table = (*name, counts.get(name, 0)) if header.group(1) else name
            if header.group(1):
                counts[name] = counts.get(name, 0) + 1
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key.group(1))), number)
    return MappingProxyType(found)


def line_of(lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...]) -> int:
    """Return the line of a path, or of the nearest table above it; 1 where nothing above it stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
