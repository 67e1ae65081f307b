"""Judging plain evidence: good readings with one of them replaced, or one part of a check alone."""

from collections.abc import Callable, Mapping
from typing import Any

from conformance.judges.judgement import Judgement, judge
from conformance.judges.table import JUDGEMENTS
from probes.observation import Observation, Reading
from reports.verdict import Verdict
from tests.conformance.judges.evidence import NOW, Data, requirement, seen
from tests.conformance.judges.good import GOOD


def good_readings(own_id: str) -> dict[str, Reading]:
    """Return one good reading of each kind that the check needs."""
    return {kind: seen(kind, GOOD[kind]()) for kind in JUDGEMENTS[own_id].needs}


def told(own_id: str, *instead: Reading, declarations: Mapping[str, Any] | None = None) -> Verdict:
    """Judge good evidence, with these readings in place of those of their kinds."""
    replaced = {reading.header.kind for reading in instead}
    others = [reading for kind, reading in good_readings(own_id).items() if kind not in replaced]
    return judge(requirement(own_id), JUDGEMENTS[own_id], (*instead, *others), declarations or {}, NOW)


def changed(kind: str, change: Callable[[Data], Any]) -> Observation:
    """Return the good observation of a kind with something changed in its data."""
    data = GOOD[kind]()
    change(data)
    return seen(kind, data)


def part(own_id: str, kind: str) -> Judgement:
    """Return the judgement of one kind of a check alone."""
    return Judgement(parts={kind: JUDGEMENTS[own_id].parts[kind]})


def told_of(own_id: str, kind: str, change: Callable[[Data], Any]) -> Verdict:
    """Judge one changed observation by one part of a check."""
    return judge(requirement(own_id), part(own_id, kind), [changed(kind, change)], {}, NOW)
