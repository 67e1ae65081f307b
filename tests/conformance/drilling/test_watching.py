"""What is seen while a platform is down, when it has recovered, and what its own log says of it."""

import threading
from collections.abc import Callable

import pytest

from conformance.drilling.told import told_in
from conformance.drilling.watching import Seen, Watcher
from probes.clock import SystemClock
from profiles.drills.course import Journey


def journey(started_s: float, *, lasts_s: float = 0.1, ok: bool = True) -> Journey:
    """Return a journey of the fault."""
    return Journey(
        phase="during",
        started_ms=round(started_s * 1000),
        ended_ms=round((started_s + lasts_s) * 1000),
        started_s=started_s,
        ended_s=started_s + lasts_s,
        ok=ok,
    )


def test_three_good_journeys_after_the_fault_are_a_recovery() -> None:
    assert Seen(over=[journey(n) for n in (11, 12, 13)]).recovered_since(10)
    assert not Seen(over=[journey(n) for n in (9, 11, 12)]).recovered_since(10)  # one began before it
    assert not Seen(over=[*[journey(n) for n in (11, 12, 13)], journey(14, ok=False)]).recovered_since(10)


def test_one_under_way_that_began_before_them_may_yet_fail() -> None:
    seen = Seen(over=[journey(n) for n in (11, 12, 13)], under_way={1: 10.5})
    assert not seen.recovered_since(10)
    seen.under_way = {1: 13.5}
    assert seen.recovered_since(10)
    seen.under_way = {1: 9.5}  # it began before the fault: it says nothing of what came after
    assert seen.recovered_since(10)


def test_how_long_no_journey_was_good() -> None:
    assert Seen().down_s(25, 10) == 15
    assert Seen(over=[journey(9)]).down_s(25, 10) == 15
    assert Seen(over=[journey(11.9), journey(20, ok=False)]).down_s(25, 10) == 13


def test_one_that_hangs_keeps_no_other_from_looking() -> None:
    released = threading.Event()
    noted: list[Journey] = []

    def hangs(_: str) -> Journey:
        released.wait()
        return journey(0, ok=False)

    def looks(_: str) -> Journey:
        return journey(1)

    def over(seen: Seen) -> str | None:
        if len(seen.over) >= 3 and seen.under_way:
            released.set()
            return "three looked meanwhile"
        return None

    walkers: tuple[Callable[[str], Journey], ...] = (hangs, looks)
    why, seen = Watcher(walkers=walkers, clock=SystemClock(), note=noted.append).until("during", over)
    assert why == "three looked meanwhile"
    assert [each.ok for each in seen.over] == [True, True, True, False]  # the one under way is waited for
    assert noted == seen.over


def test_what_breaks_in_a_walker_is_not_waited_for_without_end() -> None:
    def breaks(_: str) -> Journey:
        raise ZeroDivisionError

    watcher = Watcher(walkers=(breaks,), clock=SystemClock(), note=lambda _: None)
    with pytest.raises(ZeroDivisionError):
        watcher.until("before", lambda seen: "enough" if seen.under_way else None)


LOG = """\
2026-11-22T06:00:01Z https detected: ended with status -9
not a line of a log
2026-11-22T06:00:11.5+00:00 https detected: ended with status -9
2026-11-22T14:00:12+08:00 https acted: started as 7
2026-11-22T06:00:13Z https acted: started as 8
"""
ENTRY = {"detected": "https detected", "decided": "decided", "acted": "acted"}


def test_the_first_line_since_the_fault_counts_on_our_clock() -> None:
    ten = 1_795_327_210_000
    told = told_in(LOG, ENTRY, since_ms=ten, host_offset_s=0.0)
    assert told == {"detected_ms": ten + 1_500, "decided_ms": None, "acted_ms": ten + 2_000}
    ahead = told_in(LOG, ENTRY, since_ms=ten - 5_000, host_offset_s=5.0)  # the host's clock is five seconds ahead
    assert ahead["acted_ms"] == ten - 3_000
    assert told_in(LOG, {}, since_ms=0, host_offset_s=0.0) == dict.fromkeys(told)


def test_an_instant_of_whole_seconds_may_be_of_that_second_the_fault_came_in() -> None:
    eleven = 1_795_327_211_000
    told = told_in(LOG, ENTRY, since_ms=eleven + 1_700, host_offset_s=0.0)
    assert told == {"detected_ms": None, "decided_ms": None, "acted_ms": eleven + 1_700}
    assert told_in(LOG, ENTRY, since_ms=eleven + 2_000, host_offset_s=0.0)["acted_ms"] == eleven + 2_000
    assert told_in(LOG, ENTRY, since_ms=eleven + 501, host_offset_s=0.0)["detected_ms"] is None  # it tells exactly


def test_the_next_journey_waits_for_as_long_as_it_is_told_to() -> None:
    looked: list[int] = []

    def over(seen: Seen) -> str | None:
        looked.append(len(seen.over) + len(seen.under_way))
        return "enough" if len(looked) > 8 else None

    def looks(_: str) -> Journey:
        return journey(1)

    watcher = Watcher(walkers=(looks,) * 4, clock=SystemClock(), note=lambda _: None, interval_s=lambda: 1000)
    assert watcher.until("during", over)[0] == "enough"
    assert max(looked) == 1
