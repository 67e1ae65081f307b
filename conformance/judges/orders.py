"""SBT-3.2.1, order handling: placed, kept, seen by the operator, moved to shipped. Each end state was read."""

import re
from collections.abc import Mapping
from typing import Any

from conformance.judges.comparison import difference
from conformance.judges.figures import lines_of, listed, outputs, rows, same_number, text
from conformance.judges.words import bad, cause_in, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

_VIEWS = (("operator", "运营方"), ("buyer", "买家"))
_IS_SHIPPED = re.compile(
    r"已发货|已出库|已完成|(?<!not )(?<!not yet )(?<!un)(?<!be )\b(?:shipped|dispatched|delivered|completed)\b",
    re.IGNORECASE,
)


def handling(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.2.1: placed, kept, seen by the operator with its lines and sums, shipped, and told so.

    Where the operator's lines or sums *differ* from the buyer's, that is told under 3.1.3 (complete) and here it could
    not be told that order handling works.
    """
    return _unplaced(seen) or _lost(seen) or _not_reached(seen) or _shipped(seen)


def _unplaced(seen: Observation) -> Verdict | None:
    data = seen.data
    if data.get("number"):
        return None
    steps = (*data.get("add", ()), data.get("preview"), data.get("confirm"))
    failed = why(next((step for step in steps if step is not None and not done(step)), None))
    return bad(
        seen,
        f"No order could be placed: {failed or 'the shop named no order number'}",
        f"无法下单：{failed or '平台没有给出订单号'}",
        repeat=requests(*steps),
    )


def _lost(seen: Observation) -> Verdict | None:
    """Return why the buyer's own order is not there; None where its page opens and the list holds it."""
    data = seen.data
    number, page, orders = str(data["number"]), data.get("buyer"), data.get("buyer_list")
    repeat = requests(data.get("confirm"), orders, page)
    reason = _not_this(page, number) or ("" if done(orders) else why(orders) or "the list of orders was not read")
    if not reason and not listed(orders, number) and not rows(orders, "orders"):
        reason = "the list of the own orders is empty"
    if reason:
        return bad(
            seen,
            f"The shop acknowledged order {number} and did not keep it for its buyer: {reason}",
            f"平台确认了订单 {number}，但买家查不到该订单：{reason}",
            repeat=repeat,
        )
    return _not_listed(seen, number, "buyer", "买家") if not listed(orders, number) else None


def _not_reached(seen: Observation) -> Verdict | None:
    """Return why the operator cannot work on the order; None where page and list show it as the buyer's page does."""
    data = seen.data
    number, page, orders = str(data["number"]), data.get("operator"), data.get("operator_list")
    if page is None:
        missing = data.get("operator_missing", "")
        return untold(
            seen,
            f"The order was placed and kept; the operator's side was not seen: {missing}",
            f"订单已生成并保存；未能以运营方身份查看：{missing}",
            cause=cause_in(data, "operator_cause", "settings"),
        )
    reason = _not_this(page, number) or ("" if done(orders) else why(orders) or "the list of orders was not read")
    if not reason and not listed(orders, number) and not rows(orders, "orders"):
        reason = "the operator's list of orders is empty"
    if reason:
        return bad(
            seen,
            f"Order {number} never reaches the operator: {reason}",
            f"订单 {number} 未到达运营方：{reason}",
            repeat=requests(data.get("confirm"), orders, page),
        )
    if not listed(orders, number):
        return _not_listed(seen, number, "operator", "运营方")
    if not lines_of(page) or not lines_of(data.get("buyer")) or difference(data["buyer"], page):
        return untold(
            seen,
            "The operator's lines or sums differ from the buyer's; see 3.1.3 (complete transactions).",
            "运营方看到的明细或金额与买家不一致，详见3.1.3（交易信息完整）。",
        )
    return None


def _not_this(page: Mapping[str, Any] | None, number: str) -> str:
    """Return why a page is not that of the order; empty where it is."""
    if not done(page):
        return why(page) or "its page was not read"
    shown = text(outputs(page).get("number"))
    return f"its page shows order {shown}" if shown and not same_number(shown, number) else ""


def _not_listed(seen: Observation, number: str, who: str, who_zh: str) -> Verdict:
    return untold(
        seen,
        f"The page of order {number} opens for the {who}, but the orders that the list shows do not hold it; it may "
        "stand further down than was read.",
        f"{who_zh}能打开订单 {number} 的页面，但所读到的订单列表中没有该订单，可能列在未读取的后续页中。",
    )


def _status(step: Mapping[str, Any] | None) -> str:
    return text(outputs(step).get("status"))


def _shipped(seen: Observation) -> Verdict:
    data = seen.data
    if "ship" not in data:
        return untold(
            seen, "The adapter does not describe how to ship an order.", "适配文件没有描述发货操作。", cause="settings"
        )
    number = data["number"]
    before = {who: _status(data.get(who)) for who, _ in _VIEWS}
    by_itself = all(_IS_SHIPPED.search(status) for status in before.values())
    if by_itself:
        return good(
            seen,
            f"Order {number} was placed, kept, seen by the operator with the same lines and sums, and stood as shipped "
            f"at once ({before['buyer']}).",
            f"订单 {number} 已生成并保存，运营方看到的明细与金额一致，且下单后即为已发货状态（{before['buyer']}）。",
        )
    if not done(data["ship"]):
        return bad(
            seen,
            f"Order {number} cannot be shipped: {why(data['ship'])}",
            f"订单 {number} 无法发货：{why(data['ship'])}",
            repeat=requests(data["ship"]),
        )
    return _moved(seen, before)


def _moved(seen: Observation, before: Mapping[str, str]) -> Verdict:
    """Judge the status in each view against the *same* view before: operator and buyer may have words of their own."""
    data, number = seen.data, seen.data["number"]
    after = {who: _status(data.get(f"{who}_after")) for who, _ in _VIEWS}
    stuck = [(who, zh) for who, zh in _VIEWS if after[who] and after[who] == before[who]]
    if stuck:
        first = before[stuck[0][0]]
        return bad(
            seen,
            f"After shipping, the {' and the '.join(who for who, _ in stuck)} still see order {number} as {first!r}.",
            f"发货后，{'、'.join(zh for _, zh in stuck)}看到的订单 {number} 状态仍为“{first}”。",
            repeat=requests(data["ship"], data.get("operator_after"), data.get("buyer_after")),
        )
    for who, zh in _VIEWS:
        page = data.get(f"{who}_after")
        if not done(page):
            return untold(
                seen,
                f"After shipping, the {who} could not read order {number}: {why(page)}",
                f"发货后，{zh}无法读取订单 {number}：{why(page)}",
            )
        if not after[who]:
            return untold(
                seen,
                f"The {who}'s page of order {number} shows no status, so it cannot be told that it was shipped.",
                f"{zh}的订单 {number} 页面没有显示状态，无法判定是否已发货。",
                cause="target" if before[who] else "settings",
            )
    return good(
        seen,
        f"Order {number} was placed, kept, seen by the operator with the same lines and sums, "
        f"and shipped ({after['buyer']}).",
        f"订单 {number} 已生成并保存，运营方看到的明细与金额一致，并已发货（{after['buyer']}）。",
    )
