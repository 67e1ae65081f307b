"""3.1.1.1 yearly availability of the shop front, against the declared target."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.records import (
    UNKNOWN_ALLOWED,
    Words,
    declared_percent,
    declared_words,
    how_watched,
    joined,
    outage_lines,
    verdict,
    watched,
)
from probes.observation import Observation
from reports.availability import YEAR_MS, Availability, availability
from reports.availability_words import span
from reports.verdict import Measured, Requirement, Undetermined, Verdict, Word


def yearly(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge up time by known planned time, over the 365 days before the examination.

    What of the year is not on record is unknown. More than 1 % of it leaves the year untold, unless the answer would be
    the same had all of it been up, and had all of it been down.
    """
    found = watched(requirement, seen, str(seen.data["front"]))
    if isinstance(found, Undetermined):
        return found
    percent, declared = declared_percent(declarations, "target_percent")
    year = availability(found.known, found.ends_ms - YEAR_MS, found.ends_ms)
    told = _told(year, percent)
    words = joined(_figures(year, declared_words(percent, declared=declared)), _unknown(year), how_watched(found, year))
    return verdict(
        told,
        seen,
        words,
        measured=None if year.share is None else Measured(metric="availability", value=100 * year.share, unit="%"),
        repeat=outage_lines([each for each in found.incidents if each.ends_ms > found.ends_ms - YEAR_MS], seen.data),
    )


def _told(year: Availability, percent: float) -> Word:
    if year.share is None or year.bounds is None:
        return "undetermined"
    if year.unknown_share <= UNKNOWN_ALLOWED:
        return "conforms" if 100 * year.share >= percent else "violates"
    worst, best = (100 * share for share in year.bounds)
    if worst >= percent:
        return "conforms"
    return "violates" if best < percent else "undetermined"


def _figures(year: Availability, target: tuple[str, str]) -> Words:
    if year.share is None:
        return Words().then("Nothing is known of the last 365 days.", "最近 365 天没有已知的记录。")
    up, down, excluded = (span(part) for part in (year.up_ms, year.down_ms, year.excluded_ms))
    return Words().then(
        f"Of the known, planned time of the last 365 days {100 * year.share:.4f} % was up (up {up.en}, down {down.en}, "
        f"announced maintenance {excluded.en}), against {target[0]}.",
        f"最近 365 天已知的计划服务时间中，可用 {100 * year.share:.4f}%（可用 {up.zh}，不可用 {down.zh}，"
        f"已公告的维护 {excluded.zh}），对照{target[1]}。",
    )


def _unknown(year: Availability) -> Words:
    if year.unknown_share <= UNKNOWN_ALLOWED or year.bounds is None:
        return Words()
    worst, best = (f"{100 * share:.2f}" for share in year.bounds)
    days = span(year.unknown_ms)
    return Words().then(
        f"Of the year {days.en} are unknown, more than 1 %: it lies between {worst} % (all of it down) and {best} % "
        "(all of it up).",
        f"全年有 {days.zh}未知，超过 1%：可用率介于 {worst}%（全部不可用）与 {best}%（全部可用）之间。",
    )
