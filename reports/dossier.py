"""The dossier: a report together with everything it stands on. What formats render, and what a bundle holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from probes.canonical import Frozen, canonical_bytes, digest
from probes.observation import Reading
from reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What an examination leaves.

    ``readings`` are all readings of the run; ``attachments`` maps ``sha256:<hex>`` to the bytes;
    ``catalogue_json`` is the catalogue as it was used (its digest is ``header.catalogue_sha256``); ``target`` the
    declarations of the target file (no secrets; digest ``header.target_sha256``); ``trail`` the JSON lines of what the
    run created, or None where it created nothing.
    """

    report: Report
    readings: tuple[Reading, ...]
    attachments: Mapping[str, bytes]
    catalogue_json: bytes
    target: Mapping[str, Frozen]
    trail: bytes | None = None


def evidence_digest(readings: Iterable[Reading]) -> str:
    """Return ``sha256:...`` of the canonical JSON list of the sorted ids of all readings.

    It stands in ``Header.evidence_sha256``, so that a dropped, added or altered reading shows.
    """
    return digest(canonical_bytes(sorted(reading.id for reading in readings)))
