"""What the recalled load runs hold for the metrics: the newest of each profile."""

from collections.abc import Mapping
from typing import Any, Final

from conformance.judges.hosts import number, records
from conformance.judges.load_runs import Run, whole
from reports.metrics_snapshot import Loaded

_QUANTILES: Final[Mapping[str, str]] = {"p50": "0.5", "p95": "0.95", "p99": "0.99", "max": "1"}


def loaded(data: Mapping[str, Any]) -> Mapping[str, Loaded]:
    """Return the newest run of each profile in the data of ``ledger.load``, by profile."""
    runs = [Run(data=each, peak_per_s=None) for each in records(data.get("runs"))]
    return {run.profile: _told(run) for run in sorted(runs, key=lambda run: run.ended_s)}


def _told(run: Run) -> Loaded:
    planned, delivered, latency = (run.data.get(key) or {} for key in ("planned", "delivered", "latency_ms"))
    known = {quantile: number(latency.get(key)) for key, quantile in _QUANTILES.items()}
    return Loaded(
        ended_s=run.ended_s,
        counts=run.data.get("model") == "open" and whole(run.data),
        planned_per_s=number(planned.get("peak_rate_per_s")),
        delivered_per_s=number(delivered.get("rate_per_s")),
        failed_ratio=run.failed_share,
        latency_s={quantile: told / 1000 for quantile, told in known.items() if told is not None},
    )
