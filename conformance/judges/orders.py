"""The order through everyone's eyes: SBT-3.2.1 order handling, 3.1.3 complete transactions, 4.1.2.1.1 fee apart."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

Line = tuple[str, int, Decimal | None]


def amount(money: Mapping[str, Any] | None) -> Decimal | None:
    """Return the amount of a money record, None where none was shown."""
    if not money or money.get("amount") is None:
        return None
    return Decimal(str(money["amount"]))


def _lines(view: Mapping[str, Any]) -> list[Line]:
    """Return the lines of a read order as (name, quantity, line total), sorted."""
    lines = [(line["name"], int(line["quantity"]), amount(line.get("line_total"))) for line in view["outputs"]["lines"]]
    return sorted(lines, key=lambda line: (line[0], line[1]))


def _numbers(step: Mapping[str, Any]) -> set[str]:
    return {str(order["number"]) for order in step["outputs"]["orders"]}


def _placed(seen: Observation) -> Verdict | None:
    """Return why the order cannot be judged further; None where it was acknowledged."""
    data = seen.data
    steps = (*data["add"], data.get("preview"), data.get("confirm"))
    failed = next((step for step in steps if step is not None and not done(step)), None)
    if data["number"]:
        return None
    reason = why(failed) or "the shop named no order number"
    return bad(seen, f"No order could be placed: {reason}", f"无法下单：{reason}", repeat=requests(*steps))


def handling(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.2.1: placed, kept, seen by the operator with its lines and sums, shipped, and told so.

    Where the operator's lines or sums *differ* from the buyer's, that is told under 3.1.3 (complete) and here it could
    not be told that order handling works.
    """
    data = seen.data
    if (unplaced := _placed(seen)) is not None:
        return unplaced
    number = data["number"]
    if (lost := _kept(seen, number)) is not None:
        return lost
    if "operator" not in data:
        return untold(
            seen,
            f"The order was placed and kept; the operator's side was not seen: {data.get('operator_missing', '')}",
            f"订单已生成并保存；未能以运营方身份查看：{data.get('operator_missing', '')}",
            cause="settings",
        )
    if (
        not done(data["operator"])
        or not _lines(data["operator"])
        or number not in _numbers_or_none(data["operator_list"])
    ):
        reason = why(data["operator"]) or why(data["operator_list"]) or "it is not in the list, or has no lines"
        return bad(
            seen,
            f"Order {number} never reaches the operator: {reason}",
            f"订单 {number} 未到达运营方：{reason}",
            repeat=requests(data["confirm"], data["operator_list"], data["operator"]),
        )
    if _difference(data["buyer"], data["operator"]):
        return untold(
            seen,
            "The operator's lines or sums differ from the buyer's; see 3.1.3 (complete transactions).",
            "运营方看到的明细或金额与买家不一致，详见3.1.3（交易信息完整）。",
        )
    return _shipped(seen, number)


def _numbers_or_none(step: Mapping[str, Any]) -> set[str]:
    return _numbers(step) if done(step) else set()


def _kept(seen: Observation, number: str) -> Verdict | None:
    data = seen.data
    if done(data["buyer"]) and number in _numbers_or_none(data["buyer_list"]):
        return None
    reason = why(data["buyer"]) or why(data["buyer_list"]) or "it is not in the list"
    return bad(
        seen,
        f"The shop acknowledged order {number} and did not keep it for its buyer: {reason}",
        f"平台确认了订单 {number}，但买家查不到该订单：{reason}",
        repeat=requests(data["confirm"], data["buyer_list"], data["buyer"]),
    )


def _shipped(seen: Observation, number: str) -> Verdict:
    data = seen.data
    if "ship" not in data:
        return untold(
            seen, "The adapter does not describe how to ship an order.", "适配文件没有描述发货操作。", cause="settings"
        )
    steps = requests(data["ship"], data["operator_after"], data["buyer_after"])
    if not done(data["ship"]):
        return bad(
            seen,
            f"Order {number} cannot be shipped: {why(data['ship'])}",
            f"订单 {number} 无法发货：{why(data['ship'])}",
            repeat=steps,
        )
    before = data["operator"]["outputs"].get("status")
    after = {
        name: data[view]["outputs"].get("status")
        for name, view in (("operator", "operator_after"), ("buyer", "buyer_after"))
        if done(data[view])
    }
    stuck = [name for name in ("operator", "buyer") if after.get(name) in {None, before}]
    if stuck:
        roles_zh = "、".join({"operator": "运营方", "buyer": "买家"}[name] for name in stuck)
        return bad(
            seen,
            f"After shipping, the {' and the '.join(stuck)} still see(s) order {number} as {before!r}.",
            f"发货后，{roles_zh}看到的订单 {number} 状态仍为“{before}”。",
            repeat=steps,
        )
    return good(
        seen,
        f"Order {number} was placed, kept, seen by the operator with the same lines and sums, "
        f"and shipped ({after['buyer']}).",
        f"订单 {number} 已生成并保存，运营方看到的明细与金额一致，并已发货（{after['buyer']}）。",
    )


def _difference(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what differs between two views of one order, in English and Chinese; None where they agree."""
    mine, theirs = _lines(left), _lines(right)
    if [line[:2] for line in mine] != [line[:2] for line in theirs]:
        return f"lines {_say(mine)} against {_say(theirs)}", f"明细 {_say(mine)} 与 {_say(theirs)}"
    for ours, others in zip(mine, theirs, strict=True):
        if ours[2] is not None and others[2] is not None and ours[2] != others[2]:
            return f"{ours[0]}: {ours[2]} against {others[2]}", f"{ours[0]}:{ours[2]} 与 {others[2]}"
    for field, zh in (("goods_total", "货款"), ("delivery_fee", "配送费"), ("total", "总额")):
        ours_sum, others_sum = amount(left["outputs"].get(field)), amount(right["outputs"].get(field))
        if ours_sum is not None and others_sum is not None and ours_sum != others_sum:
            return f"{field} {ours_sum} against {others_sum}", f"{zh} {ours_sum} 与 {others_sum}"
    return None


def _say(lines: list[Line]) -> str:
    return ", ".join(f"{quantity} x {name}" for name, quantity, _ in lines) or "-"


def complete(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.1.3: what was ordered, what the buyer sees and what operator and sellers see agree."""
    data = seen.data
    if not data["number"] or not done(data.get("buyer")) or not done(data.get("operator")):
        return untold(
            seen,
            "There is no order that buyer and operator both see, so nothing can be compared; "
            "see 3.2.1 (order handling).",
            "没有买家与运营方都能看到的订单，无从比对，详见3.2.1（订单处理）。",
        )
    repeat = requests(data["confirm"], data["buyer"], data["operator"])
    wrong = _against_ordered(data) or _difference(data["buyer"], data["operator"]) or _against_sellers(data)
    if wrong:
        return bad(
            seen,
            f"Order {data['number']} is not the same in all views: {wrong[0]}.",
            f"订单 {data['number']} 在各方视图中不一致：{wrong[1]}。",
            repeat=(*repeat, *requests(*(seller["read"] for seller in data.get("sellers", ())))),
        )
    return good(
        seen,
        f"All lines, quantities and sums of order {data['number']} agree as ordered, for buyer and operator.",
        f"订单 {data['number']} 的明细、数量、金额在下单、买家与运营方视图中一致。",
    )


def _against_ordered(data: Mapping[str, Any]) -> tuple[str, str] | None:
    ordered = sorted(
        (line["name"], int(line["quantity"]), amount(line["unit_price"])) for line in data["ordered"]["lines"]
    )
    mine = _lines(data["buyer"])
    if [line[:2] for line in ordered] != [line[:2] for line in mine]:
        return (
            f"ordered {_say(ordered)}, the buyer's page shows {_say(mine)}",
            f"下单 {_say(ordered)}，买家页面显示 {_say(mine)}",
        )
    for (name, quantity, unit), (_, __, total) in zip(ordered, mine, strict=True):
        if unit is not None and total is not None and unit * quantity != total:
            return (
                f"{name}: {quantity} x {unit} shown, {total} asked",
                f"{name}：标价 {unit} × {quantity}，却计 {total}",
            )
    return _sum_of(data["buyer"], mine)


def _sum_of(view: Mapping[str, Any], lines: list[Line]) -> tuple[str, str] | None:
    totals = [line[2] for line in lines]
    goods = amount(view["outputs"].get("goods_total"))
    known = [total for total in totals if total is not None]
    if goods is not None and len(known) == len(totals) and sum(known) != goods:
        return f"lines sum up to {sum(known)}, the order says {goods}", f"明细合计 {sum(known)}，订单货款为 {goods}"
    return None


def _against_sellers(data: Mapping[str, Any]) -> tuple[str, str] | None:
    mine = {line[0]: line[1] for line in _lines(data["buyer"])}
    for seller in data.get("sellers", ()):
        if not done(seller["read"]):
            continue
        theirs = {line[0]: line[1] for line in _lines(seller["read"])}
        own = {name: quantity for name, quantity in mine.items() if name in seller["own"]}
        lacking = {name: quantity for name, quantity in own.items() if theirs.get(name) != quantity}
        if lacking:
            text = ", ".join(lacking)
            return f"{seller['role']} does not see {text} as ordered", f"{seller['role']} 看到的 {text} 与下单不符"
    return None


def price_kept(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.tampering`` for 3.1.3: a price sent by the customer is refused or ignored."""
    data = seen.data
    shown = amount(data["shown"])
    if not done(data["add"]):
        return good(seen, "A request with a forged price was refused.", "携带伪造价格的请求被拒绝。")
    if not done(data["read"]) or not data["read"]["outputs"]["lines"]:
        return untold(seen, "The cart could not be read after the forged request.", "伪造请求之后无法读取购物车。")
    line = next((line for line in data["read"]["outputs"]["lines"] if line["name"] == data["goods"]), None)
    asked = amount(line.get("line_total")) or amount(line.get("unit_price")) if line else None
    if asked is None or shown is None:
        return untold(seen, "The cart shows no price for the goods.", "购物车没有显示商品价格。")
    if asked != shown * int(line["quantity"] if line else 1):
        return bad(
            seen,
            f"The shop took the price from the customer's form: {shown} shown, {asked} in the cart.",
            f"平台采用了客户表单中的价格：标价 {shown}，购物车为 {asked}。",
            repeat=(
                *requests(data["add"]),
                "sent: " + ", ".join(f"{name}={value}" for name, value in data["sent"].items()),
            ),
        )
    return good(
        seen,
        "A price forged in the form was ignored; the shop's own price stood.",
        "表单中伪造的价格被忽略，仍按平台标价。",
    )


def fee_apart(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 4.1.2.1.1: goods, fee and total are three values before confirming, and add up."""
    preview = seen.data.get("preview")
    if not done(preview) or preview is None:
        return untold(seen, "The last page before confirming could not be reached.", "未能到达确认前的最后一页。")
    outputs = preview["outputs"]
    goods, fee, grand = (amount(outputs.get(name)) for name in ("goods_total", "delivery_fee", "grand_total"))
    if grand is None:
        return bad(
            seen,
            "The last page before confirming shows no total.",
            "确认前的最后一页没有总额。",
            repeat=requests(preview),
        )
    if goods is None or fee is None:
        return bad(
            seen,
            f"Before confirming only a total of {grand} is shown; goods amount and delivery fee do not stand apart.",
            f"确认前只显示总额 {grand}，货款与配送费没有分列。",
            repeat=requests(preview),
        )
    if goods + fee != grand:
        return bad(
            seen, f"{goods} + {fee} is not {grand}.", f"{goods} + {fee} 不等于 {grand}。", repeat=requests(preview)
        )
    return _charged_as_shown(seen, goods, fee, grand)


def _charged_as_shown(seen: Observation, goods: Decimal, fee: Decimal, grand: Decimal) -> Verdict:
    # An order altered in one view only is told under 3.1.3; a fee added later stands in every view.
    views = [view for view in (seen.data.get("buyer"), seen.data.get("operator")) if view and done(view)]
    totals = [total for view in views if (total := amount(view["outputs"].get("total"))) is not None]
    charged = min(totals, default=None)
    if charged is not None and charged > grand:
        return bad(
            seen,
            f"{grand} was shown before confirming, the order says {charged}.",
            f"确认前显示 {grand}，订单却为 {charged}。",
            repeat=requests(seen.data["preview"], seen.data["confirm"], *views),
        )
    return good(
        seen,
        f"Before confirming: {goods} + {fee} = {grand}, as three values.",
        f"确认前分列显示：{goods} + {fee} = {grand}。",
    )
