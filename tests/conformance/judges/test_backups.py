"""The backup checks on recorded platforms: one in which all is well, and each that is wrong in one named way."""

import pytest

from conformance.judges.table import JUDGEMENTS
from reports.verdict import Undetermined, Violates, word
from tests.conformance.judges.backup_evidence import world
from tests.conformance.judges.backup_subjects import BACKUPS, SUBJECTS, Subject
from tests.conformance.judges.evidence import requirement
from tests.conformance.judges.ways import HALF_WIDTH

PARTIAL = {own_id for own_id in BACKUPS if requirement(own_id).automation == "partial"}


@pytest.mark.parametrize("own_id", BACKUPS)
def test_where_all_is_well_it_conforms_or_wants_a_document(own_id: str) -> None:
    verdict = world().told(own_id)
    if own_id in PARTIAL:
        assert isinstance(verdict, Undetermined)
        assert verdict.cause == "document"
    else:
        assert word(verdict) == "conforms", verdict.reason.en
    assert verdict.observations
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_each_subject_violates_its_check_and_what_stands_on_the_same_fault(subject: Subject) -> None:
    wrong = world(subject.change)
    told = {own_id: wrong.told(own_id) for own_id in BACKUPS}
    violated = {own_id for own_id, verdict in told.items() if isinstance(verdict, Violates)}
    assert violated == {subject.violates, *subject.also}, {
        own_id: told[own_id].reason.en for own_id in violated ^ {subject.violates, *subject.also}
    }
    for verdict in told.values():
        assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
        assert not isinstance(verdict, Violates) or verdict.repeat


@pytest.mark.parametrize("cause", ["target", "permission", "settings"])
@pytest.mark.parametrize(
    ("own_id", "kind"), [(own_id, kind) for own_id in BACKUPS for kind in JUDGEMENTS[own_id].needs]
)
def test_what_could_not_be_looked_at_is_undetermined_with_its_cause(own_id: str, kind: str, cause: str) -> None:
    verdict = world().lose(kind, cause=cause).told(own_id)  # type: ignore[arg-type]
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == cause
    assert "it was not to be had" in verdict.reason.en


@pytest.mark.parametrize("own_id", BACKUPS)
def test_where_nothing_is_declared_and_gathered_it_is_a_matter_of_settings(own_id: str) -> None:
    nothing = world()
    for subjects in nothing.kinds.values():
        subjects.clear()
    nothing.declared.clear()
    verdict = nothing.told(own_id)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == "settings"


@pytest.mark.parametrize("own_id", BACKUPS)
def test_judging_twice_gives_the_same_and_leaves_the_evidence_alone(own_id: str) -> None:
    evidence = world()
    before = [reading.id for reading in evidence.readings()]
    assert evidence.told(own_id) == evidence.told(own_id)
    assert [reading.id for reading in evidence.readings()] == before


@pytest.mark.parametrize("own_id", BACKUPS)
def test_declared_not_applicable_is_told_with_its_reason(own_id: str) -> None:
    evidence = world()
    evidence.declared["not_applicable"] = {own_id: {"reason": "somebody else's backups"}}
    assert word(evidence.told(own_id)) == "not_applicable"
