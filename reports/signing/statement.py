"""The in-toto Statement that is signed: every file of the output folder by its SHA-256, and which run they tell of.

Source: https://github.com/in-toto/attestation (Statement v1).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from reports.report import Report
from reports.strict_json import load_canonical

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:duheng:report:v1"
_SHA256_HEX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``subjects`` maps file name to SHA-256 (hex); the rest says which run, as the report's header does."""

    subjects: Mapping[str, str]
    run_id: str
    tool: str
    exit: int
    catalogue_sha256: str
    target_sha256: str


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hex, as in-toto writes it."""
    return hashlib.sha256(content).hexdigest()


def make(files: Mapping[str, bytes], report: Report) -> Statement:
    """Return the statement over ``files`` (name to content) for the run that ``report`` tells of."""
    return Statement(
        subjects={name: sha256_hex(content) for name, content in files.items()},
        run_id=report.header.run_id,
        tool=report.header.tool,
        exit=report.footer.exit,
        catalogue_sha256=report.header.catalogue_sha256,
        target_sha256=report.header.target_sha256,
    )


def encode(statement: Statement) -> bytes:
    """Return the statement's canonical bytes (RFC 8785), subjects by name."""
    return canonical_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": name, "digest": {"sha256": hexdigest}}
                for name, hexdigest in sorted(statement.subjects.items())
            ],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "run_id": statement.run_id,
                "tool": statement.tool,
                "exit": statement.exit,
                "catalogue_sha256": statement.catalogue_sha256,
                "target_sha256": statement.target_sha256,
            },
        }
    )


def decode(raw: bytes) -> Statement:
    """Return the statement that ``raw`` is.

    Raises:
        EvidenceError: unless ``raw`` is, byte for byte, what ``encode`` writes.
    """
    record = load_canonical(raw, what="statement")
    try:
        statement = _statement(record)
        same = encode(statement) == raw
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"statement: not one of a report: {error!r}") from error
    if not same:
        raise EvidenceError("statement: holds other things than the statement of a report does")
    return statement


def _statement(record: Any) -> Statement:
    predicate = record["predicate"]
    subjects = {_name(subject["name"]): _hex(subject["digest"]["sha256"]) for subject in record["subject"]}
    return Statement(
        subjects=subjects,
        run_id=predicate["run_id"],
        tool=predicate["tool"],
        exit=predicate["exit"],
        catalogue_sha256=predicate["catalogue_sha256"],
        target_sha256=predicate["target_sha256"],
    )


def _name(name: Any) -> str:
    # Subjects are looked for beside the bundle: a name must not lead out of the folder.
    if not isinstance(name, str) or not name or "/" in name or "\\" in name or name in {".", ".."} or "\0" in name:
        raise ValueError(f"not a file's name: {name!r}")
    return name


def _hex(digest: Any) -> str:
    if not isinstance(digest, str) or len(digest) != _SHA256_HEX:
        raise ValueError(f"not a SHA-256: {digest!r}")
    return digest
