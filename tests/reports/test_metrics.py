"""The exposition: names, values, and how many series there can be."""

import itertools
import math
from typing import Any

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.judges.table import JUDGEMENTS
from conformance.serving.judged import limits_s, told_records
from reports.availability import of_check
from reports.finding import Finding, Waiver
from reports.metrics import Served, exposition
from reports.metrics_snapshot import (
    CEILING,
    MOST,
    MOST_PROFILES,
    NIGHT_STATES,
    WINDOWS,
    Drilled,
    Endurance,
    Loaded,
    Nights,
    Snapshot,
    Watched,
    endurance,
    watched,
)
from reports.verdict import Conforms, Text, Violates
from tests.conformance.serving.serving import Series, parsed, state, value

HOUR_MS = 3_600_000
YEAR_H = 8760
NOW_MS = 1_800_000_000_000
CHECK = "SBT-3.1.2.3-tcpip"
LOADED = Loaded(
    ended_s=1_795_000_000.0,
    counts=True,
    planned_per_s=5.0,
    delivered_per_s=4.98,
    failed_ratio=0.002,
    latency_s={"0.5": 0.02, "0.95": 0.08, "0.99": 0.16, "1": 0.9},
)


DRILLED = Drilled(ended_s=1_795_000_000.0, counts=True, healed=True, recovery_s=4.2, limit_s=60.0, degree_ratio=0.995)


def _told(**given: Any) -> Snapshot:
    return Snapshot(platform_id="shop", judged_s=NOW_MS / 1000, findings=given.pop("findings", ()), **given)


def _series(snapshot: Snapshot | None, *, current: bool = True, readable: bool | None = True) -> Series:
    served = Served(platform_id="shop", tool="duheng 1", snapshot=snapshot, readable=readable)
    return parsed(exposition(served, "", current=current)[0].decode())


def _check(runs: list[tuple[str, int, int]], *, name: str = "buying") -> Watched:
    found = of_check(_history(runs), _history(runs)["checks"][0] | {"name": name})
    assert found is not None
    return watched(found)


def _history(runs: list[tuple[str, int, int]]) -> dict[str, Any]:
    """Return a history whose runs are given in hours before now."""
    told = [[state, NOW_MS - begin * HOUR_MS, NOW_MS - end * HOUR_MS, ""] for state, begin, end in runs]
    vantage = {"name": "here", "sources": ["watch"], "runs": told, "days": []}
    check = {"name": "buying", "kind": "journey", "depth": "checkout", "every_ms": 60_000, "vantages": [vantage]}
    window = {"starts_ms": NOW_MS - 9999 * HOUR_MS, "ends_ms": NOW_MS}
    return {"window": window, "at_least": 1, "checks": [check], "maintenance": [], "incidents": []}


def _stands_on(failures: int, operating_h: float = YEAR_H, *, bounded: bool = True) -> Endurance:
    return Endurance(operating_h=operating_h, failures=failures, required_h=8500, bounded=bounded)


def _hours(series: Series, name: str, **labels: str) -> float | None:
    found = value(series, name, **labels)
    return None if found is None else found / 3600


@pytest.mark.parametrize(
    ("failures", "lower_h", "upper_h"), [(0, 3804, math.inf), (1, 2252, 83143), (2, 1646, 16472), (3, 1311, 7949)]
)
def test_the_bounds_of_a_year_are_the_published_ones(failures: int, lower_h: float, upper_h: float) -> None:
    told = _series(_told(endurance=_stands_on(failures)))

    # One-sided 90 % on either side is two-sided 80 %.
    assert _hours(told, "duheng_mtbf_bound_seconds", side="lower", confidence="0.9") == pytest.approx(lower_h, abs=1)
    assert _hours(told, "duheng_mtbf_bound_seconds", side="upper", confidence="0.9") == pytest.approx(upper_h, abs=1)
    mean_h = _hours(told, "duheng_mtbf_seconds")
    assert mean_h == (pytest.approx(YEAR_H / failures) if failures else None)


@pytest.mark.parametrize(("confidence", "hours"), [("0.6", 7788), ("0.8", 13680), ("0.9", 19572)])
def test_hours_needed_are_those_that_are_still_needed(confidence: str, hours: float) -> None:
    for operating_h in (336.0, 5000.0, 30_000.0):
        told = _series(_told(endurance=_stands_on(0, operating_h)))
        needed = _hours(told, "duheng_mtbf_needed_seconds", confidence=confidence)
        assert needed == pytest.approx(max(0.0, hours - operating_h), abs=1)


def test_with_a_trend_no_bound_is_told() -> None:
    told = _series(_told(endurance=_stands_on(3, bounded=False)))

    assert value(told, "duheng_failures") == 3
    assert not [name for name, _ in told if name in {"duheng_mtbf_bound_seconds", "duheng_mtbf_confidence_ratio"}]


def test_failures_that_come_ever_closer_are_a_trend() -> None:
    def of(outages: list[int]) -> bool:
        edges = [9000, *(edge for hour in outages for edge in (hour, hour - 1)), 0]
        pairs = list(itertools.pairwise(edges))
        runs = [("down" if number % 2 else "up", begin, end) for number, (begin, end) in enumerate(pairs)]
        found = of_check(_history(runs), _history(runs)["checks"][0])
        assert found is not None
        return endurance(found, required_h=8500).bounded

    assert of([7500, 6000, 4500, 3000, 1500])
    assert not of([500, 400, 300, 200, 100])


def test_what_is_not_known_has_no_series() -> None:
    told = _series(_told(checks={"buying": _check([("unknown", 100, 0)])}, service="buying"))

    assert state(told, "duheng_service_state") == "unknown"
    assert value(told, "duheng_availability_ratio", window="1d") is None
    assert value(told, "duheng_unknown_ratio", window="1d") == 1
    assert value(told, "duheng_examination_exit_status") is None
    assert not [name for name, _ in told if "mtbf" in name]
    assert _series(None, readable=None).keys() == {
        ("duheng_build_info", frozenset({("platform", "shop"), ("version", "duheng 1")})),
        ("duheng_judgings_total", frozenset({("platform", "shop")})),
    }


def test_the_windows_of_a_check() -> None:
    check = _check([("up", 800, 12), ("down", 12, 6), ("unknown", 6, 3), ("up", 3, 0)])
    told = _series(_told(checks={"buying": check}))

    assert value(told, "duheng_availability_ratio", window="1d") == pytest.approx(15 / 21)
    assert value(told, "duheng_unknown_ratio", window="1d") == pytest.approx(3 / 24)
    assert value(told, "duheng_availability_ratio", window="30d") == pytest.approx(711 / 717)
    # Before the record nothing is known, and that is told.
    assert value(told, "duheng_unknown_ratio", window="365d") == pytest.approx((YEAR_H - 800 + 3) / YEAR_H)
    assert value(told, "duheng_incident_open") == 0


def test_an_outage_stays_open_while_nobody_saw_it_good_and_its_state_is_unknown() -> None:
    told = _series(_told(checks={"front": _check([("up", 50, 5), ("down", 5, 2)], name="front")}, service="front"))

    assert state(told, "duheng_service_state") == "unknown"
    assert value(told, "duheng_incident_open", check="front") == 1
    since = value(told, "duheng_incident_start_timestamp_seconds", check="front")
    assert since == NOW_MS / 1000 - 5 * 3600


def test_a_snapshot_of_the_past_tells_nothing_of_now() -> None:
    snapshot = _told(checks={"buying": _check([("down", 5, 0)])}, service="buying")

    assert state(_series(snapshot), "duheng_service_state") == "down"
    past = _series(snapshot, current=False)
    assert state(past, "duheng_service_state") == state(past, "duheng_check_state") == "unknown"
    assert not [name for name, _ in past if name.startswith("duheng_incident")]


def test_a_waiver_alters_no_state() -> None:
    requirement = load_catalogue().by_id[CHECK]
    waiver = Waiver(requirement_id=CHECK, reason="r", owner="o", expires_at="2999-01-01T00:00:00.000000Z")
    text = Text(zh="否", en="no")
    finding = Finding(
        requirement=requirement, verdict=Violates(reason=text, observations=()), counts=True, waiver=waiver
    )
    told = _series(_told(findings=(finding,)))

    assert state(told, "duheng_clause_state", requirement=CHECK) == "violates"
    assert value(told, "duheng_clause_waived", requirement=CHECK) == 1


def _crowded(many: int) -> Snapshot:
    catalogue = load_catalogue().requirements
    verdict = Conforms(reason=Text(zh="是", en="yes"), observations=())
    kinds = limits_s(catalogue)
    check = _check([("up", 9000, 5), ("down", 5, 0)])
    return _told(
        findings=tuple(Finding(requirement=each, verdict=verdict, counts=True) for each in told_records(catalogue)),
        service="check-777",
        checks={f"check-{number}": check for number in range(many)},
        endurance=_stands_on(3),
        evidence_s=dict.fromkeys(kinds, 1.0),
        evidence_limit_s=kinds,
        seen_s={f"vantage-{number}": 1.0 for number in range(many)},
        expires_s={f"host-{number}:443": 1.0 for number in range(many)},
        loads={f"profile-{number}": LOADED for number in range(many)},
        drills={f"drill-{number}": DRILLED for number in range(many)},
        examined_s=1.0,
        examined_exit=0,
        nights=Nights(began_s=1.0, ended_s=2.0, steps=dict.fromkeys(NIGHT_STATES, 1), missed=0),
    )


def test_series_are_bounded_and_what_is_left_out_is_told() -> None:
    told = _series(_crowded(1000))

    assert len(told) == len(_series(_crowded(10_000))) <= CEILING
    for label in ("check", "vantage", "endpoint", "drill"):
        assert value(told, "duheng_labels_dropped", label=label) == 1000 - MOST
    assert value(told, "duheng_labels_dropped", label="profile") == 1000 - MOST_PROFILES
    # The service is never among what is left out.
    assert value(told, "duheng_incident_open", check="check-777") == 1
    assert state(told, "duheng_service_state") == "down"


def test_a_wound_is_never_among_what_is_left_out() -> None:
    wound = Drilled(ended_s=1_795_000_100.0, counts=False, healed=False)
    drills = {**{f"drill-{number}": DRILLED for number in range(MOST)}, "zealous": wound}

    assert value(_series(_told(drills=drills)), "duheng_drill_healed", drill="zealous") == 0


def test_requirements_are_the_catalogues_judged_records() -> None:
    told = {dict(labels)["requirement"] for name, labels in _series(_crowded(1)) if name == "duheng_clause_state"}
    records = load_catalogue().by_id

    assert {name for name in told if records[name].node == "check"} == set(JUDGEMENTS)
    assert all(records[name].aggregate == "any" for name in told - set(JUDGEMENTS))


def test_there_is_room_for_three_times_as_many_judged_records() -> None:
    six_each = 6 * len(told_records(load_catalogue().requirements))

    assert len(_series(_crowded(10_000))) + 2 * six_each <= CEILING


def test_every_window_is_told() -> None:
    told = _series(_told(checks={"buying": _check([("up", 9000, 0)])}))

    assert {dict(labels)["window"] for name, labels in told if name == "duheng_availability_ratio"} == set(WINDOWS)


def test_the_newest_load_run_of_a_profile_is_told_and_what_is_unknown_has_no_series() -> None:
    bare = Loaded(ended_s=1_795_000_100.0, counts=False)
    told = _series(_told(loads={"peak": LOADED, "cut-off": bare}))
    assert value(told, "duheng_load_run_timestamp_seconds", profile="peak") == 1_795_000_000.0
    assert value(told, "duheng_load_run_valid", profile="peak") == 1
    assert value(told, "duheng_load_arrivals_per_second", profile="peak", kind="delivered") == 4.98
    assert value(told, "duheng_load_failed_ratio", profile="peak") == 0.002
    assert value(told, "duheng_load_latency_seconds", profile="peak", quantile="0.99") == 0.16
    assert value(told, "duheng_load_run_valid", profile="cut-off") == 0
    assert value(told, "duheng_load_failed_ratio", profile="cut-off") is None
    assert not [name for name, labels in told if "latency" in name and ("profile", "cut-off") in labels]


def test_the_newest_run_of_a_drill_is_told_and_what_never_recovered_has_no_time() -> None:
    wound = Drilled(ended_s=1_795_000_100.0, counts=False, healed=False, limit_s=60.0)
    told = _series(_told(drills={"crash": DRILLED, "hang": wound}))
    assert value(told, "duheng_drill_run_timestamp_seconds", drill="crash") == 1_795_000_000.0
    assert value(told, "duheng_drill_recovery_seconds", drill="crash") == 4.2
    assert value(told, "duheng_drill_recovery_limit_seconds", drill="hang") == 60
    assert value(told, "duheng_drill_recovery_degree_ratio", drill="crash") == 0.995
    assert [value(told, "duheng_drill_healed", drill=name) for name in ("crash", "hang")] == [1, 0]
    assert [value(told, "duheng_drill_run_valid", drill=name) for name in ("crash", "hang")] == [1, 0]
    assert value(told, "duheng_drill_recovery_seconds", drill="hang") is None
