"""Keys, output folders and the verifier's own knowledge, for the tests of signing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.released import in_scope, requirements_of
from probes.canonical import digest
from reports.dossier import Dossier
from reports.formats import bundle, findings_csv, report_json
from reports.signing import envelope
from reports.signing.answers import Answer
from reports.signing.handed import hand_over
from reports.signing.keys import Signer
from reports.signing.released import Released
from reports.signing.signer import sign
from reports.signing.verifier import verify
from tests.reports.dossiers import REQUIREMENTS, catalogue_json

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SIGNER = Signer(private=Ed25519PrivateKey.from_private_bytes(b"d" * 32))
FOREIGN = Signer(private=Ed25519PrivateKey.from_private_bytes(b"f" * 32))
RELEASED = Released(
    digests=frozenset({digest(catalogue_json())}),
    requirements=REQUIREMENTS,
    requirements_of=requirements_of,
    in_scope=in_scope,
)


def files_of(whole: Dossier) -> dict[str, bytes]:
    return {
        "report.json": report_json.render(whole),
        "findings.csv": findings_csv.render(whole),
        "bundle.zip": bundle.render(whole),
    }


def lay_out(folder: Path, whole: Dossier, *, signer: Signer = SIGNER, files: Mapping[str, bytes] | None = None) -> Path:
    """Write an output folder, signed; ``files`` replaces what is written and signed."""
    content = files_of(whole) if files is None else files
    for name, raw in content.items():
        (folder / name).write_bytes(raw)
    (folder / envelope.FILE).write_bytes(sign(content, whole.report, signer))
    return folder


def ask(
    path: Path, *, signer: Signer = SIGNER, not_older_than_s: float | None = None, released: Released = RELEASED
) -> tuple[Answer, ...]:
    return verify(hand_over(path), key=signer.public, released=released, now=NOW, not_older_than_s=not_older_than_s)


def refused(answers: Sequence[Answer]) -> list[str]:
    """Return the names of the answers that refuse (not those that were not told)."""
    return [answer.name for answer in answers if answer.told and not answer.good]


def said(answers: Sequence[Answer]) -> str:
    """Return the English words of all refusals."""
    return "\n".join(step.text.en for answer in answers for step in answer.steps if not step.good)


def knowing(*catalogues: bytes) -> Released:
    return replace(RELEASED, digests=frozenset(map(digest, catalogues)))
