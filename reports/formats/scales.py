"""Scales of drawings: round numbers above a value, and a logarithmic span with its ticks. Pure."""

import math
from typing import Final

_STEPS: Final = (1, 2, 5)
_MANY: Final = 6  # more ticks than this, and only whole decades are drawn
_GRID: Final = tuple(step * 10.0**power for power in range(-3, 12) for step in _STEPS)


def round_up(value: float) -> float:
    """Return the next of 1, 2 or 5 times a power of ten."""
    return next((each for each in _GRID if each >= value), value)


def log_span(lowest: float, highest: float) -> tuple[float, float]:
    """Return a span of 1, 2 or 5 times a power of ten, not empty, that holds both values."""
    low = max((value for value in _GRID if value <= lowest), default=_GRID[0])
    return low, min((value for value in _GRID if value >= highest and value > low), default=highest)


def log_ticks(low: float, high: float) -> list[float]:
    """Return the ticks of a logarithmic span."""
    inside = [value for value in _GRID if low <= value <= high]
    return inside if len(inside) <= _MANY else [value for value in inside if math.log10(value) % 1 < 1e-9]  # noqa: PLR2004


def log_height(value: float, low: float, high: float, height: float) -> float:
    """Return how far below the top of a drawing a value lies, in units of its height."""
    return round(height * (1 - math.log(value / low) / math.log(high / low)), 1)
