"""Checks that are judged on a whole platform: what holds for each of them, whatever it looks at."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from reports.verdict import Undetermined, word
from tests.conformance.judges import backup_evidence, drill_evidence, host_evidence, load_evidence
from tests.conformance.judges.backup_subjects import BACKUPS
from tests.conformance.judges.drill_subjects import ALL as DRILLS
from tests.conformance.judges.evidence import requirement
from tests.conformance.judges.host_subjects import HOSTS
from tests.conformance.judges.load_subjects import LOAD
from tests.conformance.judges.ways import HALF_WIDTH

World: TypeAlias = backup_evidence.World | host_evidence.World | load_evidence.World | drill_evidence.World
WORLDS: dict[str, Callable[[], World]] = {
    **dict.fromkeys(BACKUPS, backup_evidence.world),
    **dict.fromkeys(HOSTS, host_evidence.world),
    **dict.fromkeys(LOAD, load_evidence.world),
    **dict.fromkeys(DRILLS, drill_evidence.world),
}
OF_EACH = pytest.mark.parametrize("own_id", WORLDS)


@OF_EACH
def test_where_all_is_well_it_conforms_or_wants_a_document(own_id: str) -> None:
    verdict = WORLDS[own_id]().told(own_id)
    if requirement(own_id).automation == "partial":
        assert isinstance(verdict, Undetermined)
        assert verdict.cause == "document", verdict.reason.en
    else:
        assert word(verdict) == "conforms", verdict.reason.en
    assert verdict.observations
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


@OF_EACH
def test_where_nothing_is_declared_and_gathered_it_is_a_matter_of_settings(own_id: str) -> None:
    nothing = WORLDS[own_id]()
    for subjects in nothing.kinds.values():
        subjects.clear()
    nothing.declared.clear()
    verdict = nothing.told(own_id)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == "settings"


@OF_EACH
def test_judging_twice_gives_the_same_and_leaves_the_evidence_alone(own_id: str) -> None:
    evidence = WORLDS[own_id]()
    before = [reading.id for reading in evidence.readings()]
    assert evidence.told(own_id) == evidence.told(own_id)
    assert [reading.id for reading in evidence.readings()] == before


@OF_EACH
def test_declared_not_applicable_is_told_with_its_reason(own_id: str) -> None:
    evidence = WORLDS[own_id]()
    evidence.declared["not_applicable"] = {own_id: {"reason": "somebody else's machines"}}
    assert word(evidence.told(own_id)) == "not_applicable"
