"""6 stable payment: the share of test payments that came about over 30 days, against the declared target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from conformance.judges.records import (
    UNKNOWN_ALLOWED,
    Words,
    declared_percent,
    declared_words,
    how_watched,
    joined,
    verdict,
    watched,
)
from conformance.judges.words import untold
from probes.observation import Observation
from reports.availability import Availability
from reports.daily import Day, days
from reports.reliability import tries_needed
from reports.verdict import Measured, Requirement, Undetermined, Verdict, Word

WINDOW_DAYS = 30
FLOOR = 0.01
"""Of the reading: whatever is declared, fewer than this share fails, as SBT-3.1.1.2-daily-failure asks of a day."""

CONFIDENCE = 0.95
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The last 30 complete days: payments with a known end, those that failed, and those that the unknown time hid.

    Those are counted by the fastest interval of the record: a slower one that was set last hides no fewer of them.
    """

    days: Sequence[Day]
    tried: int
    failed: int
    hidden: int
    spent: Availability
    least: int

    @property
    def failing(self) -> Sequence[Day]:
        """Return the days that break the floor by themselves, with payments enough to tell."""
        return [day for day in self.days if day.tried >= self.least and day.rate >= FLOOR]


def stable(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge the payments of the last 30 complete days: by the target, and by the floor of 1 % failures."""
    name = next((str(check["name"]) for check in seen.data["checks"] if check["kind"] == "payment"), None)
    if name is None:
        return untold(
            seen,
            'No payments are on record: declare a check with kind = "payment" in [[checks]], and run `duheng watch`.',
            '没有支付记录：请在 [[checks]] 中声明 kind = "payment" 的监测项，并运行 duheng watch。',
            cause="stale",
        )
    found = watched(requirement, seen, name)
    if isinstance(found, Undetermined):
        return found
    percent, declared = declared_percent(declarations, "payment_target_percent", "target_percent")
    month = _month(days(found, ZoneInfo(str(seen.data["zone"])), last=WINDOW_DAYS), found.fastest_ms)
    told = _told(month, percent)
    words = joined(_figures(month, declared_words(percent, declared=declared)), how_watched(found, month.spent))
    good = 100 * (month.tried - month.failed) / month.tried if month.tried else None
    measured = None if good is None else Measured(metric="payment_success", value=good, unit="%")
    failing = sorted(month.days, key=lambda day: day.failed)[-_SHOWN:]
    return verdict(
        told,
        seen,
        words,
        measured=measured,
        repeat=[f"{name}: {day.day}: {day.failed} of {day.tried} payments failed" for day in failing],
    )


def _month(last: Sequence[Day], fastest_ms: int) -> Month:
    spent = Availability(
        up_ms=sum(day.spent.up_ms for day in last),
        down_ms=sum(day.spent.down_ms for day in last),
        unknown_ms=sum(day.spent.unknown_ms for day in last),
        excluded_ms=sum(day.spent.excluded_ms for day in last),
    )
    return Month(
        days=last,
        tried=sum(day.tried for day in last),
        failed=sum(day.failed for day in last),
        hidden=spent.unknown_ms // fastest_ms,
        spent=spent,
        least=tries_needed(FLOOR, 0, CONFIDENCE),
    )


def _told(month: Month, percent: float) -> Word:
    if month.failing:
        return "violates"
    if month.tried < month.least:
        return "undetermined"
    if month.spent.unknown_share <= UNKNOWN_ALLOWED:
        return "conforms" if _holds(month.failed, month.tried, percent) else "violates"
    whole = month.tried + month.hidden
    told = {_holds(failed, whole, percent) for failed in (month.failed, month.failed + month.hidden)}
    if len(told) > 1:
        return "undetermined"
    return "conforms" if told.pop() else "violates"


def _holds(failed: int, tried: int, percent: float) -> bool:
    return 100 * (tried - failed) >= percent * tried and failed < FLOOR * tried


def _figures(month: Month, target: tuple[str, str]) -> Words:
    if not month.tried:
        return Words().then(
            "No payment of the last 30 complete days has a known end.", "最近 30 个完整日没有结果已知的支付。"
        )
    good, share = month.tried - month.failed, 100 * (month.tried - month.failed) / month.tried
    told = Words().then(
        f"{good} of {month.tried} test payments of the last {WINDOW_DAYS} complete days came about, {share:.2f} %, "
        f"against {target[0]}, and never {100 * FLOOR:g} % failures or more.",
        f"最近 {WINDOW_DAYS} 个完整日的 {month.tried} 笔测试支付中成功 {good} 笔，占 {share:.2f}%，对照{target[1]}，"
        f"且失败须低于 {100 * FLOOR:g}%。",
    )
    if month.failing:
        worst = max(month.failing, key=lambda day: day.rate)
        told = told.then(
            f"On {worst.day} {worst.failed} of {worst.tried} failed ({100 * worst.rate:.2f} %).",
            f"{worst.day} 的 {worst.tried} 笔中失败 {worst.failed} 笔（{100 * worst.rate:.2f}%）。",
        )
    if month.tried < month.least:
        told = told.then(
            f"Fewer than {month.least} payments show nothing of {100 * FLOOR:g} %.",
            f"少于 {month.least} 笔，不足以判断 {100 * FLOOR:g}%。",
        )
    if month.spent.unknown_share > UNKNOWN_ALLOWED:
        told = told.then(
            f"About {month.hidden} more fell into unknown time, more than 1 % of it: all of them good, or all of them "
            "failed, must come to the same.",
            f"另约 {month.hidden} 笔落在未知时间（超过 1%）：须无论全部成功还是全部失败，结论都相同。",
        )
    return told
