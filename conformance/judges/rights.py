"""SBT-3.1.3 (confidential), 3.1.3.2 (rights): who may see what. The oracle is data, not status.

A canary word of the foreign object in the answer violates, whatever the status. A denial counts only where the same
session's own access worked before and after, and the owner's too.
"""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

# Lists filter; an answer without foreign words is what they should give. A single object must be denied outright.
THINGS: Mapping[str, str] = {
    "order": "订单",
    "order list": "订单列表",
    "account page": "账户页",
    "address": "收货地址",
    "goods": "商品",
    "operator's order list": "运营方订单列表",
    "operator's order page": "运营方订单页",
}
LISTS = frozenset({"order list", "operator's order list", "account page"})


def _leak(seen: Observation) -> Verdict | None:
    leaks = [attempt for attempt in seen.data["tries"] if attempt["canaries"]]
    if not leaks:
        return None
    first = leaks[0]
    named = ", ".join(sorted({f"{attempt['who']}: {attempt['thing']}" for attempt in leaks}))
    named_zh = "、".join(sorted({f"{attempt['who']}:{THINGS[attempt['thing']]}" for attempt in leaks}))
    return bad(
        seen,
        f"Foreign data was shown ({named}), answered with status {first['status']}.",
        f"显示了他人数据（{named_zh}），应答状态为 {first['status']}。",
        repeat=[f"{attempt['request']} (holds {len(attempt['canaries'])} of the owner's words)" for attempt in leaks],
    )


def _denials_count(seen: Observation, before: str, after: str) -> Verdict | None:
    """Return why the denials mean nothing; None where they count."""
    if not seen.data["tries"]:
        return untold(seen, "Nothing foreign could be tried.", "没有可供尝试的他人对象。", cause="settings")
    if not (seen.data[before] and seen.data[after]):
        return untold(
            seen, "The owner's own access did not work before and after.", "所有者本人的访问未能在前后都成功。"
        )
    for attempt in seen.data["tries"]:
        if not (attempt["own_before"] and attempt["own_after"]):
            return untold(
                seen,
                f"{attempt['who']}'s own access did not work before and after, so the denial means nothing.",
                f"{attempt['who']} 本人的访问未能在前后都成功，拒绝结果不能说明问题。",
            )
        if attempt["outcome"] == "broken" or (attempt["outcome"] == "done" and attempt["thing"] not in LISTS):
            reason = attempt["why"]
            return untold(
                seen,
                f"{attempt['who']} asking for the {attempt['thing']} was neither denied nor shown its data. {reason}",
                f"{attempt['who']} 请求{THINGS[attempt['thing']]}时，既未被拒绝，也未看到数据。{reason}",
            )
    return None


def _told(seen: Observation, before: str, after: str, en: str, zh: str) -> Verdict:
    return _leak(seen) or _denials_count(seen, before, after) or good(seen, en, zh)


def closed_to_outsiders(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.outsiders`` for 3.1.3: without a session nothing of an order or account is shown."""
    number = len(seen.data["tries"])
    return _told(
        seen,
        "owner_before",
        "owner_after",
        f"A visitor was denied {number} things of a buyer; the buyer saw them before and after.",
        f"访客请求买家的 {number} 项内容均被拒绝，买家本人前后均可访问。",
    )


def no_peer_reads(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.peers`` for 3.1.3 (confidential): a leak to a peer is told under 3.1.3.2, and not green here."""
    if _leak(seen) is not None:
        return untold(
            seen,
            "Another user of the same role was shown foreign data; see 3.1.3.2 (rights between users of one role).",
            "同角色的其他用户看到了他人数据，详见3.1.3.2（同角色用户相互隔离）。",
        )
    return _denials_count(seen, "owner_before", "owner_after") or good(
        seen, "No other user of the same role was shown an order.", "同角色的其他用户看不到该订单。"
    )


def own_things_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.peers`` for 3.1.3.2: users of one role see their own only."""
    return _told(
        seen,
        "owner_before",
        "owner_after",
        f"{len(seen.data['tries'])} attempts at another user's things ({seen.header.subject}) showed nothing foreign.",
        f"对同角色他人对象的 {len(seen.data['tries'])} 次尝试（{seen.header.subject}）均未显示他人数据。",
    )


def operator_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.operator_pages`` for 3.1.3.2: the operator's pages show nothing to lower roles."""
    if seen.data["seller_of_the_order"]:
        return untold(
            seen,
            f"{seen.header.subject} sold goods of the order, so seeing it proves nothing.",
            f"{seen.header.subject} 是该订单的销售商，看到订单不能说明问题。",
        )
    return _told(
        seen,
        "operator_before",
        "operator_after",
        f"{seen.header.subject} was shown nothing of the operator's pages; the operator saw them before and after.",
        f"{seen.header.subject} 看不到运营方页面的内容，运营方本人前后均可访问。",
    )
