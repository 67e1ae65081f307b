"""The judges of the standing record whose bound the target file declares: availability, and payments."""

from collections.abc import Mapping
from typing import Any

import pytest

from reports.verdict import word
from tests.conformance.judges.evidence import SEEN_AT
from tests.conformance.judges.history_told import cause, told
from tests.conformance.judges.standing_script import CHECKS, YEAR_H, Check, Outage, Script, days_before

AVAILABILITY, STABLE = "SBT-3.1.1.1-availability", "SBT-6-stable"
DAYS = days_before(SEEN_AT, 365)


# ---- availability --------------------------------------------------------------------------------------------------


def front(down_h: float, **further: Any) -> Script:
    return Script(hours=9_000, outages=[Outage(hours_ago=4_000, hours=down_h, check="front")], **further)


def test_the_declared_target_decides() -> None:
    declared = {"availability": {"target_percent": 99.9}}
    verdict = told(AVAILABILITY, front(0.0007 * YEAR_H), declared)
    assert word(verdict) == "conforms"
    assert "99.9300 % was up" in verdict.reason.en
    assert "against the declared 99.9 %" in verdict.reason.en
    assert word(told(AVAILABILITY, front(0.0059 * YEAR_H), declared)) == "violates"
    undeclared = told(AVAILABILITY, front(0.0013 * YEAR_H))
    assert word(undeclared) == "conforms"
    assert "the default of 99.86 % (none is declared)" in undeclared.reason.en
    assert word(told(AVAILABILITY, front(0.0013 * YEAR_H), declared)) == "violates"


@pytest.mark.parametrize("percent", [99.9, 99.5, 99.0])
def test_exactly_the_declared_target_conforms(percent: float) -> None:
    declared = {"availability": {"target_percent": percent}}
    down_h = YEAR_H * (100 - percent) / 100
    assert word(told(AVAILABILITY, front(down_h), declared)) == "conforms"
    assert word(told(AVAILABILITY, front(down_h + 0.001), declared)) == "violates"


def test_what_of_the_year_is_not_on_record_is_unknown() -> None:
    verdict = told(AVAILABILITY, Script(hours=30 * 24))
    assert cause(verdict) == "stale"
    assert "it lies between 8.22 % (all of it down) and 100.00 % (all of it up)" in verdict.reason.en
    lost = [Outage(hours_ago=300, hours=13, check="front")]
    assert word(told(AVAILABILITY, Script(hours=30 * 24, outages=lost))) == "violates"
    low = {"availability": {"target_percent": 8.0}}
    assert word(told(AVAILABILITY, Script(hours=30 * 24), low)) == "conforms"


def test_announced_maintenance_is_shown_apart() -> None:
    assert word(told(AVAILABILITY, front(20))) == "violates"
    verdict = told(AVAILABILITY, front(20, planned=[(4_000, 20, 24)]))
    assert word(verdict) == "conforms"
    assert "announced maintenance 20 h" in verdict.reason.en
    assert word(told(AVAILABILITY, front(20, planned=[(4_000, 20, -1)]))) == "violates"


def test_at_least_k_of_n_vantage_points_see_it_down() -> None:
    three = ("a", "b", "c")
    cut_off = [Outage(hours_ago=4_000, hours=20, check="front", vantage="a")]
    two_of_three = Script(hours=9_000, vantages=three, outages=cut_off, at_least=2)
    assert word(told(AVAILABILITY, two_of_three)) == "conforms"
    any_of_three = Script(hours=9_000, vantages=three, outages=cut_off)
    assert word(told(AVAILABILITY, any_of_three)) == "violates"
    assert "from 3 vantage points (down where 2 see it down)" in told(AVAILABILITY, two_of_three).reason.en
    assert "down where" not in told(AVAILABILITY, any_of_three).reason.en


# ---- payments ------------------------------------------------------------------------------------------------------


def payments(failed: Mapping[str, int], hours: float = 9_000, **further: Any) -> Script:
    return Script(hours=hours, alone={("pay", day): count for day, count in failed.items()}, **further)


def test_payments_against_their_declared_target() -> None:
    declared = {"availability": {"payment_target_percent": 99.9}}
    verdict = told(STABLE, payments({DAYS[-5]: 2}), declared)
    assert word(verdict) == "conforms"
    assert "4318 of 4320 test payments of the last 30 complete days came about, 99.95 %" in verdict.reason.en
    bad = told(STABLE, payments(dict.fromkeys(DAYS[-30:], 4) | {DAYS[-1]: 14}), declared)
    assert word(bad) == "violates"
    assert "4190 of 4320" in bad.reason.en
    assert "96.99 %" in bad.reason.en


def test_fewer_than_1_percent_fail_whatever_is_declared() -> None:
    low = {"availability": {"payment_target_percent": 90.0}}
    assert word(told(STABLE, payments(dict.fromkeys(DAYS[-30:], 2)), low)) == "violates"
    assert word(told(STABLE, payments(dict.fromkeys(DAYS[-30:], 1)), low)) == "conforms"


def test_exactly_1_percent_of_the_payments_violates() -> None:
    low = {"availability": {"payment_target_percent": 90.0}}
    hundred_a_day = {**CHECKS, "pay": Check(depth="payment", every_s=864)}
    one_a_day = dict.fromkeys(DAYS[-30:], 1)
    assert word(told(STABLE, payments(one_a_day, checks=hundred_a_day), low)) == "violates"
    assert word(told(STABLE, payments(one_a_day | {DAYS[-1]: 0}, checks=hundred_a_day), low)) == "conforms"


def test_fewer_than_299_payments_show_nothing() -> None:
    for every_s, expected in ((9_000, "undetermined"), (8_600, "conforms")):
        seldom = {**CHECKS, "pay": Check(depth="payment", every_s=every_s)}
        verdict = told(STABLE, payments({}, checks=seldom))
        assert word(verdict) == expected
        assert ("Fewer than 299 payments" in verdict.reason.en) is (expected == "undetermined")


def test_a_day_with_payments_enough_can_break_the_floor_alone() -> None:
    often = {**CHECKS, "pay": Check(depth="payment", every_s=60)}
    low = {"availability": {"payment_target_percent": 99.0}}
    verdict = told(STABLE, payments({DAYS[-4]: 20}, checks=often), low)
    assert word(verdict) == "violates"
    assert f"On {DAYS[-4]} 20 of 1440 failed" in verdict.reason.en


def test_payments_that_are_few_or_unknown_leave_it_open() -> None:
    assert cause(told(STABLE, payments({}, hours=30))) == "stale"
    assert cause(told(STABLE, payments({}, hours=240))) == "stale"
    no_payments = {name: check for name, check in CHECKS.items() if name != "pay"}
    verdict = told(STABLE, Script(hours=9_000, checks=no_payments))
    assert cause(verdict) == "stale"
    assert 'kind = "payment"' in verdict.reason.en
