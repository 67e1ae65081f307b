"""What was handed over: the files on disk that a verification looks at. The only I/O of the verifier."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from probes.errors import EvidenceError
from reports.formats.bundle import MAX_BUNDLE_BYTES
from reports.signing import envelope, statement

BUNDLE = "bundle.zip"
REPORT = "report.json"
MAX_ENVELOPE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """``present`` maps the names of files that the statement speaks of, and that are there, to SHA-256 (hex).

    ``whole``: an output folder was handed over, not the bundle and its signature alone; then every subject must be
    there. ``extras`` are things in the folder that the statement does not speak of, where that matters.
    """

    envelope: bytes
    bundle: bytes | None
    report_json: bytes | None
    present: Mapping[str, str]
    whole: bool
    extras: tuple[str, ...]


def hand_over(path: Path) -> Handed:
    """Return what lies at ``path``: an output folder, or its ``bundle.zip`` or ``bundle.dsse.json``.

    Raises:
        EvidenceError: if there is no such thing, the signature file is missing, or a file cannot be read.
    """
    is_folder = path.is_dir()
    if not is_folder and path.name not in {BUNDLE, envelope.FILE}:
        raise EvidenceError(f"{path}: hand over an output folder, or the {BUNDLE} in it")
    folder = path if is_folder else path.parent
    raw = _read(folder / envelope.FILE, MAX_ENVELOPE_BYTES)
    subjects = _subjects(raw)
    try:
        listed = sorted(folder.iterdir())
        present = {entry.name: _sha256(entry) for entry in listed if entry.name in subjects and entry.is_file()}
    except OSError as error:
        raise EvidenceError(f"{folder}: cannot be read: {error}") from error
    whole = bool(present.keys() - {BUNDLE})
    known = {*present, BUNDLE, envelope.FILE}
    return Handed(
        envelope=raw,
        bundle=_read(folder / BUNDLE, MAX_BUNDLE_BYTES) if (folder / BUNDLE).is_file() else None,
        report_json=_read(folder / REPORT, MAX_BUNDLE_BYTES) if REPORT in present else None,
        present=present,
        whole=whole,
        # A bundle beside strange files (in a folder of downloads) is fine; an output folder holds its own files only.
        extras=tuple(entry.name for entry in listed if entry.name not in known) if whole or is_folder else (),
    )


def _subjects(raw: bytes) -> frozenset[str]:
    # Only to know which files to look at; whether the statement may be believed is the verifier's to say.
    try:
        return frozenset(statement.decode(envelope.decode(raw).payload).subjects)
    except EvidenceError:
        return frozenset()


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise EvidenceError(f"{path}: larger than {most} bytes")
    return content


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
