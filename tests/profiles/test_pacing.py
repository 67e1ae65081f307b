"""The pace: who is let in, what a step counts from, and how a run comes to its end. On virtual time, so exact."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.errors import TargetAway, TimedOut
from profiles.arrivals import Arrival, arrivals
from profiles.pacing import OUTSIDE, UNFINISHED, Dispatcher, Enter, Leaving, Walk
from profiles.plan import LoadPlan, Stage
from profiles.tally import Slice, Tally
from tests.profiles.plans import plan
from tests.profiles.virtual import VirtualTime

TEN_IN_TEN = (Stage(rate_per_s=1, seconds=10),)


class Run:
    """One worker on virtual time."""

    def __init__(self, of: LoadPlan, enter: Callable[["Run"], Enter], *, stops_s: float = 1e9, **changed: Any) -> None:
        self.time = VirtualTime()
        self.tally = Tally()
        self.over_s = 0.0
        self.bug: BaseException | None = None
        self.stops_s = stops_s
        self._dispatcher = Dispatcher(
            **{
                "arrivals": arrivals(of),
                "enter": enter(self),
                "time": self.time,
                "tally": self.tally,
                "max_in_flight": of.max_in_flight,
                "think_s": of.think_s,
                "ends_s": of.seconds,
                "drain_s": of.drain_s,
                "stopping": lambda: self.time.now() >= stops_s,
                **changed,
            }
        )
        self.time.run(self._run)

    def _run(self) -> None:
        try:
            self._dispatcher.run()
        except ZeroDivisionError as bug:
            self.bug = bug
        self.over_s = self.time.now()
        self.counted = self.tally.take()


def takes(*steps_s: float) -> Callable[[Run], Enter]:
    """Return shoppers who go through steps that take so long."""

    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            for number, seconds in enumerate(steps_s, start=1):
                with walk.step(f"step {number}"):
                    run.time.sleep_until(run.time.now() + seconds)

        return lambda _: visit

    return enter


def shoppers(of: Slice) -> tuple[int, int, int, int, int]:
    """Return started, dropped, done, failed, left."""
    return of.started, of.dropped, of.done, of.failed, of.left


def p100_ms(of: Slice, step: str) -> float | None:
    """Return the longest of a step."""
    return of.steps[step].latencies.percentile_ms(100)


def test_a_later_step_counts_from_the_end_of_the_one_before_and_the_thinking() -> None:
    run = Run(plan(stages=TEN_IN_TEN, think_s=2.0), takes(0.5, 0.25))
    assert shoppers(run.counted) == (10, 0, 10, 0, 0)
    assert p100_ms(run.counted, "step 1") == 500.0
    assert p100_ms(run.counted, "step 2") == 250.0
    assert run.over_s == 9 + 0.5 + 2.0 + 0.25


def test_thinking_may_differ_by_step() -> None:
    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("first", think_s=7.0):
                run.time.sleep_until(run.time.now() + 1)
            with walk.step("second"):
                assert run.time.now() == walk.arrival.at_s + 8.0
            with walk.step("third"):
                assert run.time.now() == walk.arrival.at_s + 11.0

        return lambda _: visit

    assert shoppers(Run(plan(stages=TEN_IN_TEN, think_s=3.0), enter).counted) == (10, 0, 10, 0, 0)


def test_a_shopper_who_finds_no_room_is_dropped_and_never_comes_later() -> None:
    run = Run(plan(stages=TEN_IN_TEN, max_in_flight=2), takes(5.5))
    # At 0 and 1 there is room; both leave at 5.5 and 6.5, so those of 6 and 7 come in; at 10 all is over.
    assert shoppers(run.counted) == (4, 6, 4, 0, 0)
    assert p100_ms(run.counted, "step 1") == 5500.0


def test_no_free_account_is_no_room() -> None:
    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("browse"):
                run.time.sleep_until(run.time.now() + 0.5)

        return lambda arrival: visit if arrival.number % 5 else None

    assert shoppers(Run(plan(stages=TEN_IN_TEN), enter).counted) == (8, 2, 8, 0, 0)


def test_a_generator_that_wakes_late_says_so_and_counts_it() -> None:
    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("browse"):
                run.time.sleep_until(run.time.now() + 0.01)

        def let_in(arrival: Arrival) -> Callable[[Walk], None]:
            if arrival.number == 4:
                run.time.advance(2.5)  # this process got no processor
            return visit

        return let_in

    run = Run(plan(stages=TEN_IN_TEN), enter)
    assert shoppers(run.counted) == (10, 0, 10, 0, 0)
    # That of 4 was asked in time; those of 5 and 6 came 1.5 s and 0.5 s late.
    assert (run.counted.late, run.counted.late_ms_max) == (2, 1500.0)
    assert p100_ms(run.counted, "browse") == 2510.0


def test_a_look_that_fails_is_a_failed_step_with_its_sentence_and_its_time() -> None:
    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("browse"):
                run.time.sleep_until(run.time.now() + 3)
                raise TimedOut("no whole answer within 3 s")

        return lambda _: visit

    run = Run(plan(stages=TEN_IN_TEN), enter)
    assert shoppers(run.counted) == (10, 0, 0, 10, 0)
    assert run.counted.failures == {("browse", "no whole answer within 3 s"): 10}
    assert p100_ms(run.counted, "browse") == 3000.0


def test_a_shopper_may_go_on_after_a_failed_step_but_has_failed() -> None:
    def enter(_: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("search") as attempt:
                attempt.fails("nothing was found")
            with walk.step("read"):
                pass

        return lambda _: visit

    run = Run(plan(stages=TEN_IN_TEN), enter)
    assert shoppers(run.counted) == (10, 0, 0, 10, 0)
    assert [(name, step.count, step.failed) for name, step in run.counted.steps.items()] == [
        ("search", 10, 10),
        ("read", 10, 0),
    ]


def test_a_look_that_fails_between_steps_is_told_too() -> None:
    def enter(_: Run) -> Enter:
        def visit(_: Walk) -> None:
            raise TargetAway("connection refused")

        return lambda _: visit

    run = Run(plan(stages=TEN_IN_TEN), enter)
    assert shoppers(run.counted) == (10, 0, 0, 10, 0)
    assert run.counted.failures == {(OUTSIDE, "connection refused"): 10}
    assert not run.counted.steps


def test_who_hangs_beyond_the_time_to_drain_has_failed_and_is_timed() -> None:
    run = Run(plan(stages=TEN_IN_TEN, drain_s=5.0), takes(1.0, 1000.0))
    assert run.over_s == 15.0
    assert shoppers(run.counted) == (10, 0, 0, 10, 0)
    assert run.counted.failures == {("step 2", UNFINISHED): 10}
    assert p100_ms(run.counted, "step 2") == 14_000.0
    assert run.tally.in_flight == 0


def test_who_is_only_thinking_then_left_without_a_failure() -> None:
    run = Run(plan(stages=TEN_IN_TEN, drain_s=5.0, think_s=1000.0), takes(1.0, 1.0))
    assert run.over_s == 15.0
    assert shoppers(run.counted) == (10, 0, 0, 0, 10)
    assert set(run.counted.steps) == {"step 1"}
    assert not run.tally.take().steps  # what comes of it later counts no more


def test_who_was_left_behind_asks_the_shop_nothing_more() -> None:
    asked: list[float] = []

    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            for _ in range(2):
                with walk.step("browse"):
                    asked.append(run.time.now())

        return lambda _: visit

    Run(plan(stages=TEN_IN_TEN, drain_s=5.0, think_s=9.5), enter)
    # Who came at 0 to 5 comes to the second step by 15; the others wake later, when all is over.
    assert sorted(asked) == sorted([*map(float, range(10)), *(number + 9.5 for number in range(6))])


def test_a_stop_lets_nobody_in_and_sends_home_who_is_there() -> None:
    run = Run(plan(stages=TEN_IN_TEN, think_s=2.0), takes(1.5, 1.0), stops_s=4.2)
    # Those of 0 to 4 came. Of 0: 0-1.5, thinks, 3.5-4.5 done. 1: 1-2.5, would go on at 4.5. 4: its step ends at 5.5.
    assert shoppers(run.counted) == (5, 0, 1, 0, 4)
    assert run.counted.steps["step 1"].count == 5
    assert run.over_s < 10


def test_a_bug_of_ours_ends_the_run_and_is_raised() -> None:
    def enter(_: Run) -> Enter:
        def visit(walk: Walk) -> None:
            with walk.step("browse"):
                _ = 1 / (walk.arrival.number - 3)

        return lambda _: visit

    run = Run(plan(stages=TEN_IN_TEN), enter)
    assert isinstance(run.bug, ZeroDivisionError)
    assert run.counted.started == 4
    assert run.over_s < 10


def test_orders_count_until_the_walk_is_over() -> None:
    def enter(run: Run) -> Enter:
        def visit(walk: Walk) -> None:
            try:
                with walk.step("order"):
                    run.time.sleep_until(run.time.now() + 6)
                    walk.order()
            except Leaving:
                walk.order()
                raise

        return lambda _: visit

    run = Run(plan(stages=TEN_IN_TEN, drain_s=1.0), enter)
    # Who came at 0 to 5 has it before 11; the others' came when nothing counted any more.
    assert run.counted.orders_acknowledged == 6
    assert shoppers(run.counted) == (10, 0, 6, 4, 0)


@given(
    steps=st.lists(st.floats(0, 20), min_size=1, max_size=4),
    think_s=st.floats(0, 10),
    room=st.integers(1, 12),
    drain_s=st.floats(0, 30),
    stops_s=st.floats(0.01, 60),
)
@settings(max_examples=150, deadline=None)
def test_everybody_planned_is_accounted_for_whatever_happens(
    steps: list[float], think_s: float, room: int, drain_s: float, stops_s: float
) -> None:
    whole = plan(stages=TEN_IN_TEN, think_s=think_s, max_in_flight=room, drain_s=drain_s)
    run = Run(whole, takes(*steps), stops_s=stops_s)
    counted = run.counted
    assert counted.started == counted.done + counted.failed + counted.left
    assert counted.in_flight == run.tally.in_flight == 0
    assert counted.started + counted.dropped <= 10
    if stops_s > 10:
        assert counted.started + counted.dropped == 10
    assert run.over_s <= max(10.0, stops_s) + drain_s + 1e-9


@pytest.mark.parametrize("delay_s", [0.0, 0.3])
def test_before_the_start_nobody_comes(delay_s: float) -> None:
    time, tally = VirtualTime(starts_s=-delay_s), Tally()
    seen: list[float] = []

    def visit(walk: Walk) -> None:
        with walk.step("browse"):
            seen.append(time.now())

    dispatcher = Dispatcher(
        arrivals=arrivals(plan(stages=TEN_IN_TEN)),
        enter=lambda _: visit,
        time=time,
        tally=tally,
        max_in_flight=9,
        think_s=0.0,
        ends_s=10.0,
        drain_s=0.0,
        stopping=lambda: False,
    )
    time.run(dispatcher.run)
    assert seen == [float(second) for second in range(10)]
