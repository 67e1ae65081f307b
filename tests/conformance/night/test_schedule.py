"""When a night may be: hours over midnight and over changed clocks, declared windows, what fits, what was due."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.night.planned import Planned
from conformance.night.schedule import Permission, due, night_on, permission, spans_of
from conformance.night.telling import plan
from conformance.windows import Span
from probes.target import Target, Window
from probes.target_file import target_of
from probes.target_night import Hours, Night, Step

ALL_DAYS = frozenset(range(7))
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
# Days around which clocks are changed somewhere, and any others.
days = st.one_of(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]),
)


def hours(begins: time, ends: time, on: frozenset[int] = ALL_DAYS) -> Hours:
    return Hours(begins=begins, ends=ends, days=on)


def night(of: Hours | None) -> Night:
    return Night(steps=(Step(verb="examine"),), hours=of)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def window(starts: str, ends: str) -> Window:
    return Window(starts=at(starts), ends=at(ends), purpose="agreed")


def target(environment: str, *windows: str) -> Target:
    text = f'[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nenvironment = "{environment}"\n'
    text += 'timezone = "UTC"\n'
    for each in windows:
        starts, ends = each.split()
        text += f'[[windows]]\nstarts = {starts}\nends = {ends}\npurpose = "agreed"\n'
    return target_of(text, Path("duheng.toml"))


@given(day=days, begins=clocks, ends=clocks, zone=st.sampled_from(ZONES), part=st.integers(0, 99))
def test_whenever_a_night_is_the_clock_on_the_wall_reads_one_of_its_hours(
    day: date, begins: time, ends: time, zone: str, part: int
) -> None:
    assume(begins != ends)
    found = night_on(day, hours(begins, ends), ZoneInfo(zone))
    assume(found is not None)
    assert found is not None
    for instant in (found.starts, found.starts + (found.ends - found.starts) * part / 100):
        reads = instant.astimezone(ZoneInfo(zone)).time()
        assert begins <= reads < ends if begins < ends else reads >= begins or reads < ends
    assert found.ends - found.starts <= timedelta(days=1, hours=1)


@given(day=days, begins=clocks, ends=clocks, zone=st.sampled_from(ZONES))
def test_where_no_clock_is_changed_a_night_is_as_long_as_it_says(
    day: date, begins: time, ends: time, zone: str
) -> None:
    own = ZoneInfo(zone)
    noon = [datetime.combine(day + timedelta(days=each), time(12), own).utcoffset() for each in (-1, 0, 1, 2)]
    assume(begins != ends and len(set(noon)) == 1)
    found = night_on(day, hours(begins, ends), own)
    assert found is not None
    length = datetime.combine(day, ends) - datetime.combine(day, begins)
    assert found.ends - found.starts == length % timedelta(days=1)
    assert found.starts.astimezone(own).date() == day


@given(day=days, begins=clocks, ends=clocks, zone=st.sampled_from(ZONES))
def test_nights_of_two_days_never_meet(day: date, begins: time, ends: time, zone: str) -> None:
    assume(begins != ends)
    own = hours(begins, ends)
    first, second = (night_on(day + timedelta(days=each), own, ZoneInfo(zone)) for each in (0, 1))
    assume(first is not None and second is not None)
    assert first is not None
    assert second is not None
    assert first.ends <= second.starts


@pytest.mark.parametrize(
    ("day", "begins", "ends", "told"),
    [
        # 2026-03-29, Berlin: 02:00 is followed by 03:00.
        ("2026-03-28", "23:00", "04:00", ("2026-03-28T22:00+00:00", "2026-03-29T02:00+00:00")),
        ("2026-03-29", "02:30", "04:00", ("2026-03-29T01:30+00:00", "2026-03-29T02:00+00:00")),
        ("2026-03-29", "02:15", "02:45", None),
        # 2026-10-25, Berlin: 03:00 is followed by 02:00.
        ("2026-10-25", "02:30", "04:00", ("2026-10-25T01:30+00:00", "2026-10-25T03:00+00:00")),
        ("2026-10-24", "23:00", "02:30", ("2026-10-24T21:00+00:00", "2026-10-25T00:30+00:00")),
        ("2026-10-25", "01:00", "04:00", ("2026-10-24T23:00+00:00", "2026-10-25T03:00+00:00")),
    ],
)
def test_changed_clocks(day: str, begins: str, ends: str, told: tuple[str, str] | None) -> None:
    own = hours(time.fromisoformat(begins), time.fromisoformat(ends))
    expected = None if told is None else Span(starts=at(told[0]), ends=at(told[1]))
    assert night_on(date.fromisoformat(day), own, BERLIN) == expected


def test_only_nights_of_the_named_days() -> None:
    own = night(hours(time(23), time(4), frozenset({0, 3})))
    now = at("2026-11-18T12:00+00:00")  # a Wednesday
    found = due(own, (), ZoneInfo("UTC"), now)
    assert [span.starts.isoformat() for span in found[:3]] == [
        "2026-11-16T23:00:00+00:00", "2026-11-12T23:00:00+00:00", "2026-11-09T23:00:00+00:00",
    ]  # fmt: skip
    assert all(now - timedelta(days=30) <= span.ends <= now for span in found)


def test_windows_that_touch_are_one_night() -> None:
    windows = (
        window("2026-11-20T02:00+08:00", "2026-11-20T04:00+08:00"),
        window("2026-11-19T23:00+08:00", "2026-11-20T02:00+08:00"),
        window("2026-11-21T02:00+08:00", "2026-11-21T03:00+08:00"),
    )
    now = at("2026-11-22T00:00+00:00")
    spans = spans_of(night(None), windows, UTC, now)
    assert [(span.starts.hour, span.ends.hour) for span in spans] == [(15, 20), (18, 19)]
    assert due(night(None), windows, UTC, now) == tuple(reversed(spans))


def test_without_hours_and_windows_a_night_may_always_be_but_in_production() -> None:
    now = at("2026-11-20T12:00+00:00")
    assert permission(night(None), target("staging"), now) == Permission(span=None)
    (reason,) = permission(night(None), target("production"), now).reasons
    assert reason == "[[windows]]: no night may be at 2026-11-20 12:00:00 UTC"


def test_outside_the_hours_it_is_told_when_the_next_begins() -> None:
    (reason,) = permission(night(hours(time(1), time(5))), target("staging"), at("2026-11-20T05:00+00:00")).reasons
    assert reason == (
        "[night] from, until: no night may be at 2026-11-20 05:00:00 UTC; the next begins at 2026-11-21 01:00:00 UTC"
    )


def test_the_plan_says_until_when_the_next_night_goes_and_what_never_fits_into_it() -> None:
    own = target("staging")
    open_now = permission(night(hours(time(1), time(2), frozenset({0}))), own, at("2026-11-20T05:00+00:00"))  # a Friday
    steps = [Planned(words=words, verb="examine", name="", lasts_s=s) for words, s in (("short", 3600), ("long", 3601))]
    lines = tuple(plan(own, steps, open_now, open_now.reasons))
    assert lines[1].startswith(
        "The next may begin at 2026-11-23 01:00:00 UTC, and has to be over by 2026-11-23 02:00:00"
    )
    assert lines[2:4] == (
        "1. short, up to 1:00:00",
        "2. long, up to 1:00:01: longer than the whole night, so it is never begun",
    )
    in_production = target("production", "2026-11-23T01:30:00Z 2026-11-23T03:00:00Z")
    for now, told in (
        (
            "2026-11-23T01:10+00:00",
            "The next may begin at 2026-11-23 01:30:00 UTC, and has to be over by 2026-11-23 02:00",
        ),
        ("2026-11-24T01:10+00:00", "No night within a week is declared."),
    ):
        open_now = permission(night(hours(time(1), time(2), frozenset({0, 1}))), in_production, at(now))
        assert tuple(plan(in_production, steps, open_now, open_now.reasons))[1].startswith(told)
    always = permission(night(None), own, at("2026-11-20T05:00+00:00"))
    assert "It has to be over by no given time" in tuple(plan(own, steps, always, ()))[1]


def test_production_wants_hours_and_a_window_and_ends_with_the_first_of_them() -> None:
    own, now = night(hours(time(1), time(5))), at("2026-11-20T02:00+00:00")
    (reason,) = permission(own, target("production"), now).reasons
    assert reason.startswith("[[windows]]: in production a night runs in a declared window only")
    open_now = permission(own, target("production", "2026-11-20T01:30:00Z 2026-11-20T03:00:00Z"), now)
    assert open_now.span == Span(starts=at("2026-11-20T01:00+00:00"), ends=at("2026-11-20T03:00+00:00"))
    both = permission(own, target("production"), at("2026-11-20T12:00+00:00")).reasons
    assert [reason.partition(":")[0] for reason in both] == ["[night] from, until", "[[windows]]"]


@given(left_s=st.integers(0, 10_000), lasts_s=st.integers(0, 10_000))
def test_what_would_not_end_inside_does_not_fit(left_s: int, lasts_s: int) -> None:
    now = at("2026-11-20T02:00+00:00")
    own = Permission(span=Span(starts=now, ends=now + timedelta(seconds=left_s)))
    assert own.fits(now, lasts_s) == (lasts_s <= left_s)
    assert Permission(span=None).fits(now, lasts_s)
