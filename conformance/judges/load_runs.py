"""What the judges of load share: which recorded runs tell anything, how near each came to the declared peak, the merge.

A run counts once it is complete, valid and of the open model; one that was stopped, and is otherwise valid, can violate
and nothing else. Of several that count, any that violates violates: it is superseded by running its profile again. What
breaks below the peak, or before its 30 minutes are over, is broken; what breaks above the declared peak says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from conformance.judges.hosts import Declarations, Tell, number, records, unsure
from conformance.judges.judgement import Evidence, WholeJudge
from conformance.judges.load_words import invalid_words
from conformance.judges.words import untold
from probes.clock import parse_rfc3339
from probes.observation import Observation
from reports.verdict import ACCEPTABLE, Conforms, Requirement, Text, Undetermined, Verdict, Violates

RUNS = "ledger.load"
HELD_S = 1800.0
"""The peak is held so long (the clause: 30 min)."""

REACHED = 0.99
"""A run reaches the peak at this share of it; beyond the peak by as much it is another load than the declared one."""

_HOUR_S = 3600.0
_STOPPED = "stopped"
"""The code (``profiles.validity``) of a run that did not go to its planned end."""


def whole(run: Mapping[str, Any]) -> bool:
    """Tell whether a run went to its end, with nothing that speaks against it."""
    return run.get("complete") is True and run.get("valid") is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recorded run (``load.run``), and the declared peak, shoppers a second (None: none is declared)."""

    data: Mapping[str, Any]
    peak_per_s: float | None

    @property
    def profile(self) -> str:
        """The name of its profile."""
        return str(self.data.get("profile"))

    @property
    def command(self) -> str:
        """How it is run again, with the backup that ran beside it."""
        backup = self.data.get("backup")
        beside = f" --backup {backup['backup']}" if isinstance(backup, Mapping) and backup.get("backup") else ""
        return f"duheng load {self.profile}{beside}"

    @property
    def ended_s(self) -> float:
        """When it ended, seconds since 1970."""
        return (number(self.data.get("ended_ms")) or 0.0) / 1000

    @property
    def lasted_s(self) -> float:
        """For how long it went on, in seconds; 0 where that is not told."""
        return max(0.0, self.ended_s - (number(self.data.get("started_ms")) or 0.0) / 1000)

    @property
    def counts(self) -> bool:
        """Whether it tells anything at all."""
        return self.data.get("model") == "open" and (whole(self.data) or self.cut_short)

    @property
    def cut_short(self) -> bool:
        """Whether it was stopped, and nothing else is wrong with it: what broke until then, broke."""
        codes = {str(each.get("code")) for each in records(self.data.get("invalid"))}
        return self.stopped != "" and codes <= {_STOPPED}

    @property
    def stopped(self) -> str:
        """Why it was stopped; empty where it was not."""
        told = self.data.get("stopped")
        if isinstance(told, Mapping):
            return str(told.get("detail") or told.get("why"))
        details = [each.get("detail") for each in records(self.data.get("invalid")) if each.get("code") == _STOPPED]
        return str(next(filter(None, details), told)) if told else ""

    @property
    def rate_per_s(self) -> float:
        """The highest rate that was planned; a valid run delivered it to within 1 %."""
        return number(self._of("planned").get("peak_rate_per_s")) or 0.0

    @property
    def held_s(self) -> float:
        """For how long that rate was held; a run that was stopped held it for no known time."""
        return 0.0 if self.stopped else number(self._of("planned").get("held_s")) or 0.0

    @property
    def beyond(self) -> bool:
        """Whether it pushed harder than the declared peak."""
        return self.peak_per_s is not None and self.rate_per_s * REACHED > self.peak_per_s

    @property
    def at_peak(self) -> bool:
        """Whether it held the declared peak, or more, for long enough."""
        return self.peak_per_s is not None and self.rate_per_s >= REACHED * self.peak_per_s and self.held_s >= HELD_S

    @property
    def failed_share(self) -> float | None:
        """Failed steps by all steps; None where there was no step."""
        return self._counted("failed") / self.steps if self.steps else None

    @property
    def steps(self) -> float:
        """How many steps shoppers took."""
        return self._counted("count")

    @property
    def hosts(self) -> Mapping[str, Mapping[str, Any]]:
        """What each host went through meanwhile, by name."""
        return {str(each.get("host")): each for each in records(self.data.get("hosts"))}

    def _counted(self, key: str) -> float:
        return sum(number(each.get(key)) or 0.0 for each in self._of("steps").values() if isinstance(each, Mapping))

    @property
    def acknowledged(self) -> float | None:
        """How many orders were acknowledged; None where it does not tell."""
        orders = self._of("business").get("orders")
        return number(orders.get("acknowledged")) if isinstance(orders, Mapping) else None

    def _of(self, key: str) -> Mapping[str, Any]:
        value = self.data.get(key)
        return value if isinstance(value, Mapping) else {}

    def en(self) -> str:
        """Return which run it was, in English."""
        ended = datetime.fromtimestamp(self.ended_s, UTC)
        stopped = f", stopped ({self.stopped})" if self.stopped else ""
        rate = f"{self.rate_per_s:g} shoppers/s, held {self.held_s / 60:.1f} min{stopped}"
        return f"Load run {self.profile}, ended {ended:%Y-%m-%d %H:%M} UTC, {rate}"

    def zh(self) -> str:
        """Return which run it was, in Chinese."""
        ended = datetime.fromtimestamp(self.ended_s, UTC)
        stopped = f"，中途停止（{self.stopped}）" if self.stopped else ""
        rate = f"每秒 {self.rate_per_s:g} 名顾客，保持 {self.held_s / 60:.1f} min{stopped}"
        return f"负载运行 {self.profile}，结束于 {ended:%Y-%m-%d %H:%M} UTC，{rate}"


RunJudge: TypeAlias = Callable[[Run, Declarations], Tell]
Told: TypeAlias = tuple[Run, Tell]


def every_run(judge_one: RunJudge) -> WholeJudge:
    """Return a judge over all recorded runs that count and are fresh."""

    def judged(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
        seen = evidence.of(RUNS)
        if not seen:
            return evidence.missing_of(RUNS)[0].verdict
        runs = _runs(seen[0], declarations)
        fresh = [run for run in runs if 0 <= _age_s(seen[0], run) <= requirement.age_limit_s]
        told = [(run, judge_one(run, declarations)) for run in fresh if run.counts]
        return _merged(seen[0], told) if told else _none_counts(requirement, seen[0], runs, fresh)

    return judged


def _runs(seen: Observation, declarations: Declarations) -> Sequence[Run]:
    peak = number((declarations.get("load") or {}).get("peak_rate_per_s"))
    found = [Run(data=each, peak_per_s=peak) for each in records(seen.data.get("runs"))]
    return sorted(found, key=lambda run: -run.ended_s)


def _age_s(seen: Observation, run: Run) -> float:
    """Return the age of a run at the recall, which says itself until when it read."""
    until = parse_rfc3339(str(seen.data.get("until") or seen.header.observed_at))
    return until.timestamp() - run.ended_s


def _none_counts(requirement: Requirement, seen: Observation, runs: Sequence[Run], fresh: Sequence[Run]) -> Verdict:
    if not runs:
        return untold(
            seen, "No load run is on record: run `duheng load peak`.", "没有负载运行的记录：请运行 duheng load peak。",
            cause="stale",
        )  # fmt: skip
    if not fresh:
        hours, limit = _age_s(seen, runs[0]) / _HOUR_S, requirement.age_limit_s / _HOUR_S
        return untold(
            seen,
            f"{runs[0].en()}: {hours:,.1f} h before the examination; its limit is {limit:.0f} h. Run it again.",
            f"{runs[0].zh()}：距检查 {hours:,.1f} h，超过时限 {limit:.0f} h；请重新运行。",
            cause="stale",
        )
    reasons = invalid_words(fresh[0].data)
    return untold(
        seen,
        f"{fresh[0].en()}: it tells nothing ({reasons.en}). Run it again.",
        f"{fresh[0].zh()}：该次运行不能说明问题（{reasons.zh}）；请重新运行。",
        cause="stale",
    )


def _merged(seen: Observation, told: Sequence[Told]) -> Verdict:
    wrongs = [each for each in told if each[1].word == "violates"]
    if wrongs:
        return Violates(
            reason=_said(wrongs),
            observations=(seen.id,),
            measured=_first(wrongs).measured,
            repeat=tuple(f"{run.command}: {tell.shows}" for run, tell in wrongs),
        )
    rights = [each for each in told if each[1].word == "conforms"]
    if rights:
        return Conforms(reason=_said(rights), observations=(seen.id,), measured=_first(rights).measured)
    nearest = max(told, key=lambda each: (each[0].at_peak, each[1].cause in ACCEPTABLE, each[0].ended_s))
    return Undetermined(
        reason=_said([nearest]), cause=nearest[1].cause, observations=(seen.id,), measured=nearest[1].measured
    )


def _first(told: Sequence[Told]) -> Tell:
    return next((tell for _, tell in told if tell.measured is not None), told[0][1])


def _said(told: Sequence[Told]) -> Text:
    return Text(
        en=" ".join(f"{run.en()}: {tell.en}." for run, tell in told),
        zh="".join(f"{run.zh()}：{tell.zh}。" for run, tell in told),
    )


def short_of_peak(run: Run) -> Tell | None:
    """Return why a run that shows nothing wrong shows nothing of the peak either; None where it does."""
    if run.peak_per_s is None:
        return undeclared(("load.peak_rate_per_s",))
    if run.at_peak and run.acknowledged is None:
        return unsure("it does not tell what became of the orders", "未说明订单的下落", cause="target")
    if run.at_peak and run.acknowledged:
        return None
    if run.at_peak:  # those who only look put another load on a platform than those who buy
        return unsure(
            "nobody ordered in it, and looking alone is not the load of a peak; take a mix in which shoppers order",
            "该次运行中没有下单，仅浏览不能代表峰值负载；请采用含下单的顾客构成",
            cause="stale",
        )
    return unsure(
        f"nothing is told of the declared peak ({run.peak_per_s:g} shoppers/s held for {HELD_S / 60:.0f} min); "
        "run `duheng load peak`",
        f"不能说明所声明的峰值（每秒 {run.peak_per_s:g} 名顾客，保持 {HELD_S / 60:.0f} min）；请运行 duheng load peak",
        cause="stale",
    )


def overdone(run: Run, en: str, zh: str) -> Tell:
    """Return what is told of a fault that showed under more than the declared peak."""
    return unsure(
        f"{en}; but that was more than the declared peak of {run.peak_per_s:g} shoppers/s, of which it says nothing",
        f"{zh}；但该负载超过所声明的峰值（每秒 {run.peak_per_s:g} 名顾客），不能据此判定",
        cause="stale",
    )


def undeclared(keys: Sequence[str]) -> Tell:
    """Return that keys of the target file are missing."""
    return unsure(
        f"the target file does not declare {', '.join(keys)}",
        f"目标文件未声明 {'、'.join(keys)}",
        cause="settings",
    )
