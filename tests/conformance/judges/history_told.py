"""What the judges of the standing record tell of a script."""

from collections.abc import Mapping
from typing import Any

from conformance.judging import verdict_on
from reports.verdict import Undetermined, Verdict
from tests.conformance.judges.evidence import NOW, requirement, seen
from tests.conformance.judges.standing_script import Script
from tests.conformance.judges.ways import HALF_WIDTH


def told(own_id: str, script: Script, declarations: Mapping[str, Any] | None = None) -> Verdict:
    readings = [seen("ledger.history", script.data()), seen("ledger.drills", {"runs": [], "window_days": 400})]
    verdict = verdict_on(requirement(own_id), readings, declarations or {}, NOW)
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
    return verdict


def cause(verdict: Verdict) -> str:
    assert isinstance(verdict, Undetermined), verdict
    return verdict.cause
