"""The lines of a ``known_hosts`` file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), read once for a whole fleet."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from probes.transports.bare_paramiko import paramiko

_MARKED = "@"
_REVOKED = "@revoked"
_HASHED = "|1|"
_FIELDS = 3
_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """One line: its marker (empty without), its patterns, and the key's type and base64."""

    marker: str
    patterns: tuple[str, ...]
    kind: str
    base64: str

    def of(self, name: str) -> bool:
        """Tell whether it lists the key of a host: ``ADDRESS``, or ``[ADDRESS]:PORT`` for another port than 22."""
        if self.marker:
            return False
        if any(pattern.startswith("!") and _matches(pattern[1:], name) for pattern in self.patterns):
            return False
        return any(_matches(pattern, name) for pattern in self.patterns)

    def key(self) -> paramiko.PKey | None:
        """Return the key; None where it is of no form that can be used."""
        try:
            entry = paramiko.hostkeys.HostKeyEntry.from_line(f"any {self.kind} {self.base64}")
        except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
            return None
        return None if entry is None else entry.key

    def revokes(self, base64: str) -> bool:
        """Tell whether it says that this key is no longer to be trusted."""
        return self.marker == _REVOKED and self.base64 == base64


def lines_of(path: Path) -> tuple[KnownLine, ...]:
    """Return the lines of a file, without remarks and what is of no form.

    Raises:
        OSError: it cannot be read.
    """
    status = path.stat()
    return _read(path, status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=_FILES)
def _read(path: Path, *_state: int) -> tuple[KnownLine, ...]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return tuple(line for each in text.splitlines() if (line := _line(each)) is not None)


def _line(text: str) -> KnownLine | None:
    fields = text.split()
    marker = fields.pop(0) if text.lstrip().startswith(_MARKED) else ""
    if len(fields) < _FIELDS or fields[0].startswith("#"):
        return None
    return KnownLine(marker=marker, patterns=tuple(fields[0].split(",")), kind=fields[1], base64=fields[2])


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith(_HASHED):
        return _hashed(pattern, name)
    wanted = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wanted, name.lower()) is not None


def _hashed(pattern: str, name: str) -> bool:
    try:
        return paramiko.HostKeys.hash_host(name, pattern) == pattern
    except (ValueError, AssertionError):  # its salt is of no form
        return False
