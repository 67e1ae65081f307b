"""Latencies as a picture: every day where it belongs, gaps as gaps, a scale that holds all."""

import re
from typing import Any

import pytest

from reports.formats import latency_picture
from reports.formats.latency_picture import Picture
from reports.formats.service_record import calendar
from tests.reports.formats import scripted_year

YEAR = calendar(scripted_year.ZONE, scripted_year.at(scripted_year.ENDED))


def drawn(rows: list[list[Any]]) -> Picture:
    picture = latency_picture.picture("buying", rows, YEAR)
    assert picture is not None
    return picture


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def test_every_day_is_a_point_and_a_gap_begins_a_new_line() -> None:
    picture = drawn(scripted_year.year()["latencies"]["buying"])
    known = scripted_year.year()["latencies"]["buying"]
    for line in picture.lines:
        assert len(points(line.path)) == len(known) == picture.days
        # Two whole days were unknown in June, and one was maintenance.
        assert line.path.count("M") == 3


def test_a_day_alone_is_a_dot() -> None:
    picture = drawn([["2026-01-01", 5, 10, 20, 30, 40], ["2026-01-03", 5, 10, 20, 30, 40]])
    assert [line.path.count("h0") for line in picture.lines] == [2, 2, 2, 2]


def test_higher_percentiles_stand_higher_and_within_the_scale() -> None:
    picture = drawn(scripted_year.year()["latencies"]["front"])
    heights = [[y for _, y in points(line.path)] for line in picture.lines]
    assert all(0 <= y <= latency_picture.HEIGHT for line in heights for y in line)
    for day in zip(*heights, strict=True):
        assert list(day) == sorted(day, reverse=True)


def test_the_scale_is_named_and_logarithmic() -> None:
    picture = drawn([["2026-01-01", 5, 100, 200, 500, 1000]])
    assert [said for _, said in picture.ticks] == ["100 ms", "200 ms", "500 ms", "1 s"]
    assert [place for place, _ in picture.ticks] == pytest.approx([200, 139.8, 60.2, 0])


@pytest.mark.parametrize("value", [0, 0.04, 1, 7, 86_400_000])
def test_one_value_alone_has_a_scale(value: float) -> None:
    picture = drawn([["2026-01-01", 1, value, value, value, value]])
    assert all(0 <= y <= latency_picture.HEIGHT for line in picture.lines for _, y in points(line.path))
    assert len(picture.ticks) >= 2


def test_days_of_other_years_or_without_samples_are_not_drawn() -> None:
    assert latency_picture.picture("buying", [["2019-01-01", 5, 1, 2, 3, 4]], YEAR) is None
    assert latency_picture.picture("buying", [["2026-01-01", 0, None, None, None, None]], YEAR) is None
    assert latency_picture.picture("buying", [], YEAR) is None


def test_months_tell_samples_and_the_highest() -> None:
    picture = drawn([["2026-01-01", 5, 100, 200, 300, 1000], ["2026-01-09", 7, 80, 250, 290, 400]])
    (month,) = picture.months
    assert (month.days, month.samples, month.medians) == (2, 12, "80 ms – 100 ms")
    assert month.highest == ("250 ms", "300 ms", "1 s")
