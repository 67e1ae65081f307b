"""The judges of the standing record, by the numbers that the clauses and the published tables give."""

from typing import Any

import pytest

from conformance.judging import verdict_on
from reports.verdict import Verdict, word
from tests.conformance.judges.evidence import NOW, SEEN_AT, requirement, seen
from tests.conformance.judges.history_told import cause, told
from tests.conformance.judges.standing_script import CHECKS, YEAR_H, Check, Outage, Script, days_before, gap
from tests.conformance.judges.standing_subjects import RARELY
from tests.conformance.judges.ways import HALF_WIDTH

AVAILABILITY, MTBF, DAILY = "SBT-3.1.1.1-availability", "SBT-3.1.1.2-mtbf", "SBT-3.1.1.2-daily-failure"
SOFTWARE, HARDWARE, STABLE = "SBT-3.1.1.2-sw-mttr", "SBT-3.1.1.2-hw-mttr", "SBT-6-stable"
SHORT_H = 5 / 60
DAYS = days_before(SEEN_AT, 365)


def failures(count: int, operating_h: float, **further: Any) -> Script:
    """Return a record with exactly so many operating hours, and short failures spread evenly over it."""
    hours = operating_h + count * SHORT_H
    outages = [
        Outage(hours_ago=hours * (number + 0.5) / count, hours=SHORT_H, incident_class="network")
        for number in range(count)
    ]
    return Script(hours=hours, outages=(*outages, *further.pop("outages", ())), **further)


# ---- mean time between failures ------------------------------------------------------------------------------------


def test_a_clean_fortnight_shows_146_h_and_never_conforms() -> None:
    verdict = told(MTBF, Script(hours=336))
    assert cause(verdict) == "stale"
    assert "T = 336.0 h of known operation, r = 0 failures" in verdict.reason.en
    assert "90%: 146 h to infinity" in verdict.reason.en
    assert "8,164 h by the record, 19,236 h to demonstrate" in verdict.reason.en


@pytest.mark.parametrize(
    ("count", "bounds", "verdict"),
    [
        (0, "3,804 h to infinity", "conforms"),
        (1, "2,252 h to 83,143 h", "conforms"),
        (2, "1,646 h to 16,472 h", "violates"),
        (3, "1,311 h to 7,949 h", "violates"),
    ],
)
def test_a_year_by_its_failures_with_the_published_bounds(count: int, bounds: str, verdict: str) -> None:
    found = told(MTBF, failures(count, YEAR_H))
    assert word(found) == verdict
    assert f"90%: {bounds}" in found.reason.en
    assert "60%: " in found.reason.en
    assert "80%: " in found.reason.en
    assert "too few for a test" in found.reason.en


def test_one_failure_in_17_520_h_conforms_by_the_record_and_prints_the_confidence() -> None:
    verdict = told(MTBF, failures(1, 17_520))
    assert word(verdict) == "conforms"
    assert "By the record reading it conforms; by the demonstrated reading" in verdict.reason.en
    assert "it cannot be told; the record reading is taken" in verdict.reason.en
    assert "Confidence that it is at least 8,500 h: 61.0 %" in verdict.reason.en
    assert "0 h by the record, 15,543 h to demonstrate" in verdict.reason.en
    assert "as far as the checkout" in verdict.reason.en
    assert verdict.measured is not None
    assert verdict.measured.value == 17_520


def test_the_demonstrated_reading_asks_for_the_lower_bound() -> None:
    asked = {"availability": {"mtbf_reading": "demonstrated"}}
    assert cause(told(MTBF, failures(1, 17_520), asked)) == "stale"
    assert word(told(MTBF, Script(hours=19_600), asked)) == "conforms"
    assert cause(told(MTBF, Script(hours=19_500), asked)) == "stale"
    assert word(told(MTBF, failures(3, YEAR_H), asked)) == "violates"


def test_a_stricter_bound_of_the_target_file_counts() -> None:
    stricter = {"thresholds": {MTBF: {"mtbf": 10_000}}}
    assert word(told(MTBF, failures(2, 17_520))) == "conforms"
    assert word(told(MTBF, failures(2, 17_520), stricter)) == "violates"


def test_with_a_trend_no_bound_of_a_constant_rate_is_given() -> None:
    worse = [Outage(hours_ago=2 ** (number / 2), hours=SHORT_H) for number in range(2, 18)]
    verdict = told(MTBF, Script(hours=6_000, outages=worse))
    assert word(verdict) == "violates"
    assert "Trend: significant at 5 %, failures come ever closer; Laplace U = " in verdict.reason.en
    assert "One-sided bounds" not in verdict.reason.en
    assert "Confidence" not in verdict.reason.en
    better = [Outage(hours_ago=6_000 - 2 ** (number / 2), hours=SHORT_H) for number in range(2, 18)]
    verdict = told(MTBF, Script(hours=6_000, outages=better))
    assert cause(verdict) == "stale"  # the bound would violate, but does not hold
    assert "ever rarer" in verdict.reason.en
    even = told(MTBF, failures(8, 6_000))
    assert word(even) == "violates"
    assert "Trend: none at 5 % significance" in even.reason.en
    assert "One-sided bounds" in even.reason.en


def test_much_unknown_time_tells_only_what_survives_both_extremes() -> None:
    short = failures(1, 17_000, outages=[gap(3_000, 100)])
    assert word(told(MTBF, short)) == "conforms"  # 0.6 % unknown
    long = told(MTBF, failures(1, 17_000, outages=[gap(3_000, 400)]))
    assert cause(long) == "stale"
    assert "more than 1 %: what is known would decide, but not if" in long.reason.en
    survives = told(MTBF, failures(1, 26_500, outages=[gap(3_000, 400)]))
    assert word(survives) == "conforms"
    assert "the answer is the same had all of that been up, or down once a gap" in survives.reason.en


def test_gaps_count_by_the_fastest_interval_of_the_record_and_not_by_its_last() -> None:
    nights = [gap(3_000 + 100 * number, 10) for number in range(20)]  # 200 h, more than 1 %
    data = failures(1, 17_000, outages=nights).data()
    for check in data["checks"]:
        check["every_ms"] = check["slowest_ms"] = 86_400_000  # an import that ends last, one sample a day
    asked = requirement(MTBF)
    verdict = verdict_on(asked, [seen("ledger.history", data)], {}, NOW)
    assert cause(verdict) == "stale"
    for check in data["checks"]:
        del check["fastest_ms"]  # as evidence had it before: it is judged as it was
    assert word(verdict_on(asked, [seen("ledger.history", data)], {}, NOW)) == "conforms"


def test_payments_hidden_by_unknown_time_count_by_the_fastest_interval() -> None:
    data = Script(hours=9_000, outages=[gap(100, 20, check="pay")]).data()
    for check in data["checks"]:
        check["every_ms"] = check["slowest_ms"] = 86_400_000
    verdict = verdict_on(requirement(STABLE), [seen("ledger.history", data)], {}, NOW)
    assert cause(verdict) == "stale"
    assert "About 120 more fell into unknown time" in verdict.reason.en
    for check in data["checks"]:
        del check["fastest_ms"]
    assert word(verdict_on(requirement(STABLE), [seen("ledger.history", data)], {}, NOW)) == "conforms"


def test_a_page_alone_never_shows_that_the_journey_works() -> None:
    page = {"front": Check(depth="page", every_s=60)}
    assert cause(told(MTBF, Script(hours=17_600, checks=page))) == "settings"
    assert cause(told(DAILY, Script(hours=17_600, checks=page))) == "settings"
    down = [Outage(hours_ago=100 * number, hours=SHORT_H, check="front") for number in range(1, 4)]
    assert word(told(MTBF, Script(hours=YEAR_H, checks=page, outages=down))) == "violates"


def test_a_record_whose_first_part_was_watched_seldom_says_so() -> None:
    data = Script(hours=17_600).data()
    assert "parts of it" not in verdict_on(requirement(MTBF), [seen("ledger.history", data)], {}, NOW).reason.en
    for check in data["checks"]:
        check["slowest_ms"] = 86_400_000
    verdict = verdict_on(requirement(MTBF), [seen("ledger.history", data)], {}, NOW)
    assert "every 60 s (parts of it every 86400 s) from 1 vantage point" in verdict.reason.en
    assert "（部分为每 86400 s 一次）" in verdict.reason.zh


def test_imported_history_counts_and_is_named() -> None:
    verdict = told(MTBF, failures(1, 17_520, source="import sha256:c0ffee"))
    assert word(verdict) == "conforms"
    assert "imported (import sha256:c0ffee)" in verdict.reason.en
    assert "导入的记录" in verdict.reason.zh


def test_a_service_that_is_not_on_record_is_stale() -> None:
    verdict = told(MTBF, Script(hours=17_600, service="selling"))
    assert cause(verdict) == "stale"
    assert "the check selling" in verdict.reason.en
    never_known = Script(hours=100, outages=[gap(100, 100)])
    assert cause(told(MTBF, never_known)) == "stale"


def test_a_record_that_begins_down_holds_no_operation() -> None:
    verdict = told(MTBF, Script(hours=10, outages=[Outage(hours_ago=10, hours=10)]))
    assert cause(verdict) == "stale"
    assert "No operation is known yet" in verdict.reason.en


# ---- recovery ------------------------------------------------------------------------------------------------------


def recovery(*outages: Outage, own_id: str = SOFTWARE, hours: float = 17_600) -> Verdict:
    return told(own_id, Script(hours=hours, checks=RARELY, outages=outages))


def incident(hours: float, ago: float, kind: Any = "software", **further: Any) -> Outage:
    return Outage(hours_ago=ago, hours=hours, incident_class=kind, **further)


def test_three_incidents_of_1_2_and_3_h_conform_and_a_mean_of_exactly_4_h_violates() -> None:
    verdict = recovery(incident(1, 900), incident(2, 600), incident(3, 300))
    assert word(verdict) == "conforms"
    assert verdict.measured is not None
    assert verdict.measured.value == 2
    assert word(recovery(incident(2, 900), incident(6, 600))) == "violates"
    almost = recovery(incident(2, 900), incident(5.999, 600))
    assert word(almost) == "conforms"


def test_hardware_has_its_own_bound_and_its_own_incidents() -> None:
    disk = incident(5, 900, "hardware")
    assert word(recovery(disk, own_id=HARDWARE)) == "conforms"
    assert word(recovery(incident(12, 900, "hardware"), own_id=HARDWARE)) == "violates"
    assert cause(recovery(disk, incident(5, 600, "network"))) == "stale"  # no software incident


def test_without_an_incident_it_cannot_be_told_until_there_are_drills() -> None:
    verdict = recovery()
    assert cause(verdict) == "stale"
    assert "No software drill of the last 365 days is on record either" in verdict.reason.en


def test_an_unclassified_outage_leaves_it_open_unless_both_ways_of_classing_it_agree() -> None:
    verdict = recovery(incident(1, 900), incident(20, 600, None))
    assert cause(verdict) == "settings"
    assert "Not classified: 1 (" in verdict.reason.en
    assert "duheng incident" in verdict.reason.en
    assert word(recovery(incident(1, 900), incident(2, 600, None))) == "conforms"
    assert word(recovery(incident(9, 900), incident(8, 600, None))) == "violates"
    assert cause(recovery(incident(6, 900), incident(0.5, 600, "unclassified"))) == "settings"
    assert cause(recovery(incident(50, 600, None))) == "settings"


def test_what_a_person_takes_out_of_a_class_is_told() -> None:
    outages = (incident(1, 900), incident(30, 600), incident(2, 300, "network"))
    script = Script(hours=17_600, checks=RARELY, outages=outages)
    assert word(told(SOFTWARE, script)) == "violates"
    data = script.data()
    long_one = next(said for said in data["incidents"] if said["starts_ms"] == script.before(600))
    data["incidents"].append(long_one | {"class": "network", "by": "Li Wei", "why": "the switch"})
    for own_id, is_told in ((SOFTWARE, True), (HARDWARE, False)):
        verdict = verdict_on(requirement(own_id), [seen("ledger.history", data)], {}, NOW)
        assert ("A rule had classed 1 more as software, and a person otherwise" in verdict.reason.en) is is_told
        assert ("后由人员改判" in verdict.reason.zh) is is_told
        assert not HALF_WIDTH.search(verdict.reason.zh)
    agreed = script.data()
    agreed["incidents"].append(long_one | {"by": "Li Wei", "why": "yes"})
    assert "otherwise" not in verdict_on(requirement(SOFTWARE), [seen("ledger.history", agreed)], {}, NOW).reason.en


def test_an_open_incident_can_violate_and_never_makes_it_conform() -> None:
    assert word(recovery(incident(5, 5))) == "violates"
    assert cause(recovery(incident(1, 1))) == "stale"
    assert word(recovery(incident(5, 900), incident(0.1, 0.1))) == "violates"  # not diluted
    assert word(recovery(incident(3, 900), incident(6, 6))) == "violates"
    still = recovery(incident(3, 900), incident(0.1, 0.1))
    assert word(still) == "conforms"
    assert "An outage goes on, 6 min so far" in still.reason.en


def test_only_incidents_of_the_last_365_days_count() -> None:
    assert word(recovery(incident(9, YEAR_H + 100), incident(1, 900))) == "conforms"
    assert word(recovery(incident(9, YEAR_H - 100), incident(1, 900))) == "violates"


def test_recovery_hidden_by_a_gap_is_between_two_lengths() -> None:
    verdict = recovery(incident(3, 900), gap(897, 2, check="buying"))
    assert cause(verdict) == "stale"  # 3 h if it was up in the gap, 5 h if it was not
    assert word(recovery(incident(3, 900), gap(897, 0.5, check="buying"))) == "conforms"
    assert word(recovery(incident(5, 900), gap(895, 2, check="buying"))) == "violates"


def test_gaps_beyond_1_percent_may_hide_an_outage() -> None:
    verdict = recovery(incident(1, 900), gap(5_000, 200))
    assert cause(verdict) == "stale"
    assert "an outage may have gone unseen" in verdict.reason.en


def test_detection_decision_action_and_verification_stand_apart() -> None:
    steps = {"detected": 2, "decided": 10, "acted": 40, "verified": 60}
    verdict = recovery(incident(1, 900, steps=steps), incident(1, 600, steps={"detected": 4}))
    assert "detect 3 min (2), decide 8 min (1), act 30 min (1), verify 20 min (1)" in verdict.reason.en
    assert "发现 3 分（2 次）" in verdict.reason.zh


# ---- daily failure rate --------------------------------------------------------------------------------------------


def alone(failed: int, day: str = DAYS[100], **further: Any) -> Script:
    return Script(hours=9_000, alone={("buying", day): failed}, **further)


def test_9_of_1440_conform_and_15_violate() -> None:
    verdict = told(DAILY, alone(9))
    assert word(verdict) == "conforms"
    assert f"The worst day, {DAYS[100]}: 9 of 1440 probes failed, 0.62 %" in verdict.reason.en
    assert "365 of the last 365 complete days stand" in verdict.reason.en
    verdict = told(DAILY, alone(15))
    assert word(verdict) == "violates"
    assert "1.04 %, against less than 1 %; 1 day is at or above the bound" in verdict.reason.en


def test_exactly_1_percent_violates() -> None:
    checks = {**CHECKS, "buying": Check(depth="checkout", every_s=86)}  # 1004 or 1005 probes a day
    every_216 = {**CHECKS, "buying": Check(depth="checkout", every_s=216)}  # 400 probes a day
    assert word(told(DAILY, alone(4, checks=every_216))) == "violates"
    assert word(told(DAILY, alone(3, checks=every_216))) == "conforms"
    assert word(told(DAILY, alone(10, checks=checks))) == "conforms"


def test_a_short_record_tells_a_violation_and_nothing_else() -> None:
    month = Script(hours=30 * 24)
    verdict = told(DAILY, month)
    assert cause(verdict) == "stale"
    assert "30 of the last 365 complete days stand" in verdict.reason.en
    assert "335 are not known, at most 3 may be" in verdict.reason.en
    bad = Script(hours=30 * 24, alone={("buying", DAYS[-3]): 20})
    assert word(told(DAILY, bad)) == "violates"


def test_a_day_with_fewer_than_299_known_probes_is_not_known() -> None:
    silent = [gap(24 * number + 17.9, 20) for number in range(2, 5)]
    assert word(told(DAILY, Script(hours=9_000, outages=silent))) == "conforms"  # 3 of 365
    silent = [gap(24 * number + 17.9, 20) for number in range(2, 6)]
    verdict = told(DAILY, Script(hours=9_000, outages=silent))
    assert cause(verdict) == "stale"
    assert "4 are not known, at most 3 may be" in verdict.reason.en
    failing = Script(hours=9_000, outages=silent, alone={("buying", DAYS[-3]): 100})
    assert cause(told(DAILY, failing)) == "stale"  # 100 of 235: the day is not known all the same


def test_probes_that_are_too_rare_are_a_matter_of_settings() -> None:
    verdict = told(DAILY, Script(hours=9_000, checks=RARELY))
    assert cause(verdict) == "settings"
    assert "set every_s to 288 or less" in verdict.reason.en


def test_announced_maintenance_fails_no_day_and_late_announcements_do() -> None:
    down = [Outage(hours_ago=500, hours=3, incident_class="network")]
    assert word(told(DAILY, Script(hours=9_000, outages=down))) == "violates"
    assert word(told(DAILY, Script(hours=9_000, outages=down, planned=[(501, 5, 48)]))) == "conforms"
    assert word(told(DAILY, Script(hours=9_000, outages=down, planned=[(501, 5, -0.5)]))) == "violates"
    longer = Script(hours=9_000, outages=down, planned=[(499, 5, 48)])  # an hour of it before the maintenance
    assert word(told(DAILY, longer)) == "violates"
