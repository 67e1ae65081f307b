"""The availability calendar: each day once, with its own state; what is not known is never green."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from reports import availability, availability_words
from reports.formats import availability_calendar
from reports.formats.availability_calendar import Cell, Picture
from reports.formats.service_record import calendar
from tests.reports.formats import scripted_year
from tests.reports.formats.scripted_year import DAY_MS, HOUR, MINUTE, at

LIMIT = 0.01


def drawn(data: dict[str, Any], name: str = "buying") -> Picture:
    check = availability.service(data, name)
    assert check is not None
    return availability_calendar.picture(check, calendar(data["zone"], data["window"]["ends_ms"]), LIMIT)


def cells(picture: Picture) -> dict[str, Cell]:
    listed = [cell for half in picture.halves for cell in half.cells]
    by_day = {cell.day.isoformat(): cell for cell in listed}
    assert len(by_day) == len(listed)
    return by_day


def record(begin: int, end: int, runs: list[list[Any]], *, zone: str = "Asia/Shanghai", **changes: Any) -> Picture:
    vantage = {"name": "a", "sources": ["watch"], "runs": runs, "days": changes.pop("days", [])}
    check = {"name": "buying", "kind": "journey", "depth": "checkout", "every_ms": MINUTE, "vantages": [vantage]}
    data: dict[str, Any] = {
        "window": {"starts_ms": begin, "ends_ms": end},
        "zone": zone,
        "at_least": 1,
        "checks": [check],
        "maintenance": [],
        "incidents": [],
    }
    return drawn(data | changes)


@pytest.fixture(scope="module")
def year() -> Picture:
    return drawn(scripted_year.year())


def test_each_of_the_365_days_before_today_and_today_have_one_cell(year: Picture) -> None:
    own = cells(year)
    today = date.fromisoformat(scripted_year.ENDED[:10])
    wanted = [(today - timedelta(days=back)).isoformat() for back in range(365, -1, -1)]
    assert [day for day, cell in own.items() if cell.state != "future"] == wanted
    assert [day for day, cell in own.items() if cell.state == "future"] == ["2026-03-15"]
    assert sum(count for _, _, count in year.legend) == len(own)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-03-15", "unknown"),  # before the record began
        ("2025-03-20", "good"),
        ("2025-03-26", "some"),
        ("2025-05-06", "bad"),
        ("2025-06-14", "partly"),
        ("2025-06-15", "unknown"),
        ("2025-06-16", "unknown"),
        ("2025-06-17", "partly"),
        ("2025-07-15", "good"),  # down in announced maintenance only
        ("2025-08-19", "bad"),
        ("2025-08-20", "bad"),
        ("2025-09-09", "bad"),
        ("2025-10-18", "excluded"),
        ("2025-12-24", "partly"),
        ("2026-01-20", "good"),  # one vantage point lost, two see it up
        ("2026-02-03", "bad"),  # maintenance that was told too late
        ("2026-03-14", "bad"),  # today, down since 09:40
    ],
)
def test_a_day_of_the_scripted_year_is_what_was_scripted(year: Picture, day: str, state: str) -> None:
    assert cells(year)[day].state == state


def test_maintenance_within_a_day_is_marked_besides(year: Picture) -> None:
    assert [day for day, cell in cells(year).items() if cell.maintained] == ["2025-07-15"]
    assert year.maintained == 1


def test_what_is_known_of_a_day_is_told_in_both_languages(year: Picture) -> None:
    # 47 minutes, seen by three vantage points.
    cell = cells(year)["2025-05-06"]
    assert cell.says.en == "down 47 min; 141 of 4320 probes failed (3.26 %)"
    assert cell.says.zh == "停机 47 分；探测 4320 次，失败 141 次（3.26 %）"
    assert cells(year)["2025-06-15"].says.zh == "全天未知"


def test_nothing_unknown_is_green() -> None:
    begin = at("2026-01-01 00:00")
    for unknown_ms in (MINUTE, HOUR, DAY_MS - MINUTE):
        runs = [["up", begin, begin + DAY_MS - unknown_ms, ""], ["up", begin + DAY_MS, begin + 2 * DAY_MS, ""]]
        assert cells(record(begin, begin + 2 * DAY_MS, runs))["2026-01-01"].state == "partly"
    nothing = [["unknown", begin, begin + DAY_MS, "suspended"], ["up", begin + DAY_MS, begin + 2 * DAY_MS, ""]]
    assert cells(record(begin, begin + 2 * DAY_MS, nothing))["2026-01-01"].state == "unknown"


def test_a_day_that_is_not_over_is_not_good() -> None:
    begin = at("2026-01-01 00:00")
    own = cells(record(begin, begin + 30 * HOUR, [["up", begin, begin + 30 * HOUR, ""]]))
    assert (own["2026-01-01"].state, own["2026-01-02"].state, own["2026-01-03"].state) == ("good", "partly", "future")


def test_a_record_that_ends_at_midnight_ends_with_a_whole_day() -> None:
    begin = at("2026-01-01 00:00")
    own = cells(record(begin, begin + DAY_MS, [["up", begin, begin + DAY_MS, ""]]))
    assert own["2026-01-01"].state == "good"
    assert Counter(cell.state for cell in own.values()) == {"good": 1, "unknown": 364, "future": 3}


@pytest.mark.parametrize(("failed", "state"), [(0, "good"), (14, "some"), (15, "bad"), (1440, "bad")])
def test_the_limit_is_met_from_it_on(failed: int, state: str) -> None:
    begin = at("2026-01-01 00:00")
    days = [["2026-01-01", 1440, failed]]
    own = cells(record(begin, begin + DAY_MS, [["up", begin, begin + DAY_MS, ""]], days=days))
    assert own["2026-01-01"].state == state


def test_one_percent_exactly_is_not_below_it() -> None:
    begin = at("2026-01-01 00:00")
    days = [["2026-01-01", 1000, 10]]
    own = cells(record(begin, begin + DAY_MS, [["up", begin, begin + DAY_MS, ""]], days=days))
    assert own["2026-01-01"].state == "bad"


def test_days_are_those_of_the_platforms_zone_also_where_clocks_change() -> None:
    # Berlin, 2026-03-29: a day of 23 hours; all of it is known.
    zone = "Europe/Berlin"
    begin, end = at("2026-03-29 00:00", zone), at("2026-03-30 00:00", zone)
    assert end - begin == 23 * HOUR
    assert cells(record(begin, end, [["up", begin, end, ""]], zone=zone))["2026-03-29"].state == "good"


def test_weeks_are_columns_and_weekdays_rows(year: Picture) -> None:
    for half in year.halves:
        for cell in half.cells:
            assert cell.y == availability_calendar.TOP + availability_calendar.PITCH * cell.day.weekday()
            assert cell.x + availability_calendar.CELL <= half.width
        assert all(0 <= x < half.width - 20 for x, _ in half.months)
        gaps = [later - earlier for (earlier, _), (later, _) in zip(half.months, half.months[1:], strict=False)]
        assert min(gaps) >= 3 * availability_calendar.PITCH


def test_the_months_in_figures_add_up(year: Picture) -> None:
    assert sum(sum(month.days.values()) for month in year.months) == 366
    assert year.months[-1].name.zh == "2026年3月"
    assert sum(month.failed for month in year.months) > 0


def test_availability_is_never_rounded_up_to_all() -> None:
    begin = at("2026-01-01 00:00")
    end = begin + 300 * DAY_MS
    runs = [["up", begin, end - 2000, ""], ["down", end - 2000, end - 1000, "x"], ["up", end - 1000, end, ""]]
    assert record(begin, end, runs).available == "99.999 %"
    assert record(begin, end, [["unknown", begin, end, "suspended"]]).available == "—"


def test_every_state_has_words() -> None:
    assert all(text.zh and text.en for text in availability_words.DAYS.values())
