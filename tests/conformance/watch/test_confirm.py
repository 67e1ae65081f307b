"""The state machine by itself, and what holds for any answers, any clocks and any kills."""

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.watch.confirm import Confirmation, Step

P = 60_000


def told(*answers: str) -> list[tuple[str, int, int, int, str]]:
    """Return the steps for answers of probes at 0, 60 s ...: ``g`` good, ``f`` failed, ``u`` unknown."""
    confirmation, steps = Confirmation(), list[Step]()
    for number, answer in enumerate(answers):
        at_ms = number * P
        if answer == "g":
            steps += confirmation.good(at_ms, depth="page")
        elif answer == "f":
            steps += confirmation.failed(at_ms, why=f"f{number}", depth="page")
        else:
            steps += confirmation.unknown(at_ms, why="own network", depth="page")
    return [(step.state, step.at_ms // P, step.tried, step.failed, step.why) for step in steps]


def test_two_failures_confirm_and_the_outage_begins_at_the_first() -> None:
    assert told(*"gffg") == [
        ("up", 0, 1, 0, ""), ("down", 1, 1, 1, "f1"), ("down", 2, 1, 1, "f2"), ("up", 3, 1, 0, ""),
    ]  # fmt: skip


def test_one_failure_alone_counts_and_stays_up() -> None:
    assert told(*"gfg") == [("up", 0, 1, 0, ""), ("up", 1, 1, 1, ""), ("up", 2, 1, 0, "")]


def test_a_failure_that_nothing_confirms_is_unknown() -> None:
    assert told(*"gfug") == [
        ("up", 0, 1, 0, ""), ("unknown", 1, 0, 0, "not confirmed: f1"), ("unknown", 2, 0, 0, "own network"),
        ("up", 3, 1, 0, ""),
    ]  # fmt: skip


def test_nothing_is_said_of_a_failure_before_the_next_probe() -> None:
    confirmation = Confirmation()
    assert confirmation.good(0, depth="page")
    assert confirmation.undecided_ms is None
    assert confirmation.failed(P, why="x", depth="page") == ()
    assert confirmation.undecided_ms == P
    assert confirmation.state == "up"


def test_after_ignorance_an_outage_is_confirmed_anew() -> None:
    assert [row[:2] for row in told(*"ffufg")] == [
        ("down", 0), ("down", 1), ("unknown", 2), ("up", 3), ("up", 4),
    ]  # fmt: skip


@given(st.text(alphabet="gfu", max_size=60))
@settings(max_examples=300)
def test_down_takes_two_in_a_row_and_up_takes_a_good_one(answers: str) -> None:
    steps = told(*answers)
    for state, at, tried, failed, _ in steps:
        answer, before, after = answers[at], answers[at - 1 : at] if at else "", answers[at + 1 : at + 2]
        assert (state == "down") <= (answer == "f" and "f" in (before, after))
        assert (state == "up") <= (answer == "g" or (answer == "f" and after == "g"))
        assert (tried, failed) == ((0, 0) if state == "unknown" else (1, int(answer == "f")))
    undecided = answers.endswith("f") and not answers.endswith("ff")
    assert [step[1] for step in steps] == list(range(len(answers) - undecided))
