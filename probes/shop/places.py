"""Where in a TOML text a key stands: tomllib does not say, and a fault without its line is half a fault. Pure."""

import re
from collections.abc import Iterator

_HEADER = re.compile(r"\s*\[(?P<array>\[)?\s*(?P<path>[^\]\[#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?P<path>(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)(?:\s*\.\s*(?:"[^"\n]*"|'[^'\n]*'|[\w-]+))*)\s*=""")
_PART = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|[^.\s]+')
_QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#.*')

Path = tuple[str | int, ...]


class Places:
    """The lines of a TOML text by key path; members of arrays of tables are counted from 0."""

    def __init__(self, text: str) -> None:
        """Scan the text; what cannot be told apart (keys inside inline tables) is found at its owner's line."""
        self._lines: dict[Path, int] = {}
        for path, line in _scan(text):
            for end in range(1, len(path) + 1):  # an owner without a header of its own begins with its first member
                self._lines.setdefault(path[:end], line)

    def line(self, path: Path) -> int:
        """Return the line (from 1) of the path, or of the nearest owner that has one; 1 where none has."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._lines:
                return self._lines[path[:end]]
        return 1


def _scan(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    depth, fence = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not depth and not fence:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _resolved(_parts(header["path"]), counts, array=bool(header["array"]))
                yield table, number
                continue
            if key:
                yield table + _parts(key["path"]), number
        depth, fence = _after(line, depth, fence)


def _resolved(parts: tuple[str, ...], counts: dict[Path, int], *, array: bool) -> Path:
    path: Path = ()
    for position, part in enumerate(parts, start=1):
        path = (*path, part)
        if array and position == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _after(line: str, depth: int, fence: str) -> tuple[int, str]:
    """Return how many brackets, and which triple quote, are open after the line."""
    rest = line
    if fence:
        _, closed, rest = rest.partition(fence)
        if not closed:
            return depth, fence
    while found := re.search(r'"""|\'\'\'', _blanked(rest)):
        fence = found[0]
        head, rest = rest[: found.start()], rest[found.end() :]
        depth += _opened(head)
        _, closed, rest = rest.partition(fence)
        if not closed:
            return depth, fence
    return max(0, depth + _opened(rest)), ""


def _blanked(text: str) -> str:
    """Return the text with comments and one-line strings blanked out (not the triple quotes)."""
    return re.sub(
        r'"""|\'\'\'|' + _QUOTED.pattern,
        lambda found: found[0] if found[0] in {'"""', "'''"} else " " * len(found[0]),
        text,
    )


def _opened(text: str) -> int:
    bare = _QUOTED.sub("", text)
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(path))
