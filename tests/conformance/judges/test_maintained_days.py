"""3.1.1.2 daily failure on days that announced maintenance cut short: it hides no failure, and makes no day up."""

from reports.verdict import word
from tests.conformance.judges.evidence import SEEN_AT
from tests.conformance.judges.history_told import cause, told
from tests.conformance.judges.standing_script import CHECKS, Check, Outage, Script, days_before, gap
from tests.conformance.judges.standing_subjects import RARELY

DAILY = "SBT-3.1.1.2-daily-failure"
DAYS = days_before(SEEN_AT, 365)

EVERY_288: dict[str, Check] = {**CHECKS, "buying": Check(depth="checkout", every_s=288)}
"""300 probes a day: what is short by two is short of 299."""


def ago(back: int, hour: float) -> float:
    """Return how many hours before the end an hour of the day lies, so many days back."""
    return 17 + 55 / 60 + 24 * back - hour


def away(hours: float, *back: int) -> list[tuple[float, float, float]]:
    """Return announced maintenance of so many hours from 02:00 on, on the days so many back."""
    return [(ago(day, 2), hours, 48) for day in back]


def test_half_an_hour_of_maintenance_hides_no_day_that_was_down() -> None:
    down = [Outage(hours_ago=ago(5, 0), hours=24)]
    verdict = told(DAILY, Script(hours=9_000, checks=EVERY_288, outages=down, planned=away(0.5, 5)))
    assert word(verdict) == "violates"
    assert f"The worst day, {DAYS[-5]}: 294 of 294 probes failed, 100.00 %" in verdict.reason.en
    assert "364 of the last 365 complete days stand" in verdict.reason.en
    assert "1 broke the bound whatever maintenance took of the day; 0 are not known" in verdict.reason.en
    assert verdict.measured is not None
    assert verdict.measured.value == 100


def test_half_an_hour_of_maintenance_takes_no_day() -> None:
    every = Script(hours=9_000, checks=EVERY_288, planned=away(0.5, *range(2, 366)))
    verdict = told(DAILY, every)
    assert cause(verdict) == "settings"
    assert "1 of the last 365 complete days stand" in verdict.reason.en
    assert "364 are not known, at most 3 may be" in verdict.reason.en
    assert "364 of them had too few probes beside announced maintenance: probe more often" in verdict.reason.en
    often = told(DAILY, Script(hours=9_000, planned=away(0.5, *range(1, 366))))
    assert word(often) == "conforms"
    assert "365 of the last 365 complete days stand" in often.reason.en
    assert "too few probes" not in often.reason.en


def test_what_was_left_beside_long_maintenance_and_failed_is_not_dropped() -> None:
    down = [Outage(hours_ago=ago(5, 0), hours=24)]
    verdict = told(DAILY, Script(hours=9_000, outages=down, planned=away(20, 5)))
    assert word(verdict) == "violates"
    assert f"{DAYS[-5]}: 240 of 240 probes failed" in verdict.reason.en
    days = {("buying", DAYS[-back]): 5 for back in (5, 6, 7, 8)}  # of 240 probes: over 1 %, of a whole day's 0.3 %
    few = Script(hours=9_000, alone=days, planned=away(20, 5, 6, 7, 8))
    verdict = told(DAILY, few)
    assert cause(verdict) == "settings"  # more probes would have told those days
    assert "4 are not known, at most 3 may be" in verdict.reason.en
    many = told(DAILY, Script(hours=9_000, alone={("buying", DAYS[-5]): 15}, planned=away(20, 5)))
    assert word(many) == "violates"  # 15 of 1440, had all that maintenance took been good


def test_a_day_that_maintenance_took_is_dropped_where_nothing_failed_beside_it() -> None:
    verdict = told(DAILY, Script(hours=9_000, planned=away(20, 5, 6, 7, 8)))
    assert word(verdict) == "conforms"
    assert "361 of the last 365 complete days stand" in verdict.reason.en
    assert "4 were announced maintenance; 0 are not known" in verdict.reason.en
    down = [Outage(hours_ago=ago(5, 2), hours=24)]
    whole = told(DAILY, Script(hours=9_000, outages=down, planned=[(ago(5, 0), 48, 48)]))
    assert word(whole) == "conforms"
    assert "2 were announced maintenance" in whole.reason.en


def test_a_day_that_was_not_watched_enough_is_not_known_with_or_without_maintenance() -> None:
    down = [Outage(hours_ago=ago(5, 10), hours=6)]
    rare = Script(hours=9_000, checks=RARELY, outages=down, planned=away(0.5, 5))
    assert cause(told(DAILY, rare)) == "settings"  # 288 a day without any maintenance
    silent = [gap(ago(back, 4), 20) for back in (5, 6, 7, 8)]
    failing = {("buying", DAYS[-5]): 100}  # of 210, and 30 that maintenance took
    blind = Script(hours=9_000, outages=silent, alone=failing, planned=away(0.5, 5))
    assert cause(told(DAILY, blind)) == "stale"
