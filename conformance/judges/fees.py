"""SBT-4.1.2.1.1: where a delivery fee is charged, goods amount and fee stand apart before the deal is closed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.judges.figures import amount, lines_of, outputs
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def fee_apart(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 4.1.2.1.1: goods, fee and total are three values before confirming, and add up.

    Where no fee is shown because none is charged, that must follow from the sums: the total is that of the goods.
    """
    preview = seen.data.get("preview")
    if preview is None or not done(preview):
        return untold(
            seen,
            f"The last page before confirming could not be reached. {why(preview)}".strip(),
            f"未能到达确认前的最后一页。{why(preview)}",
        )
    goods, fee, grand = (amount(outputs(preview).get(name)) for name in ("goods_total", "delivery_fee", "grand_total"))
    if grand is None:
        return bad(
            seen,
            "The last page before confirming shows no total.",
            "确认前的最后一页没有总额。",
            repeat=requests(preview),
        )
    if not fee and (free := _free(seen, goods, grand)) is not None:
        return free
    if fee is None and (goods or _worth(seen.data) or 0) > grand:
        return untold(
            seen,
            f"No delivery fee is shown, and the total of {grand} is below the goods; a deduction may hide a fee.",
            f"没有显示配送费，且总额 {grand} 低于货款；无法判定优惠之外是否含有配送费。",
        )
    if goods is None or fee is None:
        return bad(
            seen,
            f"Before confirming only a total of {grand} is shown; goods amount and delivery fee do not stand apart.",
            f"确认前只显示总额 {grand}，货款与配送费没有分列。",
            repeat=requests(preview),
        )
    return _added_up(seen, goods, fee, grand)


def _added_up(seen: Observation, goods: Decimal, fee: Decimal, grand: Decimal) -> Verdict:
    if goods + fee < grand:
        return bad(
            seen,
            f"{goods} + {fee} is not {grand}.",
            f"{goods} + {fee} 不等于 {grand}。",
            repeat=requests(seen.data["preview"]),
        )
    if goods + fee > grand:
        return untold(
            seen,
            f"{goods} + {fee} is more than the total of {grand}; a deduction cannot be told from a wrong sum.",
            f"{goods} + {fee} 大于总额 {grand}；无法区分是优惠抵扣还是合计有误。",
        )
    return _dearer_afterwards(seen, grand) or good(
        seen,
        f"Before confirming: {goods} + {fee} = {grand}, as three values.",
        f"确认前分列显示：{goods} + {fee} = {grand}。",
    )


def charged_fee(data: Mapping[str, Any]) -> Decimal | None:
    """Return the delivery fee that is charged: as shown before confirming, else as the order has it; None if unknown.

    A fee that no view shows apart is what a total asks beyond its goods.
    """
    views = [outputs(data.get(name)) for name in ("preview", "buyer", "operator") if done(data.get(name))]
    for view in views:
        if (fee := amount(view.get("delivery_fee"))) is not None:
            return fee
    for view in views:
        goods, total = amount(view.get("goods_total")), amount(view.get("grand_total", view.get("total")))
        if goods is not None and total is not None and total >= goods:
            return total - goods
    return None


def _free(seen: Observation, goods: Decimal | None, grand: Decimal) -> Verdict | None:
    """Return that no fee is charged, where the sums before confirming and those of the order say so."""
    data = seen.data
    worth = _worth(data) if goods is None else goods
    if worth is None or worth != grand:
        return None
    dearer = _dearer_afterwards(seen, grand)
    kept = next((data[view] for view in ("buyer", "operator") if done(data.get(view))), None)
    if dearer is None and kept is not None and (amount(outputs(kept).get("delivery_fee")) or 0) > 0:
        return None
    return dearer or good(
        seen,
        f"No delivery fee is charged: the total before confirming, {grand}, is that of the goods.",
        f"不收取配送费：确认前的总额 {grand} 即为货款。",
    )


def _worth(data: Mapping[str, Any]) -> Decimal | None:
    """Return what the lines cost before confirming, or by the prices shown; None where a line has no price."""
    lines = lines_of(data["preview"])
    totals = [line.total for line in lines]
    if not totals:
        prices = [(amount(line["unit_price"]), line["quantity"]) for line in data["ordered"]["lines"]]
        totals = [None if unit is None else unit * quantity for unit, quantity in prices]
    known = [total for total in totals if total is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(totals) else None


def _dearer_afterwards(seen: Observation, grand: Decimal) -> Verdict | None:
    """Return that the order asks more than was shown; one altered in one view only is told under 3.1.3."""
    views = [view for view in (seen.data.get("buyer"), seen.data.get("operator")) if done(view)]
    totals = [total for view in views if (total := amount(outputs(view).get("total"))) is not None]
    charged = min(totals, default=None)
    if charged is None or charged <= grand:
        return None
    return bad(
        seen,
        f"{grand} was shown before confirming, the order says {charged}.",
        f"确认前显示 {grand}，订单却为 {charged}。",
        repeat=requests(seen.data["preview"], seen.data.get("confirm"), *views),
    )
