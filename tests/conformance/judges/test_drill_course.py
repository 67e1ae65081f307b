"""What a drill's own record says, told by the judges: the two that must agree on the shape of ``drill.run``."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from probes.clock import rfc3339
from profiles.drills.course import data_of
from reports.verdict import Undetermined, Verdict, Violates, word
from tests.conformance.judges.drill_evidence import KIND, World, world
from tests.conformance.judges.drill_subjects import (
    GENERAL_DEGREE,
    GENERAL_TIME,
    POWER,
    SEVERE_DEGREE,
    SEVERE_TIME,
    SOFTWARE,
)
from tests.profiles.drills.scripted import Scripted, at
from tests.profiles.drills.test_course import whole


def recalled(script: Scripted, **changes: Any) -> World:
    """Return what a ledger recalls of one record, an hour after its end."""
    until = rfc3339(datetime.fromtimestamp(at(3_600) / 1000, UTC))
    made = world()
    made.kinds[KIND]["platform"] = {"runs": [data_of(script.entries) | changes], "until": until}
    return made


def of_a_disaster(script: Scripted) -> World:
    return recalled(script, kind="general", disaster="general")


def test_a_crash_that_healed_by_itself_conforms_by_its_time() -> None:
    verdict = recalled(whole()).told(SOFTWARE)
    assert word(verdict) == "conforms", verdict.reason.en
    assert "1 software drill in the last 365 days, 4 s on average" in verdict.reason.en
    assert verdict.measured is not None
    assert verdict.measured.value == round(4.1 / 3600, 4)


def test_the_same_as_a_disaster_is_told_by_time_and_degree() -> None:
    assert word(of_a_disaster(whole()).told(GENERAL_TIME)) == "conforms"
    degree = of_a_disaster(whole()).told(GENERAL_DEGREE)
    assert word(degree) == "conforms"
    assert "15 of 15 acknowledged orders came back whole, 100 %" in degree.reason.en


def test_a_crash_that_calls_itself_a_disaster_is_none() -> None:
    called = recalled(whole(), disaster="severe")
    for own_id in (SEVERE_TIME, SEVERE_DEGREE):
        assert word(called.told(own_id)) == "undetermined"


def test_beyond_its_own_limit_it_violates() -> None:
    assert isinstance(recalled(whole(), limit_s=4.1).told(SOFTWARE), Violates)
    assert word(recalled(whole(), limit_s=4.2).told(SOFTWARE)) == "conforms"


def test_orders_lost_on_a_crash_are_told_by_their_ids() -> None:
    script = whole()
    script.change("compare", orders={
        "acknowledged": 15, "found": 14, "lost": ["100015"], "doubled": [], "altered": [], "unread": 0,
    })  # fmt: skip
    verdict = recalled(script).told(POWER)
    assert isinstance(verdict, Violates)
    assert "lost: 100015" in verdict.reason.en
    assert isinstance(of_a_disaster(script).told(GENERAL_DEGREE), Violates)


@pytest.mark.parametrize("step", ["before", "inject", "effect", "watch", "revert", "after", "compare", "disarm"])
def test_a_run_that_was_killed_in_a_step_neither_conforms_nor_violates(step: str) -> None:
    for make in (recalled, of_a_disaster):
        killed: World = make(whole().killed_in(step))
        for own_id in (SOFTWARE, GENERAL_TIME, GENERAL_DEGREE):
            assert isinstance(killed.told(own_id), Undetermined), (step, own_id)


def never_proven(script: Scripted) -> None:
    script.change("effect", proved=False, how="3 of 3 processes still run")


def not_healed(script: Scripted) -> None:
    script.change("revert", proved=False, how="the process does not run")
    script.entries = [entry for entry in script.entries if entry.kind != "host"]  # else the host's own word counts


@pytest.mark.parametrize("change", [never_proven, not_healed])
def test_what_was_not_proven_is_untold(change: Callable[[Scripted], None]) -> None:
    script = whole()
    change(script)
    verdict: Verdict = recalled(script).told(SOFTWARE)
    assert isinstance(verdict, Undetermined), verdict.reason.en
