"""Wrong on purpose, for the checks of the long record: each scripted ledger is told on its check and no other."""

import dataclasses
import functools
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from conformance.recalling import FUNCTIONS, HISTORY, recalled
from probes.clock import SystemClock
from probes.observation import Observation, Reading
from reports.ledger.memory import MemoryStore
from reports.ledger.store import LedgerStore
from reports.verdict import Undetermined, Verdict, word
from tests.conformance.judges.evidence import requirement
from tests.conformance.judges.standing_evidence import GOOD_YEARS
from tests.conformance.judges.standing_script import ENDS
from tests.conformance.judges.standing_subjects import STANDING, SUBJECTS, Subject
from tests.conformance.judges.ways import HALF_WIDTH
from tests.conformance.looks import target

KINDS = (HISTORY, FUNCTIONS)


class StoppedClock(SystemClock):
    """Time stands at the end of the script."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at


def judged(store: LedgerStore, folder: Path, at: datetime = ENDS) -> dict[str, Verdict]:
    """Judge every long-run check on what the ledger holds of the platform ``shop`` at an instant."""
    clock = StoppedClock(at)
    readings = recalled(KINDS, store, target(folder), clock, run_id="run")
    return {name: judge(requirement(name), JUDGEMENTS[name], readings, {}, at) for name in STANDING}


def kept(subject: Subject) -> LedgerStore:
    store = MemoryStore(clock=SystemClock())
    subject.keep(store)
    return store


@functools.cache
def _good() -> LedgerStore:
    return kept(Subject(name="good", violates=""))


def test_a_good_record_conforms_in_every_long_run_check(tmp_path: Path) -> None:
    told = judged(_good(), tmp_path)
    assert {name: word(verdict) for name, verdict in told.items()} == dict.fromkeys(STANDING, "conforms"), told
    assert not [name for name, verdict in told.items() if HALF_WIDTH.search(verdict.reason.zh)]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_each_subject_is_told_on_its_check_and_no_other(subject: Subject, tmp_path: Path) -> None:
    told = judged(kept(subject), tmp_path)
    violated = {name for name, verdict in told.items() if word(verdict) == "violates"}
    assert violated == {subject.violates}, {name: verdict.reason.en for name, verdict in told.items()}
    verdict = told[subject.violates]
    assert getattr(verdict, "repeat", ())
    assert verdict.measured is not None
    assert not [each.reason.zh for each in told.values() if HALF_WIDTH.search(each.reason.zh)]


def untold(told: dict[str, Verdict]) -> set[str]:
    assert all(isinstance(verdict, Undetermined) for verdict in told.values()), told
    return {verdict.cause for verdict in told.values() if isinstance(verdict, Undetermined)}


def test_where_nothing_was_recorded_nothing_can_be_told(tmp_path: Path) -> None:
    told = judged(MemoryStore(clock=SystemClock()), tmp_path)
    assert untold(told) == {"stale"}
    assert "duheng watch" in told["SBT-3.1.1.2-mtbf"].reason.en
    assert "duheng examine" in told["SBT-3.2.1-kept"].reason.en


def test_the_record_of_another_platform_does_not_count(tmp_path: Path) -> None:
    store = MemoryStore(clock=SystemClock())
    theirs = dataclasses.replace(GOOD_YEARS, platform_id="another")
    Subject(name="theirs", violates="", script=theirs).keep(store)
    assert untold(judged(store, tmp_path)) == {"stale"}


def test_a_record_that_ended_before_the_age_limit_is_stale(tmp_path: Path) -> None:
    assert untold(judged(_good(), tmp_path, ENDS + timedelta(hours=24, seconds=1))) == {"stale"}
    assert word(judged(_good(), tmp_path, ENDS + timedelta(hours=20))["SBT-3.1.1.2-mtbf"]) == "conforms"


def test_what_lies_after_the_instant_is_not_seen(tmp_path: Path) -> None:
    assert untold(judged(_good(), tmp_path, ENDS - timedelta(hours=20_000))) == {"stale"}


def test_a_recalled_reading_says_when_it_was_read_and_of_what(tmp_path: Path) -> None:
    readings: tuple[Reading, ...] = recalled(KINDS, _good(), target(tmp_path), StoppedClock(ENDS), run_id="run")
    assert [reading.header.kind for reading in readings] == list(KINDS)
    assert {reading.header.platform_id for reading in readings} == {"shop"}
    assert {reading.header.run_id for reading in readings} == {"run"}
    assert all(isinstance(reading, Observation) for reading in readings)
