"""What a verification holds a report against: the catalogues that were released, and the one installed here."""

from collections.abc import Sequence

from conformance.catalogue.load import from_json, load_catalogue
from conformance.catalogue.release import released
from conformance.catalogue.selection import select
from probes.errors import EvidenceError, SettingsError
from reports.signing.released import Released
from reports.strict_json import load
from reports.verdict import Requirement

EVERYTHING = "all"


def released_catalogues() -> Released:
    """Return the digests of ``conformance/catalogue/released.json`` with this installation's own requirements."""
    return Released(
        digests=frozenset(entry["sha256"] for entry in released()),
        requirements=load_catalogue().requirements,
        requirements_of=requirements_of,
        in_scope=in_scope,
    )


def requirements_of(catalogue_json: bytes) -> Sequence[Requirement]:
    """Return the requirements of a bundle's ``catalogue.json``.

    Raises:
        EvidenceError: if it is no catalogue.
    """
    return from_json(load(catalogue_json, what="catalogue.json")).requirements


def in_scope(scope: str, requirements: Sequence[Requirement]) -> Sequence[Requirement]:
    """Return what a report's ``scope`` means: ``all``, or the list that ``--clauses`` was given.

    Raises:
        EvidenceError: if it names something that the catalogue has not.
    """
    if scope == EVERYTHING:
        return requirements
    try:
        return select(requirements, scope)
    except SettingsError as error:
        raise EvidenceError(f"scope {scope!r}: {error}") from error
