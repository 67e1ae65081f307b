"""SBT-3.1.3.1: every user is correctly recognised."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def taken_for_themselves(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.identity``: two sessions side by side each show their own user, and never the other's."""
    expected = seen.data["expected"]
    for asked in seen.data["asked"]:
        who, role = asked["who_am_i"], asked["role"]
        if not done(who):
            return untold(
                seen, f"The account page of {role} cannot be read: {why(who)}", f"无法读取 {role} 的账户页：{why(who)}"
            )
        shown = (str(dict(who["outputs"])) + asked["text"]).casefold()
        others = [name for other, name in expected.items() if other != role and name.casefold() in shown]
        if others:
            return bad(
                seen,
                f"The session of {role} shows the data of another user.",
                f"{role} 的会话显示了另一用户的资料。",
                repeat=requests(who),
            )
        if expected[role].casefold() not in shown:
            return untold(
                seen, f"The account page does not name its user ({role}).", f"账户页没有标明用户身份（{role}）。"
            )
    return good(
        seen, "Two users, logged in side by side, each saw themselves only.", "两名用户同时登录，各自只看到本人。"
    )


def strangers_refused(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.wrong_credentials``: whoever gives a wrong password or an unknown name stays outside.

    A refusal counts only between two successful log-ins with the right credentials.
    """
    tries = seen.data["tries"]
    right = [attempt for attempt in tries if attempt["name"].startswith("right")]
    wrong = [attempt for attempt in tries if not attempt["name"].startswith("right")]
    for attempt in wrong:
        if attempt["inside"] or (done(attempt["log_in"]) and done(attempt["who_am_i"])):
            return bad(
                seen,
                f"Logging in with a wrong credential ({attempt['name']}) opened the account.",
                f"使用错误凭据（{_ZH.get(attempt['name'], attempt['name'])}）登录后进入了账户。",
                repeat=requests(attempt["log_in"], attempt["who_am_i"]),
            )
    if not right or not all(attempt["inside"] for attempt in right):
        return untold(
            seen,
            "The right password did not work before and after, so the refusals mean nothing.",
            "正确密码在前后两次未能都登录成功，拒绝结果不能说明问题。",
        )
    return good(
        seen,
        f"{len(wrong)} wrong credentials were refused, the right ones worked before and after.",
        f"{len(wrong)} 种错误凭据均被拒绝，正确凭据前后均可登录。",
    )


_ZH = {
    "another password": "另一密码",
    "first half of the password": "密码的前半部分",
    "password in the other case": "大小写颠倒的密码",
    "unknown user": "不存在的用户",
}
