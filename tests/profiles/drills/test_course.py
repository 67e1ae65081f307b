"""What a record tells: a run that came to its end, one that was killed, one that never recovered by itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.canonical import freeze
from probes.clock import rfc3339
from probes.shop.trail import Entry
from profiles.drills.course import CONFIRMED, COURSE, Journey, confirmed, data_of, with_degree
from tests.profiles.drills.scripted import BEGAN_MS, Scripted, at, journal


def whole() -> Scripted:
    """Return the record of a crash that healed by itself: down for 4 s, five journeys before and after."""
    script = Scripted()
    script.step("arm", at_s=0)
    script.step("before", at_s=1, journeys=[(1 + n / 2, 0.2, True) for n in range(5)])
    script.step("inject", at_s=10, injected_ms=at(10), injected_s=10.0)
    script.step("effect", at_s=10.1, proved=True, how="all 3 processes ended")
    during = [(10.5 + n / 2, 0.1, n >= 7) for n in range(12)]
    script.step("watch", at_s=10.2, journeys=during, phase="during")
    script.step("revert", at_s=20, proved=True, how="process 7 runs")
    script.step("after", at_s=21, journeys=[(21 + n / 2, 0.2, True) for n in range(5)])
    script.step("told", at_s=24, detected_ms=at(11), decided_ms=None, acted_ms=at(12))
    found = {"acknowledged": 15, "found": 15, "lost": [], "doubled": [], "altered": [], "unread": 0}
    script.step("compare", at_s=25, orders=found)
    script.step("tidy", at_s=26, left_behind=[])
    script.step("disarm", at_s=27)
    script.host(journal("armed", "injecting", "injected", "revert", "healed", "released"))
    script.over("planned", at_s=28)
    return script


def test_a_drill_that_came_to_its_end() -> None:
    data = data_of(whole().entries)
    assert data["complete"] is True
    assert (data["ended"], data["stopped"]) == ("planned", None)
    assert data["recovery_s"] == pytest.approx(4.1)  # the first good journey after the last failing: 14.0 to 14.1 s
    assert data["phases"] == {
        "injected_ms": at(10),
        "first_failing_ms": at(10.5),
        "detected_ms": at(11),
        "decided_ms": None,
        "acted_ms": at(12),
        "redundant_ms": None,
        "first_good_began_ms": at(14),
        "first_good_ms": at(14.1),
        "verified_ms": at(15.1),
    }
    assert (data["started_ms"], data["ended_ms"]) == (BEGAN_MS, at(28))
    assert data["proof_of_effect"] == {"proved": True, "how": "all 3 processes ended"}
    assert data["proof_of_revert"] == {"proved": True, "how": "process 7 runs"}
    assert data["reverted_by"] == "harness"
    assert data["journeys"]["during"] == {"tried": 12, "failed": 7}
    assert data["orders"]["degree_percent"] == 100.0
    assert [step["step"] for step in data["steps"]] == list(COURSE)
    json.dumps(data)


def test_redundancy_that_was_looked_for_and_is_not_back_is_told() -> None:
    script = whole()
    assert data_of(script.entries)["redundancy_looked_for"] is False
    for told in (None, at(30)):
        script.change("told", shapes={"redundant_ms": told})
        data = data_of(script.entries)
        assert (data["redundancy_looked_for"], data["phases"]["redundant_ms"]) == (True, told)


@pytest.mark.parametrize("step", COURSE)
def test_a_run_that_was_killed_at_a_step_is_told_as_killed(step: str) -> None:
    killed = whole().killed_in(step)
    data = data_of(killed.entries)
    assert (data["ended"], data["complete"]) == ("killed", False)
    assert data["steps"][-1] == {"step": step, "at_ms": data["steps"][-1]["at_ms"], "ok": None, "detail": ""}
    injected = COURSE.index(step) > COURSE.index("inject")
    assert (data["phases"]["injected_ms"] is not None) == injected
    assert (data["recovery_s"] is not None) == (COURSE.index(step) > COURSE.index("watch") or step == "watch")


def test_steps_of_the_same_instant_stand_in_the_order_of_the_record() -> None:
    script = Scripted()
    for step in COURSE:
        script.step(step, at_s=7)
    assert [step["step"] for step in data_of(script.entries)["steps"]] == list(COURSE)


def test_of_a_run_killed_while_it_injected_the_host_knows_whether_the_fault_was_put_in() -> None:
    killed = whole().killed_in("inject")
    assert data_of(killed.entries)["reverted_by"] is None
    killed.host(journal("armed", "injecting", "injected", "deadman revert", "deadman healed", "deadman released"))
    data = data_of(killed.entries)
    assert data["phases"]["injected_ms"] == at(10)
    assert data["reverted_by"] == "deadman"
    assert data["proof_of_revert"] == {"proved": True, "how": "the host's journal (deadman)"}


def test_what_the_harness_took_out_did_not_recover_by_itself() -> None:
    script = whole()
    script.entries = [entry for entry in script.entries if not (entry.kind == "journey" and _late(entry.facts))]
    data = data_of(script.entries)
    assert data["recovery_s"] is None
    assert data["phases"]["first_good_ms"] == at(21.2)  # after it was taken out


def test_what_was_noted_after_the_revert_began_did_not_recover_by_itself_whatever_the_wall_clock_says() -> None:
    script = whole()
    late = [entry for entry in script.entries if entry.kind == "journey" and _late(entry.facts)]
    rest = [entry for entry in script.entries if entry not in late]
    out = next(at for at, entry in enumerate(rest) if (entry.kind, entry.id) == ("begin", "revert"))
    script.entries = [*rest[: out + 1], *late, *rest[out + 1 :]]
    assert data_of(script.entries)["recovery_s"] is None


@pytest.mark.parametrize("who", ["deadman", "person"])
def test_what_was_taken_out_on_the_host_did_not_recover_by_itself(who: str) -> None:
    script = whole()
    script.entries = [entry for entry in script.entries if entry.kind != "host"]
    script.host(journal("armed", "injecting", "injected", f"{who} revert", f"{who} healed"))
    data = data_of(script.entries)
    assert (data["recovery_s"], data["reverted_by"]) == (None, "deadman")


def _late(facts: Mapping[str, Any]) -> bool:
    return facts["phase"] == "during" and bool(facts["ok"])


def test_a_revert_without_proof_is_not_proven() -> None:
    script = whole()
    script.change("revert", proved=False, how="process 7 stands still")
    healed_later = data_of(script.entries)["proof_of_revert"]
    assert healed_later == {"proved": True, "how": "the host's journal (harness)"}
    script.entries = [entry for entry in script.entries if entry.kind != "host"]
    data = data_of(script.entries)
    assert data["proof_of_revert"] == {"proved": False, "how": "process 7 stands still"}


def test_a_recovery_is_three_good_journeys_after_the_last_that_failed() -> None:
    def journey(n: int, *, ok: bool) -> Journey:
        return Journey(phase="during", started_ms=n, ended_ms=n, started_s=n, ended_s=n, ok=ok)

    flapping = [journey(n, ok=n not in {0, 2}) for n in range(6)]
    assert [good.started_ms for good in confirmed(flapping)] == [3, 4, 5]
    assert confirmed(flapping[:5]) == ()
    assert confirmed(reversed(flapping)) == confirmed(flapping)  # by their start, not by who answered first


def watched(*journeys: tuple[float, float, bool], late: Sequence[tuple[float, float, bool]] = ()) -> dict[str, Any]:
    """Return the data of a crash put in at 10 s and taken out at 60 s: journeys over before that, and ``late`` ones."""
    script = Scripted()
    script.step("inject", at_s=10, injected_ms=at(10), injected_s=10.0)
    script.step("watch", at_s=10.2, journeys=journeys, phase="during")
    script.step("revert", at_s=60, journeys=late, phase="during", proved=True, how="it runs")
    return data_of(script.entries)


def test_who_began_first_may_end_last() -> None:
    # What a platform that came back after 20 s did on a busy machine: it answered the newest first.
    data = watched((10.5, 0.1, False), (11.0, 23.0, True), (11.5, 20.5, True), (12.0, 20.1, True))
    assert data["phases"]["first_good_ms"] == at(34.0)
    assert data["phases"]["verified_ms"] == at(34.0)  # the second and the third were over by then
    assert data["recovery_s"] == pytest.approx(24.0)


def test_nothing_is_certain_before_those_are_over_that_began_earlier() -> None:
    data = watched((10.5, 15.0, False), (11.0, 0.1, True), (11.5, 0.1, True), (12.0, 0.1, True))
    assert data["phases"]["first_good_ms"] == at(11.1)
    assert data["phases"]["verified_ms"] == at(25.5)
    assert data["recovery_s"] == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("waited_s", "recovery_s"),
    [
        (10.9, None),  # before all three: nobody knows what would have come of it
        (11.2, None),  # between them: they are no row
        (12.2, 1.1),
    ],
)
def test_a_journey_that_still_waits_when_the_fault_is_taken_out(waited_s: float, recovery_s: float | None) -> None:
    good = [(11.0, 0.1, True), (11.5, 0.1, True), (12.0, 0.1, True)]
    data = watched((10.5, 0.1, False), *good, late=[(waited_s, 50.0, True)])
    assert data["recovery_s"] == (None if recovery_s is None else pytest.approx(recovery_s))


@given(
    st.lists(
        st.tuples(st.integers(101, 400), st.integers(1, 150), st.booleans(), st.booleans()),
        max_size=14,
        unique_by=lambda each: each[0],
    )
)
def test_the_phases_of_a_recovery_come_in_their_order(walked: list[tuple[int, int, bool, bool]]) -> None:
    over = [(start / 10, lasts / 10, ok) for start, lasts, ok, late in walked if not late]
    late = [(start / 10, 50.0, ok) for start, _, ok, late in walked if late]
    data = watched(*over, late=late)
    began, first, certain = (data["phases"][f"{name}_ms"] for name in ("first_good_began", "first_good", "verified"))
    assert (first is None) == (certain is None) == (began is None)
    if first is None:
        assert data["recovery_s"] is None
        return
    assert at(10) < began <= first <= certain
    # What began after a recovery, and was over only once the fault was out, says nothing of it.
    told = over if data["recovery_s"] is not None else [*over, *late]
    row = sorted(each for each in told if at(each[0]) >= began)
    assert all(ok for _, _, ok in row)
    three = [at(start + lasts) for start, lasts, _ in row[:CONFIRMED]]
    earlier = [at(start + lasts) for start, lasts, _ in (*over, *late) if at(start) < began]
    assert certain == max(three + earlier)
    if data["recovery_s"] is not None:
        assert data["recovery_s"] == pytest.approx((first - at(10)) / 1000, abs=0.002)
        assert certain <= at(60)


@pytest.mark.parametrize(
    ("wrong", "degree"),
    [
        ({}, 100.0),
        ({"lost": ["1"]}, 99.0),
        ({"lost": ["1"], "altered": ["1", "2"]}, 98.0),
        ({"doubled": ["9"]}, 99.0),
        ({"unread": 1}, None),
        ({"acknowledged": 0, "found": 0}, None),
    ],
)
def test_the_degree_counts_what_is_present_equal_and_not_doubled(wrong: dict[str, Any], degree: float | None) -> None:
    told = {"acknowledged": 100, "found": 100, "lost": [], "doubled": [], "altered": [], "unread": 0, **wrong}
    assert with_degree(told)["degree_percent"] == degree


def test_a_record_without_a_plan_is_none() -> None:
    only = Entry(seq=1, at=rfc3339_of(0), who="drill", kind="begin", id="arm", facts=freeze({}))
    with pytest.raises(ValueError, match="without its plan"):
        data_of([only])


def rfc3339_of(seconds: float) -> str:
    from datetime import UTC, datetime

    return rfc3339(datetime.fromtimestamp(BEGAN_MS / 1000 + seconds, UTC))


def test_journeys_that_waited_until_the_fault_was_out_are_no_recovery() -> None:
    script = Scripted()
    script.step("inject", at_s=10, injected_ms=at(10), injected_s=10.0)
    waited = [(11.0, 10.0, True), (11.5, 9.6, True), (12.0, 9.2, True)]
    script.step("watch", at_s=10.2, journeys=waited, phase="during")
    script.step("revert", at_s=20, proved=True, how="it runs")
    data = data_of(script.entries)
    assert data["recovery_s"] is None
    assert data["phases"]["first_good_ms"] == at(21.0)
