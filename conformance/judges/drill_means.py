"""3.1.1.2 recovery times by drills, where no incident of the class stands: the mean over the drills of that kind."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from conformance.judges.drill_run import Drill, Recovery
from conformance.judges.drill_runs import (
    DRILLS,
    Told,
    drills_in,
    fault_of_record,
    is_fresh,
    said,
    shown_by,
    speaking,
)
from conformance.judges.drill_times import length_words, not_yet, shortest, unknown_time
from conformance.judges.hosts import Tell, right, wrong
from conformance.judges.judgement import Evidence
from conformance.judges.records import Words
from probes.errors import Cause
from reports.availability_words import span
from reports.verdict import Text, Word

YEAR_S = 365 * 86_400.0
_HOUR_S = 3600.0
_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """What the drills of a kind tell of a mean recovery time: ``word`` on them alone, ``repeat`` where they violate.

    ``spans_ms``: when a fault of any drill was in, from its injection to the end of the run; of a run whose instants
    contradict each other nobody knows when that was.
    """

    word: Word
    words: Words
    cause: Cause
    mean_h: float | None
    observations: tuple[str, ...]
    repeat: tuple[str, ...] = ()
    spans_ms: tuple[tuple[int, int], ...] = ()


def drilled(evidence: Evidence, kind: str, named: Text, bound_h: float) -> Drilled:
    """Return what the drills of a kind in the last 365 days tell against a bound in hours."""
    seen = evidence.of(DRILLS)
    if not seen:
        gone = evidence.missing_of(DRILLS)[0].verdict
        return Drilled(
            word="undetermined",
            words=Words().then(gone.reason.en, gone.reason.zh),
            cause=gone.cause,
            mean_h=None,
            observations=gone.observations,
        )
    runs = drills_in(seen[0])
    spans_ms = tuple(
        (round(begin), round(each.ended_ms))
        for each in runs
        if (begin := each.at_ms("injected")) is not None and not each.contradicts
    )
    own = [each for each in runs if each.kind == kind and each.injected]
    fresh = [each for each in own if is_fresh(seen[0], each, YEAR_S)]
    if not fresh:
        words = Words().then(
            f"No {named.en} drill of the last 365 days is on record either: declare one in [[drills]], and run "
            "`duheng drill`.",
            f"最近 365 天也没有{named.zh}演练的记录：请在 [[drills]] 中声明，并运行 duheng drill。",
        )
        return Drilled(
            word="undetermined", words=words, cause="stale", mean_h=None, observations=(seen[0].id,), spans_ms=spans_ms
        )
    told = _told(seen[0].id, [(each, _one(each, bound_h)) for each in fresh], named, bound_h)
    return dataclasses.replace(told, spans_ms=spans_ms)


def _one(drill: Drill, bound_h: float) -> Tell:
    """Tell of one drill whether its time counts, and whether it kept its own limit; the mean is not told here."""
    limit_s = shortest(drill, bound_h * _HOUR_S)
    lacking = fault_of_record(drill)
    took = drill.recovery()
    if lacking is not None:
        return lacking
    if took is None:
        return unknown_time()
    if limit_s < bound_h * _HOUR_S and took.seconds >= limit_s:
        told = length_words(took, limit_s)
        return wrong(f"{told.en} (its own limit)", f"{told.zh}（其自身限值）", shows=told.en)
    length = span(round(took.seconds * _MS))
    return not_yet(drill, took) or right(f"back after {length.en}", f"经 {length.zh}恢复")


def _told(own_id: str, told: Sequence[Told], named: Text, bound_h: float) -> Drilled:
    times = [(each, took) for each, tell in told if (took := _counted(each, tell)) is not None]
    hours = [took.seconds / _HOUR_S for _, took in times if took.whole]
    at_least = [took.seconds / _HOUR_S for _, took in times]
    spoken = speaking(told)
    wrongs = [each for each in spoken if each[1].word == "violates"]
    over = bool(at_least) and fmean(at_least) >= bound_h
    doubts = [each for each in spoken if each[1].word == "undetermined"]
    word: Word = "violates" if wrongs or over else "undetermined" if doubts or not hours else "conforms"
    mean_h = fmean(hours) if hours else None
    words = _mean_words(len(hours), mean_h, named, bound_h) if mean_h is not None else Words()
    if over and not hours:
        words = words.then(
            f"What did not come back would be {fmean(at_least):.2f} h at the least, against less than {bound_h:g} h.",
            f"未恢复的演练平均至少 {fmean(at_least):.2f} h，限值为小于 {bound_h:g} h。",
        )
    shown = said(wrongs or doubts or spoken, *([shown_by(_streak(hours, bound_h))] if word == "conforms" else []))
    return Drilled(
        word=word,
        words=words.then(shown.en, shown.zh),
        cause=doubts[0][1].cause if doubts else "stale",
        mean_h=mean_h,
        observations=(own_id,),
        repeat=_lines(wrongs, times),
    )


def _counted(drill: Drill, tell: Tell) -> Recovery | None:
    """Return the time of a drill; None of one that lacks what makes it one, or was not steady after it."""
    took = None if fault_of_record(drill) is not None else drill.recovery()
    return None if took is None or (took.whole and tell.word == "undetermined") else took


def _lines(wrongs: Sequence[Told], times: Sequence[tuple[Drill, Recovery]]) -> tuple[str, ...]:
    if wrongs:
        return tuple(f"duheng drill {drill.name}: {tell.shows}" for drill, tell in wrongs)
    return tuple(f"duheng drill {drill.name}: {took.seconds / _HOUR_S:.2f} h" for drill, took in times)


def _streak(hours: Sequence[float], bound_h: float) -> int:
    """Return how many drills, from the newest back, stayed below the bound one after the other."""
    return next((number for number, each in enumerate(hours) if each >= bound_h), len(hours))


def _mean_words(count: int, mean_h: float, named: Text, bound_h: float) -> Words:
    length = span(round(mean_h * _HOUR_S * _MS))
    return Words().then(
        f"{count} {named.en} drill{'' if count == 1 else 's'} in the last 365 days, {length.en} on average from the "
        f"injected fault to the first good journey, against less than {bound_h:g} h.",
        f"最近 365 天有 {count} 次{named.zh}演练，从注入故障到首次成功平均 {length.zh}，限值为小于 {bound_h:g} h。",
    )
