"""What a run of load came to, as the data of its observation ``load.run``. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.loading.cleaning import Tidied
from profiles.histogram import Latencies
from profiles.outcome import LoadRecord, timeline
from profiles.plan import LoadPlan

KIND: Final = "load.run"
_PERCENTS: Final = {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was seen beside the pressure: trade, hosts, a backup, and what cleaning up came to."""

    business: Mapping[str, Any]
    hosts: Sequence[Mapping[str, Any]]
    backup: Mapping[str, Any] | None
    tidied: Tidied


def data_of(
    record: LoadRecord, plan: LoadPlan, invalid: Sequence[Mapping[str, Any]], beside: Beside, *, environment: str
) -> dict[str, Any]:
    """Return the data of ``load.run``; ``invalid`` are the reasons why the run tells nothing, each with its numbers.

    Raises:
        EvidenceError: the record was altered.
    """
    footer = record.footer
    steps = footer.steps if footer is not None else {}
    return {
        "run_id": record.header.run_id,
        "profile": plan.profile,
        "model": record.header.model,
        "environment": environment,
        "mix": dict(plan.mix),
        "started_ms": record.header.started_ms,
        "ended_ms": record.ended_ms,
        "complete": record.complete,
        "stopped": None if record.stopped is None else record.stopped.why,
        "valid": not invalid,
        "invalid": [dict(reason) for reason in invalid],
        "planned": {
            "arrivals": record.total("planned"),
            "peak_rate_per_s": plan.peak_rate_per_s,
            "held_s": held_s(plan),
        },
        "delivered": {
            "arrivals": record.total("started"),
            "dropped": record.total("dropped"),
            "rate_per_s": delivered_per_s(record, plan),
        },
        "latency_ms": _latencies(record.latencies()),
        "steps": {
            name: {"count": step.count, "failed": step.failed, "p95_ms": step.latencies().percentile_ms(95.0)}
            for name, step in steps.items()
        },
        "failures": [failure.as_json() for failure in (footer.failures if footer is not None else ())],
        "timeline": [span.as_json() for span in timeline(record)],
        "business": dict(beside.business),
        "hosts": [dict(host) for host in beside.hosts],
        "backup": None if beside.backup is None else dict(beside.backup),
        "generator": {
            "cpu_percent_max": _cpu_max(record),
            "workers": record.header.workers,
            "lost": len(record.lost),
        },
        "cleaned": {"cancelled": beside.tidied.cancelled, "left": beside.tidied.left},
    }


def held_s(plan: LoadPlan) -> float:
    """Return the seconds for which the plan holds its highest rate without a pause."""
    longest = since_s = until_s = 0.0
    for from_s, to_s, rate in plan.held:
        if rate >= plan.peak_rate_per_s:
            since_s = since_s if from_s == until_s else from_s
            until_s = to_s
            longest = max(longest, until_s - since_s)
    return longest


def delivered_per_s(record: LoadRecord, plan: LoadPlan) -> float | None:
    """Return the rate of arrivals delivered while the plan held its highest rate; None without such seconds."""
    spans = [(from_s, to_s) for from_s, to_s, rate in plan.held if rate >= plan.peak_rate_per_s]
    seconds = [second for span in spans for second in record.between(*span)]
    return sum(second.started for second in seconds) / len(seconds) if seconds else None


def error_share(record: LoadRecord) -> float:
    """Return the share of steps that failed; 0 where there was none."""
    steps = record.total("steps")
    return record.total("steps_failed") / steps if steps else 0.0


def _latencies(found: Latencies) -> dict[str, float | None]:
    return dict(zip(_PERCENTS, found.percentiles_ms(tuple(_PERCENTS.values())), strict=True))


def _cpu_max(record: LoadRecord) -> float | None:
    told = [value for second in record.seconds for value in second.cpu_percent if value is not None]
    return max(told, default=None)
