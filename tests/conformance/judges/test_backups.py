"""The backup checks on recorded platforms: one in which all is well, and each that is wrong in one named way."""

import pytest

from conformance.judges.table import JUDGEMENTS
from reports.verdict import Undetermined, Violates
from tests.conformance.judges.backup_evidence import world
from tests.conformance.judges.backup_subjects import BACKUPS, SUBJECTS, Subject
from tests.conformance.judges.ways import HALF_WIDTH


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
