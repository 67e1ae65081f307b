"""The algebra of availability: nothing lost, nothing counted twice, and the unknown neither up nor down."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.history import STATES, History, Run, State, durations_ms, exclude, history, vote, window


@st.composite
def histories(draw: st.DrawFn) -> History:
    edges = sorted(draw(st.sets(st.integers(0, 200), max_size=12)))
    runs = []
    for begin, end in itertools.pairwise(edges):
        state = draw(st.sampled_from((*STATES, None)))
        if state is not None:
            runs.append(Run(state=state, starts_ms=begin, ends_ms=end))
    return history(runs)


spans = st.tuples(st.integers(0, 200), st.integers(1, 100)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def at(known: History, instant: int) -> State:
    """The slow, plain way: the one run that holds the instant."""
    return next((run.state for run in known if run.starts_ms <= instant < run.ends_ms), "unknown")


@given(histories(), spans)
def test_up_down_unknown_and_excluded_are_the_wall_clock(known: History, span: tuple[int, int]) -> None:
    seen = window(known, *span)
    assert sum(durations_ms(seen).values()) == span[1] - span[0]
    assert (seen[0].starts_ms, seen[-1].ends_ms) == span
    assert all(
        left.ends_ms == right.starts_ms and left.state != right.state for left, right in itertools.pairwise(seen)
    )
    assert [at(seen, instant) for instant in range(*span)] == [at(known, instant) for instant in range(*span)]


@given(histories(), st.integers(0, 100), st.integers(101, 150), st.integers(151, 300))
def test_two_windows_side_by_side_are_one(known: History, first: int, middle: int, last: int) -> None:
    left, right = durations_ms(window(known, first, middle)), durations_ms(window(known, middle, last))
    assert durations_ms(window(known, first, last)) == {state: left[state] + right[state] for state in STATES}


@given(histories(), st.lists(spans, max_size=4))
def test_maintenance_takes_out_what_was_seen_and_nothing_else(known: History, planned: list[tuple[int, int]]) -> None:
    kept = exclude(known, planned)
    for instant in range(320):
        inside = any(begin <= instant < end for begin, end in planned)
        before = at(known, instant)
        assert at(kept, instant) == ("excluded" if inside and before in {"up", "down"} else before)
    assert exclude(kept, planned) == kept


@given(st.lists(histories(), min_size=1, max_size=4), spans, st.data())
def test_the_vote_is_that_of_each_instant(vantages: list[History], span: tuple[int, int], data: st.DataObject) -> None:
    at_least = data.draw(st.integers(1, len(vantages)))
    voted = vote(vantages, at_least=at_least, starts_ms=span[0], ends_ms=span[1])
    for instant in range(*span):
        states = [at(each, instant) for each in vantages]
        down, unknown = states.count("down"), states.count("unknown")
        expected = "down" if down >= at_least else "up" if down + unknown < at_least else "unknown"
        assert at(voted, instant) == ("excluded" if "excluded" in states else expected)
    assert sum(durations_ms(voted).values()) == span[1] - span[0]


@given(histories(), spans)
def test_one_vantage_point_that_must_agree_with_itself_is_itself(known: History, span: tuple[int, int]) -> None:
    assert vote([known], at_least=1, starts_ms=span[0], ends_ms=span[1]) == window(known, *span)


def test_who_does_not_know_makes_it_neither_up_nor_down() -> None:
    down = history([Run(state="down", starts_ms=0, ends_ms=10)])
    up = history([Run(state="up", starts_ms=0, ends_ms=10)])
    span = {"starts_ms": 0, "ends_ms": 10}
    (told,) = vote([down, up, ()], at_least=2, **span)
    assert told.state == "unknown"
    assert vote([down, down, ()], at_least=2, **span)[0].state == "down"
    assert vote([up, up, ()], at_least=2, **span)[0].state == "up"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="does not last"):
        Run(state="up", starts_ms=5, ends_ms=5)
    with pytest.raises(ValueError, match="overlaps"):
        history([Run(state="up", starts_ms=0, ends_ms=5), Run(state="down", starts_ms=4, ends_ms=6)])
    with pytest.raises(ValueError, match="does not last"):
        window((), 5, 5)
    with pytest.raises(ValueError, match="3 of 1"):
        vote([()], at_least=3, starts_ms=0, ends_ms=1)
