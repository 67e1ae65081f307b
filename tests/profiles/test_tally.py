"""What a worker counts: it adds up, over seconds and over workers, and travels as JSON."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.errors import EvidenceError
from profiles.tally import LATE_S, MOST_KINDS, OTHER, Slice, Tally, slice_of

acts = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.floats(0, 2)),
        st.tuples(st.just("drop"), st.floats(0, 2)),
        st.tuples(st.just("step"), st.sampled_from(["browse", "read"]), st.floats(0, 9), st.sampled_from([None, "no"])),
        st.tuples(st.sampled_from(["order", "done", "failed", "left", "take"])),
    ),
    max_size=40,
)


def played(doing: list[tuple[Any, ...]]) -> list[Slice]:
    """Return the slices that come of these acts."""
    tally, slices = Tally(), []
    for name, *arguments in doing:
        taken = getattr(tally, name)(*arguments)
        if name == "take":
            slices.append(taken)
    return [*slices, tally.take()]


def sum_of(slices: list[Slice]) -> Slice:
    """Return all slices together; those under way are those of the last."""
    total = Slice()
    for each in slices:
        total.add(each)
    total.in_flight = slices[-1].in_flight
    return total


@given(doing=acts)
@settings(max_examples=60, deadline=None)
def test_seconds_add_up_to_the_whole(doing: list[tuple[Any, ...]]) -> None:
    whole = [act for act in doing if act[0] != "take"]
    assert sum_of(played(doing)) == played(whole)[0]


@given(doing=acts)
@settings(max_examples=60, deadline=None)
def test_what_is_sent_is_what_arrives(doing: list[tuple[Any, ...]]) -> None:
    for each in played(doing):
        assert slice_of(json.loads(json.dumps(each.as_json()))) == each


@given(left=acts, right=acts)
@settings(max_examples=40, deadline=None)
def test_workers_add_up_in_any_order(left: list[tuple[Any, ...]], right: list[tuple[Any, ...]]) -> None:
    one, other = Slice(), Slice()
    for each in (*played(left), *played(right)):
        one.add(each)
    for each in (*played(right), *played(left)):
        other.add(each)
    assert one == other
    assert one.latencies() == other.latencies()
    assert one.latencies().count == sum(step.count for step in one.steps.values())


def test_late_is_more_than_the_bound() -> None:
    tally = Tally()
    for late_s in (0.0, LATE_S, LATE_S + 0.001):
        tally.start(late_s)
    tally.drop(0.5)
    taken = tally.take()
    assert (taken.late, taken.late_ms_max, taken.started, taken.dropped, taken.in_flight) == (2, 500.0, 3, 1, 3)


def test_a_shop_that_words_each_failure_anew_fills_no_memory() -> None:
    tally = Tally()
    for number in range(3 * MOST_KINDS):
        tally.step("read", 0.1, f"request {number} failed")
    taken = tally.take()
    assert len(taken.failures) == MOST_KINDS + 1
    assert taken.failures["read", OTHER] == 2 * MOST_KINDS
    assert taken.steps["read"].failed == 3 * MOST_KINDS


def test_a_reason_of_a_whole_page_is_cut() -> None:
    tally = Tally()
    tally.step("read", 0.1, "x" * 100_000)
    assert max(len(why) for _, why in tally.take().failures) < 1000


SENT = {**Slice().as_json(), "steps": {"read": {"count": 1, "failed": 0, "latency": "AAAA"}}}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**Slice().as_json(), "started": "many"},
        {**Slice().as_json(), "steps": []},
        {**Slice().as_json(), "failures": [["read"]]},
        {**Slice().as_json(), "steps": {"read": {"count": 1}}},
        SENT,
    ],
)
def test_what_no_worker_counts_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        slice_of(values)
