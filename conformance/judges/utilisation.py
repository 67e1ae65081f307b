"""3.1.1.1 average utilisation of every host against the declared standard, over 30 days. Unknown time is told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.judges.hosts import Declarations, Host, Tell, number, right, section_or_tell, unsure, wrong
from conformance.judges.records import UNKNOWN_ALLOWED
from reports.verdict import Measured, Requirement

_WHOLE_PERCENT = 100.0
_BYTES_S = 125_000
"""Bytes a second in a Mbit/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource: its section's name and unit, the key that declares its bound, words, and the unit of the bound."""

    name: str
    unit: str
    key: str
    en: str
    zh: str
    shown: str
    scale: float = 1.0


RESOURCES = (
    Resource(name="cpu", unit="percent", key="cpu_percent", en="CPU", zh="CPU", shown="%"),
    Resource(name="memory", unit="percent", key="memory_percent", en="memory", zh="内存", shown="%"),
    Resource(name="disk", unit="percent", key="disk_percent", en="disk", zh="磁盘", shown="%"),
    Resource(
        name="network_bytes",
        unit="bytes_s",
        key="network_mbit_s",
        en="network",
        zh="网络",
        shown="Mbit/s",
        scale=_BYTES_S,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of what is known of a window, and the share of the window that is known."""

    resource: Resource
    value: float
    known: float
    bound: float

    @property
    def least(self) -> float:
        """The mean over the window had the unknown rest been idle."""
        return self.value * self.known

    @property
    def most(self) -> float | None:
        """The mean had the rest been fully busy; None where there is no such limit."""
        if self.resource.unit != "percent":
            return None
        return self.value * self.known + _WHOLE_PERCENT * (1 - self.known)

    @property
    def told(self) -> bool | None:
        """Whether the bound is kept; None where what is unknown could turn the answer."""
        if 1 - self.known <= UNKNOWN_ALLOWED:
            return self.value <= self.bound
        if self.least > self.bound:
            return False
        return True if self.most is not None and self.most <= self.bound else None

    @property
    def measured(self) -> Measured:
        """The mean as it stands in the report."""
        return Measured(metric=f"{self.resource.en.lower()}_mean", value=round(self.value, 2), unit=self.resource.shown)

    def en(self) -> str:
        """Return the mean in English."""
        return f"{self.resource.en} {self.value:.1f} {self.resource.shown} (declared at most {self.bound:g})"

    def zh(self) -> str:
        """Return the mean in Chinese."""
        return f"{self.resource.zh} {self.value:.1f} {self.resource.shown}（声明不超过 {self.bound:g}）"


def averages(_: Requirement, host: Host, declarations: Declarations) -> Tell:
    """Judge the 30-day means of CPU, memory, disk and network of one host against ``[utilisation]``."""
    declared = declarations.get("utilisation") or {}
    section = section_or_tell(host, "utilisation")
    if isinstance(section, Tell):
        return section
    bounded = [resource for resource in RESOURCES if number(declared.get(resource.key)) is not None]
    means = [mean for each in bounded if (mean := mean_of(section, each, float(declared[each.key]))) is not None]
    over = [mean for mean in means if mean.told is False]
    if over:
        return _over(over)
    if len(bounded) < len(RESOURCES):
        keys = ", ".join(each.key for each in RESOURCES if each not in bounded)
        return unsure(
            f"no standard is declared for it to be compared with; add {keys} to [utilisation]",
            f"未声明可供比较的标准，请在 [utilisation] 中填写 {keys}",
            cause="settings",
        )
    if len(means) < len(bounded):
        return _unsampled(bounded, means)
    short = [mean for mean in means if mean.told is None]
    return _short(short) if short else right(*_both(means), measured=means[0].measured)


def mean_of(section: Mapping[str, Any], resource: Resource, bound: float) -> Mean | None:
    """Return the mean of a resource over the section's window; None where it was not sampled."""
    found = (section.get("resources") or {}).get(resource.name)
    window = number(section.get("window_s"))
    if not isinstance(found, Mapping) or found.get("unit") != resource.unit or not window:
        return None
    value, covered = number(found.get("mean")), number(found.get("covered_s"))
    if value is None or not covered or covered < 0:
        return None
    return Mean(resource=resource, value=value / resource.scale, known=min(1.0, covered / window), bound=bound)


def _over(over: Sequence[Mean]) -> Tell:
    return wrong(
        f"the average utilisation over 30 days is above the declared standard: {', '.join(mean.en() for mean in over)}",
        f"30天平均利用率超过所声明的标准：{'，'.join(mean.zh() for mean in over)}",
        shows=f"section utilisation -> {', '.join(mean.en() for mean in over)}",
        measured=over[0].measured,
    )


def _both(means: Sequence[Mean]) -> tuple[str, str]:
    return (
        f"average utilisation over 30 days {', '.join(mean.en() for mean in means)}",
        f"30天平均利用率{'，'.join(mean.zh() for mean in means)}",
    )


def _unsampled(bounded: Sequence[Resource], means: Sequence[Mean]) -> Tell:
    sampled = {mean.resource.name for mean in means}
    lacking = [each for each in bounded if each.name not in sampled]
    return unsure(
        f"there is no record of {', '.join(each.en for each in lacking)} utilisation; start the sampling service there",
        f"没有{'、'.join(each.zh for each in lacking)}利用率的记录，请在该主机上启用采样服务",
        cause="settings",
    )


def _short(short: Sequence[Mean]) -> Tell:
    least = min(short, key=lambda mean: mean.known)
    share = 100 * least.known
    en, zh = _both(short)
    return unsure(
        f"only {share:.1f} % of the last 30 days is on record, and the rest could turn the answer: {en}",
        f"最近30天仅有 {share:.1f}% 有记录，其余时间可能改变结论：{zh}",
        cause="stale",
        measured=least.measured,
    )
