"""Outages as a line and a list: complete, in classes, open ones marked, bounded however many there were."""

import itertools

import pytest

from reports import availability, availability_words
from reports.formats import incident_timeline
from reports.formats.incident_timeline import Picture
from reports.formats.service_record import Calendar, calendar
from reports.standing import INCIDENT_CLASSES
from tests.reports.formats import scripted_year
from tests.reports.formats.scripted_year import DAY_MS, ENDED, FLAPS, HOUR, MINUTE, ZONE, at

YEAR: Calendar = calendar(ZONE, at(ENDED))


@pytest.fixture(scope="module")
def year() -> Picture:
    check = availability.service(scripted_year.year(), "buying")
    assert check is not None
    return incident_timeline.picture(check.incidents, YEAR)


def outage(starts_ms: int, length_ms: int, *, over: bool = True) -> availability.Incident:
    return availability.Incident(
        check="buying",
        starts_ms=starts_ms,
        ends_ms=starts_ms + length_ms,
        down_ms=length_ms,
        over=over,
        why="HTTP 502",
        word=None,
    )


def test_every_outage_outside_maintenance_is_listed_newest_first(year: Picture) -> None:
    # Of the eight scripted ones two lie in announced maintenance.
    assert year.count == len(year.rows) == 6 + FLAPS
    assert [row.starts for row in year.rows] == sorted((row.starts for row in year.rows), reverse=True)
    assert year.rows[-1].starts == "2025-05-06 02:10"
    assert year.more == 0


def test_an_outage_that_goes_on_is_marked(year: Picture) -> None:
    assert [row.starts for row in year.rows if row.is_open] == ["2026-03-14 09:40"]
    assert year.open_count == 1
    assert year.rows[0].length.en == "34 min"


def test_classes_stand_apart_with_who_said_so(year: Picture) -> None:
    counts = {lane.incident_class: lane.count for lane in year.lanes}
    assert counts == {"software": 2, "hardware": 1, "network": 1, "unclassified": 2 + FLAPS}
    hard = next(row for row in year.rows if row.incident_class == "hardware")
    assert (hard.by, hard.why, hard.length.zh) == ("王敏", "connection refused", "11 小时 30 分")
    assert set(availability_words.CLASSES) == set(INCIDENT_CLASSES)


def test_the_steps_of_a_recovery_stand_apart_and_fill_the_outage(year: Picture) -> None:
    hard = next(row for row in year.rows if row.incident_class == "hardware")
    assert [(part.step, part.after.en) for part in hard.parts] == [
        ("detected", "1 min"),
        ("decided", "1 h 43 min"),
        ("acted", "4 h 36 min"),
        ("verified", "11 h 30 min"),
    ]
    assert sum(part.width for part in hard.parts) == pytest.approx(100)
    net = next(row for row in year.rows if row.incident_class == "network")
    assert [part.step for part in net.parts] == ["detected"]


def test_steps_said_out_of_order_or_outside_stay_within_the_outage() -> None:
    word = availability.Word(
        incident_class="software",
        by="x",
        why="",
        detected_ms=at("2025-12-01 00:00") - HOUR,
        decided_ms=at("2025-12-01 09:00"),
        acted_ms=at("2025-12-01 00:30"),
    )
    start = at("2025-12-01 00:00")
    odd = availability.Incident(
        check="buying", starts_ms=start, ends_ms=start + HOUR, down_ms=HOUR, over=True, why="", word=word
    )
    (row,) = incident_timeline.picture([odd], YEAR).rows
    assert all(part.begin >= 0 and part.width >= 0 for part in row.parts)
    assert all(part.begin + part.width <= 100 for part in row.parts)


def test_thousands_of_outages_stay_a_short_list_and_a_short_line() -> None:
    begin = YEAR.edges_ms[0]
    many = [outage(begin + number * 10 * MINUTE, 2 * MINUTE + number) for number in range(40_000)]
    many.append(outage(at(ENDED) - MINUTE, MINUTE, over=False))
    drawn = incident_timeline.picture(many, YEAR)
    assert len(drawn.rows) == incident_timeline.ROWS
    assert drawn.rows[0].is_open
    assert drawn.count == len(many)
    assert drawn.more == len(many) - incident_timeline.ROWS
    assert sum(len(lane.bars) for lane in drawn.lanes) <= incident_timeline.WIDTH
    shown = {row.length.en for row in drawn.rows}
    assert "2 min 39 s" in shown  # the longest


def test_bars_stand_apart_and_within_the_line(year: Picture) -> None:
    for lane in year.lanes:
        assert bool(lane.bars) == bool(lane.count)
        assert all(x >= 0 and x + width <= incident_timeline.WIDTH for x, width in lane.bars)
        assert all(first[0] + first[1] < second[0] for first, second in itertools.pairwise(lane.bars))


def test_what_ended_before_the_year_is_not_in_it() -> None:
    old = outage(YEAR.edges_ms[0] - DAY_MS, HOUR)
    reaching_in = outage(YEAR.edges_ms[0] - HOUR, 2 * HOUR)
    assert incident_timeline.picture([old], YEAR).count == 0
    drawn = incident_timeline.picture([reaching_in], YEAR)
    assert drawn.count == 1
    assert drawn.lanes[-1].bars[0][0] == 0
