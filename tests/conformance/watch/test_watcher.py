"""What holds whatever happens: the record adds up, nothing is up without a good probe, nothing kept is lost."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.watch.checks import Check
from conformance.watch.grid import Grid, spread
from conformance.watch.moments import Gap, Moment, gap_between
from conformance.watch.watcher import Reread
from probes.errors import SettingsError
from reports.history import durations_ms, history, window
from reports.history_data import Settings, history_data
from reports.ledger.entry import Entry
from reports.ledger.standing_record import standing
from reports.standing import Interval, Maintenance
from tests.conformance.watch.simulation import (
    HOUR_MS,
    MINUTE_MS,
    KilledError,
    Seems,
    Simulation,
    VirtualClock,
    check,
    kill,
)

BERLIN = ZoneInfo("Europe/Berlin")
START_MS = 1_774_710_000_000  # 2026-03-28T16:00+01:00: the night has 23 hours
WHYS = {
    "g": Seems(),
    "f": Seems(outcome="failed", why="answered 503"),
    "u": Seems(outcome="unknown", why="own network"),
}


def simulation(probe: Callable[[Check, int], Seems] = lambda *_: Seems(), **more: object) -> Simulation:
    return Simulation(clock=VirtualClock(wall_ms=START_MS), probe=probe, zone=BERLIN, **more)  # type: ignore[arg-type]


def runs(lived: Simulation, name: str = "front") -> list[tuple[str, float, float, str]]:
    """Return the record of a check: (state, begin, end in minutes since the start, why)."""
    return [
        (each.state, (each.starts_ms - START_MS) / MINUTE_MS, (each.ends_ms - START_MS) / MINUTE_MS, each.why)
        for each in standing(lived.store, "shop").intervals
        if each.check == name
    ]


def minutes(text: str) -> Callable[[Check, int], Seems]:
    """Return a probe that finds what the letters say: one for each planned start, then good."""

    def probe(of: Check, planned_ms: int) -> Seems:
        number = (planned_ms - START_MS) // of.grid.every_ms
        return WHYS[text[number]] if number < len(text) else Seems()

    return probe


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 10 * HOUR_MS),
        st.one_of(
            st.just(("kill", 0)),
            st.tuples(st.just("sleep"), st.integers(500, 2 * HOUR_MS)),
            st.tuples(st.just("step"), st.integers(-HOUR_MS, HOUR_MS)),
            st.tuples(st.just("frozen"), st.integers(500, HOUR_MS)),
            st.tuples(st.sampled_from(["away", "silent", "back"]), st.just(0)),
        ),
    ),
    max_size=8,
)


def happens(kind: str, ms: int) -> Callable[[Simulation], None]:
    def event(lived: Simulation) -> None:
        match kind:
            case "kill":
                raise KilledError
            case "sleep":
                lived.clock.sleep(ms)
            case "step":
                lived.clock.step(ms)
            case "frozen":
                lived.clock.run(ms)
            case _:
                lived.store.away, lived.store.silent = kind != "back", kind == "silent"

    return event


@given(
    answers=st.text(alphabet="gggffu", min_size=1, max_size=150),
    took_ms=st.lists(st.integers(1, 15 * MINUTE_MS), min_size=1, max_size=5),
    events=EVENTS,
)
@settings(max_examples=60)
def test_whatever_happens_the_record_adds_up_and_is_up_by_good_probes_alone(
    answers: str, took_ms: list[int], events: list[tuple[int, tuple[str, int]]]
) -> None:
    good: set[int] = set()
    tried: dict[int, str] = {}

    def probe(_: Check, planned_ms: int) -> Seems:
        letter = answers[planned_ms // (5 * MINUTE_MS) % len(answers)]
        tried[planned_ms] = letter
        good.update({planned_ms} if letter == "g" else ())
        seems = WHYS[letter]
        return Seems(
            outcome=seems.outcome, why=seems.why, took_ms=took_ms[planned_ms // (5 * MINUTE_MS) % len(took_ms)]
        )

    lived = simulation(probe, commit_ms=97_000, most_unsaved=6)
    lived.script = sorted(((START_MS + at, happens(*what)) for at, what in events), key=lambda item: item[0])
    acknowledged: dict[int, Entry] = {}
    for _ in range(len(events) + 1):
        try:
            lived.live(START_MS + 12 * HOUR_MS)
        except KilledError:
            assert what_happens(events, "kill")
        lived.store.away = False
        acknowledged |= {entry.seq: entry for entry in lived.store.entries()}
        lived.clock.run(90_000)

    record = [each for each in standing(lived.store, "shop").intervals if each.ends_ms > each.starts_ms]
    known = history(each.run for each in record)  # refuses what overlaps: nothing is counted twice
    begin, end = START_MS, START_MS + 24 * HOUR_MS
    assert sum(durations_ms(window(known, begin, end)).values()) == end - begin
    for each in record:
        if each.state == "up":
            assert any(each.starts_ms - 15 * MINUTE_MS <= at < each.ends_ms for at in good) or _goes_on(each, record)
            assert each.failed <= each.tried
        if each.state == "down":
            assert each.failed == each.tried
    for run in known:  # a probe takes 15 minutes at most, and the next starts within five
        if run.state == "up":
            starts = [at for at in sorted(tried) if run.starts_ms <= at < run.ends_ms]
            assert all(after - at <= 20 * MINUTE_MS for at, after in itertools.pairwise([*starts, run.ends_ms]))
            assert starts
    assert sum(each.tried for each in record) <= len(tried)
    assert lived.store.verify().problems == ()
    assert dict(acknowledged).items() <= {entry.seq: entry for entry in lived.store.entries()}.items()


def what_happens(events: list[tuple[int, tuple[str, int]]], kind: str) -> bool:
    return any(what[0] == kind for _, what in events)


def _goes_on(each: Interval, record: list[Interval]) -> bool:
    """Tell whether a run goes on with one of the same state: it was cut at midnight."""
    same = [other for other in record if other.state == each.state]
    return any(other.ends_ms == each.starts_ms or other.starts_ms == each.ends_ms for other in same)


# --- by hand


def test_a_slow_probe_is_not_overtaken_and_its_planned_starts_are_told() -> None:
    def probe(_: Check, planned_ms: int) -> Seems:
        return Seems(took_ms=12 * MINUTE_MS if planned_ms == START_MS else 100)

    lived = simulation(probe, note_starts=True)
    lived.live(START_MS + 30 * MINUTE_MS)
    assert [(planned - START_MS) // MINUTE_MS for _, planned, _ in lived.began] == [0, 15, 20, 25]
    assert lived.watcher.not_tried() == 2
    assert runs(lived) == [("up", 0, 30, "")]


def test_starts_stay_on_the_grid_however_long_probes_take() -> None:
    checks = tuple(
        check(f"c{number}", every_ms=grid.every_ms) for number, grid in enumerate(spread([60_000] * 3 + [7_000]))
    )
    lived = simulation(lambda *_: Seems(took_ms=4_321), checks=checks, note_starts=True)
    lived.live(START_MS + 3 * HOUR_MS)
    assert {actual - planned for _, planned, actual in lived.began} == {0}
    assert {planned % 7_000 for name, planned, _ in lived.began if name == "c3"} == {0}


def test_a_process_that_stood_still_is_late_and_not_up() -> None:
    script = [(START_MS + 12 * MINUTE_MS, lambda lived: lived.clock.run(30 * MINUTE_MS))]
    lived = simulation(script=script)
    lived.live(START_MS + HOUR_MS)
    assert runs(lived) == [("up", 0, 15, ""), ("unknown", 15, 45, "watcher late"), ("up", 45, 60, "")]


def test_a_process_that_stood_still_while_a_probe_ran_is_not_up_either() -> None:
    def life(answers: str) -> list[tuple[str, float, float, str]]:
        def probe(check: Check, planned_ms: int) -> Seems:
            return replace(minutes(answers)(check, planned_ms), took_ms=2 * MINUTE_MS)

        still = [(START_MS + 11 * MINUTE_MS, lambda lived: lived.clock.run(30 * MINUTE_MS))]
        lived = simulation(probe, script=still)
        lived.live(START_MS + HOUR_MS)
        return runs(lived)

    assert life("g" * 12) == [("up", 0, 15, ""), ("unknown", 15, 45, "watcher late"), ("up", 45, 60, "")]
    assert life("ggf" + "g" * 9) == [
        ("up", 0, 10, ""),
        ("unknown", 10, 15, "not confirmed: answered 503"),
        ("unknown", 15, 45, "watcher late"),
        ("up", 45, 60, ""),
    ]


def test_runs_are_cut_where_maintenance_begins_and_ends_so_that_its_probes_are_told_apart() -> None:
    planned = Maintenance(
        platform_id="shop", starts_ms=START_MS + 22 * MINUTE_MS, ends_ms=START_MS + 43 * MINUTE_MS,
        announced_ms=START_MS, reason="x",
    )  # fmt: skip
    script = [
        (START_MS + 7 * MINUTE_MS, lambda lived: lived.tell(Reread(maintenance=(planned,), rules=()))),
        (START_MS + 31 * MINUTE_MS, kill),  # the next life knows it from the chain
    ]
    lived = simulation(minutes("gggggfffffgg"), script=script, commit_ms=1_000)
    with pytest.raises(KilledError):
        lived.live(START_MS + HOUR_MS)
    lived.live(START_MS + HOUR_MS)
    record = standing(lived.store, "shop")
    assert [(state, begin, end) for state, begin, end, _ in runs(lived) if begin in {22, 43} or end in {22, 43}] == [
        ("up", 0, 22), ("up", 22, 25), ("down", 35, 43), ("down", 43, 50),
    ]  # fmt: skip
    now_ms = START_MS + HOUR_MS
    settings_of = Settings(zone="Europe/Berlin", service=None, at_least=1, kinds={})
    data = history_data(record, settings_of, now_ms=now_ms, latencies={})
    assert data is not None
    # At 45 one failed; those at 25 to 40 fell into maintenance.
    assert data["checks"][0]["vantages"][0]["days"] == [["2026-03-28", 8, 1]]


def test_a_kill_in_the_middle_of_a_failure_leaves_it_unknown() -> None:
    lived = simulation(minutes("gggf"), script=[(START_MS + 17 * MINUTE_MS, kill)], commit_ms=1_000)
    with pytest.raises(KilledError):
        lived.live(START_MS + HOUR_MS)
    lived.clock.run(60_000)
    lived.live(START_MS + 30 * MINUTE_MS)
    assert runs(lived) == [("up", 0, 15, ""), ("unknown", 15, 20, "watcher away"), ("up", 20, 30, "")]


def test_a_clock_that_runs_backwards_while_nobody_watches_counts_nothing_twice() -> None:
    lived = simulation()
    lived.live(START_MS + HOUR_MS)
    lived.clock.step(-20 * MINUTE_MS)
    lived.live(START_MS + 2 * HOUR_MS)
    assert runs(lived) == [("up", 0, 60, ""), ("up", 60, 120, "")]
    assert sum(each.tried for each in standing(lived.store, "shop").intervals) == 24


def test_a_second_watcher_of_the_same_name_is_refused() -> None:
    other = simulation()

    def meddle(lived: Simulation) -> None:
        other.store, other.clock = lived.store, lived.clock
        with pytest.raises(SettingsError, match=r"a watcher called 'here' watches shop already \(process \d+ on .*\);"):
            other.live(START_MS + HOUR_MS)
        lived.told.append(("refused", "", 0, ""))

    lived = simulation(script=[(START_MS + 10 * MINUTE_MS, meddle)], commit_ms=60_000)
    real_pause = []

    def beating(_: float) -> None:
        # Another machine cannot see our process: it waits for the heartbeat, which goes on meanwhile.
        real_pause.append(1)
        lived.store.note({"watcher/shop/here": lived.keeper.heartbeat.seen(START_MS + len(real_pause)).content()})
        lived.keeper.beat = lived.keeper.heartbeat.seen(START_MS + len(real_pause)).content()

    other.pause = beating
    lived.live(START_MS + 20 * MINUTE_MS)
    assert ("refused", "", 0, "") in lived.told
    assert runs(lived) == [("up", 0, 20, "")]


def test_who_is_displaced_ends_and_writes_nothing_more() -> None:
    def displace(lived: Simulation) -> None:
        lived.store.note({"watcher/shop/here": b'{"instance": "other"}'})

    lived = simulation(script=[(START_MS + 10 * MINUTE_MS, displace)], commit_ms=60_000)
    with pytest.raises(SettingsError, match="another process"):
        lived.live(START_MS + HOUR_MS)
    assert runs(lived) == [("up", 0, 10, "")]


@pytest.mark.parametrize(("most", "outage"), [(100, ("down", "answered 503")), (3, ("unknown", "ledger away"))])
def test_what_the_ledger_took_without_saying_so_is_not_written_twice(most: int, outage: tuple[str, str]) -> None:
    def silent(*, on: bool) -> Callable[[Simulation], None]:
        def change(lived: Simulation) -> None:
            lived.store.away = lived.store.silent = on

        return change

    # At minute 16 the end of the up time is written, with the word on the outage; the answer gets lost.
    script = [(START_MS + 931_000, silent(on=True)), (START_MS + 52 * MINUTE_MS, silent(on=False))]
    lived = simulation(minutes("ggffgg"), script=script, commit_ms=60_000, most_unsaved=most)
    lived.live(START_MS + HOUR_MS)
    assert runs(lived) == [("up", 0, 10, ""), (outage[0], 10, 20, outage[1]), ("up", 20, 60, "")]


def test_more_than_memory_holds_is_told_as_unknown_never_as_up() -> None:
    answers = minutes("gg" + "ffgg" * 5)
    script = [
        (START_MS + 7 * MINUTE_MS, lambda lived: setattr(lived.store, "away", True)),
        (START_MS + 117 * MINUTE_MS, lambda lived: setattr(lived.store, "away", False)),
    ]
    lived = simulation(answers, script=script, commit_ms=60_000, most_unsaved=4)
    lived.live(START_MS + 3 * HOUR_MS)
    untroubled = simulation(answers)
    untroubled.live(START_MS + 3 * HOUR_MS)
    states = runs(lived)
    assert states[0][:2] == ("unknown", 0)
    assert states[0][3] == "ledger away"
    assert states[0][2] >= 80
    assert set(states[1:]) <= set(runs(untroubled))
    assert [row[1] for row in states[1:]] == [row[2] for row in states[:-1]], "no hole, no overlap"


def test_clocks() -> None:
    at = Moment(wall_ms=1_000_000, monotonic_ms=5_000, boot_ms=9_000)

    def later(wall: int, monotonic: int, boot: int) -> Gap | None:
        after = Moment(wall_ms=at.wall_ms + wall, monotonic_ms=at.monotonic_ms + monotonic, boot_ms=at.boot_ms + boot)
        return gap_between(at, after)

    assert later(1_000, 1_000, 1_000) is None
    assert later(2_000, 1_000, 1_000) is None, "a second may be slewed"
    assert later(0, 1_000, 1_000) is None
    assert later(2_001, 1_000, 1_000) == Gap(why="clock stepped", stepped_ms=1_001)
    assert later(-1, 1_000, 1_000) == Gap(why="clock stepped", stepped_ms=-1_001)
    assert later(61_000, 1_000, 61_000) == Gap(why="suspended")


@given(st.integers(0, 10**13), st.integers(1, 10**8), st.integers(0, 10**8))
def test_the_grid(instant_ms: int, every_ms: int, phase_ms: int) -> None:
    grid = Grid(every_ms=every_ms, phase_ms=phase_ms)
    after, before = grid.at_or_after(instant_ms), grid.at_or_before(instant_ms)
    assert 0 <= after - instant_ms < every_ms
    assert 0 <= instant_ms - before < every_ms
    assert (after - phase_ms) % every_ms == (before - phase_ms) % every_ms == 0


def test_checks_of_one_interval_are_spread_over_it() -> None:
    assert [grid.phase_ms for grid in spread([1_000, 60_000, 1_000, 1_000, 1_000])] == [0, 0, 250, 500, 750]
