"""Mean recovery times by drills, beside the watched record: which of the two speaks, and what is no incident."""

from collections.abc import Callable
from typing import Any

import pytest

from probes.errors import CAUSES, Cause
from reports.verdict import word
from tests.conformance.judges.drill_evidence import (
    DAY_MS,
    HISTORY,
    KIND,
    World,
    again,
    cause,
    world,
)
from tests.conformance.judges.drill_subjects import (
    SOFTWARE,
    lasting,
)
from tests.conformance.judges.standing_script import Outage

Change = Callable[[World], Any]


def test_the_mean_over_all_drills_of_the_kind_counts() -> None:
    two = world(lasting("software-crash", 7_200.0), again("software-crash", days=9))
    verdict = two.told(SOFTWARE)
    assert word(verdict) == "conforms"
    assert "2 software drills in the last 365 days" in verdict.reason.en
    assert verdict.measured is not None
    assert verdict.measured.value == pytest.approx((2 + 60 / 3600) / 2, abs=1e-4)
    slow = world(lasting("software-crash", 2 * 3600.0), again("software-crash", days=9))
    lasting("software-crash", 8 * 3600.0)(slow)
    assert word(slow.told(SOFTWARE)) == "violates"


def test_an_incident_of_the_class_goes_before_every_drill() -> None:
    hurt = world(lasting("software-crash", 5 * 3600.0))
    hurt.watched(Outage(hours_ago=500, hours=1, incident_class="software"))
    verdict = hurt.told(SOFTWARE)
    assert word(verdict) == "conforms"
    assert "1 software incident in the last 365 days, 1.00 h on average" in verdict.reason.en
    hurt.watched(Outage(hours_ago=500, hours=1, incident_class="hardware"))
    assert word(hurt.told(SOFTWARE)) == "violates"


def test_an_outage_of_no_class_must_come_to_the_same() -> None:
    open_question = world()
    open_question.watched(Outage(hours_ago=500, hours=3))
    assert word(open_question.told(SOFTWARE)) == "conforms"
    open_question.watched(Outage(hours_ago=500, hours=5))
    assert cause(open_question.told(SOFTWARE)) == "settings"
    lasting("software-crash", 5 * 3600.0)(open_question)
    assert word(open_question.told(SOFTWARE)) == "violates"
    open_question.watched(Outage(hours_ago=500, hours=3))
    assert cause(open_question.told(SOFTWARE)) == "settings"


def test_what_a_drill_brought_down_is_no_incident_unless_a_person_says_so() -> None:
    felt = world(lasting("software-crash", 600.0))
    ago = 72 + 2 * 10 / 60  # the drill ended three days before, and its recovery ten minutes before that
    felt.watched(Outage(hours_ago=ago, hours=10 / 60))
    assert "Not classified" not in felt.told(SOFTWARE).reason.en
    felt.watched(Outage(hours_ago=ago, hours=10 / 60, incident_class="software"))
    assert "drills are taken instead" in felt.told(SOFTWARE).reason.en  # a rule had classed it
    record: Any = felt.kinds[HISTORY]["platform"]
    record["incidents"][0]["by"] = "Li Wei"
    assert "1 software incident" in felt.told(SOFTWARE).reason.en
    felt.watched(Outage(hours_ago=ago - 9, hours=10 / 60))
    assert "Not classified: 1" in felt.told(SOFTWARE).reason.en


def test_a_drill_whose_clock_was_set_hides_no_outage() -> None:
    felt = world(lasting("software-crash", 600.0))
    felt.watched(Outage(hours_ago=81, hours=5, incident_class="software"))
    assert word(felt.told(SOFTWARE)) == "violates"
    own = felt.run("software-crash")["phases"]
    own["injected_ms"] -= 20 * DAY_MS  # its own recovery time is still ten minutes
    assert word(felt.told(SOFTWARE)) == "violates"
    assert "1 software incident" in felt.told(SOFTWARE).reason.en


@pytest.mark.parametrize("cause_told", CAUSES)
def test_where_nothing_was_watched_drills_may_violate_and_never_conform(cause_told: Cause) -> None:
    alone = world()
    alone.kinds[HISTORY]["platform"] = cause_told
    verdict = alone.told(SOFTWARE)
    assert cause(verdict) == cause_told
    assert "1 software drill in the last 365 days, 12 s on average" in verdict.reason.en
    lasting("software-crash", 5 * 3600.0)(alone)
    assert word(alone.told(SOFTWARE)) == "violates"


def test_much_unknown_time_keeps_a_good_drill_from_conforming() -> None:
    dark = world()
    dark.watched(Outage(hours_ago=500, hours=20, state="unknown", check=None, why="watcher away"))
    assert cause(dark.told(SOFTWARE)) == "stale"


@pytest.mark.parametrize("cause_told", CAUSES)
def test_without_incident_and_without_drill_the_drill_is_asked_for(cause_told: Cause) -> None:
    bare = world()
    bare.kinds[KIND]["platform"] = cause_told
    assert cause(bare.told(SOFTWARE)) == cause_told
    bare.watched(Outage(hours_ago=500, hours=1, incident_class="software"))
    assert word(bare.told(SOFTWARE)) == "conforms"
