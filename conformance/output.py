"""Writes the output folder, signs it, and keeps ``latest`` pointing at it."""

import os
import shutil
import tempfile
from pathlib import Path

from probes.errors import EvidenceError
from reports.dossier import Dossier
from reports.formats.table import render_all
from reports.signing.keys import PRIVATE_FILE, Signer, default_folder, load_signer, new
from reports.signing.signer import sign

SIGNATURE = "bundle.dsse.json"
LATEST = "latest"


def signer_of_this_machine() -> Signer:
    """Return this machine's signing key; the first time one is made.

    Raises:
        EvidenceError: the key cannot be used (readable by others, not a key), or cannot be written.
    """
    folder = default_folder(os.environ)
    return load_signer(folder / PRIVATE_FILE) if (folder / PRIVATE_FILE).exists() else new(folder)


def make_ready(out: Path) -> None:
    """Make the output folder, and see that a report can be written into it before there is one to lose.

    Raises:
        EvidenceError: it cannot be made or written, or something of somebody else's is called ``latest`` in it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(b"?")
            probe.flush()
    except OSError as error:
        raise EvidenceError(
            f"{out}: the output folder cannot be written ({error.strerror}); choose another with --out"
        ) from error
    latest = out / LATEST
    if latest.exists() and not latest.is_symlink():
        raise EvidenceError(f"{latest} is not Duheng's link to the latest run; move it away, or choose another --out")


def write(dossier: Dossier, out: Path, signer: Signer) -> Path:
    """Write all files of the run into ``out/<run id>`` and return that folder; ``out/latest`` points at it.

    The folder appears when it is whole, or not at all.

    Raises:
        EvidenceError: if the files cannot be written; the ledger holds the evidence all the same.
    """
    folder = out / dossier.report.header.run_id
    files = dict(render_all(dossier))
    files[SIGNATURE] = sign(files, dossier.report, signer)
    unfinished = out / f".{folder.name}"
    try:
        unfinished.mkdir(parents=True)
        for name, content in files.items():
            (unfinished / name).write_bytes(content)
        unfinished.rename(folder)
        _point(out / LATEST, folder.name)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise EvidenceError(
            f"{folder}: the report could not be written ({error.strerror}); the evidence is in the ledger: "
            "make room, or choose another folder with --out, and examine again"
        ) from error
    return folder


def _point(link: Path, name: str) -> None:
    fresh = link.with_name(f".latest-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(link)
