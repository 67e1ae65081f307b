"""The record by calendar day: whole days of the zone, 23 and 25 hours long where clocks are changed."""

from datetime import date
from zoneinfo import ZoneInfo

from reports.availability import Service, service
from reports.daily import days, midnight_ms
from tests.reports.test_availability import HOUR, data, vantage

BERLIN = ZoneInfo("Europe/Berlin")
MIN = 60_000


def known(*runs: tuple[str, int, int], begins: int, ends: int, counted: list[list[object]]) -> Service:
    told = [(state, (begins + begin) // MIN, (begins + end) // MIN) for state, begin, end in runs]
    found = service(data(vantage("a", *told) | {"days": counted}, ends=ends // MIN), "buying")
    assert found is not None
    return found


def test_days_are_as_long_as_the_zone_makes_them() -> None:
    spring, autumn = ("2026-03-28", "2026-03-29", "2026-03-30"), ("2026-10-24", "2026-10-25", "2026-10-26")
    for names, hours in ((spring, 23), (autumn, 25)):
        begins, ends = _midnight(names[1]), _midnight(names[2])
        found = known(
            ("up", 0, 10 * HOUR), ("down", 10 * HOUR, 11 * HOUR), ("up", 11 * HOUR, hours * HOUR),
            begins=begins, ends=ends, counted=[[names[1], hours * 60, 60]],
        )  # fmt: skip
        before, changed = days(found, BERLIN, last=2)
        assert (before.day, changed.day) == names[:2]
        assert changed.spent.wall_ms == hours * HOUR
        assert changed.spent.down_ms == HOUR
        assert changed.down_share == 1 / hours
        assert (changed.tried, changed.failed, changed.rate) == (hours * 60, 60, 1 / hours)
        assert (before.tried, before.rate, before.spent.unknown_share) == (0, 0.0, 1.0)


def test_a_day_that_is_not_over_is_no_complete_day() -> None:
    begins = _midnight("2026-05-01")
    found = known(("up", 0, 30 * HOUR), begins=begins, ends=begins + 30 * HOUR, counted=[])
    assert [day.day for day in days(found, BERLIN, last=1)] == ["2026-05-01"]
    whole = known(("up", 0, 24 * HOUR), begins=begins, ends=begins + 24 * HOUR, counted=[])
    assert [day.day for day in days(whole, BERLIN, last=1)] == ["2026-05-01"]


def _midnight(day: str) -> int:
    return midnight_ms(date.fromisoformat(day), BERLIN)
