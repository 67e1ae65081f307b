"""Manifests as a shop takes them at backup time: with the very shell lines that the form documents."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.backups.manifest import SCHEMA, SUFFIX
from tests.probes.backups.asking import run


def write_manifest(folder: Path, backup: str, holds: Mapping[str, Any], **values: Any) -> Path:
    """Write a manifest beside what it names, as the last step of a backup."""
    told = {"schema": SCHEMA, "backup": backup, "kind": "full", "holds": holds} | values
    path = folder / f"{backup}{SUFFIX}"
    path.write_text(json.dumps(told) + "\n", encoding="utf-8")
    return path


def file_entry(path: Path) -> dict[str, Any]:
    """Return a file as a manifest names it."""
    raw = path.read_bytes()
    return {"path": path.name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def rows(database: str, select: str, printed: str) -> dict[str, Any]:
    """Return a table as a source, from the rows that the database's client printed."""
    return _source("table", select, printed) | {"database": database}


def _source(form: str, select: str, printed: str) -> dict[str, Any]:
    lines = sorted(printed.encode().splitlines(keepends=True))
    return {
        "from": form,
        "select": select,
        "objects": len(lines),
        "sha256": hashlib.sha256(b"".join(lines)).hexdigest(),
    }


def below(root: Path, pattern: str) -> dict[str, Any]:
    """Return the files below a folder as a source, by the documented line."""
    find = f"cd '{root}' && find . -type f -path './{pattern}' -exec sha256sum {{}} + | LC_ALL=C sort -k2"
    listed = run(["sh", "-c", find])
    checksum = run(["sh", "-c", f"{find} | sha256sum"]).split()[0]
    return {"from": "files", "select": pattern, "objects": listed.count("\n"), "sha256": checksum}


def lines(root: Path, file: str) -> dict[str, Any]:
    """Return the lines of a file as a source."""
    return _source("lines", file, (root / file).read_text(encoding="utf-8"))
