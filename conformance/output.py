"""Writes the output folder, signs it, and keeps ``latest`` pointing at it."""

import os
from pathlib import Path

from probes.errors import EvidenceError
from reports.dossier import Dossier
from reports.formats.table import render_all
from reports.signing.keys import PRIVATE_FILE, Signer, default_folder, load_signer, new
from reports.signing.signer import sign

SIGNATURE = "bundle.dsse.json"


def signer_of_this_machine() -> tuple[Signer, bool]:
    """Return this machine's signing key, and whether it was made just now.

    Raises:
        EvidenceError: the key cannot be used (readable by others, not a key), or cannot be written.
    """
    folder = default_folder(os.environ)
    if (folder / PRIVATE_FILE).exists():
        return load_signer(folder / PRIVATE_FILE), False
    return new(folder), True


def write(dossier: Dossier, out: Path, signer: Signer) -> Path:
    """Write all files of the run into ``out/<run id>`` and return that folder; ``out/latest`` points at it.

    Raises:
        EvidenceError: if the files cannot be written; the ledger holds the evidence all the same.
    """
    folder = out / dossier.report.header.run_id
    files = dict(render_all(dossier))
    files[SIGNATURE] = sign(files, dossier.report, signer)
    try:
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        _point(out / "latest", folder.name)
    except OSError as error:
        raise EvidenceError(
            f"{folder}: the report could not be written ({error.strerror}); the evidence is in the ledger, "
            "make room or choose another folder with --out and examine again"
        ) from error
    return folder


def _point(link: Path, name: str) -> None:
    fresh = link.with_name(f".latest-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(link)
