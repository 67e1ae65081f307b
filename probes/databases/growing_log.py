"""What a log on its host grew by between two instants: nothing is read while it grows.

A file is known by its inode and its birth, not by its name: a log that is rotated meanwhile is read on under its new
name, and what stood in it before is not taken for new. One whose last lines are gone tells nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from probes.clock import Deadline
from probes.databases.audit_log import unread
from probes.databases.declared import Declared
from probes.errors import Garbage
from probes.transports.command import Shell

MOST_BYTES = 64_000_000
"""So much of a log is read; of one that grew by more nothing is told."""

_FILES_BYTES = 2_000_000
_LISTED = re.compile(r"(\S+) (\d+) (\d+(?:\.\d+)?) (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file of a log: its path, its size in bytes, and when it was written last, in seconds since 1970."""

    path: str
    size: int
    written_s: float


def sizes(shell: Shell, declared: Declared, deadline: Deadline) -> dict[str, LogFile]:
    """Return the files of the declared log (a file, or those of a folder), by inode and birth.

    Raises:
        NotPermitted, NotSet, TargetAway: they may not be listed, are not there, or the host went away.
    """
    argv = ("find", declared.log, "-maxdepth", "1", "-type", "f", "-printf", "%i:%B@ %s %T@ %p\\0")
    ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=_FILES_BYTES)
    if ran.status != 0:
        raise unread(shell, declared, ran)
    # Parted by NUL: a name may hold a line break.
    entries = [_LISTED.fullmatch(entry) for entry in ran.stdout.decode("utf-8", "replace").split("\0")]
    return {
        entry[1]: LogFile(path=entry[4], size=int(entry[2]), written_s=float(entry[3])) for entry in entries if entry
    }


def new_lines(shell: Shell, declared: Declared, before: Mapping[str, LogFile], deadline: Deadline) -> Iterator[str]:
    """Yield the lines that were written since ``before``; a file that is new, or shorter than then, is read whole.

    Raises:
        Garbage: the log grew by more than is read, or the file that was being written then is gone, or was emptied.
        NotPermitted, NotSet, TargetAway: it may not be read, or is away.
    """
    left = MOST_BYTES
    now = sizes(shell, declared, deadline)
    _still_there(shell, before, now)
    for key, file in sorted(now.items(), key=lambda each: each[1].path):
        begun = before[key].size if key in before else 0
        begun = 0 if begun > file.size else begun
        if begun == file.size:
            continue
        argv = ("tail", "-c", f"+{begun + 1}", "--", file.path)
        ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=left)
        if ran.cut:
            raise Garbage(f"{declared.log} on {shell.name} grew by more than {MOST_BYTES // 1_000_000} MB")
        if ran.status != 0:
            raise unread(shell, declared, ran)
        left -= len(ran.stdout)
        yield from ran.stdout.decode("utf-8", "replace").splitlines()


def _still_there(shell: Shell, before: Mapping[str, LogFile], now: Mapping[str, LogFile]) -> None:
    last = max(before, key=lambda key: before[key].written_s, default=None)
    if last is not None and (last not in now or now[last].size < before[last].size):
        raise Garbage(
            f"{before[last].path} on {shell.name} was rotated meanwhile, and what stood in it is gone; declare the "
            "folder as its log, and let the server keep more files, or longer ones"
        )
