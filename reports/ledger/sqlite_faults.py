"""What SQLite says when it cannot, in words that say what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from probes.errors import EvidenceError

_RESTORE = (
    "nothing was changed in it: keep a copy of the file with its -wal, then restore a backup "
    "or give another path in [ledger] url"
)

# Family of SQLite's error name -> (what is wrong, what to do).
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "SQLITE_READONLY": (
        "the file or its folder is read-only",
        "give this user the right to write both, or another path in [ledger] url",
    ),
    "SQLITE_PERM": ("access is refused", "give this user the right to read and write the file and its folder"),
    "SQLITE_AUTH": ("access is refused", "give this user the right to read and write the file and its folder"),
    "SQLITE_CANTOPEN": (
        "the file cannot be opened",
        "see that its folder exists, and that this user may read and write the file and its folder",
    ),
    "SQLITE_FULL": (
        "the disk is full",
        "make room and run again; what was recorded before is kept, this batch is not",
    ),
    "SQLITE_IOERR": (
        "the disk refused to read or write (full, over quota, or failing)",
        "make room or look at the disk, then run again; what was recorded before is kept, this batch is not",
    ),
    "SQLITE_CORRUPT": ("the file is damaged or truncated", _RESTORE),
    "SQLITE_NOTADB": ("the file is not a database", "give another path in [ledger] url, or restore a backup"),
    "SQLITE_TOOBIG": ("one payload or attachment is larger than SQLite holds", "lower [limits] body_bytes"),
    "SQLITE_CONSTRAINT_TRIGGER": (
        "the ledger refuses what is not a next entry",
        "verify the ledger: somebody may have changed it",
    ),
    "SQLITE_PROTOCOL": ("other processes keep the ledger busy", "run again when they are done"),
}
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")


@contextmanager
def explained(path: Path, doing: str) -> Iterator[None]:
    """Turn SQLite's complaints about the *file* into ``EvidenceError``; those about our SQL pass as the bugs they are.

    ``doing`` names what was tried, as in "append to the ledger".
    """
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes a damaged schema in its complaint
        raise EvidenceError(f"{path}: cannot {doing}: the file is damaged; {_RESTORE}") from error
    except sqlite3.DatabaseError as error:
        if (told := explanation(error, path, doing)) is None:
            raise
        raise EvidenceError(told) from error


def explanation(error: sqlite3.DatabaseError, path: Path, doing: str) -> str | None:
    """Return what to tell of an error, or None where it is not about the file."""
    name: str = getattr(error, "sqlite_errorname", "")
    if name.startswith(_LOCKED):
        return (
            f"{path}: cannot {doing}: {_holder(path)} keeps it locked; "
            "wait for that run to end (or end it), then run again, or give this run a ledger of its own"
        )
    for family, (what, to_do) in _WORDS.items():
        if name.startswith(family):
            return f"{path}: cannot {doing}: {what} ({error}); {to_do}"
    return None


def _holder(path: Path) -> str:
    pids = sorted(lock_holders(path))
    return f"process {', '.join(map(str, pids))}" if pids else "another process"


def lock_holders(path: Path) -> frozenset[int]:
    """Return the ids of other processes that hold a write lock on the ledger, as far as the kernel tells.

    Linux lists locks in ``/proc/locks``: ``1: POSIX ADVISORY WRITE 1234 fe:00:98765 120 120``.
    """
    wanted = set()
    for file in (path, path.with_name(path.name + "-shm")):
        try:
            stat = file.stat()
        except OSError:
            continue
        wanted.add(f"{os.major(stat.st_dev):02x}:{os.minor(stat.st_dev):02x}:{stat.st_ino}")
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return frozenset()
    held = set()
    for line in lines:
        match line.split():
            case [_, _, _, "WRITE", pid, inode, *_] if inode in wanted and pid.isdigit():
                held.add(int(pid))
    return frozenset(held - {0, os.getpid()})
