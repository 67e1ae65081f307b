"""SBT-3.1.3: transaction information cannot be forged. What is sent besides, or again, changes no order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.judges.comparison import SUMS, Words
from conformance.judges.figures import amount, currency, lines_of, matched, outputs, same_number, text
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

_VIEWS = (("buyer", "买家"), ("operator", "运营方"))
_WHAT = {
    "sums": "价格与金额",
    "discount": "优惠与运费",
    "currency": "币种",
    "order number": "订单号",
}


_NAMES_ORDER = "order number"
_NOT_LOOKED_AT = frozenset({429, 502, 503, 504})
"""Answers of who was too busy to look at a request: no refusal."""


def orders_genuine(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``trade.forgery``: each forged purchase is refused, or stands at the sums of the honest one; none doubles.

    A refusal means something only because the same purchase without the forgery was taken by the same session.
    """
    data = seen.data
    fair = {who: data["honest"].get(who) for who, _ in _VIEWS if done(data["honest"].get(who))}
    if not data["honest"].get("number") or not any(
        amount(outputs(view).get("total")) is not None for view in fair.values()
    ):
        steps = [data["honest"].get(name) for name in ("add", "preview", "confirm")]
        reason = next((why(step) for step in steps if why(step)), "no view of the order shows a total")
        return untold(
            seen,
            f"No honest order came about to compare a forged one with; see 3.2.1 (order handling): {reason}",
            f"没有正常订单可供比对，详见3.2.1（订单处理）：{reason}",
        )
    usual = _usual(data)
    for attempt in data["forged"]:
        if (wrong := _believed(attempt, fair, usual)) is not None:
            return _forged(seen, attempt, wrong)
    return _altered(seen, fair) or _doubled(seen) or _doubt(seen, fair) or _held(seen)


def _usual(data: Mapping[str, Any]) -> Mapping[str, Decimal]:
    """Return the sums of the purchase that was confirmed twice: it was honest as well, and came after the forged ones.

    Where it is as cheap as they are, orders after the first cost less (or a forgery lasts): that cannot be told.
    """
    replay = data.get("replay", {})
    number = text(replay.get("purchase", {}).get("number"))
    reads = [order["read"] for order in replay.get("fresh") or () if same_number(order["number"], number)]
    sums = {field: [amount(outputs(read).get(field)) for read in reads if done(read)] for field, _ in SUMS}
    return {field: min(known) for field, found in sums.items() if (known := [each for each in found if each])}


def _believed(attempt: Mapping[str, Any], fair: Mapping[str, Any], usual: Mapping[str, Decimal]) -> Words | None:
    """Return what a forged purchase got otherwise than the honest one; None where nothing is known to differ."""
    for who, who_zh in _VIEWS:
        view, honest = attempt.get(who), fair.get(who)
        if not done(view) or honest is None:
            continue
        if (wrong := _less(view, honest, usual)) is not None:
            return f"{who}: {wrong[0]}", f"{who_zh}：{wrong[1]}"
    return None


def _less(view: Any, honest: Any, usual: Mapping[str, Decimal]) -> Words | None:
    """Compare two views of the same purchase: another currency, a lower sum, or more pieces for the same sum."""
    more = _more_pieces(view, honest)
    for field, zh in SUMS:
        got, due = amount(outputs(view).get(field)), amount(outputs(honest).get(field))
        if got is None or due is None:
            continue
        mark, own = currency(outputs(view).get(field)), currency(outputs(honest).get(field))
        if None not in (mark, own) and mark != own:
            # Another sum in another currency may be a fair conversion; the very same number is none.
            if got == due and got:
                return f"{field} in {mark} instead of {own}", f"{zh}币种为 {mark}，应为 {own}"
            continue
        if got < min(due, usual.get(field, due)):
            return f"{field} {got} instead of {due}", f"{zh}为 {got}，应为 {due}"
        if field == "total" and more and got <= due:
            return f"more pieces for the same total {got}", f"件数增加而总额仍为 {got}"
    return None


def _more_pieces(view: Any, honest: Any) -> bool:
    pairs = matched(lines_of(view), lines_of(honest))
    return any(
        got is not None and got.quantity is not None and got.quantity > (due.quantity or 0 if due is not None else 0)
        for got, due in pairs
        if due is None or due.quantity is not None
    )


def _forged(seen: Observation, attempt: Mapping[str, Any], wrong: Words) -> Verdict:
    sent = ", ".join(f"{name}={value}" for name, value in attempt["sent"].items())
    return bad(
        seen,
        f"Order {attempt['number']} was forged by fields of the customer's requests ({attempt['what']}): {wrong[0]}.",
        f"订单 {attempt['number']} 被客户请求中的字段伪造（{_what(attempt)}）：{wrong[1]}。",
        repeat=(*_lines(attempt), f"sent besides: {sent}"),
    )


def _what(attempt: Mapping[str, Any]) -> str:
    return _WHAT.get(attempt["what"], str(attempt["what"]))


def _lines(purchase: Mapping[str, Any]) -> tuple[str, ...]:
    return requests(*(purchase.get(name) for name in ("add", "preview", "confirm", "buyer", "operator")))


def _altered(seen: Observation, fair: Mapping[str, Any]) -> Verdict | None:
    """Tell whether a later, forged purchase took over the number of the honest order, or changed it."""
    data = seen.data
    number = str(data["honest"]["number"])
    named = next((one for one in data["forged"] if one["what"] == _NAMES_ORDER and _has_number(one, number)), None)
    if named is not None:
        return bad(
            seen,
            f"A later purchase was acknowledged as order {number}, which its request had named.",
            f"之后的一次购买被确认为请求中指定的已有订单 {number}。",
            repeat=_lines(named),
        )
    for who, who_zh in _VIEWS:
        after, before = data.get("honest_after", {}).get(who), fair.get(who)
        if not done(after) or before is None:
            continue
        for field, zh in SUMS:
            was, now = amount(outputs(before).get(field)), amount(outputs(after).get(field))
            if was is not None and now is not None and was != now:
                forged: Mapping[str, Any] = next((one for one in data["forged"] if one["what"] == _NAMES_ORDER), {})
                return bad(
                    seen,
                    f"A later request that named order {number} altered it: {who}'s {field} was {was}, is {now}.",
                    f"订单 {number} 被之后指定其订单号的请求改动：{who_zh}所见{zh}由 {was} 变为 {now}。",
                    repeat=(*_lines(forged), *requests(after)),
                )
    return None


def _has_number(purchase: Mapping[str, Any], number: str) -> bool:
    return bool(purchase.get("number")) and same_number(purchase["number"], number)


def _fresh(data: Mapping[str, Any], tried: str) -> list[str] | None:
    """Return the buyer's new orders of the goods; None where the list of orders was not read.

    What the list holds besides and the buyer cannot open is somebody else's, which another clause tells; what was
    acknowledged to an earlier purchase only came late into the list. Orders that together hold no more pieces than one
    purchase are its parcels.
    """
    found = data.get(tried, {}).get("fresh")
    if found is None:
        return None
    earlier = [data["honest"], *data["forged"], *([data["replay"]["purchase"]] if tried == "parallel" else [])]
    held: dict[str, list[int | None]] = {}
    for order in found:
        number = str(order["number"])
        if done(order["read"]) and not any(_has_number(one, number) for one in earlier):
            lines = [line for line in lines_of(order["read"]) if same_name(line.name, text(data["goods"]))]
            held |= {number: [line.quantity for line in lines]} if lines else {}
    pieces = [quantity for quantities in held.values() for quantity in quantities]
    known = [quantity for quantity in pieces if quantity is not None]
    one = len(known) == len(pieces) and sum(known) <= data["quantity"]
    return list(held)[:1] if one else list(held)


def _doubled(seen: Observation) -> Verdict | None:
    replay, parallel = seen.data.get("replay", {}), seen.data.get("parallel", {})
    fresh = _fresh(seen.data, "replay")
    if fresh is not None and len(fresh) > 1:
        return bad(
            seen,
            f"The same confirmation sent again made a second order: {', '.join(fresh)}.",
            f"重复发送同一确认请求，生成了第二笔订单：{'、'.join(fresh)}。",
            repeat=(*_lines(replay["purchase"]), *([replay["again"]["request"]] if replay.get("again") else [])),
        )
    fresh = _fresh(seen.data, "parallel")
    if fresh is not None and len(fresh) > 1:
        return bad(
            seen,
            f"One cart, confirmed by two sessions of the buyer at the same instant, made {len(fresh)} orders: "
            f"{', '.join(fresh)}.",
            f"同一买家的两个会话同时确认同一购物车，生成了 {len(fresh)} 笔订单：{'、'.join(fresh)}。",
            repeat=requests(*parallel["confirm"]),
        )
    return None


def _doubt(seen: Observation, fair: Mapping[str, Any]) -> Verdict | None:
    return _doubt_of_forged(seen, fair) or _doubt_of_replay(seen) or _doubt_of_both(seen)


def _doubt_of_forged(seen: Observation, fair: Mapping[str, Any]) -> Verdict | None:
    data = seen.data
    for attempt in data["forged"]:
        if not attempt["sent"]:
            return untold(
                seen,
                f"The requests of a purchase carried no forged field ({attempt['what']}).",
                f"购买请求未能携带任何伪造字段（{_what(attempt)}）。",
                cause="settings",
            )
        if attempt.get("number") and (reason := _unread(attempt, data, fair)) is not None:
            return untold(
                seen,
                f"Order {attempt['number']}, bought with forged fields ({attempt['what']}), {reason[0]}.",
                f"携带伪造字段购买的订单 {attempt['number']}（{_what(attempt)}）{reason[1]}。",
            )
    unread = next((who for who in fair if not done(data.get("honest_after", {}).get(who))), None)
    if unread is not None:
        failed = why(data.get("honest_after", {}).get(unread))
        return untold(
            seen,
            f"Afterwards the honest order could not be read again by the {unread}: {failed}",
            f"之后{dict(_VIEWS)[unread]}无法再次读取正常订单：{failed}",
        )
    return None


def _doubt_of_replay(seen: Observation) -> Verdict | None:
    data = seen.data
    replay = data.get("replay", {})
    again = replay.get("again")
    if not data["forged"] or again is None or not _fresh(data, "replay"):
        return untold(
            seen,
            "The same confirmation could not be sent twice, or the orders afterwards not be counted.",
            "未能重复发送同一确认请求，或无法清点之后的订单。",
            cause="settings" if data["forged"] and replay.get("purchase", {}).get("number") else "target",
        )
    if again["status"] in _NOT_LOOKED_AT:
        return untold(
            seen,
            f"The same confirmation sent again was turned away without being looked at: status {again['status']}.",
            f"重复发送的确认请求未获处理即被拒之门外：状态码 {again['status']}。",
        )
    return None


def _doubt_of_both(seen: Observation) -> Verdict | None:
    if not _fresh(seen.data, "parallel"):
        return untold(
            seen,
            "Of two confirmations at once none made an order, or the orders afterwards could not be counted: "
            "two confirmations at once were not seen to make one.",
            "两个会话同时确认后未生成订单，或无法清点之后的订单。",
        )
    return None


def _unread(attempt: Mapping[str, Any], data: Mapping[str, Any], fair: Mapping[str, Any]) -> Words | None:
    """Return why an acknowledged purchase cannot be told to be priced by the shop; None where it can."""
    others = [data["honest"], *(one for one in data["forged"] if one is not attempt)]
    if any(one.get("number") and same_number(attempt["number"], text(one["number"])) for one in others):
        return "was acknowledged under another one's number", "沿用了另一笔订单的订单号"
    for who, honest in fair.items():
        got, due = amount(outputs(attempt.get(who)).get("total")), amount(outputs(honest).get("total"))
        if done(attempt.get(who)) and got is not None and due is not None:
            shown, own = (currency(outputs(view).get("total")) for view in (attempt[who], honest))
            if got == due and own is not None and shown is None:
                return "shows its total in no known currency", "总额的币种无法辨认"
            if got == due and (shown == own or own is None):
                return None
            mark = f" {shown}" if shown not in {None, own} else ""
            return f"asks {got}{mark} where the honest one asks {due}", f"总额为 {got}{mark}，正常订单为 {due}"
    return "could not be read with its total", "无法读取其总额"


def _held(seen: Observation) -> Verdict:
    taken = [one for one in seen.data["forged"] if one.get("number")]
    reached = all(seen.data.get("parallel", {}).get("checked_out", ()))
    both = ("two sessions at once", "两个会话同时确认") if reached else ("one session", "单一会话确认")
    return good(
        seen,
        f"Of {len(seen.data['forged'])} forged purchases {len(taken)} were taken, each at the shop's own sums, the "
        f"others refused; the same confirmation again, and by {both[0]}, made one order.",
        f"{len(seen.data['forged'])} 次伪造购买中有 {len(taken)} 次被接受且均按平台自己的金额计价，其余被拒绝；"
        f"重复确认以及{both[1]}均只生成一笔订单。",
    )
