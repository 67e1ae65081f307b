"""3.1.1.1 utilisation at peak: the highest 99th percentile of a minute, of every host, while the peak is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.judges.hosts import Declarations, Tell, number, right, unsure, wrong
from conformance.judges.load_hosts import declared_names, sampled, unsampled
from conformance.judges.load_runs import Run, overdone, short_of_peak, undeclared
from conformance.judges.utilisation import RESOURCES, Resource
from probes.target_keys import TABLES
from reports.verdict import Measured

LEAST_STEPS = 50
"""Of fewer steps no share is told: one that failed would be too many."""

SAMPLED = 0.9
"""So much of the run must lie in minutes of which a resource has its percentile; the last one may be a part."""

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest 1-minute p99 of one resource of one host, against its declared limit; ``minutes`` have one."""

    host: str
    resource: Resource
    value: float
    limit: float
    minutes: float

    @property
    def over(self) -> bool:
        """Whether it is above the limit."""
        return self.value > self.limit

    @property
    def measured(self) -> Measured:
        """The peak as it stands in the report."""
        name = f"{self.resource.en.lower()}_minute_p99"
        return Measured(metric=name, value=round(self.value, 2), unit=self.resource.shown)

    def en(self) -> str:
        """Return it in English."""
        return (
            f"{self.host} {self.resource.en} {self.value:.1f} {self.resource.shown} (declared at most {self.limit:g})"
        )

    def zh(self) -> str:
        """Return it in Chinese."""
        return f"{self.host} {self.resource.zh} {self.value:.1f} {self.resource.shown}（声明不超过 {self.limit:g}）"


def within_limits(run: Run, declarations: Declarations) -> Tell:
    """Judge one run: no host above a declared limit, and no more failed steps than the budget."""
    limits = _limits(declarations)
    hosts = declared_names(declarations)
    peaks = [peak for name in hosts for each in limits if (peak := _peak(run, name, each, limits[each])) is not None]
    over = [peak for peak in peaks if peak.over]
    failed, budget = run.failed_share, error_budget(declarations)
    answered = failed is not None and failed < 1
    beyond_budget = failed is not None and answered and failed > budget
    if over or (beyond_budget and run.steps >= LEAST_STEPS):
        return _wrong(run, over, failed, budget)
    lacking = _lacking(limits, hosts)
    if lacking:
        return undeclared(lacking)
    if failed is None or not answered:
        return unsure("no step of a shopper came about", "没有完成任何购物步骤", cause="target")
    if beyond_budget:
        return unsure(
            f"{100 * failed:.1f} % of {run.steps:g} steps failed; no share is told of fewer than {LEAST_STEPS}",
            f"{run.steps:g} 个购物步骤中失败 {100 * failed:.1f}%；少于 {LEAST_STEPS} 个时不计算失败率",
            cause="stale",
        )
    return (
        short_of_peak(run)
        or unsampled(run, hosts)
        or _all_sampled(run, peaks, hosts, limits)
        or _good(peaks, hosts, limits, failed)
    )


def error_budget(declarations: Declarations) -> float:
    """Return the share of failed steps that is allowed."""
    declared = number((declarations.get("load") or {}).get("error_share"))
    return float(TABLES["load"].keys["error_share"].default) if declared is None else declared


def _limits(declarations: Declarations) -> Mapping[Resource, float]:
    table = declarations.get("utilisation") or {}
    found = {each: number(table.get(f"peak_{each.key}")) for each in RESOURCES}
    return {each: limit for each, limit in found.items() if limit is not None}


def _lacking(limits: Mapping[Resource, float], hosts: Sequence[str]) -> tuple[str, ...]:
    keys = [f"utilisation.peak_{each.key}" for each in RESOURCES if each not in limits]
    return (*(() if hosts else ("hosts",)), *keys)


def _peak(run: Run, name: str, resource: Resource, limit: float) -> Peak | None:
    """Return the peak of a resource; None where the host was not sampled for a whole minute."""
    resources: Any = (sampled(run, name) or {}).get("resources")
    found = resources.get(resource.name) if isinstance(resources, Mapping) else None
    if not isinstance(found, Mapping) or found.get("unit") != resource.unit:
        return None
    value = number(found.get("p99_minute_peak"))
    if value is None:
        return None
    minutes = number(found.get("minutes")) or 0.0
    return Peak(host=name, resource=resource, value=value / resource.scale, limit=limit, minutes=minutes)


def _wrong(run: Run, over: Sequence[Peak], failed: float | None, budget: float) -> Tell:
    en = [f"the highest 1-minute p99 is above the declared limit: {', '.join(each.en() for each in over)}"] * bool(over)
    zh = [f"1分钟 p99 的最高值超过所声明的限值：{'，'.join(each.zh() for each in over)}"] * bool(over)
    measured = over[0].measured if over else None
    if failed is not None and failed > budget:
        en.append(f"{100 * failed:.1f} % of the shoppers' steps failed (at most {100 * budget:g} %)")
        zh.append(f"{100 * failed:.1f}% 的购物步骤失败（上限 {100 * budget:g}%）")
        measured = measured or Measured(metric="failed_steps", value=round(100 * failed, 2), unit="%")
    told_en, told_zh = "; ".join(en), "；".join(zh)
    if run.beyond or run.peak_per_s is None:
        return overdone(run, told_en, told_zh) if run.beyond else undeclared(("load.peak_rate_per_s",))
    return wrong(told_en, told_zh, shows=told_en, measured=measured)


def _all_sampled(
    run: Run, peaks: Sequence[Peak], hosts: Sequence[str], limits: Mapping[Resource, float]
) -> Tell | None:
    there = {(each.host, each.resource.name) for each in peaks}
    lacking = [(name, each) for name in hosts for each in limits if (name, each.name) not in there]
    if lacking:
        return unsure(
            f"there is no whole minute of samples of {', '.join(f'{name} {each.en}' for name, each in lacking)}",
            f"缺少完整1分钟的采样：{'，'.join(f'{name} {each.zh}' for name, each in lacking)}",
            cause="target",
        )
    few = next((each for each in peaks if (each.minutes + 1) * _MINUTE_S < SAMPLED * run.lasted_s), None)
    if few is None:
        return None
    return unsure(
        f"of {few.host} {few.resource.en} only {few.minutes:g} whole minutes were sampled",
        f"{few.host} {few.resource.zh} 仅有 {few.minutes:g} 个完整1分钟的采样",
        cause="target",
    )


def _good(peaks: Sequence[Peak], hosts: Sequence[str], limits: Mapping[Resource, float], failed: float) -> Tell:
    highest = [max((each for each in peaks if each.resource == of), key=lambda one: one.value) for of in limits]
    return right(
        f"the highest 1-minute p99 of {len(hosts)} hosts stays within the declared limits: "
        f"{', '.join(each.en() for each in highest)}; {100 * failed:.2f} % of the steps failed",
        f"{len(hosts)} 台主机1分钟 p99 的最高值均在所声明的限值内：{'，'.join(each.zh() for each in highest)}；"
        f"步骤失败率 {100 * failed:.2f}%",
        measured=highest[0].measured,
    )
