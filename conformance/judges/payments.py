"""SBT-6 reliable and safe: what became of sandbox payments, and how the provider's hosts are encrypted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.judges import encryption
from conformance.judges.figures import amount, currency, outputs, rows, text, unlike
from conformance.judges.refunds import may_be_cut
from conformance.judges.words import bad, cause_in, done, good, requests, untold, why
from probes.observation import Observation
from probes.payment.shown import is_so
from reports.verdict import Measured, Requirement, Verdict

_FEW = 0.1
"""Where more than this share of payments is missing on the provider's list, the list is doubted, not the payments."""
_SHOWN = 6
"""How many wrong payments are told one by one; their number is always told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """What is wrong with one payment."""

    en: str
    zh: str
    payment: Mapping[str, Any]


def each_ends_once(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge ``payment.hundred``: every payment ends once, paid or failed, on both sides, for the order's own total.

    The end at the provider is the oracle: a payment that it took and the shop does not know, or the other way round, is
    as wrong as one that was taken twice. A declined payment has ended where the shop shows it as failed, and also where
    it shows none at all: many shops go on waiting for another card.
    """
    bound = requirement.thresholds[0]
    if not done(seen.data["listed"]):
        reason = why(seen.data["listed"])
        return untold(
            seen,
            f"The provider's own list of payments could not be read: {reason}",
            f"无法读取支付服务商的支付清单：{reason}",
        )
    at_provider = _by_order(rows(seen.data["listed"], "payments"))
    tried = [one for one in seen.data["payments"] if "pay" in one and _begun(one, at_provider)]
    missing = [one for one in tried if text(one["number"]) not in at_provider]
    if missing and (may_be_cut(seen.data["listed"]) or len(missing) > len(tried) * _FEW):
        return untold(
            seen,
            f"{len(missing)} of {len(tried)} payments are not on the provider's list, which may not be all of it; let "
            "the adapter ask for all.",
            f"{len(tried)} 笔支付中有 {len(missing)} 笔不在支付服务商的清单中，清单可能未列全；"
            "请在适配文件中请求完整清单。",
            cause="settings",
        )
    times = Counter(text(one["number"]) for one in tried)
    own = [one for one in tried if times[text(one["number"])] == 1]
    faults = [fault for one in own for fault in _faults(one, at_provider.get(text(one["number"]), []))]
    if faults:
        return _faulty(seen, faults, len(tried))
    if len(own) < len(tried):
        number = next(number for number, count in times.items() if count > 1)
        return untold(
            seen,
            f"The number {number} was given to {times[number]} orders, so that their payments cannot be told apart.",
            f"有 {times[number]} 个订单得到同一编号 {number}，无法区分各自的支付。",
        )
    unknown = _unknown(seen, tried, at_provider, int(bound.value))
    if unknown is not None:
        return unknown
    paid = sum(bool(_ended(at_provider[text(one["number"])], "paid")) for one in tried)
    return good(
        seen,
        f"{len(tried)} of {len(tried)} sandbox payments ended once ({paid} paid, {len(tried) - paid} failed), at "
        "the shop as on the provider's own list, for the order's own total.",
        f"{len(tried)} 笔沙箱支付均只结束一次（成功 {paid} 笔，失败 {len(tried) - paid} 笔），"
        "平台与支付服务商清单一致，金额与订单应付相符。",
        measured=Measured(metric=bound.metric, value=len(tried), unit=bound.unit),
        threshold=bound,
    )


def _begun(one: Mapping[str, Any], at_provider: Mapping[str, Any]) -> bool:
    """Tell whether there was a payment at all: where the way to the provider broke off, nobody has to know of one."""
    return done(one["pay"]) or text(one["number"]) in at_provider or is_so(outputs(one.get("read")).get("paid"))


def _unknown(
    seen: Observation, tried: Sequence[Mapping[str, Any]], at_provider: Mapping[str, Any], wanted: int
) -> Verdict | None:
    """Return why payments in which no fault was seen still show nothing; None where they show that all is well."""
    unread = next((one for one in tried if not done(one.get("read"))), None)
    if unread is not None:
        reason = why(unread.get("read"))
        return untold(
            seen,
            f"What became of the payment of order {unread['number']} could not be read: "
            + (reason or "it was not tried"),
            f"无法读取订单 {unread['number']} 的支付结果：" + (reason or "未尝试读取"),
        )
    if len(tried) < wanted:
        return _too_few(seen, tried, wanted)
    undue = next((one for one in tried if _due(one) is None), None)
    if undue is not None:
        return untold(
            seen,
            f"What order {undue['number']} costs is not the same in preview and payment page, or cannot be read; see "
            "4.1.2.1.1 and 3.1.3 (complete).",
            f"订单 {undue['number']} 的应付金额在确认页与支付页不一致或无法读取，详见4.1.2.1.1与3.1.3（交易完整）。",
        )
    unpriced = next((one for one in tried if not _priced(one, at_provider[text(one["number"])])), None)
    if unpriced is not None:
        return untold(
            seen,
            f"The amount paid for order {unpriced['number']} could not be read on both sides.",
            f"无法在双方读取订单 {unpriced['number']} 的支付金额。",
        )
    meant = [one for one in tried if one.get("meant") == "paid"]
    paid = sum(bool(_ended(at_provider[text(one["number"])], "paid")) for one in meant)
    if 2 * paid <= len(meant):
        return untold(
            seen,
            f"Only {paid} of {len(meant)} payments with the card that pays were taken by the provider: correct the "
            "card in the adapter's pay_order.",
            f"用可支付的卡发起的 {len(meant)} 笔支付中，支付服务商只扣款 {paid} 笔；"
            "请更正适配文件中 pay_order 的卡号。",
            cause="settings",
        )
    return None


def _by_order(listed: tuple[Mapping[str, Any], ...]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in listed:
        found.setdefault(text(row.get("order")), []).append(row)
    return found


def _ended(payments: list[Mapping[str, Any]], end: str) -> list[Mapping[str, Any]]:
    return [one for one in payments if is_so(one.get(end))]


def _due(one: Mapping[str, Any]) -> Decimal | None:
    """Return what an order costs, where the preview and the page of its payment say the same."""
    total = outputs(one.get("read")).get("total")
    if amount(one["asked"]) is None or unlike(one["asked"], total):
        return None
    return amount(total)


def _priced(one: Mapping[str, Any], listed: list[Mapping[str, Any]]) -> bool:
    paid = [*_ended(listed, "paid"), *_ended(list(rows(one["read"], "payments")), "paid")]
    return all(amount(each.get("amount")) is not None for each in paid)


def _faults(one: Mapping[str, Any], listed: list[Mapping[str, Any]]) -> Iterator[_Fault]:
    """Yield what is known to be wrong with one payment; of the shop's side nothing where it could not be read."""
    number, read = one["number"], one.get("read")
    shop, view = list(rows(read, "payments")), outputs(read)
    charged, booked = _ended(listed, "paid"), _ended(shop, "paid")
    if len(charged) > 1:
        yield _Fault(
            en=f"{number} is charged {len(charged)} times", zh=f"{number} 被扣款 {len(charged)} 次", payment=one
        )
    elif not done(read):
        return
    elif len(booked) > 1:
        yield _Fault(
            en=f"{number} is paid {len(booked)} times in the shop's books",
            zh=f"{number} 在平台账上被计为支付 {len(booked)} 次",
            payment=one,
        )
    elif bool(charged) != is_so(view.get("paid")):
        yield _disagreeing(one, bool(charged))
    elif not charged and not _ended_in_failure(view, shop, listed):
        yield _Fault(en=f"{number} has no end", zh=f"{number} 没有最终结果", payment=one)
    elif charged and _due(one) is not None:
        total = view.get("total")
        wrong = next((each for each in (*charged, *booked) if unlike(each.get("amount"), total)), None)
        if wrong is not None:
            due, paid = _said(total), _said(wrong.get("amount"))
            yield _Fault(
                en=f"{number} costs {due}, paid is {paid}", zh=f"{number} 应付 {due}，实付 {paid}", payment=one
            )


def _ended_in_failure(view: Mapping[str, Any], shop: list[Mapping[str, Any]], listed: list[Mapping[str, Any]]) -> bool:
    """Tell whether a payment that nobody took is over: failed at the provider, and not under way at the shop."""
    at_shop = is_so(view.get("failed")) or all(is_so(each.get("failed")) for each in shop)
    return bool(_ended(listed, "failed")) and at_shop


def _said(money: Any) -> str:
    return f"{amount(money)} {currency(money) or ''}".strip()


def _disagreeing(one: Mapping[str, Any], charged: bool) -> _Fault:
    number = one["number"]
    if charged:
        return _Fault(
            en=f"{number} is charged, the shop shows it unpaid", zh=f"{number} 已扣款，平台显示未支付", payment=one
        )
    return _Fault(
        en=f"{number} is not charged, the shop shows it paid", zh=f"{number} 未扣款，平台显示已支付", payment=one
    )


def _faulty(seen: Observation, faults: list[_Fault], tried: int) -> Verdict:
    more_en = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    more_zh = f"；另有 {len(faults) - _SHOWN} 笔" if len(faults) > _SHOWN else ""
    return bad(
        seen,
        f"Of {tried} sandbox payments {len(faults)} did not end once and rightly: order "
        + "; ".join(fault.en for fault in faults[:_SHOWN])
        + more_en
        + ".",
        f"{tried} 笔沙箱支付中有 {len(faults)} 笔未正确结束一次：订单 "
        + "；".join(fault.zh for fault in faults[:_SHOWN])
        + more_zh
        + "。",
        repeat=[
            *requests(*(fault.payment[step] for fault in faults[:_SHOWN] for step in ("placed", "pay", "read"))),
            *requests(seen.data["listed"]),
        ],
    )


def _too_few(seen: Observation, tried: Sequence[Mapping[str, Any]], wanted: int) -> Verdict:
    other = next((one for one in seen.data["payments"] if one not in tried), None)
    reason = text(seen.data.get("stopped")) or ("" if other is None else why(other.get("pay") or other.get("placed")))
    return untold(
        seen,
        f"{len(tried)} of {wanted} sandbox payments could be made; none of these went wrong. What stopped it: "
        + (reason or "an order got no number"),
        f"{wanted} 笔沙箱支付只完成 {len(tried)} 笔，其中没有异常。中止原因：" + (reason or "有订单没有得到编号"),
        cause=cause_in(seen.data, "stopped_cause", "target"),
    )


def provider_encrypted(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``payment.tls`` for SBT-6-safe: the provider's hosts as any encrypted entry of 3.1.3.3.

    Certificate and what a current client negotiates are told here; weaker suites that are offered besides, where
    journeys touch every host: under 3.1.3.3.
    """
    return encryption.encrypted_access(requirement, seen, declarations)
