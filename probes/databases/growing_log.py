"""What a log on its host grew by between two instants: nothing is read while it grows."""

import re
from collections.abc import Iterator, Mapping

from probes.clock import Deadline
from probes.databases.audit_log import unread
from probes.databases.declared import Declared
from probes.errors import Garbage
from probes.transports.command import Shell

MOST_BYTES = 64_000_000
"""So much of a log is read; of one that grew by more nothing is told."""

_FILES_BYTES = 2_000_000


def sizes(shell: Shell, declared: Declared, deadline: Deadline) -> dict[str, int]:
    """Return the files of the declared log (a file, or those of a folder) with their sizes.

    Raises:
        NotPermitted, NotSet, TargetAway: they may not be listed, are not there, or the host went away.
    """
    argv = ("find", declared.log, "-maxdepth", "1", "-type", "f", "-printf", "%s %p\\0")
    ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=_FILES_BYTES)
    if ran.status != 0:
        raise unread(shell, declared, ran)
    # Parted by NUL: a name may hold a line break.
    entries = [entry.partition(" ") for entry in ran.stdout.decode("utf-8", "replace").split("\0")]
    return {path: int(size) for size, _, path in entries if re.fullmatch(r"\d+", size)}


def new_lines(shell: Shell, declared: Declared, before: Mapping[str, int], deadline: Deadline) -> Iterator[str]:
    """Yield the lines that were written since ``before``; a file that is new, or shorter than then, is read whole.

    Raises:
        Garbage: the log grew by more than is read.
        NotPermitted, NotSet, TargetAway: it may not be read, or is away.
    """
    left = MOST_BYTES
    for path, size in sorted(sizes(shell, declared, deadline).items()):
        begun = before.get(path, 0)
        begun = 0 if begun > size else begun
        if begun == size:
            continue
        argv = ("tail", "-c", f"+{begun + 1}", "--", path)
        ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=left)
        if ran.cut:
            raise Garbage(f"{declared.log} on {shell.name} grew by more than {MOST_BYTES // 1_000_000} MB")
        if ran.status != 0:
            raise unread(shell, declared, ran)
        left -= len(ran.stdout)
        yield from ran.stdout.decode("utf-8", "replace").splitlines()
