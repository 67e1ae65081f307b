"""SBT-3.1.3.2 between sellers: of an order that they share, each sees the own lines only."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.figures import lines_of
from conformance.judges.rights import no_sellers
from conformance.judges.words import bad, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict, Violates


def no_seller_reads(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``access.shared_order`` for 3.1.3 (confidential): a leak is told under 3.1.3.2, and not green here."""
    told = own_lines_only(requirement, seen, declarations)
    if not isinstance(told, Violates):
        return told
    return untold(
        seen,
        "Sellers who share an order can read each other's lines; see 3.1.3.2 (rights between users of one role).",
        "共享订单的销售商可以看到对方的明细，详见3.1.3.2（同角色用户相互隔离）。",
    )


def own_lines_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.shared_order``: the other seller's goods stand nowhere in what a seller reads of the order."""
    data = seen.data
    if not data["sellers"]:
        return no_sellers(seen)
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
    if not data["reads"]:
        return untold(seen, "No seller was asked to read the order.", "没有让销售商查看该订单。")
    for entry in data["reads"]:
        if not any(same_name(line.name, entry["own"]) for line in lines_of(entry["read"])):
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
