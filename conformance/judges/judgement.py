"""How a requirement is judged: one pure function per kind of observation, merged by the lattice of verdicts.

Or, where only several observations together tell it (decision 12), one pure function over all of them.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias, assert_never

from probes.clock import parse_rfc3339
from probes.errors import Cause
from probes.observation import Observation, Reading, Unobserved
from reports.verdict import NotApplicable, Requirement, Text, Undetermined, Verdict, Violates, merge_all

PartJudge: TypeAlias = Callable[[Requirement, Observation, Mapping[str, Any]], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A subject of a needed kind that cannot be judged by, and the verdict that says why; no subject: none at all."""

    kind: str
    subject: str
    verdict: Undetermined


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was gathered for one requirement: what is fresh, and what is missing, in the order of the readings."""

    seen: tuple[Observation, ...]
    missing: tuple[Missing, ...]

    def of(self, kind: str) -> tuple[Observation, ...]:
        """Return the fresh observations of a kind."""
        return tuple(each for each in self.seen if each.header.kind == kind)

    def missing_of(self, kind: str) -> tuple[Missing, ...]:
        """Return what is missing of a kind."""
        return tuple(each for each in self.missing if each.kind == kind)


WholeJudge: TypeAlias = Callable[[Requirement, Evidence, Mapping[str, Any]], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A row of the table: which observations the requirement needs, and the judge of each.

    ``declares`` names the keys that the target file must hold for the clause to be told. ``whole`` judges what the
    kinds of ``together`` tell only beside each other; it is handed what is missing too, and must not turn it green.
    """

    parts: Mapping[str, PartJudge] = field(default_factory=lambda: MappingProxyType({}))
    declares: tuple[str, ...] = field(default=())
    whole: WholeJudge | None = None
    together: tuple[str, ...] = field(default=())

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of observations that the plan has to gather."""
        return tuple(dict.fromkeys((*self.parts, *self.together)))


NOT_BUILT = Undetermined(
    reason=Text(zh="本工具尚未提供该条款的判定。", en="No judge has been built for this clause yet."), cause="not-built"
)

_CAUSES: Mapping[Cause, Text] = MappingProxyType(
    {
        "target": Text(zh="未能观察到平台", en="The platform could not be observed"),
        "network": Text(zh="本机网络不通", en="Our own network has no way out"),
        "permission": Text(zh="本次运行的许可范围不允许该观察", en="The bounds of this run forbid the look"),
        "settings": Text(zh="目标文件或环境缺少所需设置", en="The target file, or the environment, lacks a setting"),
        "document": Text(zh="缺少所需文件", en="A document is missing"),
        "attestation": Text(zh="缺少所需签字声明", en="A signed statement is missing"),
        "stale": Text(zh="证据已过期", en="The evidence is too old"),
        "not-built": Text(zh="尚未提供该观察", en="The look has not been built yet"),
    }
)


def judge(
    requirement: Requirement,
    judgement: Judgement | None,
    readings: Sequence[Reading],
    declarations: Mapping[str, Any],
    examined_at: datetime,
) -> Verdict:
    """Return the verdict on one requirement. Pure: no clock, no I/O, no platform.

    ``readings`` may hold more than is needed; only the kinds of ``judgement.needs`` are taken. A needed kind without
    any reading, an ``Unobserved``, and evidence older than the requirement's age limit at ``examined_at`` (or dated
    after it) are undetermined, each with its cause. ``declarations`` is the target file as written, without secrets.
    """
    declared = declarations.get("not_applicable", {}).get(requirement.id)
    if declared is not None:
        reason = declared["reason"]
        return NotApplicable(reason=Text(zh=f"目标文件声明不适用：{reason}", en=f"Declared not applicable: {reason}"))
    if judgement is None:
        return NOT_BUILT
    parts = tuple(_parts(requirement, judgement, readings, declarations, examined_at))
    if judgement.whole is None:
        return together(parts)
    evidence = _evidence(requirement, judgement.together, readings, examined_at)
    return together((*parts, judgement.whole(requirement, evidence, declarations)))


def together(parts: tuple[Verdict, ...]) -> Verdict:
    """Merge the parts; what conforms, or violates, in several of them is told whole, not by the first part alone."""
    merged = merge_all(parts)
    alike = [part for part in parts if type(part) is type(merged)]
    if isinstance(merged, Undetermined) or len(alike) < 2:  # noqa: PLR2004 - nothing to put together
        return merged
    zh = "".join(dict.fromkeys(part.reason.zh for part in alike))
    en = " ".join(dict.fromkeys(part.reason.en for part in alike))
    told = dataclasses.replace(merged, reason=Text(zh=zh, en=en))
    if isinstance(told, Violates):
        lines = dict.fromkeys(line for part in alike if isinstance(part, Violates) for line in part.repeat)
        return dataclasses.replace(told, repeat=tuple(lines))
    return told


def _parts(
    requirement: Requirement,
    judgement: Judgement,
    readings: Sequence[Reading],
    declarations: Mapping[str, Any],
    examined_at: datetime,
) -> Iterable[Verdict]:
    for kind, part in judgement.parts.items():
        taken = [reading for reading in readings if reading.header.kind == kind]
        if not taken:
            yield _none(kind)
        for reading in taken:
            lacking = _lacking(requirement, reading, examined_at)
            if isinstance(reading, Observation) and lacking is None:
                yield part(requirement, reading, declarations)
            elif lacking is not None:
                yield lacking


def _evidence(
    requirement: Requirement, kinds: Sequence[str], readings: Sequence[Reading], examined_at: datetime
) -> Evidence:
    seen: list[Observation] = []
    missing: list[Missing] = []
    for kind in kinds:
        taken = [reading for reading in readings if reading.header.kind == kind]
        if not taken:
            missing.append(Missing(kind=kind, subject="", verdict=_none(kind)))
        for reading in taken:
            lacking = _lacking(requirement, reading, examined_at)
            if lacking is not None:
                missing.append(Missing(kind=kind, subject=reading.header.subject, verdict=lacking))
            elif isinstance(reading, Observation):
                seen.append(reading)
    return Evidence(seen=tuple(seen), missing=tuple(missing))


def _none(kind: str) -> Undetermined:
    return Undetermined(
        reason=Text(zh=f"没有取得所需的观察（{kind}）。", en=f"The needed observation ({kind}) was not gathered."),
        cause="settings",
    )


def _lacking(requirement: Requirement, reading: Reading, examined_at: datetime) -> Undetermined | None:
    """Return why a reading cannot be judged by; None where it can."""
    match reading:
        case Unobserved():
            why = _CAUSES[reading.cause]
            place = f"{reading.header.kind}, {reading.header.subject}"
            return Undetermined(
                reason=Text(zh=f"{why.zh}（{place}）：{reading.detail}", en=f"{why.en} ({place}): {reading.detail}"),
                cause=reading.cause,
                observations=(reading.id,),
            )
        case Observation():
            age = examined_at - parse_rfc3339(reading.header.observed_at)
            if age > timedelta(seconds=requirement.age_limit_s) or age < timedelta(0):
                return _stale(requirement, reading, age)
            return None
        case _:
            assert_never(reading)


def _stale(requirement: Requirement, reading: Observation, age: timedelta) -> Undetermined:
    hours, limit = age.total_seconds() / 3600, requirement.age_limit_s / 3600
    if hours < 0:
        reason = Text(zh="证据的时间晚于本次检查时刻。", en="The evidence is dated after the examination.")
    else:
        reason = Text(
            zh=f"证据已有 {hours:.1f} 小时，超过时限 {limit:.0f} 小时。",
            en=f"The evidence is {hours:.1f} h old; its limit is {limit:.0f} h.",
        )
    return Undetermined(reason=reason, cause="stale", observations=(reading.id,))
