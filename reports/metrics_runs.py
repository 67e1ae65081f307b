"""Metrics of what was put on the platform on purpose: the newest load run of each profile, the newest of each drill."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import Metric

from reports.metrics_families import by, gauge
from reports.metrics_snapshot import Drilled, Loaded


def of_loads(loads: Mapping[str, Loaded]) -> Iterator[Metric]:
    """Yield what the newest load run of each profile told."""
    ended = {profile: run.ended_s for profile, run in loads.items()}
    yield by("load_run_timestamp_seconds", "When the newest load run of a profile ended.", "profile", ended)
    counts = {profile: float(run.counts) for profile, run in loads.items()}
    yield by("load_run_valid", "Whether that run is whole and valid (1), or tells nothing (0).", "profile", counts)
    rates = (
        ((profile, kind), rate)
        for profile, run in loads.items()
        for kind, rate in (("planned", run.planned_per_s), ("delivered", run.delivered_per_s))
        if rate is not None
    )
    yield gauge("load_arrivals_per_second", "Shoppers a second at that run's highest rate.", ("profile", "kind"), rates)
    failed = {profile: run.failed_ratio for profile, run in loads.items() if run.failed_ratio is not None}
    yield by("load_failed_ratio", "Failed steps by all steps of that run.", "profile", failed)
    latencies = (((profile, each), told) for profile, run in loads.items() for each, told in run.latency_s.items())
    yield gauge(
        "load_latency_seconds",
        "Latency of that run's steps, from the planned start.",
        ("profile", "quantile"),
        latencies,
    )


def of_drills(drills: Mapping[str, Drilled]) -> Iterator[Metric]:
    """Yield what the newest run of each drill told."""
    ended = {name: run.ended_s for name, run in drills.items()}
    yield by("drill_run_timestamp_seconds", "When the newest run of a drill ended.", "drill", ended)
    counts = {name: float(run.counts) for name, run in drills.items()}
    yield by("drill_run_valid", "Whether that run tells all that it could (1), or not (0).", "drill", counts)
    healed = {name: float(run.healed) for name, run in drills.items() if run.healed is not None}
    yield by("drill_healed", "Whether its fault is proven to be out (1), or not (0).", "drill", healed)
    recovery = {name: run.recovery_s for name, run in drills.items() if run.recovery_s is not None}
    yield by(
        "drill_recovery_seconds",
        "From the fault to the first good journey; none where the platform did not recover by itself.",
        "drill",
        recovery,
    )
    limits = {name: run.limit_s for name, run in drills.items() if run.limit_s is not None}
    yield by("drill_recovery_limit_seconds", "What recovery must stay under.", "drill", limits)
    degrees = {name: run.degree_ratio for name, run in drills.items() if run.degree_ratio is not None}
    yield by(
        "drill_recovery_degree_ratio", "What was acknowledged and came back whole: the least share.", "drill", degrees
    )
