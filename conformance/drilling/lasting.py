"""How long a drill may take once its fault is out: one sum, for windows, the night, and the deadlines themselves."""

from collections.abc import Mapping
from typing import Any, Final

from conformance.loading import cleaning
from conformance.loading.lasting import STOCK_S
from probes.target_watch import PAYING, PLACING

RECORDING_S: Final = 120.0
"""Seconds for the last proof, the last journeys, and writing down."""

MOST_S: Final = 900.0
"""Seconds that reading back, asking for payments, or taking away may take."""

LONGEST_AFTER_S: Final = RECORDING_S + 3 * MOST_S + STOCK_S
"""Seconds that any drill takes after its fault is out, at the most."""


def time_for(orders: int) -> float:
    """Return the seconds that reading so many orders back may take, or their payments, or taking them away."""
    return min(MOST_S, cleaning.time_for(orders))


def after_s(entry: Mapping[str, Any], max_orders: int) -> float:
    """Return the seconds that a drill may take after its fault is out: a window must leave them.

    Args:
        entry: its ``[[drills]]`` entry, with its ``depth``.
        max_orders: the ceiling of orders in one drill.
    """
    if entry["depth"] not in PLACING:
        return RECORDING_S + time_for(0)
    parts = 3 if entry["depth"] == PAYING else 2
    return RECORDING_S + parts * time_for(max_orders) + STOCK_S
