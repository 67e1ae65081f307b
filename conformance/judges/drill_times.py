"""3.1.1.4.1 recovery times of general and severe disasters: from the injected fault to the first good journey."""

from conformance.judges.drill_run import Drill, Recovery
from conformance.judges.drill_runs import after_it
from conformance.judges.hosts import Tell, right, unsure, wrong
from reports.availability_words import span
from reports.verdict import Measured, Requirement, Text

_HOUR_S = 3600.0
_PER_UNIT_S = {"h": _HOUR_S, "min": 60.0, "s": 1.0}
_MS = 1000


def within_limit(requirement: Requirement, drill: Drill) -> Tell:
    """Judge the recovery of one drill by the clause's bound, and by its own where that is stricter.

    Bounds are strict. What had not come back by some instant took longer: that can violate, and never conforms.
    """
    bound = requirement.thresholds[0]
    scale, took = _PER_UNIT_S[bound.unit], drill.recovery()
    if took is None:
        return unknown_time()
    measured = Measured(metric=bound.metric, value=round(took.seconds / scale, 4), unit=bound.unit)
    limit_s = shortest(drill, bound.value * scale)
    if took.seconds >= limit_s:
        told = length_words(took, limit_s)
        return wrong(told.en, told.zh, shows=told.en, measured=measured)
    return not_yet(drill, took) or _right(drill, took, limit_s, measured)


def shortest(drill: Drill, bound_s: float) -> float:
    """Return the stricter of the clause's bound and the drill's own, in seconds."""
    return bound_s if drill.limit_s is None else min(bound_s, drill.limit_s)


def unknown_time() -> Tell:
    """Return that nothing tells how long it took."""
    return unsure(
        "its recovery time is not known: no journey failed and nothing tells when what was hit was back, or the host "
        "healed itself",
        "恢复时间未知：没有流程失败且无从得知受损部分何时恢复，或由主机自行撤除了故障",
        cause="target",
    )


def not_yet(drill: Drill, took: Recovery) -> Tell | None:
    """Return why a time below the bound is none to stand on; None where it is."""
    if not took.whole:
        told = so_far(took)
        if drill.healed is False and drill.at_ms("first_good") is None:
            return wrong(
                f"the platform did not come back, and the fault could not be taken out either ({told.en})",
                f"平台未恢复，故障也未能撤除（{told.zh}）",
                shows=told.en,
            )
        return unsure(
            f"it tells no recovery time: {told.en}; {took.wants.en}",
            f"未得出恢复时间：{told.zh}；{took.wants.zh}",
            cause="target",
        )
    return after_it(drill)


def so_far(took: Recovery) -> Text:
    """Return ``5 min passed, and no journey had come about by then``."""
    length, why = span(round(took.seconds * _MS)), took.why or Text(en="", zh="")
    return Text(en=f"{length.en} passed, and {why.en}", zh=f"已过 {length.zh}，{why.zh}")


def length_words(took: Recovery, limit_s: float) -> Text:
    """Return how long a recovery took against its limit, which it did not keep."""
    limit = span(round(limit_s * _MS))
    if not took.whole:
        told = so_far(took)
        return Text(en=f"{told.en}: not less than {limit.en}", zh=f"{told.zh}：未能在 {limit.zh} 之内恢复")
    length = span(round(took.seconds * _MS))
    return Text(
        en=f"back after {length.en}, against less than {limit.en}", zh=f"经 {length.zh}恢复，限值为小于 {limit.zh}"
    )


def _right(drill: Drill, took: Recovery, limit_s: float, measured: Measured) -> Tell:
    length, limit, parts = span(round(took.seconds * _MS)), span(round(limit_s * _MS)), parts_of(drill)
    return right(
        f"back after {length.en}, against less than {limit.en}{f' ({parts.en})' if parts.en else ''}",
        f"经 {length.zh}恢复，限值为小于 {limit.zh}{f'（{parts.zh}）' if parts.zh else ''}",
        measured=measured,
    )


_PARTS = {"detected": "发现", "decided": "决定", "acted": "处置", "verified": "验证"}


def parts_of(drill: Drill) -> Text:
    """Return when it was detected, decided on, acted on and verified, after the fault, of what was told."""
    begin = drill.at_ms("injected")
    told = [(name, zh, drill.at_ms(name)) for name, zh in _PARTS.items()]
    after = [] if begin is None else [
        (name, zh, span(round(max(0.0, at - begin)))) for name, zh, at in told if at is not None
    ]  # fmt: skip
    return Text(
        en=", ".join(f"{name} +{length.en}" for name, _, length in after),
        zh="，".join(f"{zh} +{length.zh}" for _, zh, length in after),
    )
