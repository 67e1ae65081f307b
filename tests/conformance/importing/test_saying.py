"""Samples and runs, made into up and down time: at most a step beyond a sample, two failures for an outage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.importing.saying import Runs, Samples, Span, Told
from probes.errors import SettingsError
from reports.history import Run, durations_ms
from reports.standing import Seen

EVERY = 60
SPAN = Span(starts_ms=0, ends_ms=60_000, every_ms=EVERY)


def said(told: Told) -> str:
    return " ".join(f"{run.state}:{run.starts_ms}-{run.ends_ms}" for run in told.runs)


def samples(marks: str, *, before: Seen = "unknown", span: Span = SPAN) -> Told:
    """Read a mark a step: ``+`` good, ``-`` failed, ``.`` none."""
    found = [(number * EVERY, mark == "+") for number, mark in enumerate(marks) if mark != "."]
    return Samples(found).told(span, before)


@pytest.mark.parametrize(
    ("marks", "runs", "tried", "failed"),
    [
        ("+++", "up:0-180", 3, 0),
        ("+--+", "up:0-60 down:60-180 up:180-240", 4, 2),
        ("+-+", "up:0-180", 3, 1),  # one failure alone
        ("--", "down:0-120", 2, 2),
        ("+.+", "up:0-60 up:120-180", 2, 0),
        ("++...++", "up:0-120 up:300-420", 4, 0),
        ("--.--", "down:0-120 down:180-300", 4, 4),
        ("+-.+", "up:0-60 up:180-240", 2, 0),  # a failure that nothing confirms: unknown
        ("+-", "up:0-60", 1, 0),  # not decided yet
        ("-", "", 0, 0),
        ("+", "up:0-60", 1, 0),
        ("--+-", "down:0-120 up:120-180", 3, 2),
    ],
)
def test_what_samples_say(marks: str, runs: str, tried: int, failed: int) -> None:
    told = samples(marks)
    assert said(told) == runs
    counted = [told.probes(run) for run in told.runs]
    assert (sum(count for count, _ in counted), sum(count for _, count in counted)) == (tried, failed)


def test_a_last_failure_that_nothing_follows_is_told() -> None:
    assert [samples(marks).undecided_ms for marks in ("+-", "+--", "+-+")] == [60, None, None]


def test_an_outage_goes_on_where_the_record_before_ends_with_it() -> None:
    assert said(samples("-+")) == "up:0-120"
    assert said(samples("-+", before="down")) == "down:0-60 up:60-120"


def test_nothing_is_said_beyond_the_span() -> None:
    span = Span(starts_ms=60, ends_ms=200, every_ms=EVERY)
    assert said(samples("++++++", span=span)) == "up:60-200"
    assert said(samples("+", span=span)) == ""


@pytest.mark.parametrize(("late", "runs"), [(29, "up:0-149"), (30, "up:0-60 up:90-150")])
def test_a_sample_that_is_a_little_late_leaves_no_hole(late: int, runs: str) -> None:
    told = Samples([(0, True), (60 + late, True)]).told(SPAN, "unknown")
    assert said(told) == runs


def test_an_outage_is_seen_though_every_sample_is_a_little_late() -> None:
    told = Samples([(61 * number, number not in {2, 3}) for number in range(6)]).told(SPAN, "unknown")
    assert said(told) == "up:0-122 down:122-244 up:244-365"


@pytest.mark.parametrize(("every", "refused"), [(60, False), (45, False), (80, False), (300, True), (10, True)])
def test_samples_that_are_not_a_step_apart_are_refused(every: int, refused: bool) -> None:
    span = Span(starts_ms=0, ends_ms=60_000, every_ms=every)
    if not refused:
        assert said(samples("++++", span=span)).startswith("up:0-")
        return
    with pytest.raises(SettingsError, match=r"the samples are mostly 0\.06 s apart; give --every 0\.06"):
        samples("++++", span=span)


@given(st.text("+-.", min_size=1, max_size=60).filter(lambda marks: set(marks) - {"."}))
def test_no_state_is_invented(marks: str) -> None:
    told = Samples([(n * EVERY, mark == "+") for n, mark in enumerate(marks) if mark != "."])
    try:
        found = told.told(SPAN, "unknown")
    except SettingsError:
        return  # mostly holes
    states = {slot: run.state for run in found.runs for slot in range(run.starts_ms // EVERY, run.ends_ms // EVERY)}
    for slot, mark in enumerate(marks):
        if mark == ".":
            assert slot not in states
        if mark == "+":
            assert states[slot] == "up"
        if mark == "-" and "-" in (marks[slot - 1 : slot] + marks[slot + 1 : slot + 2]):
            assert states[slot] == "down"
    assert max(states, default=0) < len(marks)


def test_runs_are_counted_as_probed_on_the_grid() -> None:
    told = Runs([Run(state="up", starts_ms=1, ends_ms=600), Run(state="down", starts_ms=600, ends_ms=601)]).told(
        SPAN, "unknown"
    )
    assert [told.probes(run) for run in told.runs] == [(9, 0), (1, 1)]


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 10_000))
def test_the_probes_of_two_halves_are_those_of_the_whole(begin: int, length: int, cut: int) -> None:
    run = Run(state="down", starts_ms=begin, ends_ms=begin + length)
    told = Runs([run]).told(Span(starts_ms=0, ends_ms=30_000, every_ms=EVERY), "unknown")
    at = begin + cut % length
    halves = [(begin, at), (at, begin + length)]
    counted = [told.probes(Run(state="down", starts_ms=s, ends_ms=e))[0] for s, e in halves if e > s]
    assert sum(counted) == told.probes(run)[0] == len([t for t in range(begin, begin + length) if t % EVERY == 0])


def test_unknown_runs_are_no_time_that_is_known() -> None:
    told = Runs([Run(state="up", starts_ms=0, ends_ms=100), Run(state="unknown", starts_ms=100, ends_ms=500)]).told(
        SPAN, "unknown"
    )
    assert durations_ms(told.runs) == {"up": 100, "down": 0, "unknown": 0, "excluded": 0}
