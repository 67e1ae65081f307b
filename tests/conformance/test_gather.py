"""Gathering, with real threads: who waits for whom, what is kept where, and what an exception does."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.gather import Gathered, gather
from conformance.plan import PlannedLook
from probes.clock import Deadline, SystemClock
from probes.errors import TimedOut
from probes.look import Look, Probe, Seen
from probes.observation import Observation, Unobserved
from probes.target import Target
from tests.conformance.looks import look_at, probe, target

PATIENCE_S = 20.0
CLOCK = SystemClock()


def planned(*probes: Probe) -> tuple[PlannedLook, ...]:
    return tuple(
        PlannedLook(probe=one, subject=subject)
        for one in probes
        for subject in one.subjects(None)  # type: ignore[arg-type]
    )


def run(
    looks: Sequence[PlannedLook],
    given: Target,
    *,
    workers: int = 4,
    keep: Callable[[Gathered], None] = lambda _: None,
) -> tuple[Gathered, ...]:
    return gather(
        looks,
        look_at(given),
        run_id="run",
        clock=CLOCK,
        whole=Deadline.after(CLOCK, 600),
        workers=workers,
        keep=keep,
    )


class Hall:
    """Counts who is inside at once, and lets looks wait for one another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.inside: list[str] = []
        self.together: list[frozenset[str]] = []
        self.order: list[str] = []

    def visit(self, name: str) -> Callable[[Look], Seen]:
        def look(given: Look) -> Seen:
            own = f"{name}/{given.subject}"
            with self._lock:
                self.inside.append(own)
                self.together.append(frozenset(self.inside))
                self.order.append(own)
            threading.Event().wait(0.01)  # long enough for others to come in, were they let
            with self._lock:
                self.inside.remove(own)
            return Seen(data={"name": own})

        return look


def test_looks_come_back_in_the_order_of_the_plan_each_with_its_own(tmp_path: Path) -> None:
    looks = planned(
        probe("a", subjects=("1", "2"), look=lambda given: Seen(data={"subject": given.subject})),
        probe("b", look=lambda _: Seen(data={}, attachments=(b"page",))),
    )
    gathered = run(looks, target(tmp_path))
    assert [one.planned for one in gathered] == list(looks)
    assert [one.reading.header.kind for one in gathered] == ["a", "a", "b"]
    assert [one.reading.header.subject for one in gathered] == ["1", "2", "one"]
    assert gathered[2].attachments == (b"page",)
    assert all(one.elapsed_s >= 0 for one in gathered)


def test_looks_that_do_not_disturb_each_other_run_side_by_side(tmp_path: Path) -> None:
    meeting = threading.Barrier(3)

    def look(_: Look) -> Seen:
        meeting.wait(PATIENCE_S)  # breaks unless all three are inside at once
        return Seen(data={})

    assert len(run(planned(probe("a", look=look, subjects=("1", "2", "3"))), target(tmp_path), workers=3)) == 3


def test_no_more_than_the_workers_run_at_once(tmp_path: Path) -> None:
    hall = Hall()
    run(planned(probe("a", look=hall.visit("a"), subjects=tuple("123456"))), target(tmp_path), workers=2)
    assert max(map(len, hall.together)) == 2


def test_an_exclusive_resource_has_one_user_at_a_time(tmp_path: Path) -> None:
    hall = Hall()
    one, both, free = frozenset({"account:a"}), frozenset({"account:a", "account:b"}), frozenset[str]()
    looks = planned(
        probe("x", look=hall.visit("x"), subjects=tuple("123"), exclusive=one),
        probe("y", look=hall.visit("y"), subjects=tuple("123"), exclusive=both),
        probe("z", look=hall.visit("z"), subjects=tuple("123"), exclusive=free),
    )
    run(looks, target(tmp_path), workers=6)
    assert all(sum(name[0] in "xy" for name in inside) <= 1 for inside in hall.together)
    assert len(hall.order) == 9


def test_a_look_waits_for_every_subject_of_what_comes_before(tmp_path: Path) -> None:
    hall = Hall()
    looks = planned(
        probe("late", look=hall.visit("late"), after=("early",)),
        probe("early", look=hall.visit("early"), subjects=tuple("123")),
        probe("last", look=hall.visit("last"), after=("late", "early")),
    )
    run(looks, target(tmp_path))
    assert set(hall.order[:3]) == {"early/1", "early/2", "early/3"}
    assert hall.order[3:] == ["late/one", "last/one"]


def test_those_on_whom_others_wait_come_first(tmp_path: Path) -> None:
    hall = Hall()
    looks = planned(
        probe("lonely", look=hall.visit("lonely")),
        probe("first", look=hall.visit("first")),
        probe("second", look=hall.visit("second"), after=("first",)),
    )
    run(looks, target(tmp_path), workers=1)
    assert hall.order[0] == "first/one"


def test_a_look_that_failed_is_kept_and_those_after_it_still_run(tmp_path: Path) -> None:
    def fail(_: Look) -> Seen:
        raise TimedOut("nobody answered")

    kept: list[str] = []
    gathered = run(
        planned(probe("early", look=fail), probe("late", after=("early",))),
        target(tmp_path),
        keep=lambda one: kept.append(one.planned.name),
    )
    assert isinstance(gathered[0].reading, Unobserved)
    assert isinstance(gathered[1].reading, Observation)
    assert kept == ["early/one", "late/one"]


def test_each_is_kept_in_the_caller_s_thread_before_what_waits_for_it_begins(tmp_path: Path) -> None:
    kept: list[tuple[str, threading.Thread]] = []

    def look(_: Look) -> Seen:
        return Seen(data={"kept": [name for name, _ in kept]})

    gathered = run(
        planned(probe("early"), probe("late", look=look, after=("early",))),
        target(tmp_path),
        keep=lambda one: kept.append((one.planned.name, threading.current_thread())),
    )
    late = gathered[1].reading
    assert isinstance(late, Observation)
    assert late.data["kept"] == ("early/one",)
    assert {thread for _, thread in kept} == {threading.current_thread()}


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt])
def test_an_exception_in_a_look_passes_through_after_the_running_ones_and_starts_no_other(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    begun, over, failed = threading.Event(), threading.Event(), threading.Event()

    def slow(_: Look) -> Seen:
        begun.set()
        assert failed.wait(PATIENCE_S)
        over.set()
        return Seen(data={})

    def fail(_: Look) -> Seen:
        assert begun.wait(PATIENCE_S)
        failed.set()
        raise kind("a bug of ours")

    started: list[str] = []

    def never(_: Look) -> Seen:
        started.append("never")
        return Seen(data={})

    looks = planned(probe("slow", look=slow), probe("fail", look=fail), probe("never", look=never, after=("fail",)))
    with pytest.raises(kind, match="a bug of ours"):
        run(looks, target(tmp_path))
    assert over.is_set()
    assert started == []


def test_what_keeping_raises_ends_the_gathering(tmp_path: Path) -> None:
    started: list[str] = []

    def note(given: Look) -> Seen:
        started.append(given.subject)
        return Seen(data={})

    def keep(_: Gathered) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        run(planned(probe("a", look=note, subjects=tuple("123"))), target(tmp_path), workers=1, keep=keep)
    assert started == ["1"]


def test_an_interrupt_in_the_caller_s_thread_passes_through(tmp_path: Path) -> None:
    kept: list[str] = []

    def keep(one: Gathered) -> None:
        kept.append(one.planned.name)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(planned(probe("a"), probe("b", after=("a",))), target(tmp_path), keep=keep)
    assert kept == ["a/one"]


def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    run(planned(probe("a", subjects=tuple("123"))), target(tmp_path))
    assert threading.active_count() == before


def test_looks_that_wait_for_one_another_are_a_bug_and_do_not_hang(tmp_path: Path) -> None:
    looks = planned(probe("a", after=("b",)), probe("b", after=("a",)), probe("c"))
    with pytest.raises(RuntimeError, match="a/one, b/one"):
        run(looks, target(tmp_path))


def test_nothing_planned_is_nothing_gathered(tmp_path: Path) -> None:
    assert run((), target(tmp_path)) == ()


def test_what_goes_wrong_calls_off_the_looks_that_still_run(tmp_path: Path) -> None:
    entered, seen_off = threading.Event(), threading.Event()

    def waits(given: Look) -> Seen:
        entered.set()
        while given.deadline.remaining_s() > 0:
            seen_off.wait(0.01)
        seen_off.set()
        raise TimedOut("called off")

    def breaks(_: Look) -> Seen:
        assert entered.wait(PATIENCE_S)
        raise KeyboardInterrupt

    looks = planned(probe("slow", look=waits), probe("sudden", look=breaks))
    with pytest.raises(KeyboardInterrupt):
        run(looks, target(tmp_path))
    assert seen_off.is_set()


def test_a_last_look_waits_for_whatever_is_planned(tmp_path: Path) -> None:
    hall = Hall()
    last = replace(probe("a", look=hall.visit("a"), subjects=("1", "2")), last=True)
    others = (probe("b", look=hall.visit("b")), probe("c", look=hall.visit("c"), after=("b",)))
    run(planned(last, *others), target(tmp_path))
    assert set(hall.order[:2]) == {"b/one", "c/one"}
    assert set(hall.order[2:]) == {"a/1", "a/2"}
    assert len(run(planned(last), target(tmp_path))) == 2
