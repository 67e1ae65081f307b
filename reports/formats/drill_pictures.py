"""All pictures of drills for one page, from the reading ``ledger.drills``. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from probes.clock import parse_rfc3339
from probes.observation import Observation
from reports.dossier import Dossier
from reports.finding import Finding
from reports.formats import drill_history, drill_timeline
from reports.formats.drill_record import KIND, limits_of, runs
from reports.formats.reading_data import mapping, zone_of

CLAUSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "times": (
            "SBT-3.1.1.2-sw-mttr",
            "SBT-3.1.1.2-hw-mttr",
            "SBT-3.1.1.4.1-general",
            "SBT-3.1.1.4.1-severe",
        ),
        "degree": ("SBT-3.1.1.4.2-general", "SBT-3.1.1.4.2-severe", "SBT-3.1.3.4-physical-power"),
    }
)
"""What each picture bears on: these findings stand beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What the section shows; without any run ``why`` says what is known of it."""

    why: str
    timeline: drill_timeline.Picture | None
    history: drill_history.Picture | None
    clauses: Mapping[str, tuple[Finding, ...]]


def pictures(dossier: Dossier) -> Pictures | None:
    """Return the pictures; None where the examination asked for no drill, or none is declared and none recorded."""
    told = [each for each in dossier.readings if each.header.kind == KIND]
    if not told:
        return None
    last = told[-1]
    if not isinstance(last, Observation):
        if not mapping(dossier.target).get("drills"):
            return None
        return Pictures(why=last.detail, timeline=None, history=None, clauses=_clauses(dossier))
    limits = limits_of(dossier)
    found = runs(last, limits)
    ends_ms = parse_rfc3339(last.header.observed_at).timestamp() * 1000
    zone = zone_of(mapping(dossier.target.get("platform")).get("timezone"))
    return Pictures(
        why="",
        timeline=drill_timeline.picture(found),
        history=drill_history.picture(found, limits, ends_ms, zone),
        clauses=_clauses(dossier),
    )


def _clauses(dossier: Dossier) -> Mapping[str, tuple[Finding, ...]]:
    found = {finding.requirement.id: finding for finding in dossier.report.findings}
    return {name: tuple(found[each] for each in ids if each in found) for name, ids in CLAUSES.items()}
