"""SBT-3.2.1: functions of the platform. A function is there when the end state is there, in the right role."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def registration(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.register``: the new member logs in afterwards, in a fresh session, and is recognised."""
    data = seen.data
    steps = (data["register"], data.get("log_in"), data.get("who_am_i"))
    if not done(data["register"]):
        reason = why(data["register"])
        return bad(seen, f"Registering did not come about: {reason}", f"注册未完成：{reason}", repeat=requests(*steps))
    if not done(data.get("log_in")):
        reason = why(data.get("log_in"))
        return bad(
            seen,
            f"The shop acknowledged the registration, yet the new member cannot log in: {reason}",
            f"平台确认了注册，但新会员无法登录：{reason}",
            repeat=requests(*steps),
        )
    if not data["recognised"]:
        return bad(
            seen,
            "The new member logged in, yet the account page does not show who that is.",
            "新会员虽能登录，但账户页未显示其身份。",
            repeat=requests(*steps),
        )
    return good(
        seen, "A new member registered, logged in afresh and was recognised.", "新会员完成注册，重新登录后被正确识别。"
    )


def _quantities(step: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in step["read"]["outputs"]["lines"]:
        found[line["name"]] = found.get(line["name"], 0) + int(line["quantity"])
    return found


CART_STEPS = 4


def cart(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.cart``: after each step the cart holds exactly what was put in it."""
    steps = seen.data["steps"]
    for step in steps:
        lines = requests(step.get("done"), step["read"])
        if not done(step["read"]):
            reason = why(step["read"])
            return bad(
                seen, f"{step['name']}: the cart cannot be read: {reason}", f"无法读取购物车：{reason}", repeat=lines
            )
        if "done" in step and not done(step["done"]):
            reason = why(step["done"])
            return bad(
                seen, f"{step['name']}: this did not come about: {reason}", f"购物车操作未完成：{reason}", repeat=lines
            )
        held = _quantities(step)
        if held != dict(step["expected"]):
            return bad(
                seen,
                f"{step['name']}: the cart should hold {_goods(step['expected'])}, it holds {_goods(held)}.",
                f"购物车应为 {_goods(step['expected'])}，实际为 {_goods(held)}。",
                repeat=lines,
            )
    if len(steps) < CART_STEPS:
        return untold(
            seen, "The cart's lines carry no key, so they could not be changed.", "购物车行没有可用标识，无法修改。"
        )
    return good(
        seen,
        "Two goods were put in the cart, a quantity changed and one removed; the cart told each step rightly.",
        "放入两种商品、修改数量、删除一种，购物车每一步均正确。",
    )


def _goods(quantities: Mapping[str, int]) -> str:
    return ", ".join(f"{quantity} x {name}" for name, quantity in quantities.items()) or "nothing / 空"


def display(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: a list with goods, and detail pages that show the very goods listed."""
    listed = seen.data["list"]
    if not done(listed) or not listed["outputs"]["products"]:
        reason = why(listed) or "no goods on it"
        return bad(
            seen, f"The goods list shows nothing: {reason}", f"商品列表没有内容：{reason}", repeat=requests(listed)
        )
    if not seen.data["details"]:
        return untold(seen, "No detail page was sampled.", "没有抽取到商品详情页。")
    for detail in seen.data["details"]:
        read = detail["read"]
        if not done(read):
            return bad(
                seen,
                f"The detail page {detail['url']} does not show goods: {why(read)}",
                f"详情页 {detail['url']} 没有显示商品：{why(read)}",
                repeat=requests(read),
            )
        named, shown = detail["listed"]["name"], read["outputs"]["name"]
        if named and not _same_name(named, shown):
            return bad(
                seen,
                f"The list says {named!r}, its detail page shows {shown!r}.",
                f"列表显示“{named}”，详情页却显示“{shown}”。",
                repeat=requests(listed, read),
            )
    number = len(seen.data["details"])
    return good(
        seen,
        f"The list shows goods, and {number} sampled detail page(s) show the goods listed.",
        f"列表展示商品，抽查的 {number} 个详情页与列表一致。",
    )


def _same_name(listed: str, shown: str) -> bool:
    # Lists shorten long names with an ellipsis.
    stem = listed.rstrip("….").strip().casefold()
    return shown.strip().casefold().startswith(stem) if stem else False
