"""The MTBF as a picture: bounds as published, an arrow where there is none, nothing of a constant rate with a trend."""

from typing import Any

import pytest

from reports import availability
from reports.formats import mtbf_picture
from tests.reports.formats.scripted_year import HOUR, MINUTE

GOAL = 8500.0


def watched(hours: int, failed_at_h: tuple[int, ...] = ()) -> mtbf_picture.Picture | None:
    """Return the picture of a record of so many hours up, with a minute down after each of those given."""
    edges, now = [], 0
    for number, at_h in enumerate(failed_at_h):
        down = at_h * HOUR + number * MINUTE
        edges += [["up", now, down, ""], ["down", down, down + MINUTE, "HTTP 502"]]
        now = down + MINUTE
    end = hours * HOUR + len(failed_at_h) * MINUTE
    runs = [*edges, ["up", now, end, ""]]
    vantage = {"name": "a", "sources": ["watch"], "runs": runs, "days": []}
    check: dict[str, Any] = {"name": "buying", "kind": "journey", "depth": "checkout", "every_ms": MINUTE}
    data = {"window": {"starts_ms": 0, "ends_ms": end}, "at_least": 1, "maintenance": [], "incidents": []}
    found = availability.of_check(data, check | {"vantages": [vantage]})
    assert found is not None
    return mtbf_picture.picture(found, GOAL)


def drawn(hours: int, failed_at_h: tuple[int, ...] = ()) -> mtbf_picture.Picture:
    picture = watched(hours, failed_at_h)
    assert picture is not None
    return picture


def test_without_a_failure_the_upper_bound_is_an_arrow() -> None:
    picture = drawn(8760)
    (eighty,) = [bar for bar in picture.bars if bar.percent == 80]
    assert (round(eighty.lower_h), eighty.upper_h, eighty.end) == (5443, None, 100.0)
    (ninety,) = [bar for bar in picture.bars if bar.percent == 90]
    assert round(ninety.lower_h) == 3804
    assert (picture.mean_h, round(picture.operating_h)) == (None, 8760)
    assert "no failure in 8,760 h" in picture.stands.en


def test_a_clean_fortnight_shows_its_lower_bound_and_the_hours_still_needed() -> None:
    picture = drawn(336)
    demonstrated = picture.demonstrated
    assert demonstrated is not None
    assert round(demonstrated.lower_h) == 146
    assert round(demonstrated.needed_h) == 19_572 - 336
    told = {name.en: text.en for name, text in picture.readings}
    assert "8,164 h more without a failure" in told["Read from the record"]
    assert "146 h" in told["Read as demonstrated (stricter)"]
    assert told["Test for a trend"] == "too few failures for a test"


def test_three_failures_in_a_year_lie_below_what_is_asked() -> None:
    picture = drawn(8760, (1000, 5000, 7000))
    assert round(picture.mean_h or 0) == 2920
    assert picture.at < picture.goal_at
    lower, upper = next((bar.lower_h, bar.upper_h) for bar in picture.bars if bar.percent == 90)
    assert (round(lower), round(upper or 0)) == (1311, 7949)
    assert "below 8,500 h" in {name.en: text.en for name, text in picture.readings}["Read from the record"]


def test_one_failure_in_two_years_reaches_it_by_the_record_only() -> None:
    picture = drawn(17_520, (9000,))
    told = {name.en: text.en for name, text in picture.readings}
    assert told["Read from the record"] == "T / r = 17,520 h, not below 8,500 h"
    assert "more without a failure are needed" in told["Read as demonstrated (stricter)"]
    assert picture.confidence == pytest.approx(0.610, abs=1e-3)


def test_with_a_significant_trend_no_bound_is_drawn() -> None:
    picture = drawn(8760, (8000, 8200, 8400, 8500, 8600, 8700))
    assert (picture.bars, picture.confidence, picture.demonstrated) == ((), None, None)
    assert "no bound is given" in dict(picture.readings)[mtbf_picture.TREND].en
    assert "ever closer" in dict(picture.readings)[mtbf_picture.TREND].en


def test_all_lies_within_the_drawing() -> None:
    for hours, failed in ((1, ()), (24, (3,)), (100_000, ()), (8760, tuple(range(10, 8700, 10)))):
        picture = drawn(hours, failed)
        places = [picture.at, picture.goal_at, *(edge for bar in picture.bars for edge in (bar.begin, bar.end))]
        assert all(0 <= place <= 100 for place in places)
        assert all(bar.begin <= bar.end for bar in picture.bars)


def test_the_scale_is_logarithmic_with_a_line_a_decade() -> None:
    picture = drawn(8760)
    hours = [tick for tick, _ in picture.ticks]
    assert hours == [1000.0, 10_000.0, 100_000.0, 1_000_000.0]
    places = [place for _, place in picture.ticks]
    assert places == pytest.approx([0, 100 / 3, 200 / 3, 100])


def test_a_record_without_operation_has_no_picture() -> None:
    run = ["down", 0, HOUR, "HTTP 502"]
    vantage = {"name": "a", "sources": ["watch"], "runs": [run], "days": []}
    check: dict[str, Any] = {"name": "buying", "kind": "journey", "depth": "checkout", "every_ms": MINUTE}
    data = {"window": {"starts_ms": 0, "ends_ms": HOUR}, "at_least": 1, "maintenance": [], "incidents": []}
    found = availability.of_check(data, check | {"vantages": [vantage]})
    assert found is not None
    assert mtbf_picture.picture(found, GOAL) is None
