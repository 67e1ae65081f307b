"""Latencies as a shop's pages have them: slower by day, a long tail, a slow quarter of an hour, some probes missing."""

import math
import random

HOUR_MS = 3_600_000
TIME_OUT_MS = 20_000


def days_of(*, every_ms: int, median_ms: float, seed: int, hours: int = 24) -> list[tuple[int, dict[int, int]]]:
    """Return (begin of the hour, latencies in ms by planned start) for some hours, the same for the same seed.

    Log-normal (sigma 0.3) around a median that the time of day moves by a quarter; one in a hundred is from a Pareto
    tail; in one hour of six a quarter of an hour takes three times as long; three in a thousand are missing.
    """
    drawn = random.Random(seed)
    return [(hour * HOUR_MS, _hour(drawn, hour, every_ms, median_ms)) for hour in range(hours)]


def _hour(drawn: random.Random, hour: int, every_ms: int, median_ms: float) -> dict[int, int]:
    slow = range(0)
    if drawn.random() < 1 / 6:
        begins = drawn.randrange(HOUR_MS)
        slow = range(begins, begins + HOUR_MS // 4)
    samples = {}
    for start in range(137, HOUR_MS, every_ms):
        usual = median_ms * (1 + math.sin(hour / 24 * math.tau) / 4) * (3 if start in slow else 1)
        latency = usual * math.exp(drawn.gauss(0, 0.3))
        if drawn.random() < 0.01:
            latency *= drawn.paretovariate(1.2)
        if drawn.random() >= 0.003:
            samples[hour * HOUR_MS + start] = round(min(latency, TIME_OUT_MS))
    return samples
