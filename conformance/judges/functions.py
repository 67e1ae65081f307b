"""SBT-3.2.1: functions of the platform. A function is there when the end state is there, in the right role."""

import itertools
from collections.abc import Mapping
from typing import Any

from conformance.judges.comparison import quantities_differ
from conformance.judges.figures import Line, lines_of, outputs, rows, said, text, whole
from conformance.judges.words import bad, denied, done, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def registration(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.register``: the new member logs in afterwards, in a fresh session, and is recognised."""
    data = seen.data
    register, log_in, who_am_i = data["register"], data.get("log_in"), data.get("who_am_i")
    steps = requests(register, log_in, who_am_i)
    if not done(register):
        reason = why(register)
        return bad(seen, f"Registering did not come about: {reason}", f"注册未完成：{reason}", repeat=steps)
    if not done(log_in) or denied(who_am_i):
        reason = why(who_am_i) if done(log_in) else why(log_in)
        return bad(
            seen,
            f"The shop acknowledged the registration, yet the new member cannot log in: {reason}",
            f"平台确认了注册，但新会员无法登录：{reason}",
            repeat=steps,
        )
    if not done(who_am_i) or not data.get("recognised"):
        reason = why(who_am_i)
        return untold(
            seen,
            f"The new member logged in, yet the account page does not tell who that is. {reason}".strip(),
            f"新会员虽能登录，但账户页未能显示其身份。{reason}",
        )
    return good(
        seen, "A new member registered, logged in afresh and was recognised.", "新会员完成注册，重新登录后被正确识别。"
    )


CART_STEPS: Mapping[str, str] = {
    "open the cart": "打开购物车",
    "add the first": "放入第一种商品",
    "add the second": "放入第二种商品",
    "change the quantity of the first to 3": "将第一种商品的数量改为3",
    "remove the second": "删除第二种商品",
}
_CHANGES = tuple(CART_STEPS)[1:]


def cart(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.cart``: after each step the cart holds exactly what was put in it.

    A step that was refused with two goods, and not with two others, may be a matter of their stock: it is no fault.
    """
    steps = seen.data["steps"]
    refused = seen.data.get("refused_before", ())
    for walk in refused:
        for step in itertools.takewhile(lambda step: done(step["done"]), walk["steps"]):
            if (verdict := _cart_step(seen, step)) is not None:
                return verdict
    doubts = []
    for step in steps:
        verdict = _cart_step(seen, step)
        if verdict is not None:
            return verdict
        if not done(step.get("done")):
            doubts.append(step)
    if doubts:
        first = doubts[0]
        name, reason = first["name"], why(first.get("done"))
        return untold(
            seen,
            f"{name}: the cart holds what it should, yet the step did not end as the adapter says: {reason}",
            f"{CART_STEPS.get(name, name)}：购物车内容正确，但该步骤未按适配文件的描述结束：{reason}",
        )
    if tuple(step["name"] for step in steps) != _CHANGES:
        return untold(
            seen,
            "The cart's lines carry no key, so they could not be changed.",
            "购物车行没有可用标识，无法修改。",
            cause="settings",
        )
    return good(
        seen,
        "Two goods were put in the cart, a quantity changed and one removed; the cart told each step rightly."
        + "".join(f" With {' and '.join(walk['goods'])} a step was refused before." for walk in refused),
        "放入两种商品、修改数量、删除一种，购物车每一步均正确。"
        + "".join(f"此前对“{'”和“'.join(walk['goods'])}”的操作曾被拒绝。" for walk in refused),
    )


def _cart_step(seen: Observation, step: Mapping[str, Any]) -> Verdict | None:
    """Return what a step shows to be wrong; None where the cart holds what it should. The end state decides."""
    name, read, doing = step["name"], step["read"], step.get("done")
    name_zh, repeat = CART_STEPS.get(name, name), requests(doing, read)
    if not done(read):
        reason = why(read)
        return bad(
            seen,
            f"{name}: the cart cannot be read: {reason}",
            f"{name_zh}：无法读取购物车：{reason}",
            repeat=repeat,
        )
    held = lines_of(read)
    expected = tuple(
        Line(name=goods, quantity=whole(number), total=None) for goods, number in step.get("expected", {}).items()
    )
    if quantities_differ(expected, held) is None:
        return None
    if any(line.quantity is None for line in held):
        return untold(
            seen,
            f"{name}: the cart shows no quantity that can be read: {said(held)}",
            f"{name_zh}：购物车没有显示可读取的数量：{said(held, '、')}",
            cause="settings",
        )
    if not done(doing):
        reason = why(doing)
        return bad(
            seen, f"{name}: this did not come about: {reason}", f"{name_zh}：操作未完成：{reason}", repeat=repeat
        )
    return bad(
        seen,
        f"{name}: the cart should hold {said(expected)}, it holds {said(held)}.",
        f"{name_zh}：购物车应为 {said(expected, '、')}，实际为 {said(held, '、')}。",
        repeat=repeat,
    )


def display(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: a list with goods, detail pages that show the very goods listed, a search that finds.

    Where a search is offered, the name of a listed article must find something.
    """
    listed = seen.data["list"]
    if not done(listed) or not rows(listed, "products"):
        return bad(
            seen,
            f"The goods list shows nothing: {why(listed) or 'there are no goods on it'}",
            f"商品列表没有内容：{why(listed) or '列表中没有商品'}",
            repeat=requests(listed),
        )
    if not seen.data["details"]:
        return untold(seen, "No detail page was sampled.", "没有抽取到商品详情页。")
    for detail in seen.data["details"]:
        if (wrong := _detail(seen, detail)) is not None:
            return wrong
    number = len(seen.data["details"])
    return _search(seen) or good(
        seen,
        f"The list shows goods, and {number} sampled detail page(s) show the goods listed.",
        f"列表展示商品，抽查的 {number} 个详情页与列表一致。",
    )


def _detail(seen: Observation, detail: Mapping[str, Any]) -> Verdict | None:
    read, url = detail["read"], detail["url"]
    named, shown = text(detail["listed"].get("name")), text(outputs(read).get("name"))
    if not done(read) or not shown:
        reason = why(read) or "it names none"
        return bad(
            seen,
            f"The detail page {url} does not show goods: {reason}",
            f"详情页 {url} 没有显示商品：{why(read) or '没有商品名称'}",
            repeat=requests(read),
        )
    if named and not same_name(named, shown):
        return bad(
            seen,
            f"The list says {named!r}, its detail page shows {shown!r}.",
            f"列表显示“{named}”，详情页却显示“{shown}”。",
            repeat=requests(seen.data["list"], read),
        )
    return None


def _search(seen: Observation) -> Verdict | None:
    """Return what a search that is offered lacks; None where it finds, or where there is none."""
    search = seen.data.get("search")
    if search is None:
        return None
    term, found = search["term"], search["found"]
    if not done(found):
        return untold(
            seen, f"The search for {term!r} did not come about: {why(found)}", f"搜索“{term}”未完成：{why(found)}"
        )
    products = rows(found, "products")
    if search.get("of") == "list" and not products:
        return bad(
            seen,
            f"The list shows {term!r}, the search for it finds nothing.",
            f"列表中有“{term}”，搜索该名称却没有结果。",
            repeat=requests(seen.data["list"], found),
        )
    if not products:
        return untold(
            seen,
            f"The search for {term!r}, which the target file names, finds nothing.",
            f"搜索目标文件中指定的“{term}”没有结果。",
            cause="settings",
        )
    if search.get("of") == "list" and not any(same_name(term, text(product.get("name"))) for product in products):
        return untold(
            seen,
            f"The search for {term!r} finds other goods, not these, among those that were read.",
            f"搜索“{term}”得到的是其他商品，在所读取的结果中没有该商品。",
        )
    return None
