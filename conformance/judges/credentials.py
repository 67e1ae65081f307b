"""SBT-3.1.3.1: no credential is given away, by the session's cookies, in an address or in an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def nothing_given_away(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``auth.cookies``: the session's cookies are guarded, and no credential stands in an address or answer."""
    data = seen.data
    for key, en, zh in (("in_urls", "an address", "网址"), ("in_answers", "an answer", "应答内容")):
        if data[key]:
            found = data[key][0]
            what_en, what_zh = _what(found["what"])
            return bad(
                seen,
                f"{what_en} stands in {en}: {found['where']}",
                f"{zh}中出现{what_zh}：{found['where']}",
                repeat=[each["request"] for each in data[key]],
            )
    if not data["carried_by"]:
        return untold(
            seen,
            "No cookie or token was found that makes the session and can be shown again.",
            "未找到承载会话且可重复出示的Cookie或令牌。",
        )
    lost = next((name for name in data["carried_by"] if name != _BEARER and name not in _names(data["cookies"])), None)
    if lost is not None:
        return untold(seen, f"The cookie {lost} was not seen being set.", f"未观察到Cookie {lost} 的设置过程。")
    unguarded = next(((cookie, lacks) for cookie in data["cookies"] if (lacks := _lacks(cookie))), None)
    if unguarded is not None:
        cookie, lacks = unguarded
        return bad(
            seen,
            f"The session's cookie {cookie['name']} lacks {', '.join(lacks)}.",
            f"会话Cookie {cookie['name']} 缺少{'、'.join(lacks)}。",
            repeat=[cookie["request"]],
        )
    if not data["answers"]:
        return untold(seen, "No answer was looked through.", "未检查任何应答。")
    if not data["read"]:
        return untold(seen, "Nothing of one's own could be read after the log-in.", "登录后未能读取任何本人页面。")
    unread, carriers_zh = data["unread"], "、".join(_zh(name) for name in data["carried_by"])
    unread_zh = "、".join(_PAGES_ZH.get(verb, verb) for verb in unread)
    return good(
        seen,
        f"The session ({', '.join(data['carried_by'])}) is guarded; {data['answers']} answers and their addresses give"
        f" no credential away.{' Not looked at: ' + ', '.join(unread) + '.' if unread else ''}",
        f"会话凭据（{carriers_zh}）受到保护；{data['answers']}个应答及其网址均未泄露凭据。"
        f"{'未检查：' + unread_zh + '。' if unread else ''}",
    )


_BEARER = "bearer token"
_WHAT = {
    "password": ("The password in clear", "明文口令"),
    "session id": ("The session id", "会话标识"),
    "bearer token": ("The bearer token", "访问令牌"),
}


_PAGES_ZH = {
    "home": "首页",
    "who_am_i": "账户页",
    "read_profile": "个人信息",
    "list_addresses": "收货地址",
    "list_orders": "订单列表",
    "read_cart": "购物车",
}


def _zh(carrier: str) -> str:
    return "Bearer令牌" if carrier == _BEARER else carrier


def _names(cookies: Sequence[Mapping[str, Any]]) -> set[str]:
    return {cookie["name"] for cookie in cookies}


def _what(what: str) -> tuple[str, str]:
    kind_zh = "十六进制" if what == "hexadecimal" else what
    return _WHAT.get(what.partition(" (")[0], (f"A password hash ({what})", f"口令散列值（{kind_zh}）"))


def _lacks(cookie: Mapping[str, Any]) -> list[str]:
    """Return the guards that a cookie lacks; Secure means nothing where the shop's own entry is plain http."""
    lacks = [] if cookie["secure"] or not cookie["over_tls"] else ["Secure"]
    lacks += [] if cookie["httponly"] else ["HttpOnly"]
    strict = str(cookie["samesite"] or "").casefold() in {"lax", "strict"}
    return lacks if strict else [*lacks, "SameSite=Lax"]
