"""SBT-3.1.3.1: entry by unlawful users is avoided: passwords cannot be guessed, nor who has an account."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from conformance.judges.words import bad, bound, denied, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Threshold, Verdict

_LEAST_SLOW = 3  # a single slow answer is the machine's, not the shop's


def came_in(each: Mapping[str, Any]) -> bool:
    """Tell whether a log-in, or kept credentials, opened the account."""
    return bool(each["inside"]) and done(each["who_am_i"]) and ("log_in" not in each or done(each["log_in"]))


def guessing_stopped(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge ``auth.brute_force``: whoever guesses is stopped in time, and learns nothing about who has an account.

    What counts is that the right password was refused, or that the shop asked to wait, or made us wait; what a page
    says of locks counts for nothing where the right password still opens it.
    """
    tries, rights = seen.data["tries"], seen.data["rights"]
    if not rights or not came_in(rights[0]):
        return untold(
            seen,
            "The right password did not open the account beforehand, so refusals mean nothing.",
            "事先用正确口令未能登录，拒绝结果不能说明问题。",
        )
    if any(attempt["inside"] for attempt in tries):
        return untold(
            seen,
            "A wrong password opened the account; that is told under SBT-3.1.3.1-identified.",
            "错误口令打开了账户，相关结论见SBT-3.1.3.1-identified。",
        )
    unclear = next((each for each in tries if not denied(each["log_in"]) and not denied(each["who_am_i"])), None)
    if unclear is not None or not tries:
        reason = why(unclear["log_in"]) or why(unclear["who_am_i"]) if unclear else ""
        return untold(
            seen,
            f"A wrong password was neither refused nor let in. {reason}".strip(),
            f"错误口令既未被拒绝，也未能登录。{reason}",
        )
    told_apart = _told_apart(seen.data["unknown"])
    if told_apart is not None:
        return bad(
            seen,
            f"A wrong log-in tells whether the user exists: the {told_apart[0]} differs for an unknown name.",
            f"登录失败时可判断用户是否存在：对不存在的用户名，{told_apart[1]}不同。",
            repeat=requests(*seen.data["unknown"]["log_ins"]),
        )
    return _stopped(requirement, seen, tries, rights)


def _stopped(requirement: Requirement, seen: Observation, tries: Sequence[Any], rights: Sequence[Any]) -> Verdict:
    most = bound(requirement, "tries_until_stopped")
    stopped = _delayed_after(tries, rights, bound(requirement, "delay").value)
    survived = 0 if stopped is not None else _survived(rights)
    stopped = stopped or _locked_after(seen.data)
    if survived >= most.value:
        return _late(seen, most, f"not even after {survived}", f"连续{survived}次错误口令后仍未被限制", f">{survived}")
    if stopped is not None and stopped[0] > most.value:
        return _late(seen, most, f"only after {stopped[0]}", f"直到连续{stopped[0]}次错误口令后才被限制", stopped[0])
    if stopped is not None:
        return good(
            seen,
            f"After {stopped[0]} wrong passwords {stopped[1]}. {_compared(seen.data['unknown'], zh=False)}",
            f"连续{stopped[0]}次错误口令后，{stopped[2]}。{_compared(seen.data['unknown'], zh=True)}",
            measured=Measured(metric=most.metric, value=stopped[0], unit=most.unit),
            threshold=most,
        )
    if came_in(rights[-1]):
        return untold(seen, "Too few wrong passwords were tried.", "尝试错误口令的次数不足。")
    made = len(tries)
    return untold(
        seen,
        f"After {made} wrong passwords the right one did not open the account, and nor did the shop answer"
        " anybody else: it cannot be told whether it minds or is away.",
        f"输入{made}次错误口令后，正确口令也无法登录，且平台此时不再应答，无法区分是限制还是故障。",
    )


def _late(seen: Observation, most: Threshold, en: str, zh: str, value: float | str) -> Verdict:
    tries, rights = seen.data["tries"], seen.data["rights"]
    said = any("message" in attempt["signals"] or "captcha" in attempt["signals"] for attempt in tries)
    said_en, said_zh = (" though a page says so", "（尽管页面有相应提示）") if said else ("", "")
    return bad(
        seen,
        f"Guessing passwords is stopped {en} wrong ones{said_en}; at most {most.value:g} are allowed.",
        f"猜测口令：{zh}{said_zh}；限值为至多{most.value:g}次。",
        measured=Measured(metric=most.metric, value=value, unit=most.unit),
        threshold=most,
        repeat=(
            *requests(tries[0]["log_in"]),
            f"visitor: the same {len(tries)} times in all, a wrong password for {seen.data['username']} each time",
            *(
                line
                for right in rights[1:]
                for line in (
                    f"owner: after {right['after']} of them, the right password",
                    *requests(right["log_in"], right["who_am_i"]),
                )
            ),
        ),
    )


_Stopped = tuple[int, str, str]


def _survived(rights: Sequence[Mapping[str, Any]]) -> int:
    """Return the most wrong passwords in a row after which the right one was let in.

    A right one in between may begin the count anew, so wrong ones before it say nothing of those after it.
    """
    return max((now["after"] - before["after"] for before, now in pairwise(rights) if came_in(now)), default=0)


_WAITS_ZH = {"status 429": "状态码429", "retry-after": "Retry-After响应头"}


def _locked_after(data: Mapping[str, Any]) -> _Stopped | None:
    """Return after how many wrong passwords in a row the right one was refused, while the shop was there for others."""
    last, other = data["rights"][-1], data["other_account"]
    if last["inside"] or (done(last["log_in"]) and not denied(last["who_am_i"])):
        return None
    count = last["after"] - max((each["after"] for each in data["rights"] if came_in(each)), default=0)
    asked = last["asked_to_wait"]
    anybody = (
        ("; so it does of who asks for its home page", "，访问首页同样被要求等待")
        if data["home"] == "denied"
        else ("", "")
    )
    if asked:
        return (
            count,
            f"the shop asks whoever logs in to wait ({asked}), with the right one too{anybody[0]}",
            f"平台要求等待（{_WAITS_ZH.get(asked, asked)}），正确口令亦然{anybody[1]}",
        )
    if other is not None and came_in(other):
        return (
            count,
            "the right one is refused as well; the account is locked, others are not",
            "正确口令也被拒绝；仅该账户被锁定，其他账户不受影响",
        )
    if data["home"] != "done" or not denied(last["log_in"]):
        return None
    if came_in(data["other_before"]):
        return (
            count,
            "the right one is refused as well, and so are other accounts from this address",
            "正确口令也被拒绝，同一来源地址的其他账户同样被限制",
        )
    return count, "the right one is refused as well", "正确口令也被拒绝"


def _delayed_after(
    tries: Sequence[Mapping[str, Any]], rights: Sequence[Mapping[str, Any]], least_ms: float
) -> _Stopped | None:
    """Return from which try in a row on every answer took so much longer than the first two.

    A busy platform, or a busy machine of ours, is slow with its pages as well: what those took longer is allowed for.
    """
    took = [each["ms"] for each in tries]
    if len(took) < _LEAST_SLOW + 2 or any(ms is None for ms in took):
        return None
    usual = median(took[:2])
    late = [each["ms"] >= usual * _busier(tries[:2], each) + least_ms for each in tries]
    slow = [index for index in range(2, len(took)) if all(late[index:])]
    if not slow or len(took) - slow[0] < _LEAST_SLOW:
        return None
    begun = max((right["after"] for right in rights if right["after"] <= slow[0] and came_in(right)), default=0)
    return slow[0] + 1 - begun, "each further one is answered late", "此后每次应答均被延迟"


def _busier(first: Sequence[Mapping[str, Any]], each: Mapping[str, Any]) -> float:
    """Return how many times longer the page with the form took; where there is none, twice is allowed for."""
    pages = [attempt["page_ms"] for attempt in first]
    if each["page_ms"] is None or any(ms is None for ms in pages):
        return 2.0
    return max(1.0, float(each["page_ms"]) / max(1.0, float(median(pages))))


_LOOKS = (
    ("status", "status", "状态码"),
    ("location", "location", "跳转地址"),
    ("text_sha256", "text", "页面文字"),
    ("cookies", "cookies", "Cookie"),
    ("location_sha256", "location", "跳转地址"),
    ("exact_sha256", "text", "页面文字"),
)
_LEAST_COMPARED = 2  # one answer does not show what differs by chance


def _told_apart(unknown: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what differs between known and unknown users, and is the same within each; None where nothing does."""
    known, others = unknown["known"], unknown["unknown"]
    if min(len(known), len(others)) < _LEAST_COMPARED:
        return None
    for key, en, zh in _LOOKS:
        left, right = [entry[key] for entry in known], [entry[key] for entry in others]
        if all(each == left[0] for each in left) and all(each == right[0] for each in right) and left[0] != right[0]:
            return en, zh
    return None


def _compared(unknown: Mapping[str, Any], *, zh: bool) -> str:
    """Tell that known and unknown users were compared, and how long the answers took."""
    if min(len(unknown["known"]), len(unknown["unknown"])) < _LEAST_COMPARED:
        return "未检查：能否判断用户是否存在。" if zh else "Not looked at: whether unknown users can be told apart."
    same = "不存在的用户名得到相同应答。" if zh else "An unknown user is answered alike."
    known, others = unknown["ms"]["known"], unknown["ms"]["unknown"]
    if known is None or others is None:
        return same
    if zh:
        return f"{same}应答时间中位数：已有用户{known} ms，不存在的用户{others} ms（仅记录，不作判定）。"
    return f"{same} Median time to answer: {known} ms for a known user, {others} ms for an unknown one (not judged)."
