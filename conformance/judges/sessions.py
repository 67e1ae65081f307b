"""SBT-3.1.3.1: sessions belong to who logged in: made at log-in, hard to guess, dead when they ought to be."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.intrusion import came_in
from conformance.judges.words import bad, bound, denied, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict

_FAULTS = {
    "before log-in": (
        "The session id from before the log-in is logged in afterwards (session fixation).",
        "登录前的会话标识在登录后即成为已登录会话（会话固定）。",
    ),
    "planted": (
        "An id that the shop never gave out becomes a logged-in session (session fixation).",
        "非平台签发的会话标识在登录后成为已登录会话（会话固定）。",
    ),
    "kept after log-out": (
        "A session lives on after its log-out.",
        "退出登录后原会话仍然有效。",
    ),
    "kept after next log-in": (
        "A session that was logged out comes alive again when its user next logs in.",
        "已退出的会话在该用户再次登录后重新生效。",
    ),
    "other session after": (
        "Changing the password leaves another session of the account open.",
        "修改口令后，该账户的其他会话仍然有效。",
    ),
}
_GUESS = ("A guessed session id opens an account ({name}).", "猜测的会话标识打开了账户（{name}）。")
_ENDED = ("kept after log-out", "kept after next log-in")
_CONTROLS = ("control", "control after guesses", "kept before log-out")


def sessions_kept(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge ``auth.sessions``: a session is made at log-in, cannot be guessed, and ends when it ought to.

    A refusal counts only beside a look with the same credentials, unaltered or not yet ended, that succeeded.
    """
    data = seen.data
    change = data["change"]
    shown = [*data["replayed"], *(change["replayed"] if _changed(change) else ())]
    fault = next((found for each in shown if (found := _fault(each)) is not None), None)
    if fault is not None:
        return bad(seen, fault[0], fault[1], repeat=fault[2])
    reset = _reset_fault(data["reset"], bound(requirement, "session_id_entropy").value)
    if reset is not None:
        return bad(seen, reset[0], reset[1], repeat=reset[2])
    missing = _unshown(data)
    if missing is not None:
        return untold(seen, missing[0], missing[1], cause="target")
    return _hard_to_guess(requirement, seen)


def _fault(each: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]] | None:
    name, lines = each["name"], requests(each["who_am_i"])
    if name.startswith("guess: "):
        opened = each["inside"] or done(each["who_am_i"])
        guess = name.removeprefix("guess: ")
        en, zh = _GUESS[0].format(name=guess), _GUESS[1].format(name=_GUESS_ZH.get(guess, guess))
        return (en, zh, lines) if opened else None
    return (*_FAULTS[name], lines) if name in _FAULTS and each["inside"] else None


_GUESS_ZH = {
    "one character changed": "改动一个字符",
    "made up": "随机编造",
    "next number": "序号加一",
    "token without signature": "去除签名的令牌",
}


def _changed(change: Mapping[str, Any]) -> bool:
    """Tell whether the password was changed: told done, and the new one opens the account."""
    if not change["tried"] or not done(change["changed"]) or not change["replayed"]:
        return False
    new = next((each for each in change["passwords"] if each["name"] == "new password"), None)
    return bool(new and came_in(new) and came_in(change["replayed"][0]))


def _unshown(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what could not be looked at and has to be: guesses, and the end of a session, each beside a control."""
    by_name = {each["name"]: each for each in data["replayed"]}
    if not data["carried_by"]:
        return (
            "No cookie or token was found that makes the session and can be shown again.",
            "未找到承载会话且可重复出示的Cookie或令牌。",
        )
    failed = next((name for name in _CONTROLS if name not in by_name or not came_in(by_name[name])), None)
    if failed is not None:
        return (
            f"The right credentials did not open the account ({failed}), so refusals mean nothing.",
            "有效凭据未能打开账户，拒绝结果不能说明问题。",
        )
    guesses = [each for name, each in by_name.items() if name.startswith("guess: ")]
    unclear = next((each for each in guesses if not denied(each["who_am_i"])), None)
    if unclear is not None or not guesses:
        reason = why(unclear["who_am_i"]) if unclear else ""
        return (f"No guessed id was clearly refused. {reason}".strip(), f"猜测的会话标识未被明确拒绝。{reason}")
    if not done(data["log_out"]):
        return (f"Logging out did not come about: {why(data['log_out'])}", f"未能退出登录：{why(data['log_out'])}")
    if not all(name in by_name and denied(by_name[name]["who_am_i"]) for name in _ENDED):
        return ("The ended session was neither refused nor let in.", "已结束的会话既未被拒绝，也未被接受。")
    return None


def _hard_to_guess(requirement: Requirement, seen: Observation) -> Verdict:
    least, ids = bound(requirement, "session_id_entropy"), seen.data["ids"]
    if ids is None or ids["count"] < 2:  # noqa: PLR2004 - one id has no neighbour
        return untold(seen, "Too few session ids were seen.", "会话标识样本不足。")
    line = [f"visitor: {ids['count']} log-ins of {seen.data['username']}, ids compared"]
    if ids["sequential"]:
        return bad(
            seen,
            f"Session ids are counted up: {ids['count']} of them lie at most {ids['largest_step']} apart.",
            f"会话标识按序递增：{ids['count']}个标识之间的间隔不超过{ids['largest_step']}。",
            repeat=line,
        )
    measured = Measured(metric=least.metric, value=ids["bits"], unit=least.unit)
    if ids["bits"] < least.value:
        return bad(
            seen,
            f"Session ids hold at most {ids['bits']:g} bit; {least.value:g} are needed.",
            f"会话标识的熵至多{ids['bits']:g}比特，要求不低于{least.value:g}比特。",
            measured=measured,
            threshold=least,
            repeat=line,
        )
    if ids["distinct"] < 2:  # noqa: PLR2004 - what is the same in all may be the same in those of others, too
        return untold(
            seen,
            f"{ids['count']} log-ins were given one and the same id; how it is made cannot be told.",
            f"{ids['count']}次登录得到同一个会话标识，无法判断其生成方式。",
        )
    en, zh = _looked_at(seen.data)
    return good(
        seen,
        f"Guessed and ended sessions are refused; ids hold up to {ids['bits']:g} bit.{en}",
        f"猜测的和已结束的会话均被拒绝；会话标识的熵至多{ids['bits']:g}比特。{zh}",
        measured=measured,
        threshold=least,
    )


_BEARER = "bearer token"
_FIXATION = (
    (
        "before log-in",
        "No id from before the log-in becomes a session",
        "登录前的会话标识不会成为已登录会话",
        "an id from before the log-in",
        "登录前的会话标识",
    ),
    (
        "planted",
        "No id that the shop never gave out becomes a session",
        "非平台签发的会话标识不会成为已登录会话",
        "a planted id",
        "植入的会话标识",
    ),
)


def _looked_at(data: Mapping[str, Any]) -> tuple[str, str]:
    """Name the other parts, and those that were not looked at; what was not seen is not told as right."""
    names = {each["name"] for each in data["replayed"] if denied(each["who_am_i"])}
    en = zh = ""
    alone = tuple(data["carried_by"]) == (_BEARER,)  # nobody plants a token in a browser
    fixation = _FIXATION[:1] if alone else _FIXATION
    for name, good_en, good_zh, part_en, part_zh in fixation:
        seen = name in names
        en += f" {good_en}." if seen else f" Not looked at: {part_en}."
        zh += f"{good_zh}。" if seen else f"未检查：{part_zh}。"
    change, reset = data["change"], data["reset"]
    if _changed(change):
        en, zh = en + " A changed password ends other sessions.", zh + "修改口令后其他会话即失效。"
    else:
        reason = _ONE_AT_A_TIME if _alone(change) else not_looked_at(change, change.get("changed"))
        en, zh = f"{en} Not looked at: password change ({reason[0]}).", f"{zh}未检查：修改口令（{reason[1]}）。"
    if reset["tried"] and came_in(reset["passwords"][0]):
        return en + " A reset link works once.", zh + "重置链接仅一次有效。"
    reason = not_looked_at(reset, reset.get("first"))
    return en + f" Not looked at: password reset ({reason[0]}).", zh + f"未检查：口令重置（{reason[1]}）。"


_ONE_AT_A_TIME = ("no second session stayed open beside the one that changed it", "该账户不能同时保持两个会话")


def _alone(change: Mapping[str, Any]) -> bool:
    """Tell whether the password was changed while no other session was open: the shop may allow one at a time."""
    before = change["replayed"][0] if change["tried"] and change["replayed"] else None
    return bool(before and done(change["changed"]) and not before["inside"] and denied(before["who_am_i"]))


_LACKS_ZH = {"mailbox": "目标文件未声明收件箱", "journey": "流程文件未描述该流程"}


def not_looked_at(part: Mapping[str, Any], step: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return in both languages why a part was not looked at: what it lacks, or what came of its step."""
    reason = part.get("why") or why(step)
    if not reason:
        return "it did not take effect", "操作未生效"
    return str(reason), _LACKS_ZH.get(part.get("lacks") or "", str(reason))


def _reset_fault(reset: Mapping[str, Any], least_bits: float) -> tuple[str, str, tuple[str, ...]] | None:
    if not reset["tried"]:
        return None
    passwords = {each["name"]: each for each in reset["passwords"]}
    lines = requests(reset["asked"], reset["first"], reset["second"])
    if not passwords["first new password"]["inside"]:
        return None
    if passwords["second new password"]["inside"]:
        return ("A reset link works twice.", "口令重置链接可重复使用。", lines)
    if passwords["password before"]["inside"]:
        return ("The old password still works after a reset.", "重置口令后，原口令仍然有效。", lines)
    bits = reset["mailed"]["bits"]
    if bits < least_bits:
        return (
            f"A reset link's token holds at most {bits:g} bit; {least_bits:g} are needed.",
            f"重置链接中令牌的熵至多{bits:g}比特，要求不低于{least_bits:g}比特。",
            lines,
        )
    return None
