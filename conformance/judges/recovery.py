"""3.1.1.2 recovery times: the mean over the incidents of a class in the last 365 days, strictly below the bound.

Where no incident of the class stands, the drills of that kind are taken.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from conformance.judges.drill_means import Drilled, drilled
from conformance.judges.judgement import Evidence, WholeJudge
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
from reports.availability import HOUR_MS, YEAR_MS, Availability, Incident, Service, availability, by_rule
from reports.availability_words import span
from reports.verdict import Conforms, Measured, Requirement, Text, Undetermined, Verdict, Violates, Word

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


HISTORY = "ledger.history"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The watched record that a mean is told of: its reading, how it was watched, how much is known, its outages."""

    seen: Observation
    found: Service
    known: Availability
    told: Outages


def recovered(wanted: str) -> WholeJudge:
    """Return the judge of the recovery times of a class of incidents; without one, of the drills of that kind.

    A mean is certain only where it comes out on the same side however unclassified outages would be classed, and
    however long an outage went on while nothing was known. One that goes on counts with its length so far: it can
    violate, and never makes the mean smaller. Where nothing was watched drills may violate, and never conform: there
    may have been incidents.
    """
    named = Text(en=CLASSES[wanted][0], zh=CLASSES[wanted][1])

    def judge(requirement: Requirement, evidence: Evidence, _: Mapping[str, Any]) -> Verdict:
        by_drill = drilled(evidence, wanted, named, requirement.thresholds[0].value)
        record = evidence.of(HISTORY)
        if not record:
            return _unwatched(requirement, evidence.missing_of(HISTORY)[0].verdict, by_drill)
        found = watched(requirement, record[0], str(record[0].data["service"]))
        if isinstance(found, Undetermined):
            return _unwatched(requirement, found, by_drill)
        begin = max(found.starts_ms, found.ends_ms - YEAR_MS)
        known = availability(found.known, begin, found.ends_ms)
        told = outages(found, wanted, by_drill.spans_ms)
        of = _Record(seen=record[0], found=found, known=known, told=told)
        if told.over or told.going_on:
            return _told(wanted, requirement, of)
        return _by_drill(wanted, requirement, of, by_drill)

    return judge


def _unwatched(requirement: Requirement, untold: Undetermined, by_drill: Drilled) -> Verdict:
    """Return what drills tell where nobody knows of incidents: no more than that it is violated."""
    words = joined(Words().then(untold.reason.en, untold.reason.zh), by_drill.words)
    return _with_drills(requirement, "violates" if by_drill.word == "violates" else "undetermined", words, by_drill,
                        cause=untold.cause, observations=untold.observations)  # fmt: skip


def _by_drill(wanted: str, requirement: Requirement, of: _Record, by_drill: Drilled) -> Verdict:
    bound, told = requirement.thresholds[0], of.told
    possible = (*told.unclassified, *told.unclassified_going_on)
    word = by_drill.word
    if word == "conforms" and not (
        all(each.lasted_ms < bound.value * HOUR_MS for each in possible) and of.known.unknown_share <= UNKNOWN_ALLOWED
    ):
        word = "undetermined"
    if word == "violates" and any(each.down_ms < bound.value * HOUR_MS for each in possible):
        word = "undetermined"
    words = joined(
        _no_incident_words(wanted),
        by_drill.words,
        _unclassified_words(told, of.seen.data),
        _overruled_words(wanted, told, of.seen.data),
        _gap_words(of.known),
        how_watched(of.found, of.known),
    )
    cause: Cause = "settings" if possible else "stale" if by_drill.word == "conforms" else by_drill.cause
    return _with_drills(requirement, word, words, by_drill, cause=cause, observations=(of.seen.id,))


def _with_drills(
    requirement: Requirement,
    word: Word,
    words: Words,
    by_drill: Drilled,
    *,
    cause: Cause,
    observations: Sequence[str],
) -> Verdict:
    bound, mean_h = requirement.thresholds[0], by_drill.mean_h
    measured = None if mean_h is None else Measured(metric=bound.metric, value=round(mean_h, 4), unit=bound.unit)
    own = tuple(dict.fromkeys((*observations, *by_drill.observations)))
    match word:
        case "violates":
            return Violates(
                reason=words.text, observations=own, measured=measured, threshold=bound, repeat=by_drill.repeat
            )
        case "conforms":
            return Conforms(reason=words.text, observations=own, measured=measured, threshold=bound)
        case _:
            return Undetermined(reason=words.text, cause=cause, observations=own, measured=measured, threshold=bound)


def _no_incident_words(wanted: str) -> Words:
    en, zh = CLASSES[wanted]
    return Words().then(
        f"No outage of the last 365 days is classed as {en}; drills are taken instead.",
        f"最近 365 天没有归类为{zh}故障的停机，改由演练判定。",
    )


def outages(found: Service, wanted: str, on_purpose: Sequence[tuple[int, int]] = ()) -> Outages:
    """Return the outages of the last 365 days: those that were not over before.

    What fell down and came back while a drill ran is no incident, unless a person says that it is one.
    """
    recent = [
        each
        for each in found.incidents
        if (not each.over or each.ends_ms > found.ends_ms - YEAR_MS) and not _drilled(each, found.every_ms, on_purpose)
    ]
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


def _drilled(outage: Incident, every_ms: int, on_purpose: Sequence[tuple[int, int]]) -> bool:
    if not outage.over or (outage.word is not None and not by_rule(outage.word.by)):
        return False
    # A watch sees the end of an outage with its next probe.
    return any(begin <= outage.starts_ms and outage.ends_ms <= end + every_ms for begin, end in on_purpose)


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


def _told(wanted: str, requirement: Requirement, of: _Record) -> Verdict:
    bound, told = requirement.thresholds[0], of.told
    own = (*told.over, *told.going_on)
    mean_h = fmean(each.lasted_ms for each in own) / HOUR_MS
    measured = Measured(metric=bound.metric, value=round(mean_h, 4), unit=bound.unit)
    words = joined(
        _mean_words(wanted, told, mean_h, bound.value),
        _parts_words(own),
        _open_words(told),
        _unclassified_words(told, of.seen.data),
        _overruled_words(wanted, told, of.seen.data),
        _gap_words(of.known),
        how_watched(of.found, of.known),
    )
    kept = _kept(told, bound.value) and of.known.unknown_share <= UNKNOWN_ALLOWED
    return verdict(
        "violates" if _violated(told, bound.value) else "conforms" if kept else "undetermined",
        of.seen,
        words,
        measured=measured,
        threshold=bound,
        cause="settings" if told.unclassified or told.unclassified_going_on else "stale",
        repeat=outage_lines(own, of.seen.data),
    )


def _mean_words(wanted: str, told: Outages, mean_h: float, bound_h: float) -> Words:
    en, zh = CLASSES[wanted]
    number = len(told.over) + len(told.going_on)
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
