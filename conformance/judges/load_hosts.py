"""What the judges of load read of the hosts meanwhile: who was sampled, over how much of the run, and who was not."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.hosts import Declarations, Tell, number, records, unsure
from conformance.judges.load_runs import Run
from conformance.judges.records import UNKNOWN_ALLOWED
from conformance.judges.words import cause_in


def declared_names(declarations: Declarations, table: str = "hosts", role: str | None = None) -> tuple[str, ...]:
    """Return the names of the declared hosts (or of another table), those of a role where one is asked for."""
    return tuple(
        str(each.get("name"))
        for each in records(declarations.get(table))
        if role is None or role in (each.get("roles") or ())
    )


def sampled(run: Run, name: str) -> Mapping[str, Any] | None:
    """Return what a host went through; None where it was not read."""
    found = run.hosts.get(name)
    return found if found is not None and found.get("state") == "read" else None


def unsampled(run: Run, names: Sequence[str]) -> Tell | None:
    """Return which of these hosts were not sampled throughout the run; None where all were."""
    for name in names:
        found = run.hosts.get(name)
        if found is None:
            return unsure(f"{name} was not sampled meanwhile", f"期间未对 {name} 采样", cause="target")
        if found.get("state") != "read":
            why = str(found.get("why") or "it was not read")
            return unsure(
                f"{name} was not sampled meanwhile ({why})",
                f"期间未能对 {name} 采样（{why}）",
                cause=cause_in(found, "cause", "target"),
            )
        known = _known(run, found)
        if known is None or 1 - known > UNKNOWN_ALLOWED:
            share = 100 * (known or 0.0)
            return unsure(
                f"{name} was sampled for {share:.1f} % of the run only, and what is missing could turn the answer",
                f"{name} 的采样仅覆盖该次运行的 {share:.1f}%，缺失部分可能改变结论",
                cause="stale",
            )
    return None


def _known(run: Run, found: Mapping[str, Any]) -> float | None:
    """Return the share of the run that the samples cover; None where they do not say."""
    marks = [number(run.data.get("started_ms")), number(run.data.get("ended_ms")), number(found.get("from_ms")),
             number(found.get("to_ms")), number(found.get("gaps_s"))]  # fmt: skip
    if any(each is None for each in marks):
        return None
    started, ended, first, last, gaps_s = (each or 0.0 for each in marks)
    if ended <= started:
        return None
    return max(0.0, min(last, ended) - max(first, started) - 1000 * gaps_s) / (ended - started)
