"""3.1.1.2 mean time between failures: two readings of one record, its bounds, and whether it has a trend."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.records import (
    ONLY_A_PAGE,
    UNKNOWN_ALLOWED,
    Words,
    how_watched,
    is_page,
    joined,
    outage_lines,
    verdict,
    watched,
)
from probes.observation import Observation
from reports.availability import Exposure, exposure
from reports.reliability import (
    Trend,
    confidence_at_least,
    hours_needed,
    mtbf_lower_h,
    mtbf_upper_h,
)
from reports.trending import is_significant, trend_of
from reports.verdict import Measured, Requirement, Undetermined, Verdict, Word

CONFIDENCES = (0.6, 0.8, 0.9)
DECIDING = 0.9
"""The confidence of the one-sided bounds that decide."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "conforms": ("conforms", "符合"),
    "violates": ("violates", "不符合"),
    "undetermined": ("cannot be told", "无法判定"),
}


def mean_time(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge the whole record of the service: T known operating hours, r relevant failures."""
    found = watched(requirement, seen, str(seen.data["service"]))
    if isinstance(found, Undetermined):
        return found
    bound, stood = requirement.thresholds[0], exposure(found)
    tested = trend_of(stood)
    chosen = str(declarations.get("availability", {}).get("mtbf_reading", "record"))
    told = {name: _survived(name, stood, bound.value, tested) for name in ("record", "demonstrated")}
    answer = told[chosen]
    words = joined(
        _figures(stood, bound.value),
        _readings(told, chosen),
        _unknown(stood, told[chosen], _read(chosen, stood.operating_h, stood.failures, bound.value, tested)),
        _trend_words(stood, tested),
        _bounds(stood, bound.value, tested),
        how_watched(found),
    )
    page_only = answer == "conforms" and is_page(found)
    return verdict(
        "undetermined" if page_only else answer,
        seen,
        joined(words, ONLY_A_PAGE) if page_only else words,
        measured=Measured(
            metric=bound.metric, value=round(stood.operating_h / max(stood.failures, 1), 1), unit=bound.unit
        ),
        threshold=bound,
        cause="settings" if page_only else "stale",
        repeat=outage_lines(found.incidents, seen.data),
    )


def _survived(reading: str, stood: Exposure, bound_h: float, tested: Trend | None) -> Word:
    """Return a reading's verdict; where much is unknown, only if it is the same at both extremes."""
    if stood.unknown_share <= UNKNOWN_ALLOWED:
        return _read(reading, stood.operating_h, stood.failures, bound_h, tested)
    told = {_read(reading, hours, failures, bound_h, tested) for hours, failures in stood.extremes()}
    return told.pop() if len(told) == 1 else "undetermined"


def _read(reading: str, hours: float, failures: int, bound_h: float, tested: Trend | None) -> Word:
    recorded = _recorded(hours, failures, bound_h, tested)
    if reading == "record" or recorded == "violates":
        return recorded
    if hours <= 0 or is_significant(tested):
        return "undetermined"
    return "conforms" if mtbf_lower_h(hours, failures, DECIDING) >= bound_h else "undetermined"


def _recorded(hours: float, failures: int, bound_h: float, tested: Trend | None) -> Word:
    if hours >= bound_h:
        return "conforms" if hours / max(failures, 1) >= bound_h else "violates"
    if hours <= 0 or mtbf_upper_h(hours, failures, DECIDING) >= bound_h:
        return "undetermined"
    # The bound takes a constant rate. Where failures come ever closer, today's MTBF is shorter still.
    return "violates" if tested is None or not is_significant(tested) or tested.worse else "undetermined"


def _figures(stood: Exposure, bound_h: float) -> Words:
    hours, failures = stood.operating_h, stood.failures
    mean = f"T / r = {hours / failures:,.0f} h" if failures else "T / r has no value"
    mean_zh = f"T / r = {hours / failures:,.0f} h" if failures else "T / r 无值"
    return Words().then(
        f"T = {hours:,.1f} h of known operation, r = {failures} failure{'' if failures == 1 else 's'}: {mean}, "
        f"against {bound_h:,.0f} h.",
        f"已知运行时间 T = {hours:,.1f} h，失效次数 r = {failures}：{mean_zh}，限值 {bound_h:,.0f} h。",
    )


def _readings(told: Mapping[str, Word], chosen: str) -> Words:
    (record_en, record_zh), (shown_en, shown_zh) = (_WORDS[told[name]] for name in ("record", "demonstrated"))
    return Words().then(
        f"By the record reading it {record_en}; by the demonstrated reading (lower bound at 90 %) it {shown_en}; the "
        f"{chosen} reading is taken.",
        f"按记录（record）解读：{record_zh}；按证明（demonstrated，90% 下限）解读：{shown_zh}；"
        f"本次采用 {chosen} 解读。",
    )


def _unknown(stood: Exposure, survived: Word, known: Word) -> Words:
    if stood.unknown_share <= UNKNOWN_ALLOWED:
        return Words()
    share = f"{100 * stood.unknown_share:.2f}"
    en = f"{share} % of the time is unknown, more than 1 %: "
    zh = f"未知时间占 {share}%，超过 1%："
    if survived == "undetermined" and known != "undetermined":
        return Words().then(
            en + "what is known would decide, but not if all of that had been up, or down once a gap.",
            zh + "已知部分足以得出结论，但未知时间全部可用、或每段不可用一次时结论不同。",
        )
    return Words().then(
        en + "the answer is the same had all of that been up, or down once a gap.",
        zh + "无论未知时间全部可用，还是每段不可用一次，结论相同。",
    )


def _trend_words(stood: Exposure, tested: Trend | None) -> Words:
    if tested is None:
        return Words().then(
            f"Trend: {stood.failures} failures are too few for a test.", f"趋势：失效 {stood.failures} 次，不足以检验。"
        )
    figures = (
        f"Laplace U = {tested.laplace_u:.2f} (p = {tested.laplace_p:.3f}), "
        f"Crow-AMSAA b = {tested.growth:.2f} (p = {tested.growth_p:.3f})"
    )
    figures_zh = figures.replace(", ", "，").replace(" (", "（").replace(")", "）")
    if not is_significant(tested):
        return Words().then(
            f"Trend: none at 5 % significance; {figures}.", f"趋势：5% 显著性水平下无趋势；{figures_zh}。"
        )
    en, zh = ("failures come ever closer", "失效越来越密") if tested.worse else ("ever rarer", "失效越来越疏")
    return Words().then(
        f"Trend: significant at 5 %, {en}; {figures}. So no bound of a constant rate is given.",
        f"趋势：5% 显著性水平下有趋势，{zh}；{figures_zh}。因此不给出恒定失效率的界限。",
    )


def _bounds(stood: Exposure, bound_h: float, tested: Trend | None) -> Words:
    hours, failures = stood.operating_h, stood.failures
    if hours <= 0:
        return Words().then("No operation is known yet.", "尚无已知的运行时间。")
    told = Words()
    if not is_significant(tested):
        ranges = [
            (f"{share:.0%}", mtbf_lower_h(hours, failures, share), mtbf_upper_h(hours, failures, share))
            for share in CONFIDENCES
        ]
        en = "; ".join(f"{name}: {low:,.0f} h to {_hours(high, 'infinity')}" for name, low, high in ranges)
        zh = "；".join(f"{name}：{low:,.0f} h 至 {_hours(high, '无穷大')}" for name, low, high in ranges)
        sure = 100 * confidence_at_least(bound_h, hours, failures)
        told = told.then(
            f"One-sided bounds of the MTBF: {en}. Confidence that it is at least {bound_h:,.0f} h: {sure:.1f} %.",
            f"MTBF 的单侧界限：{zh}。MTBF 不低于 {bound_h:,.0f} h 的置信度：{sure:.1f}%。",
        )
    record = max(0.0, bound_h * max(failures, 1) - hours)
    shown = max(0.0, hours_needed(bound_h, failures, DECIDING) - hours)
    return told.then(
        f"Hours still needed without a further failure: {record:,.0f} h by the record, {shown:,.0f} h to demonstrate.",
        f"如不再失效，尚需运行：按记录 {record:,.0f} h，按证明 {shown:,.0f} h。",
    )


def _hours(value: float, infinite: str) -> str:
    return infinite if value == float("inf") else f"{value:,.0f} h"
