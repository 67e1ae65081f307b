"""Arrivals planned ahead: who comes when. The same plan gives the same arrivals, on every machine.

The rate of the stages is a curve; its area up to an instant is how many have come by then. With ``even`` arrivals
number ``k`` comes when the area is ``k``; with ``poisson`` the areas between two arrivals are exponential, with mean 1.
Which shopper comes follows from the number alone: multiples of the golden ratio, laid over the shares of the mix. So a
share is kept closely in a short run as well (every kind above a tenth is among any twenty), with no rhythm that a
number of workers could fall in with.
"""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Final

from profiles.plan import LoadPlan, Stage
from profiles.shoppers import SHOPPERS

_GOLDEN: Final = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A shopper who is to come: number in the whole run (from 0), planned start in seconds from the start, kind."""

    number: int
    at_s: float
    shopper: str


def arrivals(plan: LoadPlan) -> Iterator[Arrival]:
    """Yield the arrivals of an open model, earliest first; none for a closed one. Nothing is kept in memory."""
    names = list(plan.mix)
    reach = list(accumulate(plan.mix.values()))
    offset = random.Random(plan.seed).random()  # noqa: S311 - it has to be repeatable
    for number, at_s in enumerate(_instants(plan)):
        point = (offset + number * _GOLDEN) % 1.0
        kind = next((index for index, upto in enumerate(reach) if point < upto), len(names) - 1)
        yield Arrival(number=number, at_s=at_s, shopper=names[kind])


def arrivals_of(plan: LoadPlan, worker: int) -> Iterator[Arrival]:
    """Yield one worker's arrivals (workers are counted from 0): each that comes is exactly one worker's."""
    return islice(arrivals(plan), worker, None, plan.workers)


def orders_planned(plan: LoadPlan) -> int:
    """Return how many of the arrivals will place an order, if all goes well."""
    return sum(SHOPPERS[arrival.shopper].orders for arrival in arrivals(plan))


def orders_of(plan: LoadPlan, worker: int) -> int:
    """Return how many orders a worker may place: those of its arrivals that are among the first ``max_orders``."""
    ordering = (arrival.number for arrival in arrivals(plan) if SHOPPERS[arrival.shopper].orders)
    return sum(number % plan.workers == worker for number in islice(ordering, plan.max_orders))


def luck(plan: LoadPlan, arrival: Arrival) -> random.Random:
    """Return the chance by which this shopper chooses goods and terms; the same in each run of the plan."""
    return random.Random((plan.seed << 64) + arrival.number)  # noqa: S311 - it has to be repeatable


def planned_per_second(plan: LoadPlan) -> list[int]:
    """Return how many arrivals are planned in each second from the start, to the end of the last stage."""
    return per_second((arrival.at_s for arrival in arrivals(plan)), plan.seconds)


def per_second(instants: Iterable[float], seconds: float) -> list[int]:
    """Return how many instants (in seconds, none negative, none at or beyond ``seconds``) fall into each second."""
    counts = [0] * math.ceil(seconds)
    for at_s in instants:
        counts[min(int(at_s), len(counts) - 1)] += 1
    return counts


def _instants(plan: LoadPlan) -> Iterator[float]:
    if plan.closed is not None:
        return
    areas = _even() if plan.arrivals == "even" else _poisson(plan.seed)
    area = next(areas)
    begins_s = done = was = 0.0
    for stage in plan.stages:
        starts_at = was if stage.ramp else stage.rate_per_s
        size = (starts_at + stage.rate_per_s) / 2 * stage.seconds
        while area < done + size:
            yield min(begins_s + _within(stage, starts_at, area - done), math.nextafter(begins_s + stage.seconds, 0))
            area = next(areas)
        begins_s, done, was = begins_s + stage.seconds, done + size, stage.rate_per_s


def _within(stage: Stage, starts_at: float, area: float) -> float:
    """Return after how many seconds of a stage the curve has that area; the rate there begins with ``starts_at``."""
    slope = (stage.rate_per_s - starts_at) / stage.seconds
    if slope == 0:
        return area / starts_at
    root = math.sqrt(max(0.0, starts_at * starts_at + 2 * slope * area))
    return 2 * area / (starts_at + root) if starts_at + root else 0.0


def _even() -> Iterator[float]:
    number = 0
    while True:
        yield float(number)
        number += 1


def _poisson(seed: int) -> Iterator[float]:
    chance = random.Random(f"arrivals {seed}")  # noqa: S311 - it has to be repeatable
    area = 0.0
    while True:
        area -= math.log(1.0 - chance.random())
        yield area
