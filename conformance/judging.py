"""From readings to a report. Pure: the same readings, declarations and instant give the same report, years later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from conformance.stricter import tightened
from probes.clock import parse_rfc3339, rfc3339
from probes.observation import Reading
from reports.finding import Finding, Waiver
from reports.report import conclude
from reports.verdict import Requirement, Verdict


def verdict_on(
    requirement: Requirement, readings: Sequence[Reading], declarations: Mapping[str, Any], examined_at: datetime
) -> Verdict:
    """Return the verdict on one check."""
    return judge(
        tightened(requirement, declarations), JUDGEMENTS.get(requirement.id), readings, declarations, examined_at
    )


def waivers_in_force(declarations: Mapping[str, Any], examined_at: datetime) -> Mapping[str, Waiver]:
    """Return the waivers that hold at the examination, by requirement id; an expired one is gone."""
    found: dict[str, Waiver] = {}
    for entry in declarations.get("waivers", ()):
        expires = parse_rfc3339(entry["expires"])
        if examined_at < expires:
            found[entry["check"]] = Waiver(
                requirement_id=entry["check"], reason=entry["reason"], owner=entry["owner"], expires_at=rfc3339(expires)
            )
    return found


def findings_of(
    scope: Sequence[Requirement],
    verdicts: Mapping[str, Verdict],
    declarations: Mapping[str, Any],
    examined_at: datetime,
) -> tuple[Finding, ...]:
    """Return a finding for every requirement in scope; checks without a verdict are undetermined."""
    return conclude(scope, verdicts, waivers_in_force(declarations, examined_at))
