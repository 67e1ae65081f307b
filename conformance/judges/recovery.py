"""3.1.1.2 recovery times: the mean over the incidents of a class in the last 365 days, strictly below the bound."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from conformance.judges.judgement import PartJudge
from conformance.judges.records import (
    UNKNOWN_ALLOWED,
    Words,
    how_watched,
    joined,
    local,
    outage_lines,
    verdict,
    watched,
)
from probes.errors import Cause
from probes.observation import Observation
from reports.availability import HOUR_MS, YEAR_MS, Availability, Incident, Service, availability
from reports.availability_words import span
from reports.verdict import Measured, Requirement, Undetermined, Verdict

CLASSES: Mapping[str, tuple[str, str]] = {"software": ("software", "软件"), "hardware": ("hardware", "硬件")}
_STEPS = {"detect": "发现", "decide": "决定", "act": "处置", "verify": "验证"}
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """The outages of a window: of the class asked for, and of no class yet; over, and going on.

    ``overruled`` are those that a rule had put into the class asked for, and a person into another.
    """

    over: Sequence[Incident]
    going_on: Sequence[Incident]
    unclassified: Sequence[Incident]
    unclassified_going_on: Sequence[Incident]
    others: int
    overruled: Sequence[Incident]


def recovered(wanted: str) -> PartJudge:
    """Return the judge of the recovery times of a class of incidents.

    A mean is certain only where it comes out on the same side however unclassified outages would be classed, and
    however long an outage went on while nothing was known. One that goes on counts with its length so far: it can
    violate, and never makes the mean smaller.
    """

    def judge(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
        found = watched(requirement, seen, str(seen.data["service"]))
        if isinstance(found, Undetermined):
            return found
        begin = max(found.starts_ms, found.ends_ms - YEAR_MS)
        return _told(wanted, requirement, seen, found, availability(found.known, begin, found.ends_ms))

    return judge


def outages(found: Service, wanted: str) -> Outages:
    """Return the outages of the last 365 days: those that were not over before."""
    recent = [each for each in found.incidents if not each.over or each.ends_ms > found.ends_ms - YEAR_MS]
    own = [each for each in recent if each.incident_class == wanted]
    unclassified = [each for each in recent if each.incident_class == "unclassified"]
    return Outages(
        over=[each for each in own if each.over],
        going_on=[each for each in own if not each.over],
        unclassified=[each for each in unclassified if each.over],
        unclassified_going_on=[each for each in unclassified if not each.over],
        others=len(recent) - len(own) - len(unclassified),
        overruled=[each for each in recent if each.word is not None and each.word.overruled == wanted],
    )


def _least_h(certain: Iterable[Incident], possible: Iterable[Incident]) -> float | None:
    """Return the smallest mean in hours, whichever of the possible ones belong to it; None without a certain one."""
    return _extreme(certain, possible, lambda each: each.down_ms, min)


def _most_h(certain: Iterable[Incident], possible: Iterable[Incident]) -> float | None:
    """Return the largest mean in hours, likewise."""
    return _extreme(certain, possible, lambda each: each.lasted_ms, max)


def _extreme(
    certain: Iterable[Incident],
    possible: Iterable[Incident],
    length: Callable[[Incident], int],
    best: Callable[[Iterable[float]], float],
) -> float | None:
    known = [length(each) for each in certain]
    if not known:
        return None
    # The extreme mean takes in the longest of the possible ones, or the shortest, up to some number of them.
    more = sorted((length(each) for each in possible), reverse=best is max)
    return best(fmean([*known, *more[:number]]) / HOUR_MS for number in range(len(more) + 1))


def _violated(told: Outages, bound_h: float) -> bool:
    closed = _least_h(told.over, told.unclassified)
    with_open = _least_h((*told.over, *told.going_on), (*told.unclassified, *told.unclassified_going_on))
    return (closed is not None and closed >= bound_h) or (
        bool(told.going_on) and with_open is not None and with_open >= bound_h
    )


def _kept(told: Outages, bound_h: float) -> bool:
    closed = _most_h(told.over, told.unclassified)
    with_open = _most_h((*told.over, *told.going_on), (*told.unclassified, *told.unclassified_going_on))
    return closed is not None and closed < bound_h and with_open is not None and with_open < bound_h


def _told(
    wanted: str, requirement: Requirement, seen: Observation, found: Service, span_known: Availability
) -> Verdict:
    bound, told = requirement.thresholds[0], outages(found, wanted)
    own = (*told.over, *told.going_on)
    mean_h = fmean(each.lasted_ms for each in own) / HOUR_MS if own else None
    measured = None if mean_h is None else Measured(metric=bound.metric, value=round(mean_h, 4), unit=bound.unit)
    words = joined(
        _mean_words(wanted, told, mean_h, bound.value),
        _parts_words(own),
        _open_words(told),
        _unclassified_words(told, seen.data),
        _overruled_words(wanted, told, seen.data),
        _gap_words(span_known),
        how_watched(found, span_known),
    )
    kept = _kept(told, bound.value) and span_known.unknown_share <= UNKNOWN_ALLOWED
    return verdict(
        "violates" if _violated(told, bound.value) else "conforms" if kept else "undetermined",
        seen,
        words,
        measured=measured,
        threshold=bound,
        cause=_cause(told, span_known),
        repeat=outage_lines(own, seen.data),
    )


def _cause(told: Outages, span_known: Availability) -> Cause:
    if told.unclassified or told.unclassified_going_on:
        return "settings"
    if told.over or told.going_on or span_known.unknown_share > UNKNOWN_ALLOWED:
        return "stale"
    return "not-built"


def _mean_words(wanted: str, told: Outages, mean_h: float | None, bound_h: float) -> Words:
    en, zh = CLASSES[wanted]
    number = len(told.over) + len(told.going_on)
    if mean_h is None:
        words = Words().then(
            f"No outage of the last 365 days is classed as {en}.", f"最近 365 天没有归类为{zh}故障的停机。"
        )
        if told.unclassified or told.unclassified_going_on:
            return words
        return words.then(
            "A drill would give the time instead; this version has none yet.", "可改由演练给出时间，本版本尚不能演练。"
        )
    return Words().then(
        f"{number} {en} incident{'' if number == 1 else 's'} in the last 365 days, {mean_h:.2f} h on average from the "
        f"first failing probe to the first good one, against less than {bound_h:g} h"
        + (f"; {told.others} of other classes." if told.others else "."),
        f"最近 365 天有 {number} 次{zh}故障，从首次探测失败到首次成功平均 {mean_h:.2f} h，限值为小于 {bound_h:g} h"
        + (f"；其他类别 {told.others} 次。" if told.others else "。"),
    )


def _parts_words(own: Iterable[Incident]) -> Words:
    pairs = [pair for each in own for pair in each.parts_ms().items()]
    means = {name: [length for part, length in pairs if part == name] for name in _STEPS}
    told = {name: (span(round(fmean(lengths))), len(lengths)) for name, lengths in means.items() if lengths}
    if not told:
        return Words()
    en = ", ".join(f"{name} {mean.en} ({number})" for name, (mean, number) in told.items())
    zh = "，".join(f"{_STEPS[name]} {mean.zh}（{number} 次）" for name, (mean, number) in told.items())
    return Words().then(f"Of which, where it was told, on average: {en}.", f"其中有记录的各阶段平均：{zh}。")


def _open_words(told: Outages) -> Words:
    still = (*told.going_on, *told.unclassified_going_on)
    if not still:
        return Words()
    so_far = span(still[0].lasted_ms)
    return Words().then(
        f"An outage goes on, {so_far.en} so far: it counts with that.",
        f"有一次停机尚未恢复，已持续 {so_far.zh}，按此计入。",
    )


def _unclassified_words(told: Outages, data: Mapping[str, Any]) -> Words:
    both = sorted((*told.unclassified, *told.unclassified_going_on), key=lambda each: each.starts_ms)
    if not both:
        return Words()
    named = list(_names(both, data))
    more = len(both) - _NAMED
    return Words().then(
        f"Not classified: {len(both)} ({', '.join(named)}{f', and {more} more' if more > 0 else ''}); class them with "
        "`duheng incident`.",
        f"尚未分类：{len(both)} 次（{'，'.join(named)}{f'，另有 {more} 次' if more > 0 else ''}）；"
        "请用 duheng incident 分类。",
    )


def _overruled_words(wanted: str, told: Outages, data: Mapping[str, Any]) -> Words:
    if not told.overruled:
        return Words()
    en, zh = CLASSES[wanted]
    number, names = len(told.overruled), list(_names(told.overruled, data))
    return Words().then(
        f"A rule had classed {number} more as {en}, and a person otherwise ({', '.join(names)}"
        f"{', ...' if number > _NAMED else ''}): `duheng incident` lists who, and why.",
        f"另有 {number} 次由规则归类为{zh}故障，后由人员改判（{'，'.join(names)}{'等' if number > _NAMED else ''}）；"
        "由谁改判及原因见 duheng incident。",
    )


def _names(outages_told: Iterable[Incident], data: Mapping[str, Any]) -> Iterator[str]:
    return (local(each.starts_ms, data) for each in itertools.islice(outages_told, _NAMED))


def _gap_words(span_known: Availability) -> Words:
    if span_known.unknown_share <= UNKNOWN_ALLOWED:
        return Words()
    share = 100 * span_known.unknown_share
    return Words().then(
        f"{share:.2f} % of the time is unknown, more than 1 %: an outage may have gone unseen.",
        f"未知时间占 {share:.2f}%，超过 1%：可能有未被看到的停机。",
    )
