"""SBT-3.1.3.2 between sellers: of an order that they share, each sees the own lines only."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import NotApplicable, Requirement, Text, Verdict


def own_lines_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.shared_order``: the other seller's goods stand nowhere in what a seller reads of the order."""
    data = seen.data
    if not data["sellers"]:
        return NotApplicable(
            reason=Text(zh="适配文件表明该商城没有入驻销售商。", en="The adapter says that the shop has no sellers."),
            observations=(seen.id,),
        )
    if data["number"] is None:
        reason = why(data["confirm"])
        return untold(
            seen,
            f"No order of goods from both sellers could be placed: {reason}",
            f"未能下达包含两家销售商商品的订单：{reason}",
        )
    shown = [entry for entry in data["reads"] if entry["foreign_shown"]]
    if shown:
        who = ", ".join(entry["who"] for entry in shown)
        return bad(
            seen,
            f"Of order {data['number']}, which two sellers share, {who} can read the other seller's lines.",
            f"订单 {data['number']} 含两家销售商的商品，{who} 可以看到另一家的明细。",
            repeat=requests(*(entry["read"] for entry in shown)),
        )
    for entry in data["reads"]:
        names = [line["name"] for line in entry["read"]["outputs"]["lines"]] if done(entry["read"]) else []
        if entry["own"] not in names:
            reason = why(entry["read"]) or "the own line is not in it"
            return untold(
                seen,
                f"{entry['who']} could not read the own line of order {data['number']}: {reason}",
                f"{entry['who']} 无法读取订单 {data['number']} 中自己的明细：{reason}",
            )
    return good(
        seen,
        f"Of order {data['number']}, which two sellers share, each reads the own line only.",
        f"订单 {data['number']} 含两家销售商的商品，双方各自只能看到自己的明细。",
    )
