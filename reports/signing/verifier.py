"""The verifier: offline, step by step, trusting only the files in hand, the key it is given and what was released."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from probes.errors import EvidenceError
from reports.formats.bundle import read_bundle
from reports.signing.answers import Answer, Name, refuse
from reports.signing.completeness import check_completeness
from reports.signing.freshness import check_freshness
from reports.signing.handed import Handed
from reports.signing.released import Released
from reports.signing.signature import check_signature, signed_statement
from reports.signing.thresholds import check_thresholds
from reports.signing.timing import check_time


def verify(
    handed: Handed,
    *,
    key: Ed25519PublicKey,
    released: Released,
    now: datetime,
    not_older_than_s: float | None = None,
) -> tuple[Answer, ...]:
    """Return the five answers; the report may be relied on only if all are good.

    Nothing inside the bundle is looked at unless the signature is good; where the bundle cannot be read,
    completeness is refused and the answers after it are not told.
    """
    signature = Answer(name="signature", steps=tuple(check_signature(handed, key)))
    if not signature.good or handed.bundle is None:
        return signature, *_not_told("completeness", "thresholds", "time", "freshness")
    try:
        dossier = read_bundle(handed.bundle, released.requirements_of)
        requirements = released.requirements_of(dossier.catalogue_json)
    except EvidenceError as error:
        refused = refuse("completeness", f"证据包无法使用：{error}", f"the bundle cannot be used: {error}")
        return signature, *refused[1:]
    told = signed_statement(handed)
    return (
        signature,
        Answer(name="completeness", steps=tuple(check_completeness(dossier, requirements, told, handed, released))),
        Answer(name="thresholds", steps=tuple(check_thresholds(dossier, requirements, released))),
        Answer(name="time", steps=tuple(check_time(dossier, now))),
        Answer(name="freshness", steps=tuple(check_freshness(dossier, now, not_older_than_s))),
    )


def _not_told(*names: Name) -> tuple[Answer, ...]:
    return tuple(Answer(name=name, steps=()) for name in names)
