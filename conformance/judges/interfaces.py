"""SBT-3.1.5, the eight platform interfaces: documented, working for who may call them, closed to who may not."""

import functools
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from conformance.judges.figures import amount, text
from conformance.judges.interface_effects import EFFECTS, Effect, last_round, made_by, names, state_of
from conformance.judges.judgement import PartJudge
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict, Violates

_GONE = frozenset({404, 410})
_NOT_THERE = frozenset({405, 501})
_UNAUTHORISED = frozenset({401, 403})
_SERVER_FAULT = 500


def documented(kind: str) -> PartJudge:
    """Return the judge of ``interface.description`` for one kind: what the target file names stands in it."""
    return functools.partial(_documented, kind=kind)


def _documented(_: Requirement, seen: Observation, __: Mapping[str, Any], *, kind: str) -> Verdict:
    found = (seen.data.get("kinds") or {}).get(kind) or {}
    declared = found.get("declared") or ()
    lacking = [each["operation"] for each in declared if not each.get("found")]
    unread = seen.data.get("unread") or ()
    if lacking and unread:
        return untold(
            seen,
            f"{', '.join(lacking)} was not found, but not all of the API description could be read: "
            f"{', '.join(unread)}.",
            f"没有找到 {'、'.join(lacking)}，但接口说明未能全部读取：{'、'.join(unread)}。",
            cause="document",
        )
    if lacking:
        return bad(
            seen,
            f"The API description ({seen.data['source']}) has no {', '.join(lacking)}: the interface is not "
            "documented.",
            f"接口说明（{seen.data['source']}）中没有 {'、'.join(lacking)}：该接口没有成文说明。",
            repeat=(f"api client: GET {seen.data['source']}",),
        )
    if declared:
        named = [str(each.get("shown") or each["operation"]) for each in declared]
        return good(seen, f"The API description documents {', '.join(named)}.", f"接口说明中有 {'、'.join(named)}。")
    hints = found.get("candidates") or ()
    if hints:
        return untold(
            seen,
            f"The target file does not say which operations these are; by their words they may be {', '.join(hints)}. "
            f"Name them in [interfaces.{kind}].",
            f"目标文件没有指明对应的操作；按用词可能是 {'、'.join(hints)}。请在 [interfaces.{kind}] 中写明。",
            cause="settings",
        )
    return untold(
        seen,
        f"The target file does not say which operations these are, and none is named alike. Name them in "
        f"[interfaces.{kind}].",
        f"目标文件没有指明对应的操作，说明中也没有用词相近者。请在 [interfaces.{kind}] 中写明。",
        cause="settings",
    )


def round_trip(kind: str) -> PartJudge:
    """Return the judge of ``interface.KIND``: seen to work with leave, and to give and do nothing without."""
    return functools.partial(_round_trip, effect=EFFECTS[kind])


def _round_trip(_: Requirement, seen: Observation, __: Mapping[str, Any], *, effect: Effect) -> Verdict:
    if (wrong := _opened(seen) or _unlike(seen)) is not None:
        return wrong
    if (unknown := _stopped(seen) or _off_the_way(seen)) is not None:
        return unknown
    worked = effect(seen)
    if isinstance(worked, Violates):
        return worked
    return _unusable(seen) or _unproven(seen) or worked


def _opened(seen: Observation) -> Verdict | None:
    """Return the violation where an answer without leave carried data, or an act without leave had its effect."""
    for refusal in seen.data.get("refusals") or ():
        whose_en, whose_zh = _WITHOUT.get(refusal.get("who"), _WITHOUT["nobody"])
        if refusal.get("carries") and refusal.get("verb") == "read":
            return bad(
                seen,
                f"The interface gives its data {whose_en}.",
                f"该接口{whose_zh}即给出数据。",
                repeat=requests(refusal),
            )
        if refusal.get("verb") == "act" and _took_effect(seen, refusal):
            return bad(
                seen,
                f"The interface does what it is asked {whose_en}; the effect was read back.",
                f"该接口{whose_zh}即执行操作，回读可见其效果。",
                repeat=(*requests(refusal), *requests(refusal.get("read_back"))),
            )
    return None


_WITHOUT = MappingProxyType(
    {
        "nobody": ("without any credentials", "在没有任何凭据时"),
        "stranger": ("for credentials that nobody was given", "对从未发放过的凭据"),
    }
)


def _took_effect(seen: Observation, refusal: Mapping[str, Any]) -> bool:
    """Tell whether what an act without leave asked for is there: its word, its number, or one piece more."""
    state, mark = state_of(refusal.get("read_back")), text(refusal.get("mark"))
    late = str(state_of(seen.data.get("again")))
    if (mark and (mark in str(state) or mark in late)) or names(state, text(refusal.get("made"))):
        return True
    return _more(seen, refusal) == 1


def _more(seen: Observation, refusal: Mapping[str, Any]) -> Decimal | None:
    """Return by how many pieces the stock grew over an act without leave; None where nothing is known of it."""
    if "ref" not in (seen.data.get("about") or {}):
        return None
    before, now = amount(_before(seen, refusal)), amount(state_of(refusal.get("read_back")))
    return None if before is None or now is None else now - before


def _grew(seen: Observation) -> bool:
    """Tell whether the stock grew while calls without leave were made, by what cannot be told to be theirs."""
    more = [_more(seen, each) for each in seen.data.get("refusals") or () if each.get("verb") == "act"]
    after, again = amount(state_of(last_round(seen).get("after"))), amount(state_of(seen.data.get("again")))
    counted = "ref" in (seen.data.get("about") or {}) and after is not None and again is not None
    return any((each or 0) > 0 for each in more) or (counted and (again or 0) > (after or 0))


def _before(seen: Observation, refusal: Mapping[str, Any]) -> Any:
    """Return the state that was read last before an act without leave."""
    before = state_of(last_round(seen).get("after"))
    for other in seen.data.get("refusals") or ():
        if other is refusal:
            break
        before = state_of(other["read_back"]) if other.get("read_back") else before
    return before


def _unlike(seen: Observation) -> Verdict | None:
    """Return the violation where an authorised answer does not fit the schema that the description gives for it."""
    for call in seen.data.get("calls") or ():
        if call.get("fit") == "unlike" and call.get("status") is not None and call["status"] // 100 == 2:  # noqa: PLR2004 - success
            operation, told = call["operation"], call["why"]
            return bad(
                seen,
                f"The answer of {operation} does not fit the schema in the API description: {told}",
                f"{operation} 的应答不符合接口说明规定的数据结构：{told}",
                repeat=made_by(seen),
            )
    return None


def _stopped(seen: Observation) -> Verdict | None:
    """Return what is to be said where the authorised round trip did not come about."""
    last = last_round(seen)
    steps = [step for step in (last.get("before"), last.get("act"), last.get("after")) if step is not None]
    failed = next((step for step in steps if not done(step)), None)
    if steps and failed is None:
        return None
    status, told = (failed or {}).get("status"), why(failed)
    documented = {(call.get("role"), call.get("status")) for call in seen.data.get("calls") or ()}
    if status in _NOT_THERE and ("act" if failed is last.get("act") else "read", status) in documented:
        return bad(
            seen,
            f"The documented operation is not there, though it was called with the right credentials: {told}",
            f"以正确凭据调用，接口说明所列的操作实际并不存在：{told}",
            repeat=requests(failed),
        )
    if failed is last.get("after") and done(last.get("act")) and ("read", status) in documented and status in _GONE:
        return bad(
            seen,
            f"What the interface acknowledged is not there when it is read: {told}",
            f"接口已确认的内容读取时并不存在：{told}",
            repeat=made_by(seen),
        )
    return untold(
        seen,
        f"The authorised round trip did not come about: {told}",
        f"经授权的往返调用没有完成：{told}",
        cause="settings" if status in _UNAUTHORISED else "target",
    )


def _off_the_way(seen: Observation) -> Verdict | None:
    """Return what is to be said where the journeys called something else than what the target file names."""
    calls = seen.data.get("calls") or ()
    roles = {call.get("role") for call in calls}
    wanted = {"read", "act"} if last_round(seen).get("act") is not None else {"read"}
    if not wanted <= roles:
        return untold(
            seen,
            "The adapter's journeys do not call the operations that the target file names.",
            "适配文件的流程没有调用目标文件所指明的操作。",
            cause="settings",
        )
    return None


def _unusable(seen: Observation) -> Verdict | None:
    """Return what is to be said where the schema of the description could not be used."""
    calls = seen.data.get("calls") or ()
    unusable = next((call for call in calls if call.get("fit") == "unusable"), None)
    if unusable is None:
        return None
    operation, told = unusable["operation"], unusable["why"]
    return untold(
        seen,
        f"The schema that the API description gives for {operation} cannot be used: {told}",
        f"接口说明为 {operation} 给出的数据结构定义无法使用：{told}",
        cause="document",
    )


def _unproven(seen: Observation) -> Verdict | None:
    """Return what is to be said where the refusals prove nothing."""
    refusals, again = seen.data.get("refusals") or (), seen.data.get("again")
    verbs = ("read", "act") if last_round(seen).get("act") is not None else ("read",)
    tried = {(each.get("who"), each.get("verb")) for each in refusals}
    if not {(who, verb) for who in _WITHOUT for verb in verbs} <= tried:
        return untold(seen, "It was not called without leave.", "没有进行未经授权的调用。")
    if not done(again):
        return untold(
            seen,
            f"After the calls without leave the authorised one fails as well, so that they prove nothing: {why(again)}",
            f"未经授权的调用之后，经授权的调用也失败，无从证明：{why(again)}",
        )
    taken = next((each for each in refusals if each.get("verb") == "act" and each.get("made")), None)
    if taken is not None:
        return untold(
            seen,
            "A call without leave was acknowledged with a number, though nothing was to be read under it.",
            "未经授权的调用得到了编号确认，但凭该编号读不到内容。",
        )
    believed = next((each for each in refusals if each.get("verb") == "act" and done(each)), None)
    if believed is not None:
        return untold(
            seen,
            "A call without leave was answered like one with leave, though nothing came of it; let the acting journey "
            "tell a refusal.",
            "未经授权的调用得到与经授权者同样的应答，但未见其效果；请在适配文件的操作流程中识别拒绝。",
            cause="settings",
        )
    if _grew(seen):
        return untold(
            seen,
            "The stock grew while calls without leave were made, and not by the one piece of each: somebody else may "
            "have changed it.",
            "在未经授权的调用期间库存有所增加，但增量与其所提交的1件不符：可能同时有他人变更。",
        )
    unseen = next((back for each in refusals if (back := each.get("read_back")) is not None and not done(back)), None)
    if unseen is not None:
        return untold(
            seen,
            f"What a call without leave did could not be read back: {why(unseen)}",
            f"未经授权的调用之后无法回读其效果：{why(unseen)}",
        )
    faulty = next((each for each in refusals if (each.get("status") or _SERVER_FAULT) >= _SERVER_FAULT), None)
    if faulty is None:
        return None
    return untold(
        seen,
        f"A call without leave was answered by an error of the server ({faulty.get('status')}), not refused.",
        f"未经授权的调用得到的是服务器错误（{faulty.get('status')}），而不是拒绝。",
    )


KINDS = tuple(EFFECTS)
"""The kinds of interfaces, as the clauses' ids end."""
