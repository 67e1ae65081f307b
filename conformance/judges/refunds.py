"""SBT-6 refund help: a refund is accepted, made for the amount asked, and over within the contract's working days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from conformance.judges.figures import amount, currency, outputs, rows, text
from conformance.judges.instants import zone_of
from conformance.judges.words import bad, denied, done, good, requests, untold, why
from conformance.judges.working_days import day_of, working_days
from probes.observation import Observation
from probes.payment.shown import is_so
from reports.verdict import Measured, Requirement, Threshold, Verdict

_PAGE = 10
_PATH = ("placed", "refund", "listed")
_SKEW = timedelta(days=1)
"""Clocks differ; what was over more than a day before it was asked for has dates that mean something else."""
_UNAUTHORISED = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """One refund of the provider's list: whose, whether it is over, and the working days it took or takes so far."""

    order: str
    over: bool
    days: int | None


def refunded_in_time(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``payment.refund``: the operator's refund is on the provider's list, for its amount, in time.

    Every refund on that list is judged by the provider's own dates: one that has been pending for weeks is told in the
    run that sees it. The limit is the contract's, and never longer than the reading's.
    """
    if (unknown := _not_reached(seen)) is not None:
        return unknown
    data = seen.data
    number, asked = data["number"], amount(data["refunded"])
    own = [row for row in rows(seen.data["listed"], "refunds") if text(row.get("order")) == text(number)]
    if not own and may_be_cut(seen.data["listed"]):
        return untold(
            seen,
            f"The refund of order {number} is not among those that the provider lists, and the list may go on; let the "
            "adapter ask for all of it.",
            f"支付服务商清单中没有订单 {number} 的退款，但清单可能未列全；请在适配文件中请求完整清单。",
            cause="settings",
        )
    if not own:
        return bad(
            seen,
            f"The refund of order {number} was accepted, and the provider knows of none.",
            f"订单 {number} 的退款申请已被接受，但支付服务商处没有该退款。",
            repeat=_steps(seen),
        )
    given = [amount(row.get("amount")) for row in own]
    known = [abs(each) for each in given if each is not None]  # what leaves an account may stand there as less than 0
    back = f"{sum(known, Decimal(0))} {_marks(own)}".strip()
    wanted = currency(outputs(data["paid"]).get("total"))
    elsewhere = wanted is not None and _marks(own) not in {"", wanted}
    if len(known) == len(given) and (sum(known, Decimal(0)) != asked or elsewhere):
        return bad(
            seen,
            f"For order {number}, {data['refunded']} was to be given back; the provider gives back {back}.",
            f"订单 {number} 应退 {data['refunded']}，支付服务商实退 {back}。",
            repeat=_steps(seen),
        )
    return _timely(requirement, seen, declarations, own, amounts_known=len(known) == len(given))


def _marks(own: list[Mapping[str, Any]]) -> str:
    """Return the currencies of refunds, one after the other; empty where none is shown."""
    return ", ".join(sorted({mark for row in own if (mark := currency(row.get("amount"))) is not None}))


def may_be_cut(listed: Mapping[str, Any]) -> bool:
    """Tell whether a list has as many rows as pages of lists have: then what is not on it may be on the next."""
    found = listed.get("rows") or 0
    return found > 0 and found % _PAGE == 0


def _not_reached(seen: Observation) -> Verdict | None:
    data = seen.data
    if "paid" not in data or not done(data["paid"]) or not is_so(outputs(data["paid"]).get("paid")):
        reason = why(data.get("paid")) or why(data["placed"])
        return untold(
            seen,
            "No order could be paid through the sandbox, so that there is nothing to give back: "
            + (reason or "the order stays unpaid"),
            "未能通过沙箱完成支付，无可退款项：" + (reason or "订单始终未支付"),
        )
    if "refund" not in data:
        return untold(seen, "What the order costs could not be read.", "无法读取订单金额。")
    reason = why(data["refund"])
    if denied(data["refund"]) and data["refund"].get("status") in _UNAUTHORISED:
        return untold(
            seen,
            f"The operator's account may give no money back: {reason}; declare one that may.",
            f"所声明的运营方账号没有退款权限：{reason}；请声明有退款权限的账号。",
            cause="settings",
        )
    if denied(data["refund"]):
        return bad(
            seen,
            f"The refund of a paid order is refused: {reason}",
            f"已支付订单的退款申请被拒绝：{reason}",
            repeat=_steps(seen),
        )
    for step in ("refund", "listed", "read"):
        if not done(data[step]):
            reason = why(data[step])
            return untold(seen, f"The way of the refund could not be followed: {reason}", f"无法跟踪退款过程：{reason}")
    if amount(data["refunded"]) is None:
        return untold(seen, "What was asked back is no amount.", "申请退款的金额无法读取。")
    return None


def _timely(
    requirement: Requirement,
    seen: Observation,
    declarations: Mapping[str, Any],
    own: list[Mapping[str, Any]],
    *,
    amounts_known: bool,
) -> Verdict:
    clause = requirement.thresholds[0]
    contract = (declarations.get("payment") or {}).get("refund_time_days")
    limit = clause.value if contract is None else min(float(contract), clause.value)
    number = text(seen.data["number"])
    dated = [_dated(row, seen, declarations) for row in rows(seen.data["listed"], "refunds")]
    late = [one for one in dated if one.days is not None and one.days > limit]
    longest = max((one.days for one in dated if one.days is not None), default=0)
    measured = Measured(metric=clause.metric, value=longest, unit=clause.unit)
    if late:
        return _late(seen, late, limit, measured, clause)
    if not amounts_known:
        return untold(seen, "The amount given back could not be read.", "无法读取退款金额。")
    if not rows(seen.data["read"], "refunds"):
        return untold(
            seen,
            "The provider has the refund; the shop does not show it to the customer.",
            "支付服务商已有该退款，但平台未向顾客展示。",
        )
    if not all(is_so(row.get("completed")) for row in own):
        return _pending(seen, number, limit, next(one for one in dated if one.order == number and not one.over))
    undated = next((one for one in dated if one.days is None and not (one.over and one.order == number)), None)
    if undated is not None:
        return untold(
            seen,
            f"How long the refund of {undated.order} took, or has been pending, cannot be told from the provider's "
            "dates and the published holidays.",
            f"无法根据支付服务商的日期与已公布的节假日判断 {undated.order} 的退款用时。",
            cause="settings",
        )
    return good(
        seen,
        f"The refund of order {number} was accepted and completed; none of {len(dated)} on the provider's list took, "
        f"or is pending, longer than {longest} working days (limit {limit:g}).",
        f"订单 {number} 的退款已受理并完成；支付服务商清单上 {len(dated)} 笔退款的用时或待处理时间均不超过"
        f" {longest} 个工作日（限值 {limit:g}）。",
        measured=measured,
        threshold=clause,
    )


def _dated(row: Mapping[str, Any], seen: Observation, declarations: Mapping[str, Any]) -> _Dated:
    zone = zone_of(declarations)
    over = is_so(row.get("completed"))
    start = day_of(row.get("requested_at"), zone)
    end = day_of(row.get("completed_at") if over else seen.header.observed_at, zone)
    return _Dated(order=text(row.get("order")), over=over, days=_between(start, end))


def _between(start: date | None, end: date | None) -> int | None:
    if start is None or end is None or start - end > _SKEW:
        return None
    return 0 if start >= end else working_days(start, end)


def _late(seen: Observation, late: list[_Dated], limit: float, measured: Measured, threshold: Threshold) -> Verdict:
    worst = max(late, key=lambda one: one.days or 0)
    en, zh = ("took", "用时") if worst.over else ("has been pending for", "已待处理")
    return bad(
        seen,
        f"{len(late)} of the refunds on the provider's list are late: that of {worst.order} {en} {worst.days} working "
        f"days; the limit is {limit:g}.",
        f"支付服务商清单上有 {len(late)} 笔退款超时：{worst.order} {zh} {worst.days} 个工作日，限值为 {limit:g}。",
        repeat=requests(seen.data["listed"]),
        measured=measured,
        threshold=threshold,
    )


def _pending(seen: Observation, number: str, limit: float, own: _Dated) -> Verdict:
    if own.days is None:
        return untold(
            seen,
            f"The refund of order {number} is pending, and since when cannot be told.",
            f"订单 {number} 的退款仍待处理，且无法得知起始时间。",
        )
    return untold(
        seen,
        f"The refund of order {number} is accepted and still pending, with {limit - own.days:g} working days left; run "
        "again when they are over.",
        f"订单 {number} 的退款已受理、仍待处理，距时限尚余 {limit - own.days:g} 个工作日，请届时重新检查。",
    )


def _steps(seen: Observation) -> tuple[str, ...]:
    return requests(*(seen.data.get(step) for step in _PATH))
