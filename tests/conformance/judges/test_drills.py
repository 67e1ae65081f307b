"""The drill checks on recorded drills: all is well, each is wrong in one named way, and what tells nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from probes.clock import rfc3339
from probes.errors import CAUSES, Cause
from reports.verdict import Violates, word
from tests.conformance.judges.drill_evidence import (
    DAY_MS,
    ENDED_MS,
    HISTORY,
    KIND,
    World,
    again,
    cause,
    world,
)
from tests.conformance.judges.drill_subjects import (
    ALL,
    DRILLED,
    GENERAL_DEGREE,
    GENERAL_TIME,
    HARDWARE,
    POWER,
    SEVERE_DEGREE,
    SOFTWARE,
    SUBJECTS,
    VIRUS,
    Subject,
    lasting,
    never_back,
    of,
    phases,
)
from tests.conformance.judges.evidence import SEEN_AT, Data
from tests.conformance.judges.ways import HALF_WIDTH

Change = Callable[[World], Any]

OWN = {
    SOFTWARE: "software-crash",
    HARDWARE: "node-off",
    GENERAL_TIME: "restore",
    GENERAL_DEGREE: "restore",
    "SBT-3.1.1.4.1-severe": "rebuild",
    SEVERE_DEGREE: "rebuild",
    "SBT-3.1.2.4-prevent": "attack-set",
    POWER: "power-cut",
    VIRUS: "eicar",
    **{own_id: "rebuild" for own_id in DRILLED if "-dr-" in own_id},
    **{f"SBT-3.1.2.4-{name}": "flood" for name in ("inspect", "monitor", "alarm", "block")},
}
"""The drill that each check is told by."""


@pytest.mark.parametrize("own_id", ALL)
def test_where_every_drill_went_well_it_conforms_and_names_its_own(own_id: str) -> None:
    verdict = world().told(own_id)
    assert word(verdict) == "conforms", verdict.reason.en
    assert f"Drill {OWN[own_id]}, ended" in verdict.reason.en
    assert f"演练 {OWN[own_id]}，结束于" in verdict.reason.zh
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_each_subject_violates_its_check_and_no_other(subject: Subject) -> None:
    wrong = world(subject.change)
    told = {own_id: wrong.told(own_id) for own_id in ALL}
    violated = {own_id for own_id, verdict in told.items() if isinstance(verdict, Violates)}
    assert violated == {subject.violates, *subject.also}, {own_id: told[own_id].reason.en for own_id in violated}
    verdict = told[subject.violates]
    assert isinstance(verdict, Violates)
    assert verdict.repeat
    assert verdict.repeat[0].startswith("duheng drill ")
    assert subject.says in verdict.reason.en
    assert not [each.reason.zh for each in told.values() if HALF_WIDTH.search(each.reason.zh)]


@pytest.mark.parametrize("cause_told", CAUSES)
@pytest.mark.parametrize("own_id", DRILLED)
def test_what_could_not_be_recalled_is_undetermined_with_its_cause(own_id: str, cause_told: Cause) -> None:
    away = world()
    away.kinds[KIND]["platform"] = cause_told
    verdict = away.told(own_id)
    assert cause(verdict) == cause_told
    assert "it was not to be had" in verdict.reason.en


# ---- runs that tell nothing ----------------------------------------------------------------------------------------


def each_run(change: Callable[[Data], Any]) -> Change:
    def changed(world: World) -> None:
        for run in world.recalled["runs"]:
            change(run)

    return changed


NOTHING_TOLD: dict[str, tuple[Change, str]] = {
    "none": (lambda world: world.recalled.update(runs=[]), "declare one in [[drills]]"),
    "too old": (lambda world: world.recalled.update(until=rfc3339(SEEN_AT + timedelta(days=363))), "36"),
    "of the future": (each_run(lambda run: run.update(ended_ms=ENDED_MS + 10 * DAY_MS)), ""),
    "incomplete": (each_run(lambda run: run.update(complete=False)), "its record is not complete"),
    "killed": (each_run(lambda run: run.update(complete=False, ended="killed")), "killed before its end"),
    "killed, it says complete": (each_run(lambda run: run.update(ended="killed")), "killed before its end"),
    "broken off": (each_run(lambda run: run.update(ended="aborted")), "broken off"),
    "no effect": (
        each_run(lambda run: run.update(proof_of_effect={"proved": False, "how": "3 processes still run"})),
        "not proven to have taken effect (3 processes still run)",
    ),
    "effect unknown": (each_run(lambda run: run.update(proof_of_effect=None)), "not proven to have taken effect"),
    "unsteady before": (each_run(lambda run: run["journeys"]["before"].update(failed=1)), "not steady before"),
    "never walked before": (each_run(lambda run: run["journeys"]["before"].update(tried=0)), "not steady before"),
    "unknown before": (each_run(lambda run: run["journeys"].update(before=None)), "not steady before"),
    "never put in": (
        each_run(lambda run: (run["phases"].update(injected_ms=None), run.update(proof_of_effect=None))),
        "",
    ),
}


@pytest.mark.parametrize(("change", "says"), NOTHING_TOLD.values(), ids=NOTHING_TOLD.keys())
@pytest.mark.parametrize("own_id", ALL)
def test_a_run_that_tells_nothing_is_no_pass_and_no_fault(own_id: str, change: Change, says: str) -> None:
    faults = [subject.change for subject in SUBJECTS if subject.violates == own_id]
    for changes in ([change], [faults[0], change]):
        verdict = world(*changes).told(own_id)
        assert cause(verdict) == "stale", verdict.reason.en
        assert says in verdict.reason.en


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (lambda run: run["journeys"]["after"].update(failed=2), "not steady after"),
        (lambda run: run["journeys"]["after"].update(tried=0), "not steady after"),
        (lambda run: run.update(proof_of_revert={"proved": False, "how": "x"}), "not proven to be gone"),
    ],
)
@pytest.mark.parametrize("own_id", ALL)
def test_what_left_the_platform_unwell_shows_nothing_good(own_id: str, part: Callable[[Data], Any], says: str) -> None:
    verdict = world(each_run(part)).told(own_id)
    assert cause(verdict) == "target"
    assert says in verdict.reason.en


def test_what_cannot_be_reverted_needs_no_proof_of_it() -> None:
    kept = world(each_run(lambda run: run.update(proof_of_revert=None, reverted_by=None)))
    assert {word(kept.told(own_id)) for own_id in ALL} == {"conforms"}


def only(name: str) -> Change:
    """Return a change that leaves the run of one drill, and no watched record."""

    def change(world: World) -> None:
        world.recalled["runs"] = [world.run(name)]
        world.kinds.pop(HISTORY)

    return change


@pytest.mark.parametrize("own_id", DRILLED)
def test_odd_records_are_told_nothing_of_and_nobody_stumbles(own_id: str) -> None:
    for key in world().run(OWN[own_id]):
        for odd in (None, "2 件", True, -2.5, [], {}, [7], {"x": None}):
            strange = world(only(OWN[own_id]), of(OWN[own_id], **{key: odd}))
            verdict = strange.told(own_id)
            assert verdict.reason.zh
            if key in {"complete", "proof_of_effect", "journeys", "phases"} and odd is not True:
                assert word(verdict) == "undetermined", (key, odd, verdict.reason.en)


# ---- which run speaks ----------------------------------------------------------------------------------------------


def test_a_newer_run_supersedes_a_violation_and_one_that_tells_nothing_does_not() -> None:
    late = {"limit_s": 30.0}
    assert word(world(again("restore", days=10, **late)).told(GENERAL_TIME)) == "conforms"
    assert word(world(again("restore", days=-1, **late)).told(GENERAL_TIME)) == "violates"
    mute = again("restore", days=-1, complete=False, ended="killed")
    assert cause(world(mute).told(GENERAL_TIME)) == "stale"
    assert word(world(lasting("restore", 4_000.0), mute).told(GENERAL_TIME)) == "violates"


MUTE: dict[str, Any] = {"orders": None, "attack": None, "virus": None, "power": None}
"""What a run tells that was killed before it could tell anything."""


@pytest.mark.parametrize("own_id", DRILLED)
def test_an_older_success_never_speaks_for_a_newer_run_that_was_killed(own_id: str) -> None:
    name = OWN[own_id]
    newer = world(again(name, days=-1, complete=False, ended="killed", **MUTE))
    assert cause(newer.told(own_id)) == "stale"
    assert "killed before its end" in newer.told(own_id).reason.en
    assert word(world(again(name, days=1, complete=False, ended="killed", **MUTE)).told(own_id)) == "conforms"


@pytest.mark.parametrize("own_id", [own_id for own_id in DRILLED if "1.1.4.1" not in own_id])
def test_an_older_success_never_speaks_for_a_newer_run_that_did_not_tell(own_id: str) -> None:
    told = {**MUTE, "attack": {"sent": 24, "of": 24, "reached": None}}
    verdict = world(again(OWN[own_id], days=-1, **told)).told(own_id)
    assert word(verdict) == "undetermined", verdict.reason.en
    assert "ended 2026" in verdict.reason.en
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


def test_what_a_newer_run_did_not_tell_leaves_an_older_violation_standing() -> None:
    through = world(again("attack-set", days=-1, **MUTE))
    through.run("attack-set")["attack"]["reached"] = ["sqli-3"]
    assert word(through.told("SBT-3.1.2.4-prevent")) == "violates"


def test_a_drill_that_is_another_fault_by_now_is_another_drill() -> None:
    other = again("attack-set", days=-1, **MUTE, fault="software-crash", kind="software")
    assert word(world(other).told("SBT-3.1.2.4-prevent")) == "conforms"


def test_what_the_host_did_not_tell_has_its_reason() -> None:
    def torn(world: World) -> None:
        for name in ("flood", "attack-set"):
            run = world.run(name)
            run["attack"] = {"sent": 24, "of": 24}
            run["steps"].append({"step": "told", "at_ms": 1, "ok": False, "detail": "the file system is full"})

    for own_id in (own_id for own_id in DRILLED if "3.1.2.4" in own_id):
        verdict = world(torn).told(own_id)
        assert cause(verdict) == "target"
        assert "the file system is full" in verdict.reason.en
        assert "the file system is full" in verdict.reason.zh


def test_a_run_that_never_put_its_fault_in_changes_nothing() -> None:
    refused = again("restore", days=-1, complete=False, ended="aborted", proof_of_effect=None, phases={})
    assert word(world(refused).told(GENERAL_TIME)) == "conforms"


def test_what_so_many_drills_show_is_told() -> None:
    one = world().told(GENERAL_TIME).reason
    assert (
        "1 drill in a row within the limit: that shows 90 % of all recoveries within it with a confidence of 9 %"
        in (one.en)
    )
    assert "置信度为 9%" in one.zh
    many = world(*(again("restore", days=days) for days in range(1, 22)))
    assert "22 drills in a row within the limit" in many.told(GENERAL_TIME).reason.en
    assert "confidence of 90 %" in many.told(GENERAL_TIME).reason.en
    broken = world(*(again("restore", days=days) for days in range(1, 4)), again("restore", days=5, limit_s=1.0))
    assert "4 drills in a row" in broken.told(GENERAL_TIME).reason.en
    for days in range(1, 60):
        again("software-crash", days=days)(many)
    assert "60 drills in a row within the limit" in many.told(SOFTWARE).reason.en
    assert "confidence of 99 %" in many.told(SOFTWARE).reason.en  # never rounded up to certainty


# ---- recovery times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "told"), [(3_599.999, "conforms"), (3_600.0, "violates")])
def test_the_bound_is_strict(seconds: float, told: str) -> None:
    assert word(world(lasting("restore", seconds)).told(GENERAL_TIME)) == told


def test_the_clock_runs_from_the_injected_fault() -> None:
    verdict = world(lasting("restore", 2_460.0)).told(GENERAL_TIME)
    assert verdict.measured is not None
    assert verdict.measured.value == 0.6833
    assert "back after 41 min" in verdict.reason.en
    assert "detected +8 min 12 s, decided +12 min 18 s, acted +16 min 24 s, verified +41 min 5 s" in verdict.reason.en


def test_a_recovery_time_that_is_not_that_of_its_own_instants_is_not_believed() -> None:
    assert cause(world(of("restore", recovery_s=60.0)).told(GENERAL_TIME)) == "target"
    assert word(world(of("restore", recovery_s=2_461.0)).told(GENERAL_TIME)) == "conforms"
    backwards = world(lasting("restore", 60.0))
    begun = backwards.run("restore")["phases"]["injected_ms"]
    backwards.run("restore")["phases"]["first_good_ms"] = begun - 1
    assert cause(backwards.told(GENERAL_TIME)) == "target"


def test_what_was_taken_out_before_its_limit_tells_no_time() -> None:
    for own_id, name in ((GENERAL_TIME, "restore"), (SOFTWARE, "software-crash"), (HARDWARE, "node-off")):
        verdict = world(never_back(name, 0.5)).told(own_id)
        assert cause(verdict) == "target"
        assert "30 min passed, and no journey had come about by then" in verdict.reason.en


def test_a_fault_that_nobody_felt_needs_another_sign_that_it_is_over() -> None:
    unfelt = phases("software-crash", first_failing_ms=None)
    assert word(world(unfelt).told(SOFTWARE)) == "conforms"
    verdict = world(unfelt, phases("software-crash", acted_ms=None)).told(SOFTWARE)
    assert cause(verdict) == "target"
    assert "its recovery time is not known" in verdict.reason.en


def test_what_its_host_healed_by_itself_tells_no_time() -> None:
    healed = world(never_back("restore", 2), of("restore", reverted_by="deadman"))
    assert cause(healed.told(GENERAL_TIME)) == "target"
    assert "the host healed itself" in healed.told(GENERAL_TIME).reason.en


def test_a_single_drill_may_exceed_the_bound_of_a_mean_where_its_own_limit_is_that_bound() -> None:
    two = world(lasting("software-crash", 5 * 3600.0), of("software-crash", limit_s=4 * 3600.0))
    again("software-crash", days=9)(two)
    verdict = two.told(SOFTWARE)
    assert word(verdict) == "conforms"
    assert "0 drills in a row" in verdict.reason.en


def test_of_redundant_hardware_the_time_until_redundancy_is_back_is_taken() -> None:
    unfelt = phases("node-off", first_failing_ms=None)
    assert cause(world(unfelt).told(HARDWARE)) == "target"

    def back_after(hours: float) -> Change:
        def change(world: World) -> None:
            own = world.run("node-off")["phases"]
            own.update(first_failing_ms=None, redundant_ms=own["injected_ms"] + round(hours * 3_600_000))

        return change

    def taken_out_after(hours: float) -> Change:
        def change(world: World) -> None:
            run = world.run("node-off")
            run["steps"][-1]["at_ms"] = run["phases"]["injected_ms"] + round(hours * 3_600_000)

        return change

    verdict = world(back_after(5), taken_out_after(5.1)).told(HARDWARE)
    assert word(verdict) == "conforms"
    assert verdict.measured is not None
    assert verdict.measured.value == 5
    assert word(world(back_after(12), taken_out_after(12.1)).told(HARDWARE)) == "violates"
    by_the_drill = world(back_after(5), taken_out_after(4.9)).told(HARDWARE)
    assert cause(by_the_drill) == "target"
    assert "4 h 54 min passed, and redundancy came back only when the drill took its fault out" in (
        by_the_drill.reason.en
    )
    assert "recover" in by_the_drill.reason.en
    assert "recover" in by_the_drill.reason.zh
    assert word(world(back_after(13), taken_out_after(12)).told(HARDWARE)) == "violates"
    never = world(of("node-off", redundancy_looked_for=True))  # though the other node served soon
    assert cause(never.told(HARDWARE)) == "target"
