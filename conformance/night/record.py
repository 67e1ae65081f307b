"""A night's journal: what is about to be done stands on disk before it is done.

It is a trail, so nobody else writes it at the same time, and nobody takes a night that goes on for one that was killed.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from conformance.night.course import data_of, killed
from probes.clock import Clock
from probes.errors import EvidenceError
from probes.shop.trail import Entry, Trail, read

FOLDER: Final = "nights"
_WHO: Final = "night"


class Record:
    """The journal of one night, open for writing; to be closed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open or make the file, and its folder.

        Raises:
            EvidenceError: it cannot be made, another process writes it, or it was altered.
        """
        made(path.parent)
        self._trail = Trail(path, clock)

    def say(self, kind: str, name: str, facts: Mapping[str, Any] | None = None) -> None:
        """Write an entry; it is on disk when this returns."""
        self._trail.append(who=_WHO, kind=kind, id=name, facts=facts)

    @property
    def path(self) -> Path:
        """Where it stands."""
        return self._trail.path

    def content(self) -> bytes:
        """Return what stands on disk.

        Raises:
            EvidenceError: it cannot be read.
        """
        return content_of(self.path)

    def data(self) -> dict[str, Any]:
        """Return the data of the night, as far as it goes."""
        return data_of(self._trail.entries())

    def as_killed(self) -> dict[str, Any]:
        """Return the data of a night whose process is gone; of one that told its end, what it told."""
        data = self.data()
        return data if data["ended_ms"] is not None else killed(data)

    def close(self) -> None:
        """Close it; everything is on disk already."""
        self._trail.close()


def made(folder: Path) -> None:
    """Make a folder for what a night writes, where it is not there; owner-only.

    Raises:
        EvidenceError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(
            f"{folder}: cannot make the folder: {error.strerror}; name a folder that can be written (--out)"
        ) from error


def content_of(path: Path) -> bytes:
    """Return the bytes of a journal.

    Raises:
        EvidenceError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}; put it right, or move it away") from error


def left_open(folder: Path, platform_id: str, clock: Clock) -> Iterator[Record]:
    """Yield the journals of a platform's nights that the ledger does not hold to their end, each open meanwhile.

    Raises:
        EvidenceError: a journal cannot be read, or was altered.
    """
    for path in sorted(folder.glob("*.jsonl")):
        if not _open(read(content_of(path), name=str(path)).entries, platform_id):
            continue
        try:
            record = Record(path, clock)
        except EvidenceError:
            continue  # it goes on; a lock of its own keeps two nights apart
        with closing(record):
            yield record


def _open(entries: tuple[Entry, ...], platform_id: str) -> bool:
    plan = next((entry for entry in entries if entry.kind == "plan"), None)
    return (
        plan is not None
        and plan.facts.get("platform") == platform_id
        and not any(entry.kind == "kept" for entry in entries)
    )
