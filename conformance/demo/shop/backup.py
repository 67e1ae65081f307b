"""The shop's own backup job: a full backup and an incremental one, each with a manifest. Run as a module.

A backup is an archive: the database (an online copy), an export a kind of data with a row a line, and the job's log.
The incremental one holds what changed since the full one; its manifest names both archives, in the order in which they
are unpacked. The manifest is written last, so that an archive without one is a backup half way. Its form is told by
``probes/backups/manifest.schema.json``.
"""

import hashlib
import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import django

EXPORTS = {  # kind of data: (app, model, which rows; None: all)
    "pages": (("catalogue", "Product", None), ("catalogue", "Category", None)),
    "customers": (("auth", "User", "customers"), ("address", "UserAddress", None)),
    "trades": (("order", "Order", None), ("order", "Line", None), ("order", "ShippingAddress", None)),
    "management": (("auth", "User", "staff"), ("sites", "Site", None), ("auth", "Permission", None)),
    "merchants": (("partner", "Partner", None), ("partner", "StockRecord", None), ("auth", "User", "merchants")),
}
DATABASE, LOG = "shop.sqlite3", "backup.log"
SCHEMA = "duheng/backup-manifest/v1"


def main() -> None:
    """Take both backups into the folder that ``DUHENG_DEMO_DIR`` holds for them."""
    folder = Path(os.environ["DUHENG_DEMO_DIR"]) / "backups"
    work = folder / "work"
    work.mkdir()
    full, known = take(folder, work, kind="full", known={}, base=None)
    take(folder, work, kind="incremental", known=known, base=full)
    for path in sorted(work.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    work.rmdir()


def take(folder, work, *, kind, known, base):
    """Take one backup: of what differs from ``known`` (path: SHA-256), on top of the manifest ``base``.

    Returns its manifest, and what it has seen.
    """
    started = _now()
    name = f"{kind}-{started.replace(':', '').replace('-', '').replace('.', '')}"
    with (work / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{started} {kind} {name}\n")
    _copy_database(work / DATABASE)
    holds = {each: [_export(work, each)] for each in EXPORTS}
    seen = {path.relative_to(work).as_posix(): _sha256(path) for path in sorted(work.rglob("*")) if path.is_file()}
    holds["management"].append(_counted_file(DATABASE, seen[DATABASE]))
    archive = folder / f"{name}.tar.gz"
    part = archive.with_suffix(".part")
    with tarfile.open(part, "w:gz") as packed:
        for path in (path for path, digest in seen.items() if known.get(path) != digest):
            packed.add(work / path, arcname=path)
    part.replace(archive)
    files = [*(base["files"] if base else []), _file(archive)]
    manifest = {
        "schema": SCHEMA,
        "backup": name,
        "kind": kind,
        "tool": "demo-backup 1",
        "format": "tree",
        "started": started,
        "stopped": _now(),
        "depends_on": [base["backup"]] if base else [],
        "files": files,
        "holds": holds,
    }
    part = folder / f"{name}.manifest.part"
    part.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    part.replace(folder / f"{name}.manifest.json")
    return manifest, seen


def _now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _copy_database(path):
    from django.db import connection  # noqa: PLC0415 - Django is set up first

    path.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])


def _export(work, kind):
    """Write the rows of a kind of data as lines, and return where they lie, as the manifest tells it."""
    from django.core import serializers  # noqa: PLC0415

    path = work / "export" / f"{kind}.jsonl"
    path.parent.mkdir(exist_ok=True)
    rows = [row for source in EXPORTS[kind] for row in _rows(*source)]
    text = serializers.serialize("jsonl", rows)
    path.write_text(text, encoding="utf-8")
    lines = sorted(line + b"\n" for line in text.encode().split(b"\n") if line)
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return {"from": "lines", "select": f"export/{kind}.jsonl", "objects": len(lines), "sha256": digest}


def _rows(app, model, which):
    from django.apps import apps  # noqa: PLC0415

    rows = apps.get_model(app, model).objects.order_by("pk")
    match which:
        case "staff":
            return rows.filter(is_staff=True)
        case "merchants":
            return rows.filter(partners__isnull=False)
        case "customers":
            return rows.filter(is_staff=False, partners__isnull=True)
    return rows


def _counted_file(path, digest):
    """Return a single file as a source of objects: the checksum is over what ``sha256sum`` prints of it."""
    listed = f"{digest}  ./{path}\n".encode()
    return {"from": "files", "select": path, "objects": 1, "sha256": hashlib.sha256(listed).hexdigest()}


def _file(path):
    return {"path": path.name, "bytes": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conformance.demo.shop.settings")
    django.setup()
    main()
