"""Arrivals: planned ahead, the same every time, each exactly one worker's, and as many as the stages say."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.arrivals import arrivals, arrivals_of, luck, orders_of, orders_planned, planned_per_second
from profiles.plan import LoadPlan, Stage
from profiles.shoppers import SHOPPERS
from tests.profiles.plans import plan

stages = st.lists(
    st.builds(
        Stage,
        rate_per_s=st.floats(0, 50, allow_subnormal=False),
        seconds=st.floats(0.5, 20),
        ramp=st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
models = st.sampled_from(["even", "poisson"])


def area(of: LoadPlan) -> float:
    """Return how many arrivals the stages come to."""
    total, was = 0.0, 0.0
    for stage in of.stages:
        total += ((was if stage.ramp else stage.rate_per_s) + stage.rate_per_s) / 2 * stage.seconds
        was = stage.rate_per_s
    return total


@given(stages=stages, model=models, seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_they_come_in_order_within_the_stages_and_the_same_each_time(
    stages: tuple[Stage, ...], model: str, seed: int
) -> None:
    one = plan(stages=stages, arrivals=model, seed=seed)
    came = list(arrivals(one))
    assert came == list(arrivals(one))
    assert [arrival.number for arrival in came] == list(range(len(came)))
    assert all(0 <= arrival.at_s < one.seconds for arrival in came)
    assert all(earlier.at_s <= later.at_s for earlier, later in pairwise(came))
    assert sum(planned_per_second(one)) == len(came)


@given(stages=stages)
@settings(max_examples=60, deadline=None)
def test_even_arrivals_are_the_area_of_the_stages(stages: tuple[Stage, ...]) -> None:
    one = plan(stages=stages)
    assert abs(len(list(arrivals(one))) - area(one)) <= 1


@given(stages=stages, model=models, workers=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_each_is_exactly_one_workers(stages: tuple[Stage, ...], model: str, workers: int) -> None:
    one = plan(stages=stages, arrivals=model, workers=workers)
    parts = [list(arrivals_of(one, worker)) for worker in range(workers)]
    together = sorted((arrival for part in parts for arrival in part), key=lambda arrival: arrival.number)
    assert together == list(arrivals(one))
    assert all(arrival.number % workers == worker for worker, part in enumerate(parts) for arrival in part)


def test_even_at_a_steady_rate_is_a_metronome() -> None:
    came = [arrival.at_s for arrival in arrivals(plan())]
    assert came == [number / 100 for number in range(6000)]


def test_a_ramp_rises_linearly() -> None:
    up = plan(stages=(Stage(rate_per_s=10, seconds=10, ramp=True), Stage(rate_per_s=10, seconds=10)))
    # The area up to t is t * t / 2, so arrival k comes at the root of 2 k.
    assert [arrival.at_s for arrival in arrivals(up)][:50] == pytest.approx([math.sqrt(2 * k) for k in range(50)])
    assert planned_per_second(up) == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9] + [10] * 10


def test_a_ramp_down_to_nothing_ends() -> None:
    down = plan(stages=(Stage(rate_per_s=10, seconds=5), Stage(rate_per_s=0, seconds=10, ramp=True)))
    assert sum(planned_per_second(down)[:5]) == 50
    assert sum(planned_per_second(down)[5:]) == 50


def test_a_pause_between_stages_is_empty() -> None:
    paused = plan(
        stages=(Stage(rate_per_s=5, seconds=2), Stage(rate_per_s=0, seconds=3), Stage(rate_per_s=5, seconds=2))
    )
    assert planned_per_second(paused) == [5, 5, 0, 0, 0, 5, 5]


def test_poisson_has_the_rate_and_the_scatter_of_chance() -> None:
    counts = planned_per_second(plan(stages=(Stage(rate_per_s=20, seconds=2000),), arrivals="poisson"))
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / len(counts)
    assert mean == pytest.approx(20, rel=0.02)  # five standard errors are 2.5 %; the seed is fixed
    assert variance == pytest.approx(mean, rel=0.2)


def test_another_seed_gives_other_arrivals() -> None:
    first, second = ([arrival.at_s for arrival in arrivals(plan(arrivals="poisson", seed=seed))] for seed in (1, 2))
    assert first != second


FOUR_S = (Stage(rate_per_s=100, seconds=4),)
FIFTEEN_S = (Stage(rate_per_s=100, seconds=15),)
MIX = {"browse": 0.34, "search": 0.2, "read": 0.3, "cart": 0.1, "order": 0.02, "return": 0.04}


@given(seed=st.integers(0, 2**32), workers=st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_the_mix_is_kept_closely_by_all_and_by_each_worker(seed: int, workers: int) -> None:
    one = plan(stages=FIFTEEN_S, mix=MIX, seed=seed, max_orders=1000, workers=workers)
    counts = Counter(arrival.shopper for arrival in arrivals(one))
    assert all(abs(counts[name] - share * 1500) <= 5 for name, share in MIX.items())
    for worker in range(workers):
        own = Counter(arrival.shopper for arrival in arrivals_of(one, worker))
        assert all(abs(own[name] - share * 1500 / workers) <= 12 for name, share in MIX.items())


@given(seed=st.integers(0, 2**32))
def test_a_tenth_of_the_mix_is_among_any_twenty(seed: int) -> None:
    mix = {"browse": 0.5, "read": 0.4, "order": 0.1}
    came = [arrival.shopper for arrival in arrivals(plan(stages=FOUR_S, mix=mix, seed=seed, max_orders=1000))]
    assert all("order" in came[at : at + 20] for at in range(380))


def test_a_share_of_nothing_never_comes() -> None:
    mix = {"browse": 1.0, "order": 0.0}
    assert {arrival.shopper for arrival in arrivals(plan(mix=mix))} == {"browse"}


@given(ceiling=st.integers(0, 50), workers=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_workers_share_the_ceiling_of_orders_without_asking_each_other(ceiling: int, workers: int) -> None:
    one = plan(stages=FIFTEEN_S, mix=MIX, max_orders=ceiling, workers=workers)
    planned = sum(SHOPPERS[arrival.shopper].orders for arrival in arrivals(one))
    assert orders_planned(one) == planned
    own = [orders_of(one, worker) for worker in range(workers)]
    assert sum(own) == min(planned, ceiling)
    if ceiling >= planned:
        for worker in range(workers):
            assert own[worker] == sum(SHOPPERS[arrival.shopper].orders for arrival in arrivals_of(one, worker))


def test_a_shoppers_luck_is_its_own_and_the_same_in_each_run() -> None:
    first, second, *_ = arrivals(plan())
    assert luck(plan(), first).random() == luck(plan(), first).random()
    assert luck(plan(), first).random() != luck(plan(), second).random()
    assert luck(plan(), first).random() != luck(plan(seed=8), first).random()
