"""Merged runs answer as the algebra of ``reports.history`` does, from two look-ups."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.history import durations_ms, history, window
from reports.ledger.merged_runs import MergedRuns, Tally
from reports.standing import Interval, Seen
from tests.contracts.ledger_store import interval


def merged(*intervals: Interval) -> MergedRuns:
    runs = MergedRuns()
    for each in intervals:
        runs.add(each)
    return runs


_SEEN: tuple[Seen, ...] = ("up", "down", "unknown")
_LENGTHS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.sampled_from(_SEEN)))


def _laid_out(lengths: Sequence[tuple[int, int, Seen]]) -> list[Interval]:
    at, intervals = 0, []
    for gap, lasts, state in lengths:
        intervals.append(interval(at + gap, at + gap + lasts, state=state))
        at += gap + lasts
    return intervals


@given(lengths=_LENGTHS, order=st.randoms(use_true_random=False), begin=st.integers(-5, 60), lasts=st.integers(1, 90))
def test_any_window_sums_to_what_the_algebra_says(
    lengths: list[tuple[int, int, Seen]], order: random.Random, begin: int, lasts: int
) -> None:
    intervals = _laid_out(lengths)
    whole = history(each.run for each in intervals)
    order.shuffle(intervals)
    runs = merged(*intervals)
    assert runs.history() == whole
    spans = durations_ms(window(whole, begin, begin + lasts))
    began = sum(run.state == "down" and begin <= run.starts_ms < begin + lasts for run in whole)
    wanted = Tally(up_ms=spans["up"], down_ms=spans["down"], unknown_ms=spans["unknown"], downs=began)
    assert runs.tally(begin, begin + lasts) == wanted
    assert MergedRuns.from_bytes(runs.to_bytes()).history() == whole


def test_what_was_recorded_first_stands() -> None:
    runs = merged(interval(10, 20, state="down"), interval(30, 40), interval(0, 50, state="up"))
    assert [(run.state, run.starts_ms, run.ends_ms) for run in runs.history()] == [
        ("up", 0, 10),
        ("down", 10, 20),
        ("up", 20, 50),
    ]
    assert runs.tally(0, 50).availability == 0.8


def test_where_nothing_is_known_there_is_no_availability() -> None:
    assert merged().tally(0, 10) == Tally(up_ms=0, down_ms=0, unknown_ms=10, downs=0)
    assert merged(interval(0, 10, state="unknown")).tally(0, 10).availability is None


def test_a_window_lasts() -> None:
    with pytest.raises(ValueError, match="does not last"):
        merged(interval(0, 10)).tally(5, 5)


def test_bytes_that_are_no_merged_runs_are_refused() -> None:
    kept = merged(interval(0, 10), interval(20, 30, state="down")).to_bytes()
    for broken in (b"", kept[:-1], kept[:-8], b"x" + kept[1:]):
        with pytest.raises(ValueError, match="no merged runs"):
            MergedRuns.from_bytes(broken)
