"""The payment notices of SBT-6 safe and 3.1.3 unforgeable: who is believed."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.figures import amount, outputs, rows, unlike
from conformance.judges.refunds import may_be_cut
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from probes.payment.shown import is_so
from reports.verdict import Requirement, Verdict, Violates


def notices_signed(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``payment.notices`` for SBT-6-safe: a notice without a right signature leaves the order unpaid.

    What the order shows afterwards decides, not the status of the answer. Nothing that a machine sees makes this clause
    conform: the licence, and PCI DSS or its like, are documents.
    """
    believed = [one for one in _tried(seen, "signature") if _paid_after(one)]
    if believed:
        return _believed(seen, believed)
    if (unknown := _control(seen)) is not None:
        return unknown
    if (unread := _untried(seen, _BY_SIGNATURE) or _unread(seen, _tried(seen, "signature"))) is not None:
        return unread
    return untold(
        seen,
        "Payment notices without a right signature are refused. The payment licence, and PCI DSS or its like, have to "
        "be on file.",
        "签名不正确的支付通知均被拒绝。支付业务许可证及PCI DSS（或同等）证明须另行存档核验。",
        cause="document",
    )


def notices_unforgeable(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``payment.notices`` for 3.1.3: a genuine notice pays for its own order, at its own amount, and no other.

    Who believes notices without a right signature believes these as well: that is told under SBT-6 (safe).
    """
    if any(_paid_after(one) for one in _tried(seen, "signature")):
        return untold(
            seen,
            "A payment notice without a right signature is believed; see 6 (safe).",
            "未正确签名的支付通知被采信，详见第6章（支付安全）。",
        )
    forged = seen.data["forged"]
    believed = [one for one in _tried(seen, "content") if _paid_after(one)]
    if believed:
        return _believed(seen, believed)
    underpaid = _underpaid(seen, forged) if forged is not None and forged["sent"] and _paid_after(forged) else None
    if isinstance(underpaid, Violates):
        return underpaid
    if (unknown := underpaid or _control(seen)) is not None:
        return unknown
    checked = [*_tried(seen, "content"), forged]
    if (unread := _untried(seen, _BY_CONTENT) or _unread(seen, checked)) is not None:
        return unread
    if len(rows(seen.data["control"].get("owner_after"), "payments")) > 1:
        return untold(
            seen,
            "A notice that is sent again counts as a further payment; see 6 (reliable).",
            "重复发送的支付通知被计为另一笔支付，详见第6章（支付可靠）。",
        )
    if not (forged or {}).get("sent"):
        return good(
            seen,
            "Forged payment notices were refused, and on the way of paying no amount was found that could be forged; "
            "the genuine notice was taken.",
            "伪造的支付通知均被拒绝，支付途中未发现可被篡改的金额；真实通知被正常接受。",
        )
    return good(
        seen,
        "Forged payment notices were refused, and no order counted as paid for less than its total; the genuine notice "
        "was taken.",
        "伪造的支付通知均被拒绝，没有订单以低于应付的金额被视为已支付；真实通知被正常接受。",
    )


def _underpaid(seen: Observation, forged: Mapping[str, Any]) -> Verdict | None:
    """Return what is to be said of an order that was paid though an amount was forged; None where that did nothing.

    What the provider took decides: an amount that only stands in an address for display changes nothing.
    """
    number, total, listed = forged["number"], outputs(forged["before"]).get("total"), forged["charged"]
    charges = [row for row in rows(listed, "payments") if is_so(row.get("paid"))]
    lost = not charges and done(listed) and not may_be_cut(listed)
    if lost or any(unlike(row.get("amount"), total) for row in charges):
        sent = "; ".join(f"{name}={value}" for name, value in forged["sent"].items())
        return bad(
            seen,
            f"Order {number} counts as paid after a payment whose amount was forged on the way: {sent}.",
            f"支付途中金额被篡改（{sent}）后，订单 {number} 仍被视为已支付。",
            repeat=(*requests(forged["pay"], forged["owner"], listed), f"sent: {sent}"),
        )
    known = charges and amount(total) is not None and all(amount(row.get("amount")) is not None for row in charges)
    if known:
        return None
    reason = why(listed)
    return untold(
        seen,
        f"Order {number} counts as paid after an amount was forged on the way; what the provider took for it could not "
        "be read: " + (reason or "its list does not tell"),
        f"支付途中金额被篡改后，订单 {number} 被视为已支付；无法读取支付服务商实收金额：" + (reason or "其清单未列明"),
    )


def _tried(seen: Observation, about: str) -> list[Mapping[str, Any]]:
    return [one for one in seen.data["attempts"] if one["about"] == about]


def _paid_after(one: Mapping[str, Any]) -> bool:
    """Tell whether an order that was unpaid before is shown as paid after a forgery."""
    before = one["before"]
    if not done(before) or is_so(outputs(before).get("paid")):
        return False
    return any(is_so(outputs(one[who]).get("paid")) for who in ("owner", "operator"))


def _believed(seen: Observation, believed: list[Mapping[str, Any]]) -> Violates:
    names = ", ".join(one["name"] for one in believed)
    names_zh = "、".join(_NAMES_ZH.get(one["name"], one["name"]) for one in believed)
    return bad(
        seen,
        f"The shop takes an order for paid after a forged payment notice: {names}.",
        f"平台采信了伪造的支付通知，订单被视为已支付：{names_zh}。",
        repeat=requests(*(step for one in believed for step in (one["answer"], one["owner"], one["operator"]))),
    )


_BY_SIGNATURE = {
    "signature altered": "签名被改动",
    "signature of another notice": "使用另一通知的签名",
    "no signature": "没有签名",
}
_BY_CONTENT = {
    "declined payment told as paid": "将失败的支付改称成功",
    "notice of another order": "使用另一订单的通知",
}
_NAMES_ZH = _BY_SIGNATURE | _BY_CONTENT


def _untried(seen: Observation, wanted: Mapping[str, str]) -> Verdict | None:
    """Return that a forgery was not tried; None where all were."""
    left = [name for name in wanted if name not in {one["name"] for one in seen.data["attempts"]}]
    if not left:
        return None
    return untold(
        seen,
        f"Not every forged notice was sent: {', '.join(left)}.",
        f"未能发送全部伪造通知：{'、'.join(wanted[name] for name in left)}。",
    )


def _control(seen: Observation) -> Verdict | None:
    """Return why refusals prove nothing; None where the genuine notice was taken, both ways."""
    control = seen.data["control"]
    if not done(control["owner"]) or not is_so(outputs(control["owner"]).get("paid")):
        reason = why(control["pay"]) or why(control["owner"])
        return untold(
            seen,
            "A genuine sandbox payment did not come about, so that refusals prove nothing: "
            + (reason or "the order stays unpaid"),
            "真实的沙箱支付未能完成，拒绝伪造通知不说明问题：" + (reason or "订单始终未支付"),
        )
    if not done(control["replay"]):
        reason = why(control["replay"])
        return untold(
            seen,
            f"The genuine notice, sent by us, is not taken either, so that refusals prove nothing: {reason}",
            f"由本工具转发的真实通知同样未被接受，拒绝伪造通知不说明问题：{reason}",
            cause="settings",
        )
    answers = [one["answer"] for one in seen.data["attempts"]]
    if answers and all(done(answer) for answer in answers):
        return untold(
            seen,
            "Forged notices are answered just as the genuine one, so that nothing shows that notices sent by us are "
            "read at all; let send_notice tell a taken notice from a refused one.",
            "伪造的通知与真实通知得到同样的应答，无从证明平台确实读取了本工具发送的通知；"
            "请在适配文件的 send_notice 中区分通知被接受与被拒绝。",
            cause="settings",
        )
    return None


def _unread(seen: Observation, checked: Sequence[Mapping[str, Any] | None]) -> Verdict | None:
    """Return why the orders' state is not known; None where all were seen unpaid before and after."""
    if not checked or None in checked:
        return untold(seen, "No forged notice was sent.", "未发送任何伪造通知。", cause="settings")
    for one in checked:
        assert one is not None
        views = {who: one[who] for who in ("before", "owner", "operator")}
        failed = next((view for view in views.values() if not done(view)), None)
        if failed is not None or is_so(outputs(one["before"]).get("paid")):
            reason = why(failed)
            return untold(
                seen,
                f"Whether order {one['number']} was unpaid before and after could not be read: "
                + (reason or "it counted as paid before"),
                f"无法读取订单 {one['number']} 前后的支付状态：" + (reason or "此前已被视为已支付"),
            )
    return None
