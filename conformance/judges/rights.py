"""SBT-3.1.3 (confidential), 3.1.3.2 (rights): who may see what. The oracle is data, not status.

A canary of the foreign object in the answer, or the object itself as the adapter reads it, violates, whatever the
status. A denial counts only where the same session's own access worked before and after, the owner's access to the
very thing too, and where the owner saw the words that were looked for.
"""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import NotApplicable, Requirement, Text, Verdict

THINGS: Mapping[str, str] = {
    "order": "订单",
    "order list": "订单列表",
    "account page": "账户页",
    "profile": "个人信息",
    "address": "收货地址",
    "goods": "商品",
    "operator's order list": "运营方订单列表",
    "operator's order page": "运营方订单页",
    "operator's page": "运营方页面",
}
LISTS = frozenset({"order list", "operator's order list"})
"""Lists filter: one that holds nothing foreign is what they should give. Anything else must be denied outright."""

_BY_DENIAL = frozenset({"operator's page"})
"""Pages that nobody but the operator may open at all, whether or not the order stands on them."""


def _zh(attempt: Mapping[str, Any]) -> str:
    return THINGS.get(attempt["thing"], attempt["thing"])


def _who_zh(attempt: Mapping[str, Any]) -> str:
    return "访客" if attempt["who"] == "visitor" else str(attempt["who"])


def _leak(seen: Observation) -> Verdict | None:
    leaks = [attempt for attempt in seen.data["tries"] if attempt["canaries"] or attempt["foreign_rows"]]
    if not leaks:
        return None
    first = leaks[0]
    named = ", ".join(sorted({f"{attempt['who']}: {attempt['thing']}" for attempt in leaks}))
    named_zh = "、".join(sorted({f"{_who_zh(attempt)}：{_zh(attempt)}" for attempt in leaks}))
    return bad(
        seen,
        f"Foreign data was shown ({named}), answered with status {first['status']}.",
        f"显示了他人数据（{named_zh}），应答状态为 {first['status']}。",
        repeat=[f"{attempt['request']} ({_held(attempt)})" for attempt in leaks],
    )


def _held(attempt: Mapping[str, Any]) -> str:
    if attempt["canaries"]:
        return f"holds {len(attempt['canaries'])} of the owner's words"
    return f"lists {attempt['foreign_rows']} that are not one's own"


def _denials_count(seen: Observation) -> Verdict | None:
    """Return why the denials mean nothing; None where they count."""
    untried = seen.data.get("untried", ())
    if untried:
        return untold(
            seen,
            "Not tried: " + "; ".join(f"{entry['thing']}: {entry['why']}" for entry in untried),
            "未能尝试：" + "；".join(f"{_zh(entry)}：{entry['why']}" for entry in untried),
            cause="settings" if all(entry["cause"] == "settings" for entry in untried) else "target",
        )
    if not seen.data["tries"]:
        return untold(seen, "Nothing foreign could be tried.", "没有可供尝试的他人对象。", cause="settings")
    for attempt in seen.data["tries"]:
        if (doubt := _doubt(seen, attempt)) is not None:
            return doubt
    return None


def _doubt(seen: Observation, attempt: Mapping[str, Any]) -> Verdict | None:
    who, thing, thing_zh, reason = attempt["who"], attempt["thing"], _zh(attempt), attempt["why"]
    if not (attempt["owner_before"] and attempt["owner_after"]):
        return untold(
            seen,
            f"The owner's own access ({thing}) did not work before and after.",
            f"所有者本人的访问（{thing_zh}）未能在前后都成功。",
        )
    if not (attempt["own_before"] and attempt["own_after"]):
        return untold(
            seen,
            f"{who}'s own access did not work before and after, so the denial means nothing.",
            f"{who} 本人的访问未能在前后都成功，拒绝结果不能说明问题。",
        )
    if attempt["outcome"] == "broken" or (attempt["outcome"] == "done" and thing not in LISTS):
        return untold(
            seen,
            f"{who} asking for the {thing} was neither denied nor shown its data. {reason}".strip(),
            f"{who} 请求{thing_zh}时，既未被拒绝，也未看到数据。{reason}",
        )
    if not attempt["owner_sees"] and thing not in _BY_DENIAL:
        return untold(
            seen,
            f"The owner's own {thing} shows none of the words by which a leak would be known.",
            f"所有者本人的{thing_zh}中没有可用于识别泄露的内容。",
        )
    return None


def no_sellers(seen: Observation) -> NotApplicable:
    """Return that what is asked about sellers does not apply to a shop that has none."""
    return NotApplicable(
        reason=Text(zh="适配文件表明该商城没有入驻销售商。", en="The adapter says that the shop has no sellers."),
        observations=(seen.id,),
    )


def closed_to_outsiders(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.outsiders`` for 3.1.3: without a session nothing of an order or account is shown."""
    number = len(seen.data["tries"])
    return (
        _leak(seen)
        or _denials_count(seen)
        or good(
            seen,
            f"A visitor was denied {number} things of a buyer; the buyer saw them before and after.",
            f"访客请求买家的 {number} 项内容均被拒绝，买家本人前后均可访问。",
        )
    )


def no_peer_reads(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.peers`` for 3.1.3 (confidential): a leak to a peer is told under 3.1.3.2, and not green here."""
    if seen.data.get("sellers") is False:
        return no_sellers(seen)
    if _leak(seen) is not None:
        return untold(
            seen,
            "Another user of the same role was shown foreign data; see 3.1.3.2 (rights between users of one role).",
            "同角色的其他用户看到了他人数据，详见3.1.3.2（同角色用户相互隔离）。",
        )
    return _denials_count(seen) or good(
        seen,
        f"No other user of the same role was shown anything foreign ({seen.header.subject}).",
        f"同角色的其他用户看不到他人数据（{seen.header.subject}）。",
    )


def own_things_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.peers`` for 3.1.3.2: users of one role see their own only."""
    if seen.data.get("sellers") is False:
        return no_sellers(seen)
    number, subject = len(seen.data["tries"]), seen.header.subject
    return (
        _leak(seen)
        or _denials_count(seen)
        or good(
            seen,
            f"{number} attempts at another user's things ({subject}) showed nothing foreign.",
            f"对同角色他人对象的 {number} 次尝试（{subject}）均未显示他人数据。",
        )
    )


def operator_only(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.operator_pages`` for 3.1.3.2: the operator's pages show nothing to lower roles."""
    subject = seen.header.subject
    if seen.data["seller_of_the_order"]:
        return untold(
            seen,
            f"{subject} sold goods of the order, so seeing it proves nothing.",
            f"{subject} 是该订单的销售商，看到订单不能说明问题。",
            cause="settings",
        )
    return (
        _leak(seen)
        or _denials_count(seen)
        or good(
            seen,
            f"{subject} was shown nothing of the operator's pages; the operator saw them before and after.",
            f"{subject} 看不到运营方页面的内容，运营方本人前后均可访问。",
        )
    )
