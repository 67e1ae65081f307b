"""3.1.2.4 the network's border: a marked scan and login flood seen, alarmed of and blocked; an attack set kept out.

``attack``: ``{"sent", "of", "reached": [id] | null, "kept_out", "seen": {"inspect" | "monitor" | "alarm" | "block":
{"at_ms", "where"} | null} | null}``. A trace that is null was looked for, and not found; one that is not there was not
looked for. ``reached`` is null where nobody looked whether the marks came through; ``of``: how many the set has.
``kept_out``: whether the attacker was kept out, as the attacker saw it, null where nobody tried; a block that lets it
go on is none, whatever a log says.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from conformance.judges.drill_run import Drill, names
from conformance.judges.drill_runs import DrillJudge, after_it
from conformance.judges.hosts import Tell, number, right, unsure, wrong
from reports.availability_words import span
from reports.verdict import Measured, Requirement, Text

REAL_TIME_S = 300.0
"""What real time is taken for (the clause's own example: within 5 min)."""

SEEN: Mapping[str, Text] = MappingProxyType(
    {
        "inspect": Text(en="inspected", zh="检查"),
        "monitor": Text(en="monitored", zh="监控"),
        "alarm": Text(en="raised an alarm", zh="报警"),
        "block": Text(en="blocked", zh="阻断"),
    }
)
_MS = 1000
_SHOWN = 10
_NOT_ASKED = object()


def attacks(drill: Drill) -> bool:
    """Tell whether a drill attacked."""
    return drill.kind == "attack"


def asks(name: str) -> Callable[[Drill], bool]:
    """Return whether a drill attacked, and looked for one of the four; or was kept out, which is a block."""

    def about(drill: Drill) -> bool:
        told = drill.of("attack").get("seen")
        blocked = name == "block" and drill.of("attack").get("kept_out") is True
        return attacks(drill) and isinstance(told, Mapping) and (blocked or name in told)

    return about


def replays_the_set(drill: Drill) -> bool:
    """Tell whether a drill attacked, and tells which of its marks reached their target."""
    return attacks(drill) and isinstance(drill.of("attack").get("reached"), list | tuple)


def sends_the_set(drill: Drill) -> bool:
    """Tell whether a drill sent attacks of a set, whatever came of them."""
    return attacks(drill) and "of" in drill.of("attack")


def noticed(name: str) -> DrillJudge:
    """Return the judge of one of the four: a trace of the marked attack within five minutes of its beginning."""
    of = SEEN[name]

    def judge(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
        attack, begin = drill.of("attack"), drill.at_ms("injected")
        if not number(attack.get("sent")):
            return _nothing_sent()
        trace = attack["seen"].get(name)
        if name == "block" and (contradicted := _as_the_attacker_saw_it(attack, trace)) is not None:
            return contradicted
        if trace is None:
            told = f"the marked attack left no trace of being {of.en}" if name != "alarm" else "no alarm was raised"
            return wrong(told, f"带标记的攻击没有留下{of.zh}的记录", shows=told)
        at = number(trace.get("at_ms")) if isinstance(trace, Mapping) else None
        if at is None or begin is None or at < begin:
            return unsure(
                f"its trace of being {of.en} has no time after the attack began",
                f"{of.zh}的记录没有攻击开始之后的时刻",
                cause="target",
            )
        return _in_time(drill, name, (at - begin) / _MS, str(trace.get("where") or ""))

    return judge


def _as_the_attacker_saw_it(attack: Mapping[str, Any], trace: object) -> Tell | None:
    """Return what a block comes to where its trace and the attacker contradict one another; None where they do not."""
    kept_out = attack.get("kept_out", _NOT_ASKED)
    if trace is not None and kept_out is None:
        return unsure(
            "a block is on record, and nobody tried whether it keeps the attacker out; run it again, to its end",
            "有阻断记录，但没有验证攻击来源是否确被阻断；请完整地重新演练",
            cause="stale",
        )
    if trace is not None and kept_out is False:
        told = "a block is on record, and the attacker was not kept out"
        return wrong(told, "有阻断记录，但攻击来源并未被阻断", shows=told)
    if trace is None and kept_out is True:
        return unsure(
            "the attacker was kept out in the end, and no trace of a block tells when",
            "攻击来源最终被阻断，但没有阻断记录说明时刻",
            cause="target",
        )
    return None


def _in_time(drill: Drill, name: str, after_s: float, where: str) -> Tell:
    of, length, limit = SEEN[name], span(round(after_s * _MS)), span(round(REAL_TIME_S * _MS))
    measured = Measured(metric=f"attack_{name}_after", value=round(after_s, 3), unit="s")
    en = f"{of.en} {length.en} after the marked attack began{f' ({where})' if where else ''}"
    zh = f"带标记的攻击开始后 {length.zh}有{of.zh}记录{f'（{where}）' if where else ''}"
    if after_s > REAL_TIME_S:
        return wrong(f"{en}, not within {limit.en}", f"{zh}，超过 {limit.zh}", shows=en, measured=measured)
    return after_it(drill) or right(en, zh, measured=measured)


def _nothing_sent() -> Tell:
    return unsure("nothing was sent", "没有发出任何攻击", cause="target")


def kept_out(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
    """Judge a replayed attack set: none of it may reach its target. Who is kept out for good need not send the rest."""
    attack = drill.of("attack")
    sent, reached = number(attack.get("sent")), names(attack.get("reached"))
    if not sent or len(reached) > sent:
        return _nothing_sent() if not sent else unsure(
            "more marks reached their target than were sent", "到达目标的标记多于发出的标记", cause="target"
        )  # fmt: skip
    measured = Measured(metric="attacks_through", value=len(reached))
    en, zh = (
        f"{len(reached)} of {sent:g} marked attacks reached the target",
        f"{sent:g} 次带标记的攻击中 {len(reached)} 次到达目标",
    )
    if reached:
        which = ", ".join(reached[:_SHOWN])
        return wrong(
            f"{en} ({which})", f"{zh}（{which.replace(', ', '、')}）", shows=f"{en}: {which}", measured=measured
        )
    of = number(attack.get("of"))
    if of is None or (sent < of and attack.get("kept_out") is not True):
        return _not_all_sent(sent, of)
    if sent < of:
        en = f"{en}; of the {of:g} of the set no more were sent, since nobody answered any more"
        zh = f"{zh}；攻击集共 {of:g} 次，因不再有任何应答，其余未发出"
    return after_it(drill) or right(en, zh, measured=measured)


def _not_all_sent(sent: float, of: float | None) -> Tell:
    if of is None:
        return unsure("it does not tell how many attacks the set has", "未说明攻击集共有多少次攻击", cause="stale")
    return unsure(
        f"only {sent:g} of the {of:g} attacks of the set were sent: it ended early; run it again",
        f"攻击集共 {of:g} 次，仅发出 {sent:g} 次即提前结束；请重新演练",
        cause="stale",
    )
