"""SBT-3.1.3.1: every user is correctly recognised."""

import re
from collections.abc import Mapping
from typing import Any

from conformance.judges.figures import outputs
from conformance.judges.sessions import not_looked_at
from conformance.judges.words import bad, denied, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

_LOOKS = 3  # the first user, the other, and the first again: a page kept from the other would show


def taken_for_themselves(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.identity``: two sessions side by side each show their own user, and never the other's."""
    expected, asked = seen.data["expected"], seen.data["asked"]
    if len({name.casefold() for name in expected.values()}) < len(expected):
        return untold(
            seen, "Both buyers are one and the same account.", "两名买家使用的是同一个账户。", cause="settings"
        )
    mixed = next((look for look in asked if _others(look, expected)), None)
    if mixed is not None:
        return bad(
            seen,
            f"The session of {mixed['role']} shows the data of another user.",
            f"{mixed['role']} 的会话显示了另一用户的资料。",
            repeat=requests(mixed["who_am_i"]),
        )
    for look in asked:
        who, role = look["who_am_i"], look["role"]
        if not done(who):
            return untold(
                seen, f"The account page of {role} cannot be read: {why(who)}", f"无法读取 {role} 的账户页：{why(who)}"
            )
        if not _stands(expected[role], f"{_shown(who)} {look['text']}"):
            return untold(
                seen, f"The account page does not name its user ({role}).", f"账户页未标明用户身份（{role}）。"
            )
    if len(asked) < _LOOKS or {look["role"] for look in asked} != set(expected):
        return untold(seen, "Not every user was asked for, in turn.", "未轮流查询每名用户的身份。")
    return good(
        seen, "Two users, logged in side by side, each saw themselves only.", "两名用户同时登录，各自只看到本人。"
    )


def _others(look: Mapping[str, Any], expected: Mapping[str, str]) -> bool:
    """Tell whether another user is named: in what the page says of its user, or by e-mail address anywhere on it."""
    names = [name for role, name in expected.items() if role != look["role"]]
    shown = _shown(look["who_am_i"])
    return any(_stands(name, shown) or ("@" in name and _stands(name, look["text"])) for name in names)


def _shown(who: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in outputs(who).values())


def _stands(name: str, shown: str) -> bool:
    """Tell whether a user name stands in a text on its own, not as a part of a longer one, in any case."""
    if not name:
        return False
    pattern = rf"(?<![\w.+-]){re.escape(name.casefold())}(?![\w@-]|\.\w)"
    return re.search(pattern, shown.casefold()) is not None


def strangers_refused(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.wrong_credentials``: whoever gives a wrong password or an unknown name stays outside.

    A refusal counts only between two successful log-ins with the right credentials, and where something said no.
    """
    tries = seen.data["tries"]
    right = [attempt for attempt in tries if attempt["name"].startswith("right")]
    wrong = [attempt for attempt in tries if not attempt["name"].startswith("right")]
    let_in = [attempt for attempt in wrong if _inside(attempt)]
    if let_in:
        return bad(
            seen,
            f"Logging in with a wrong credential ({let_in[0]['name']}) opened the account.",
            f"使用错误凭据（{_ZH.get(let_in[0]['name'], let_in[0]['name'])}）登录后进入了账户。",
            repeat=requests(*(step for attempt in let_in for step in (attempt["log_in"], attempt["who_am_i"]))),
        )
    framed = bool(wrong) and tries[0] in right and tries[-1] in right
    if not framed or not all(attempt["inside"] and _opened(attempt) for attempt in right):
        return untold(
            seen,
            "The right password did not work before and after, so the refusals mean nothing.",
            "正确口令在前后未能都登录成功，拒绝结果不能说明问题。",
        )
    unclear = next((attempt for attempt in wrong if not _refused(attempt)), None)
    if unclear is not None:
        reason = why(unclear["log_in"]) or why(unclear["who_am_i"])
        return untold(
            seen,
            f"A wrong credential ({unclear['name']}) was neither refused nor let in: {reason}",
            f"错误凭据（{_ZH.get(unclear['name'], unclear['name'])}）既未被拒绝，也未能登录：{reason}",
        )
    return good(
        seen,
        f"{len(wrong)} wrong credentials were refused, the right ones worked before and after.",
        f"{len(wrong)}种错误凭据均被拒绝，正确凭据前后均可登录。",
    )


def recognised_each_time(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``auth.sessions``: one account is recognised at each log-in, by its present password alone."""
    log_ins, change = seen.data["log_ins"], seen.data["change"]
    if not log_ins or not all(each["inside"] for each in log_ins):
        return untold(seen, "Not every log-in was recognised.", "并非每次登录都能确认用户身份。")
    passwords = {each["name"]: each for each in change["passwords"]} if change["tried"] else {}
    new, old = passwords.get("new password"), passwords.get("old password")
    if new and old and new["inside"] and old["inside"]:
        return bad(
            seen,
            "After the password was changed, the old one still opens the account.",
            "修改口令后，原口令仍可登录账户。",
            repeat=requests(change["changed"], old["log_in"], old["who_am_i"]),
        )
    if new and old and _inside(new) and _opened(new) and done(change["changed"]) and _refused(old):
        return good(
            seen,
            f"{len(log_ins)} log-ins of one account were recognised; a changed password replaces the old one.",
            f"同一账户{len(log_ins)}次登录均被正确识别；修改后的口令取代原口令。",
        )
    reason = not_looked_at(change, change.get("changed"))
    return good(
        seen,
        f"{len(log_ins)} log-ins of one account were recognised. Not looked at: password change ({reason[0]}).",
        f"同一账户{len(log_ins)}次登录均被正确识别。未检查：修改口令（{reason[1]}）。",
    )


def _inside(attempt: Mapping[str, Any]) -> bool:
    return bool(attempt["inside"]) or _opened(attempt)


def _opened(attempt: Mapping[str, Any]) -> bool:
    return done(attempt["log_in"]) and done(attempt["who_am_i"])


def _refused(attempt: Mapping[str, Any]) -> bool:
    return not done(attempt["who_am_i"]) and (denied(attempt["log_in"]) or denied(attempt["who_am_i"]))


_ZH = {
    "another password": "另一口令",
    "first half of the password": "口令的前半部分",
    "password in the other case": "大小写颠倒的口令",
    "unknown user": "不存在的用户",
}
