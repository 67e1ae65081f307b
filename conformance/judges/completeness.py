"""SBT-3.1.3: transaction information stays complete. What was ordered, and what buyer, operator and sellers see."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.comparison import Words, difference, quantities_differ, sums_compared
from conformance.judges.figures import Line, amount, lines_of, matched, outputs, text, together, whole
from conformance.judges.words import bad, cause_in, denied, done, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def complete(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.1.3: what was ordered, what the buyer sees and what operator and sellers see agree.

    What can be read of an order decides; a figure that a view does not show is not compared, and where no sum at all
    can be compared the clause could not be told.
    """
    data = seen.data
    if not data.get("number") or not done(data.get("buyer")) or not done(data.get("operator")):
        return untold(
            seen,
            "There is no order that buyer and operator both see, so nothing can be compared; "
            "see 3.2.1 (order handling).",
            "没有买家与运营方都能看到的订单，无从比对，详见3.2.1（订单处理）。",
            cause=cause_in(data, "operator_cause", "settings" if "operator_missing" in data else "target"),
        )
    wrong = _against_ordered(data) or difference(data["buyer"], data["operator"]) or _against_sellers(data)
    if wrong:
        views = (data.get("confirm"), data["buyer"], data["operator"])
        return bad(
            seen,
            f"Order {data['number']} is not the same in all views: {wrong[0]}.",
            f"订单 {data['number']} 在各方视图中不一致：{wrong[1]}。",
            repeat=requests(*views, *(seller.get("read") for seller in data.get("sellers", ()))),
        )
    return _doubt(seen) or good(
        seen,
        f"The lines, quantities and sums that the views of order {data['number']} show agree with what was ordered.",
        f"订单 {data['number']} 各方视图中显示的明细、数量、金额与下单内容一致。",
    )


def _ordered(data: Mapping[str, Any]) -> tuple[Line, ...]:
    lines = []
    for line in data["ordered"]["lines"]:
        quantity, unit = whole(line["quantity"]), amount(line["unit_price"])
        total = None if quantity is None or unit is None else unit * quantity
        lines.append((text(line["name"]), quantity, total))
    return together(lines)


def _against_ordered(data: Mapping[str, Any]) -> Words | None:
    """Compare the buyer's order with what was put in the cart, where all of it was, and with the last page before."""
    mine = lines_of(data["buyer"])
    if all(done(step) for step in data.get("add", ())) and (wrong := quantities_differ(_ordered(data), mine)):
        return f"ordered against the buyer's page: {wrong[0]}", f"下单内容与买家页面相比：{wrong[1]}"
    for shown, kept in matched(_previewed(data), mine):
        if shown and kept and shown.total is not None and kept.total is not None and shown.total != kept.total:
            return (
                f"{kept.name}: {shown.total} before confirming, {kept.total} in the order",
                f"{kept.name}：确认前为 {shown.total}，订单中为 {kept.total}",
            )
    return _more_than_its_lines(data["buyer"], mine)


def _previewed(data: Mapping[str, Any]) -> tuple[Line, ...]:
    return lines_of(data.get("preview")) if done(data.get("preview")) else ()


def _more_than_its_lines(view: Mapping[str, Any], lines: tuple[Line, ...]) -> Words | None:
    """An order may ask for less than its lines (a discount on the whole); more than them is in none of them."""
    goods = amount(outputs(view).get("goods_total"))
    known = [line.total for line in lines if line.total is not None]
    if goods is None or len(known) != len(lines) or sum(known) >= goods:
        return None
    return f"lines sum up to {sum(known)}, the order says {goods}", f"明细合计 {sum(known)}，订单货款为 {goods}"


def _shares(data: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], tuple[Line, ...]], ...]:
    """Return each seller whose goods are known, with the buyer's lines that are of those goods."""
    mine = lines_of(data["buyer"])
    return tuple(
        (seller, tuple(line for line in mine if any(same_name(line.name, text(name)) for name in seller["own"])))
        for seller in data.get("sellers", ())
        if seller.get("own") is not None
    )


def _against_sellers(data: Mapping[str, Any]) -> Words | None:
    for seller, own in _shares(data):
        role, read = seller["role"], seller.get("read")
        if own and denied(read):
            return f"{role} is denied an order that holds own goods", f"{role} 无权查看含有自己商品的订单"
        if not own or not done(read):
            continue
        pairs = matched(own, lines_of(read))
        lacking = [ours.name for ours, theirs in pairs if ours and (not theirs or ours.quantity != theirs.quantity)]
        if lacking:
            return (
                f"{role} does not see {', '.join(lacking)} as ordered",
                f"{role} 看到的 {'、'.join(lacking)} 与下单不符",
            )
    return None


def _doubt(seen: Observation) -> Verdict | None:
    """Return what keeps views that agree from being complete; None where nothing does."""
    data = seen.data
    unput = next((step for step in data.get("add", ()) if not done(step)), None)
    if unput is not None:
        return untold(
            seen,
            f"Not all goods could be put in the cart, so the order is not the one that was meant: {why(unput)}",
            f"并非所有商品都能放入购物车，订单与预期不同：{why(unput)}",
        )
    for seller in data.get("sellers", ()):
        if seller.get("own") is None:
            return untold(
                seen,
                f"It could not be told which of the goods are {seller['role']}'s.",
                f"无法得知哪些商品属于 {seller['role']}。",
            )
    unread = next((seller for seller, own in _shares(data) if own and not done(seller.get("read"))), None)
    if unread is not None:
        return untold(
            seen,
            f"{unread['role']} could not read the order that holds own goods: {why(unread.get('read'))}",
            f"{unread['role']} 无法读取含有自己商品的订单：{why(unread.get('read'))}",
        )
    if not sums_compared(data["buyer"], data["operator"]):
        return untold(
            seen,
            "Lines and quantities agree, but there is no sum that both views show.",
            "明细与数量一致，但两方视图没有可以比对的金额。",
            cause="settings",
        )
    return _dearer(seen)


def _dearer(seen: Observation) -> Verdict | None:
    """Where an order asks more than the price shown times the pieces, and no page before said so, it may be a tax."""
    mine = lines_of(seen.data["buyer"])
    told = {
        kept.name for shown, kept in matched(_previewed(seen.data), mine) if shown and kept and shown.total is not None
    }
    for shown, kept in matched(_ordered(seen.data), mine):
        if shown is None or kept is None or shown.total is None or kept.total is None:
            continue
        if kept.total > shown.total and kept.name not in told:
            return untold(
                seen,
                f"{kept.name}: {shown.total} by the price shown, {kept.total} in the order; a tax or a surcharge "
                "cannot be told from a wrong record.",
                f"{kept.name}：按标价应为 {shown.total}，订单为 {kept.total}；无法区分是税费、附加费还是记录有误。",
            )
    return None
