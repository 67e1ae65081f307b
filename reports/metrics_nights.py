"""Metrics of the nights: when the newest was, how its steps ended, how many were missed."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from reports.metrics_families import by, one
from reports.metrics_snapshot import Nights


def of_nights(told: Nights) -> Iterator[Metric]:
    """Yield what is known of the nights."""
    yield one("night_start_timestamp_seconds", "When the newest night that is over began.", told.began_s)
    yield one("night_end_timestamp_seconds", "When the newest night that is over ended.", told.ended_s)
    steps = {state: float(count) for state, count in told.steps.items()}
    yield by("night_steps", "Steps of that night by how they ended; done says nothing of their answer.", "state", steps)
    missed = None if told.missed is None else float(told.missed)
    yield one("night_missed", "Nights in a row, up to the last that was due, that did not come about.", missed)
