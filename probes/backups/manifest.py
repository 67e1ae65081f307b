"""The manifest that is taken at backup time: which files a backup is, and what of each kind of data it holds. Pure.

One JSON object, ``NAME.manifest.json``, written last, so that a dump without one is a dump half way
(``manifest.schema.json``)::

    {"schema": "duheng/backup-manifest/v1", "backup": id, "kind": "full", "tool": "pg_dump 15.18",
     "format": "pg_dump|pg_restore|mysqldump|tree", "started": RFC 3339, "stopped": RFC 3339, "depends_on": [id],
     "files": [{"path": name in this folder, "bytes": int, "sha256": hex}],
     "holds": {"customers": [source], "trades": [source], ...}}

A source says how many objects of a kind of data lie where, and their checksum, in a form that a shell line makes on the
shop's host at backup time, and on restored data afterwards:

- ``{"from": "table", "database", "select": "public.customers", "objects", "sha256"}``: rows; the checksum is over the
  rows as ``COPY`` (MariaDB: ``SELECT *`` in batch mode) writes them, sorted:
  ``psql -XAtc 'COPY (SELECT * FROM public.customers) TO STDOUT' | LC_ALL=C sort | sha256sum``, or
  ``mariadb -NB --default-character-set=utf8mb4 -e 'SELECT * FROM trades' shop | LC_ALL=C sort | sha256sum``
- ``{"from": "files", "select": "srv/shop/pages/*", "objects", "sha256"}``: files under a path, by ``find``'s pattern:
  ``find . -type f -path './srv/shop/pages/*' -exec sha256sum {} + | LC_ALL=C sort -k2 | sha256sum``
- ``{"from": "lines", "select": "srv/export/customers.csv", "objects", "sha256"}``: lines of one file, sorted:
  ``LC_ALL=C sort FILE | sha256sum``
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal, cast, get_args

from probes.backups.form import KINDS, Backup, Kind
from probes.backups.times import instant_ms
from probes.target_tables.key import DATA_KINDS

SCHEMA = "duheng/backup-manifest/v1"
SUFFIX = ".manifest.json"
From = Literal["table", "files", "lines"]
Format = Literal["pg_dump", "pg_restore", "mysqldump", "tree"]
FORMATS: tuple[Format, ...] = get_args(Format)
_HEX = re.compile(r"[0-9a-f]{64}")
_TABLE = re.compile(r'[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?|"[^"\0;]+"(\."[^"\0;]+")?')
_PLAIN = re.compile(r"[A-Za-z0-9_][\w.$-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a backup: its name in the manifest's folder, its size, its SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where objects of a kind of data lie in a backup, how many they are, and their checksum (see above)."""

    form: From
    select: str
    objects: int
    sha256: str
    database: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest, read and checked."""

    backup: str
    kind: Kind
    tool: str
    format: Format
    started_ms: int | None
    stopped_ms: int | None
    depends_on: tuple[str, ...]
    files: tuple[File, ...]
    holds: Mapping[str, tuple[Source, ...]]

    def as_backup(self) -> Backup:
        """Return it as an entry of a catalogue of files."""
        return Backup(
            id=self.backup,
            kind=self.kind,
            started_ms=self.started_ms,
            stopped_ms=self.stopped_ms,
            bytes=sum(file.bytes for file in self.files),
            depends_on=self.depends_on,
            online=True if self.format in {"pg_dump", "pg_restore", "mysqldump"} else None,  # asked of a live server
        )


def manifest_of(text: str, *, zone: str | None = None) -> Manifest:
    """Return the manifest that a text holds; times without an offset are local to ``zone``.

    Raises:
        ValueError: it is none; the message says what is wrong with it first.
    """
    read = json.loads(text)
    if not isinstance(read, dict) or read.get("schema") != SCHEMA:
        raise ValueError(f"schema is not {SCHEMA}")
    kind, form = read.get("kind"), read.get("format", "tree")
    if kind not in KINDS or form not in FORMATS or not isinstance(read.get("backup"), str) or not read["backup"]:
        raise ValueError("backup, kind or format is missing or unknown")
    holds, files, bases = read.get("holds", {}), read.get("files", []), read.get("depends_on", [])
    if not isinstance(holds, dict) or not isinstance(files, list) or not isinstance(bases, list):
        raise ValueError("holds, files or depends_on has another form")  # noqa: TRY004 - a fault of the text
    if unknown := set(holds) - set(DATA_KINDS):
        raise ValueError(f"holds names unknown kinds of data: {', '.join(sorted(unknown))}")
    return Manifest(
        backup=read["backup"],
        kind=cast("Kind", kind),
        tool=str(read.get("tool", "")),
        format=cast("Format", form),
        started_ms=instant_ms(read.get("started"), zone),
        stopped_ms=instant_ms(read.get("stopped"), zone),
        depends_on=tuple(str(base) for base in bases),
        files=tuple(_file(entry) for entry in files),
        holds={name: _sources(entries) for name, entries in holds.items()},
    )


def _sources(entries: Any) -> tuple[Source, ...]:
    if not isinstance(entries, list):
        raise ValueError("holds gives a list of sources for each kind of data")  # noqa: TRY004 - a fault of the text
    return tuple(_source(entry) for entry in entries)


def _file(entry: Any) -> File:
    told: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    path = told.get("path")
    if (
        not isinstance(path, str)
        or not _inside(path)
        or not _count(told.get("bytes"))
        or not _checksum(told.get("sha256"))
    ):
        raise ValueError("a file needs a path inside the folder, bytes and sha256")
    return File(path=path, bytes=told["bytes"], sha256=told["sha256"])


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith(("/", "-")) and ".." not in parts and path.isprintable()


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _checksum(value: Any) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _source(entry: Any) -> Source:
    if not isinstance(entry, dict) or entry.get("from") not in get_args(From):
        raise ValueError("a source is from table, files or lines")
    form, select, database = cast("From", entry["from"]), entry.get("select"), entry.get("database")
    if not isinstance(select, str) or not (_TABLE.fullmatch(select) if form == "table" else _inside(select)):
        raise ValueError("a source selects a table, or a path inside what is restored")
    if form == "table" and not (isinstance(database, str) and _PLAIN.fullmatch(database)):
        raise ValueError("a table needs its database")
    if not _count(entry.get("objects")) or not _checksum(entry.get("sha256")):
        raise ValueError("a source needs objects and sha256")
    return Source(form=form, select=select, objects=entry["objects"], sha256=entry["sha256"], database=database)


def manifest_data(manifest: Manifest) -> dict[str, Any]:
    """Return it as the JSON that ``manifest_of`` reads, times in milliseconds left to the caller's RFC 3339."""
    return {
        "schema": SCHEMA,
        "backup": manifest.backup,
        "kind": manifest.kind,
        "tool": manifest.tool,
        "format": manifest.format,
        "depends_on": list(manifest.depends_on),
        "files": [{"path": file.path, "bytes": file.bytes, "sha256": file.sha256} for file in manifest.files],
        "holds": {name: [source_data(source) for source in sources] for name, sources in manifest.holds.items()},
    }


def source_data(source: Source) -> dict[str, Any]:
    """Return a source as JSON."""
    told = {"from": source.form, "select": source.select, "objects": source.objects, "sha256": source.sha256}
    return told | ({"database": source.database} if source.database else {})
