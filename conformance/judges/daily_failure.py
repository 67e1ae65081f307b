"""3.1.1.2 daily failure rate: failed journey probes by all, the worst day of the last 365 decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from conformance.judges.records import (
    ONLY_A_PAGE,
    UNKNOWN_ALLOWED,
    Words,
    how_watched,
    is_page,
    joined,
    verdict,
    watched,
)
from probes.observation import Observation
from reports.availability import DAY_MS, Service
from reports.daily import Day, days
from reports.reliability import tries_needed
from reports.verdict import Measured, Requirement, Undetermined, Verdict

YEAR_DAYS = 365
CONFIDENCE = 0.95
"""A day is known where a rate at the bound would have shown itself with this confidence: 299 probes for 1 %."""

MOST_OF_A_DAY = 0.5
"""Announced maintenance takes a day only where it took more than this share; a shorter one leaves a day to be told."""

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The last 365 complete days: those known, those that maintenance took, and the rest, which is not known.

    ``broken`` maintenance cut short of ``least`` probes, and they break the bound all the same. ``cut`` are short by
    maintenance as well and tell nothing: they are not known.
    """

    known: Sequence[Day]
    broken: Sequence[Day]
    excluded: Sequence[Day]
    cut: Sequence[Day]
    least: int

    @property
    def told(self) -> Sequence[Day]:
        """Return the days that have a rate, in order."""
        return sorted((*self.known, *self.broken), key=lambda day: day.day)

    @property
    def missing(self) -> int:
        """Return the days of which too little is known."""
        return YEAR_DAYS - len(self.known) - len(self.broken) - len(self.excluded)

    @property
    def allowed(self) -> int:
        """Return how many of them may be missing."""
        return int(YEAR_DAYS * UNKNOWN_ALLOWED)


def year_of(found: Service, zone: ZoneInfo, bound: float) -> Year:
    """Return the last 365 complete days; ``bound`` is a share of 1.

    A day with fewer probes than would show the bound is not known. Announced maintenance hides no failure by cutting a
    day short: where the day breaks the bound even if all that maintenance took, and all that is unknown, had been good,
    it breaks it. It takes a day out of the year only where it took most of it and nothing failed in the rest.
    """
    least = tries_needed(bound, 0, CONFIDENCE)
    every = days(found, zone, last=YEAR_DAYS)
    known = [day for day in every if day.tried >= least]
    short = [day for day in every if day.tried < least]
    cut = [day for day in short if day.tried + _unprobed(day, day.spent.excluded_ms) >= least]
    broken = [day for day in cut if _breaks(day, bound)]
    excluded = [day for day in short if _taken(day)]
    rest = [day for day in cut if day not in broken and day not in excluded]
    return Year(known=known, broken=broken, excluded=excluded, cut=rest, least=least)


def _unprobed(day: Day, span_ms: int) -> float:
    """Return the probes that a span of a day would have held, as dense as they were while its state was known."""
    known_ms = day.spent.up_ms + day.spent.down_ms
    return day.tried * span_ms / known_ms if known_ms else 0.0


def _breaks(day: Day, bound: float) -> bool:
    unseen = _unprobed(day, day.spent.excluded_ms + day.spent.unknown_ms)
    return day.failed > 0 and day.failed >= bound * (day.tried + unseen)


def _taken(day: Day) -> bool:
    spent = day.spent
    most = spent.excluded_ms > MOST_OF_A_DAY * spent.wall_ms and spent.unknown_share <= UNKNOWN_ALLOWED
    return most and not day.failed and not spent.down_ms


def worst_day(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge each complete day of the last 365: one known day at or above the bound violates.

    It conforms only where the days are known, all but 1 % of them: a day that was not watched may have been the worst.
    """
    found = watched(requirement, seen, str(seen.data["service"]))
    if isinstance(found, Undetermined):
        return found
    bound = requirement.thresholds[0]
    year = year_of(found, ZoneInfo(str(seen.data["zone"])), bound.value / 100)
    words = joined(_worst_words(year, bound.value), _beside(year), _standing(year, found), how_watched(found))
    worst = max(year.told, key=lambda day: day.rate, default=None)
    measured = None if worst is None else Measured(metric=bound.metric, value=100 * worst.rate, unit=bound.unit)
    over = [day for day in year.told if 100 * day.rate >= bound.value]
    whole = bool(year.known) and year.missing <= year.allowed
    if is_page(found):
        words = joined(words, ONLY_A_PAGE)
    return verdict(
        "violates" if over else "conforms" if whole and not is_page(found) else "undetermined",
        seen,
        words,
        measured=measured,
        threshold=bound,
        cause="settings" if is_page(found) or _too_rare(year, found) or len(year.cut) > year.allowed else "stale",
        repeat=[f"{found.name}: {day.day}: {day.failed} of {day.tried} probes failed" for day in over[-_SHOWN:]],
    )


def _too_rare(year: Year, found: Service) -> bool:
    return DAY_MS * len(found.vantages) < year.least * found.every_ms


def _worst_words(year: Year, bound: float) -> Words:
    worst = max(year.told, key=lambda day: day.rate, default=None)
    if worst is None:
        return Words().then(
            f"No complete day has {year.least} known probes yet.", f"尚无一个完整的日历日有 {year.least} 次已知探测。"
        )
    over = sum(100 * day.rate >= bound for day in year.told)
    over_en = f"; {over} day{' is' if over == 1 else 's are'} at or above the bound" if over else ""
    over_zh = f"；有 {over} 天达到或超过限值" if over else ""
    return Words().then(
        f"The worst day, {worst.day}: {worst.failed} of {worst.tried} probes failed, {100 * worst.rate:.2f} %, against "
        f"less than {bound:g} %{over_en}.",
        f"最差的一天为 {worst.day}：{worst.tried} 次探测失败 {worst.failed} 次，占 {100 * worst.rate:.2f}%，"
        f"限值为低于 {bound:g}%{over_zh}。",
    )


def _beside(year: Year) -> Words:
    days_told = year.told
    if not days_told:
        return Words()
    longest = max(days_told, key=lambda day: day.down_share)
    failing = sum(bool(day.spent.down_ms) for day in days_told)
    share = 100 * failing / len(days_told)
    return Words().then(
        f"Beside it: down at most {100 * longest.down_share:.2f} % of a day's time ({longest.day}); an outage on "
        f"{failing} of {len(days_told)} known days ({share:.1f} %).",
        f"另列：单日不可用时间最多占 {100 * longest.down_share:.2f}%（{longest.day}）；{len(days_told)} 个已知日中"
        f"有 {failing} 天发生故障（{share:.1f}%）。",
    )


def _standing(year: Year, found: Service) -> Words:
    taken_en = f", {len(year.excluded)} were announced maintenance" if year.excluded else ""
    taken_zh = f"，{len(year.excluded)} 天为已公告的维护" if year.excluded else ""
    broken_en = f", {len(year.broken)} broke the bound whatever maintenance took of the day" if year.broken else ""
    broken_zh = f"，{len(year.broken)} 天虽因维护而探测不足，仍已达到或超过限值" if year.broken else ""
    told = Words().then(
        f"{len(year.known)} of the last {YEAR_DAYS} complete days stand, with {year.least} known probes or more"
        f"{broken_en}{taken_en}; {year.missing} are not known, at most {year.allowed} may be.",
        f"最近 {YEAR_DAYS} 个完整日中有 {len(year.known)} 天成立（已知探测不少于 {year.least} 次）"
        f"{broken_zh}{taken_zh}；{year.missing} 天未知，最多允许 {year.allowed} 天。",
    )
    if year.cut:
        told = told.then(
            f"{len(year.cut)} of them had too few probes beside announced maintenance: probe more often.",
            f"其中 {len(year.cut)} 天因已公告的维护而探测不足：请缩短探测间隔。",
        )
    if not _too_rare(year, found):
        return told
    seconds = DAY_MS // year.least // 1000
    return told.then(
        f"At one probe every {found.every_ms / 1000:g} s no day can have {year.least}: set every_s to {seconds} "
        "or less.",
        f"每 {found.every_ms / 1000:g} s 一次，任何一天都达不到 {year.least} 次：请将 every_s 设为 {seconds} 或更小。",
    )
