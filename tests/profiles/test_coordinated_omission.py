"""The oracle: a shop that stands still for 6 s is told as it was by an open model, and hidden by a closed one."""

import math
from collections.abc import Sequence
from functools import partial

import pytest

from probes.canonical import canonical_bytes
from profiles.arrivals import arrivals_of
from profiles.histogram import Latencies
from profiles.outcome import timeline
from profiles.pacing import Dispatcher, Walk
from profiles.plan import LoadPlan
from profiles.tally import Slice, Tally, slice_of
from profiles.validity import reasons_against
from tests.profiles.plans import plan
from tests.profiles.records import read, recorded
from tests.profiles.virtual import GatedShop, VirtualTime

SHUT_S = (30.0, 36.0)
SERVICE_S = 0.01


def seconds_of(plan: LoadPlan) -> list[Slice]:
    """Return what all workers counted in each second, as the master merges it: sent as JSON, and added."""
    time = VirtualTime()
    shop = GatedShop(time, service_s=SERVICE_S, shut_s=SHUT_S)
    tallies = [Tally() for _ in range(plan.workers)]

    def visit(walk: Walk) -> None:
        with walk.step("browse"):
            shop.ask()

    seconds: list[Slice] = []

    def report() -> None:
        for second in range(62):
            time.sleep_until(second + 1)
            seconds.append(Slice())
            for tally in tallies:
                seconds[-1].add(slice_of(tally.take().as_json()))

    def everything() -> None:
        for worker, tally in enumerate(tallies):
            time.spawn(partial(dispatch, worker, tally))

    def dispatch(worker: int, tally: Tally) -> None:
        Dispatcher(
            arrivals=arrivals_of(plan, worker),
            enter=lambda _: visit,
            time=time,
            tally=tally,
            max_in_flight=plan.in_flight_of(worker),
            think_s=plan.think_s,
            ends_s=plan.seconds,
            drain_s=1.0,
            stopping=lambda: False,
        ).run()

    time.spawn(report)
    time.run(everything)
    return seconds


def open_model(plan: LoadPlan) -> Slice:
    """Return what all workers counted in the whole run."""
    total = Slice()
    for second in seconds_of(plan):
        total.add(second)
    return total


def closed_loop(users: int, every_s: float, seconds: float) -> Latencies:
    """Return what users who wait for their answer before they go on would report."""
    time = VirtualTime()
    shop = GatedShop(time, service_s=SERVICE_S, shut_s=SHUT_S)
    told = Latencies()

    def user(first_s: float) -> None:
        begins_s = first_s
        while begins_s < seconds:
            time.sleep_until(begins_s)
            asked_s = time.now()
            shop.ask()
            told.record(time.now() - asked_s)
            begins_s = max(time.now(), asked_s + every_s)

    def everyone() -> None:
        for number in range(users):
            time.spawn(partial(user, number * every_s / users))

    time.run(everyone)
    return told


def exactly(latencies_s: Sequence[float], percent: float) -> float:
    """Return a percentile by nearest rank, from all values."""
    ranked = sorted(latencies_s)
    return ranked[math.ceil(percent * len(ranked) / 100) - 1]


@pytest.mark.parametrize("workers", [1, 3, 4])
def test_an_open_model_tells_the_stall_to_the_digit(workers: int) -> None:
    told = open_model(plan(workers=workers))
    assert (told.started, told.dropped, told.done, told.failed, told.late) == (6000, 0, 6000, 0, 0)
    assert told.latencies().percentiles_ms((50, 95, 99, 100)) == (10.0, 3000.0, 5400.0, 6000.0)


def test_the_oracle_itself_agrees_with_plain_sorting() -> None:
    shut, opens = SHUT_S
    instants = [number / 100 for number in range(6000)]
    latencies = [opens - at_s if shut <= at_s < opens else SERVICE_S for at_s in instants]
    assert [round(exactly(latencies, percent), 6) for percent in (50, 95, 99, 100)] == [0.01, 3.0, 5.4, 6.0]


@pytest.mark.parametrize("every_s", [0.1, 0.01])
def test_a_closed_loop_of_ten_users_hides_it(every_s: float) -> None:
    told = closed_loop(10, every_s, 60.0)
    assert told.percentiles_ms((50, 95, 99, 100)) == (10.0, 10.0, 10.0, 6000.0)


def test_workers_merge_without_rounding() -> None:
    one, four = open_model(plan(workers=1)), open_model(plan(workers=4))
    assert one.latencies() == four.latencies()
    assert canonical_bytes(one.latencies().encode()) == canonical_bytes(four.latencies().encode())


def test_its_record_tells_the_same_and_is_valid() -> None:
    whole = plan(workers=2)
    lines = recorded(whole, seconds_of(whole))
    record = read(lines)
    assert record.complete
    assert reasons_against(whole, record) == ()
    assert record.latencies().percentiles_ms((50, 95, 99, 100)) == (10.0, 3000.0, 5400.0, 6000.0)
    spans = timeline(record)
    assert [span.started for span in spans[:60]] == [100] * 60
    # While the gate is shut nothing ends; all who waited are answered at once, at 36 s.
    assert [(span.p50_ms, span.p99_ms) for span in spans[:30]] == [(10.0, 10.0)] * 30
    assert [span.p50_ms for span in spans[31:35]] == [None] * 4
    assert max(span.p99_ms or 0 for span in spans[35:37]) > 5900
    assert [(span.p50_ms, span.p99_ms) for span in spans[37:60]] == [(10.0, 10.0)] * 23


def test_room_for_fewer_drops_the_rest_and_delays_nobody() -> None:
    told = open_model(plan(max_in_flight=100))
    assert (told.started, told.dropped) == (5500, 500)
    # The 100 who came in are told from their own planned start; those who found no room are counted, not timed.
    assert told.latencies().count == 5500
    assert told.latencies().percentile_ms(100) == 6000.0
