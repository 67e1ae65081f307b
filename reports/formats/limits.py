"""The bound of a metric that a picture draws: as it was judged, or the catalogue's own. Pure."""

from dataclasses import dataclass

from reports import overview
from reports.dossier import Dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound: its value in its unit."""

    value: float
    unit: str


def limit(dossier: Dossier, metric: str) -> Limit | None:
    """Return the bound of a metric; None where nothing bounds it."""
    for finding in dossier.report.findings:
        judged_by = finding.verdict.threshold
        for bound in (*([judged_by] if judged_by else []), *finding.requirement.thresholds):
            if bound.metric == metric:
                return Limit(value=float(bound.value), unit=bound.unit)
    records = overview.records(dossier.catalogue_json)
    bounds = (bound for record in records for bound in record.get("thresholds", ()))
    found = next((bound for bound in bounds if bound["metric"] == metric), None)
    return None if found is None else Limit(value=float(found["value"]), unit=str(found["unit"]))
