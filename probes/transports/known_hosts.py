"""The lines of a ``known_hosts`` file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), read once for a whole fleet."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from probes.transports.bare_paramiko import paramiko

_MARKED = "@"
_REVOKED = "@revoked"
_HASHED = "|1|"
_WILD = frozenset("*?")
_WORDS = 3
_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """One line: its marker (empty without), and its words: patterns, the key's type, its base64, a remark."""

    marker: str
    words: tuple[str, ...]

    def of(self, name: str) -> bool:
        """Tell whether it lists the key of a host: ``ADDRESS``, or ``[ADDRESS]:PORT`` for another port than 22."""
        if self.marker or len(self.words) < _WORDS:
            return False
        patterns = self.words[0].split(",")
        if any(pattern.startswith("!") and _matches(pattern[1:], name) for pattern in patterns):
            return False
        return any(_matches(pattern, name) for pattern in patterns)

    def key(self) -> paramiko.PKey | None:
        """Return the key; None where it is of no form that can be used."""
        try:
            entry = paramiko.hostkeys.HostKeyEntry.from_line(" ".join(("any", *self.words[1:_WORDS])))
        except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
            return None
        return None if entry is None else entry.key

    def revokes(self, base64: str) -> bool:
        """Tell whether it says that this key is no longer to be trusted, of whichever host."""
        return self.marker == _REVOKED and base64 in self.words


def lines_of(path: Path) -> tuple[KnownLine, ...]:
    """Return the lines of a file, without remarks.

    Raises:
        OSError: it cannot be read.
    """
    status = path.stat()
    return _read(path, status.st_ino, status.st_ctime_ns, status.st_size)


@lru_cache(maxsize=_FILES)
def _read(path: Path, *_state: int) -> tuple[KnownLine, ...]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return tuple(line for each in text.splitlines() if (line := _line(each)) is not None)


def _line(text: str) -> KnownLine | None:
    words = text.split()
    marker = words.pop(0) if text.lstrip().startswith(_MARKED) else ""
    if not words or words[0].startswith("#"):
        return None
    return KnownLine(marker=marker, words=tuple(words))


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith(_HASHED):
        return _hashed(pattern, name)
    pattern, name = pattern.lower(), name.lower()
    if _WILD.isdisjoint(pattern):  # all but a few lines of a long file
        return pattern == name
    wanted = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wanted, name) is not None


def _hashed(pattern: str, name: str) -> bool:
    try:
        return paramiko.HostKeys.hash_host(name, pattern) == pattern
    except (ValueError, AssertionError):  # its salt is of no form
        return False
