"""Whether a record of failures has a trend: one rule for the judge, the pictures and the metrics. Pure."""

from typing import Final

from reports.availability import Exposure
from reports.reliability import Trend, trend

SIGNIFICANCE: Final = 0.05
LEAST_FOR_A_TREND: Final = 4
"""Laplace's U is about normal from so many failures on."""


def trend_of(stood: Exposure) -> Trend | None:
    """Return the trend of a record; None where it holds too few failures for one."""
    if len(stood.failed_at_h) < LEAST_FOR_A_TREND or stood.failed_at_h[0] >= stood.operating_h:
        return None
    return trend(stood.failed_at_h, stood.operating_h)


def is_significant(tested: Trend | None) -> bool:
    """Tell whether a trend was found, so that a constant rate does not hold."""
    return tested is not None and tested.significant(SIGNIFICANCE)
