"""What restored data hold, counted and hashed on the host in the way in which the manifest was taken."""

from dataclasses import dataclass
from typing import Any, Protocol

from probes.backups.manifest import From, Manifest, Source
from probes.backups.scratch import Scratch
from probes.transports.command import Ran

_LINES = """set -e
out=$1; shift
"$@" > "$out"
wc -l < "$out"
LC_ALL=C sort -- "$out" | sha256sum
rm -f -- "$out"
"""
_FILES = """set -e
cd -- "$1"
find . -type f -path "./$2" -exec sha256sum -- {} + > "$3"
wc -l < "$3"
LC_ALL=C sort -k2 -- "$3" | sha256sum
rm -f -- "$3"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Objects that were found and their checksum; ``why`` nothing could be counted."""

    objects: int = 0
    sha256: str | None = None
    why: str = ""


class Content(Protocol):
    """Restored data that can be counted."""

    def count(self, form: From, select: str, database: str | None) -> Counted:
        """Return what a source holds now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree of files below ``root``."""

    scratch: Scratch
    root: str

    def count(self, form: From, select: str, database: str | None = None) -> Counted:
        """Return what a source holds now; a tree has no tables."""
        out = f"{self.scratch.folder}/counting"
        if form == "files":
            return _counted(self.scratch, ["sh", "-c", _FILES, "sh", self.root, select, out])
        if form == "lines":
            return counted_lines(self.scratch, ["cat", "--", f"{self.root}/{select}"])
        return Counted(why=f"a tree of files has no table (database {database})")


def counted_lines(scratch: Scratch, argv: list[str]) -> Counted:
    """Return how many lines a command prints, and the checksum of them sorted."""
    return _counted(scratch, ["sh", "-c", _LINES, "sh", f"{scratch.folder}/counting", *argv])


_WORDS = 2


def _counted(scratch: Scratch, argv: list[str]) -> Counted:
    ran = scratch.run(argv)
    words = ran.stdout.decode("utf-8", "replace").split()
    if ran.status != 0 or len(words) < _WORDS or not words[0].isdecimal():
        return Counted(why=_error_in(ran) or f"status {ran.status}")
    return Counted(objects=int(words[0]), sha256=words[1])


def _error_in(ran: Ran) -> str:
    """Return the line that names the error: clients of databases end theirs with a mark under the query."""
    lines = ran.stderr.decode("utf-8", "replace").splitlines()
    return next((line.strip()[:200] for line in lines if "error" in line.lower()), ran.complaint())


def compared(manifest: Manifest, content: Content) -> dict[str, Any]:
    """Return, by kind of data, what the manifest says and what was found, as JSON."""
    return {name: _kind([_source(each, content) for each in sources]) for name, sources in manifest.holds.items()}


def _source(source: Source, content: Content) -> dict[str, Any]:
    found = content.count(source.form, source.select, source.database)
    return {
        "from": source.form,
        "select": source.select,
        "database": source.database,
        "expected": source.objects,
        "found": found.objects,
        "sha256_expected": source.sha256,
        "sha256_found": found.sha256,
        "why": found.why,
    }


def _kind(sources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "expected": sum(source["expected"] for source in sources),
        "found": sum(source["found"] for source in sources),
        "equal": bool(sources)
        and all(
            source["sha256_expected"] == source["sha256_found"] and source["expected"] == source["found"]
            for source in sources
        ),
        "sources": sources,
    }
