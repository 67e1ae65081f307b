"""What the judges of drills share: which recorded runs bear on a clause, which of them speaks for its drill, the merge.

Of a drill the newest run speaks that put its fault in. A violation stands until a newer run of the same drill that
tells something; a newer one that tells nothing leaves the clause untold, and never hides behind an older success. What
a run bears on is seen by what it tells; one that tells nothing of a clause bears on it where an older one of it does.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from conformance.judges.drill_run import Drill, joined
from conformance.judges.hosts import Tell, records, unsure
from conformance.judges.judgement import Evidence, WholeJudge
from conformance.judges.words import untold
from probes.clock import parse_rfc3339
from probes.observation import Observation
from reports.verdict import (
    ACCEPTABLE,
    Conforms,
    Measured,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
)

DRILLS = "ledger.drills"
SHARE = 0.9
"""Of n drills without a failure: what they show of this share of all such faults (design section 7)."""

_DAY_S = 86_400.0
_SHOWN = 5

DrillJudge: TypeAlias = Callable[[Requirement, Drill], Tell]
About: TypeAlias = Callable[[Drill], bool]
Untried: TypeAlias = Callable[[Sequence[Drill]], Tell | None]
Told: TypeAlias = tuple[Drill, Tell]
Less: TypeAlias = Callable[[Requirement, Drill, Drill], bool]
"""Whether a newer run that conforms tells less than an older one had found wrong."""


def every_drill(
    judge_one: DrillJudge,
    *,
    about: About,
    what: Text,
    counted: bool = False,
    untried: Untried | None = None,
    supersedes: About | None = None,
    could: About | None = None,
    tells_less: Less | None = None,
) -> WholeJudge:
    """Return a judge over the drills that bear on a clause; ``what`` names them.

    ``supersedes``: runs that say nothing of the clause, and yet stand in the place of an older one of the same drill.
    ``could``: runs that might have told of it, had their host told what it saw.
    ``tells_less``: a newer run that conforms does not stand in the place of an older one, where it does not tell of all
    that this had found wrong.
    ``counted``: where all conform, it is told what so many drills show. ``untried`` says what those that conform, all
    together, have not tried.
    """

    def judged(requirement: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:  # noqa: ARG001
        seen = evidence.of(DRILLS)
        if not seen:
            return evidence.missing_of(DRILLS)[0].verdict
        runs = drills_in(seen[0])
        stand_in = supersedes or _nothing
        mute = _mute(runs, about, stand_in)
        own = [drill for drill in runs if about(drill) or stand_in(drill) or drill in mute]
        fresh = [drill for drill in own if is_fresh(seen[0], drill, requirement.age_limit_s)]
        put_in = [drill for drill in fresh if drill.injected]
        told = [
            (drill, _one(_says_nothing(what) if drill in mute else judge_one, requirement, drill)) for drill in put_in
        ]
        less = None if tells_less is None else partial(tells_less, requirement)
        spoken = [each for each in speaking(told, less) if about(each[0]) or each[0] in mute]
        if not spoken:
            superseded = any(about(drill) for drill in put_in)
            bearing = [] if superseded else [drill for drill in own if about(drill)]
            if not bearing and (hosts := _untold_by_hosts(requirement, seen[0], runs, could or _nothing, what)):
                return merged(seen[0], hosts)
            return _none(requirement, seen[0], bearing, [drill for drill in fresh if about(drill)], what)
        bound = requirement.thresholds[0] if requirement.thresholds else None
        verdict = merged(seen[0], spoken, bound, more=shown_by(_streak(told)) if counted else None)
        lacking = untried([drill for drill, _ in spoken]) if untried and isinstance(verdict, Conforms) else None
        if lacking is None:
            return verdict
        whose = next((drill for drill, _ in spoken if drill.host_failed is not None), spoken[0][0])
        return merged(seen[0], [(whose, _with_the_reason(whose, lacking))], bound)

    return judged


def drills_in(seen: Observation) -> tuple[Drill, ...]:
    """Return every recorded run, the newest first."""
    found = [Drill(data=each) for each in records(seen.data.get("runs"))]
    return tuple(sorted(found, key=lambda drill: -drill.ended_s))


def is_fresh(seen: Observation, drill: Drill, limit_s: float) -> bool:
    """Tell whether a run ended within so many seconds before the recall, and not after it."""
    return 0 <= age_s(seen, drill) <= limit_s


def age_s(seen: Observation, drill: Drill) -> float:
    """Return the age of a run at the recall, which says itself until when it read."""
    until = parse_rfc3339(str(seen.data.get("until") or seen.header.observed_at))
    return until.timestamp() - drill.ended_s


def _nothing(drill: Drill) -> bool:  # noqa: ARG001 - about no drill at all
    return False


def _mute(runs: Sequence[Drill], about: About, stand_in: About) -> Sequence[Drill]:
    """Return the runs that tell nothing of a clause of which the last one that told of anything like it does.

    One whose fault is another by now is another drill, though it bears the name.
    """
    found: list[Drill] = []
    for newer, drill in enumerate(runs):
        if not drill.injected or about(drill) or stand_in(drill):
            continue
        older = (each for each in runs[newer + 1 :] if each.name == drill.name and (about(each) or stand_in(each)))
        last = next(older, None)
        if last is not None and about(last) and last.data.get("fault") == drill.data.get("fault"):
            found.append(drill)
    return found


def _says_nothing(what: Text) -> DrillJudge:
    def judge(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
        return unsure(
            f"it did not tell this; run it again, as a {what.en}",
            f"该次演练未说明此项；请重新进行{what.zh}",
            cause="stale",
        )

    return judge


def _untold_by_hosts(
    requirement: Requirement, seen: Observation, runs: Sequence[Drill], could: About, what: Text
) -> Sequence[Told]:
    """Return the newest run of each drill that might have told of a clause, had its host told what it saw."""
    able = [run for run in runs if run.injected and could(run) and is_fresh(seen, run, requirement.age_limit_s)]
    newest = {run.name: run for run in reversed(able)}.values()
    return [(run, _one(_says_nothing(what), requirement, run)) for run in newest if run.host_failed is not None]


def _one(judge_one: DrillJudge, requirement: Requirement, drill: Drill) -> Tell:
    return fault_of_record(drill) or _with_the_reason(drill, judge_one(requirement, drill))


def _with_the_reason(drill: Drill, tell: Tell) -> Tell:
    """Return what a run tells, with why its host did not tell more, where that left something open."""
    why = drill.host_failed
    if why is None or tell.word != "undetermined":
        return tell
    return dataclasses.replace(
        tell,
        en=f"{tell.en} (its host did not tell what it saw: {why})",
        zh=f"{tell.zh}（主机未能说明所见：{why}）",
        cause="target",
    )


def fault_of_record(drill: Drill) -> Tell | None:
    """Return why a run tells nothing, neither good nor bad; None where it tells something."""
    why = drill.lacks()
    if why:
        told = joined(why)
        return unsure(
            f"it tells nothing ({told.en}); run it again",
            f"该次演练不能说明问题（{told.zh}）；请重新演练",
            cause="stale",
        )
    if drill.contradicts:
        return unsure(
            "its recovery time is not the time between its own instants (was a clock set meanwhile?)",
            "记录的恢复时间与其自身时刻不符（其间是否调整过时钟？）",
            cause="target",
        )
    return None


def after_it(drill: Drill) -> Tell | None:
    """Return why a run that shows nothing wrong shows nothing right either; None where it does."""
    if drill.healed is False:
        return unsure(
            "its fault is not proven to be gone again; see what it left behind",
            "未证明其故障已撤除；请查看遗留事项",
            cause="target",
        )
    if not drill.steady("after"):
        return unsure("the platform was not steady after it", "演练后平台状态不稳定", cause="target")
    return None


def speaking(told: Sequence[Told], tells_less: Callable[[Drill, Drill], bool] | None = None) -> tuple[Told, ...]:
    """Return what speaks for each drill, of runs the newest first: its newest, or a violation that nothing superseded.

    A run that tells nothing supersedes nothing, and one that conforms only what it tells of (``tells_less``).
    """
    chosen: list[Told] = []
    for name in dict.fromkeys(drill.name for drill, _ in told):
        own = [each for each in told if each[0].name == name]
        standing = (
            each
            for at, each in enumerate(own)
            if each[1].word == "violates" and not _superseded(each[0], own[:at], tells_less)
        )
        chosen.append(next(standing, own[0]))
    return tuple(chosen)


def _superseded(older: Drill, newer: Sequence[Told], tells_less: Callable[[Drill, Drill], bool] | None) -> bool:
    good = (drill for drill, tell in newer if tell.word == "conforms")
    return any(tells_less is None or not tells_less(drill, older) for drill in good)


def _streak(told: Sequence[Told]) -> int:
    """Return how many runs, from the newest back, conform one after the other; untold ones are left out."""
    count = 0
    for _, tell in told:
        if tell.word == "violates":
            break
        count += tell.word == "conforms"
    return count


def shown_by(count: int) -> Text:
    """Return what so many drills without a failure show: the 90th percentile with confidence 1 - 0.9 ** n."""
    percent = math.floor(100 * (1 - SHARE**count))
    return Text(
        en=f"{count} drill{'' if count == 1 else 's'} in a row within the limit: that shows 90 % of all recoveries "
        f"within it with a confidence of {percent} % (22 drills would show it with 90 %)",
        zh=f"连续 {count} 次演练在限值内，据此 90% 的恢复在限值内的置信度为 {percent}%（22 次可达 90%）",
    )


def merged(
    seen: Observation, told: Sequence[Told], bound: Threshold | None = None, more: Text | None = None
) -> Verdict:
    """Merge what drills tell: one wrong violates; one unsure leaves it untold; else all are right."""
    for word in ("violates", "undetermined", "conforms"):
        own = [each for each in told if each[1].word == word]
        if own:
            break
    measured = next((tell.measured for _, tell in own if tell.measured is not None), None)
    if word == "violates":
        lines = tuple(f"duheng drill {drill.name}: {tell.shows}" for drill, tell in own)
        return Violates(reason=said(own), observations=(seen.id,), measured=measured, threshold=bound, repeat=lines)
    if word == "undetermined":
        return _untold(seen, own, measured, bound)
    reason = said(own) if more is None else said(own, more)
    return Conforms(reason=reason, observations=(seen.id,), measured=measured, threshold=bound)


def _untold(seen: Observation, own: Sequence[Told], measured: Measured | None, bound: Threshold | None) -> Undetermined:
    cause = next((tell.cause for _, tell in own if tell.cause not in ACCEPTABLE), own[0][1].cause)
    return Undetermined(reason=said(own), cause=cause, observations=(seen.id,), measured=measured, threshold=bound)


def said(told: Sequence[Told], *further: Text) -> Text:
    """Return a sentence a drill, and further ones."""
    texts = [(drill.text(), tell) for drill, tell in told[:_SHOWN]]
    en = [*(f"{of.en}: {tell.en}." for of, tell in texts), *(f"{each.en}." for each in further)]
    zh = [*(f"{of.zh}：{tell.zh}。" for of, tell in texts), *(f"{each.zh}。" for each in further)]
    rest = len(told) - _SHOWN
    if rest > 0:
        en.append(f"And {rest} more drills.")
        zh.append(f"另有 {rest} 项演练。")
    return Text(en=" ".join(en), zh="".join(zh))


def _none(
    requirement: Requirement, seen: Observation, own: Sequence[Drill], fresh: Iterable[Drill], what: Text
) -> Undetermined:
    if not own:
        return untold(
            seen,
            f"No {what.en} is on record: declare one in [[drills]], and run `duheng drill`.",
            f"没有{what.zh}的记录：请在 [[drills]] 中声明，并运行 duheng drill。",
            cause="stale",
        )
    told, newest = own[0].text(), next(iter(fresh), None)
    if newest is None:
        days, limit = age_s(seen, own[0]) / _DAY_S, requirement.age_limit_s / _DAY_S
        if days < 0:
            return untold(seen, f"{told.en}: after the examination.", f"{told.zh}：晚于本次检查时刻。", cause="stale")
        return untold(
            seen,
            f"{told.en}: {days:,.1f} days before the examination; its limit is {limit:.0f} days. Run it again.",
            f"{told.zh}：距检查 {days:,.1f} 天，超过时限 {limit:.0f} 天；请重新演练。",
            cause="stale",
        )
    told = newest.text()
    return untold(
        seen,
        f"{told.en}: its fault was never put in. Run it again.",
        f"{told.zh}：故障从未注入；请重新演练。",
        cause="stale",
    )
