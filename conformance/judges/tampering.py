"""SBT-3.1.3, a part of complete transactions: a price that the customer sends is refused or ignored."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.judges.figures import amount, rows, text, whole
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def price_kept(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.tampering`` for 3.1.3: the forged request leaves the price as an honest one leaves it.

    What the cart asks afterwards decides, not whether the request was taken. A refusal means something only where the
    same request without the forgery was taken in the same session.
    """
    data = seen.data
    if not data.get("sent"):
        return untold(
            seen,
            "The request that fills the cart has no body in which a price could be forged.",
            "加入购物车的请求没有可以伪造价格的请求体。",
            cause="settings",
        )
    if not done(data["read"]):
        reason = why(data["read"])
        return untold(
            seen,
            f"The cart could not be read after the forged request: {reason}",
            f"伪造请求之后无法读取购物车：{reason}",
        )
    control = data.get("control") or {}
    asked = _asked(data["read"], data["goods"])
    fair = _asked(control.get("read"), data["goods"])
    fair = amount(data["shown"]) if fair is None else fair
    if asked is None:
        return _nothing_asked(seen, control)
    if fair is None:
        return untold(seen, "No price for the goods was shown to compare with.", "没有可供比对的商品标价。")
    return _compared(seen, asked, fair)


def _asked(read: Mapping[str, Any] | None, goods: Any) -> Decimal | None:
    """Return the least that a cart asks for one piece of the goods; None where it shows no price for them."""
    each = []
    for line in rows(read, "lines"):
        if not same_name(text(line.get("name")), text(goods)):
            continue
        unit, total, quantity = (
            amount(line.get("unit_price")),
            amount(line.get("line_total")),
            whole(line.get("quantity")),
        )
        if total is not None and quantity:
            each.append(total / quantity)
        elif unit is not None:
            each.append(unit)
    return min(each, default=None)


def _nothing_asked(seen: Observation, control: Mapping[str, Any]) -> Verdict:
    data = seen.data
    held = any(same_name(text(line.get("name")), text(data["goods"])) for line in rows(data["read"], "lines"))
    if held:
        return untold(seen, "The cart shows no price for the goods.", "购物车没有显示商品价格。", cause="settings")
    if done(control.get("add")) and not done(data["add"]):
        return good(
            seen,
            "A request with a forged price was refused; the same request without it was taken.",
            "携带伪造价格的请求被拒绝，而同样的正常请求被接受。",
        )
    reason = why(data["add"]) or "the goods are not in the cart"
    return untold(
        seen,
        f"The forged request did not fill the cart, and it cannot be told that the forgery was why: {reason}",
        f"伪造请求没有把商品放入购物车，但无法断定原因就是伪造的价格：{reason}",
    )


def _compared(seen: Observation, asked: Decimal, fair: Decimal) -> Verdict:
    data = seen.data
    if asked < fair:
        forged = ", ".join(f"{name}={value}" for name, value in data["sent"].items())
        return bad(
            seen,
            f"The shop took the price from the customer's request: {fair} is its own price, {asked} is in the cart.",
            f"平台采用了客户请求中的价格：平台标价 {fair}，购物车为 {asked}。",
            repeat=(*requests(data["add"]), f"sent: {forged}"),
        )
    if asked > fair:
        return untold(
            seen,
            f"After the forged request the cart asks {asked} instead of {fair}; neither is that forged nor its own.",
            f"伪造请求之后购物车为 {asked}，而平台标价为 {fair}；既非伪造价格，也非平台价格。",
        )
    return good(
        seen,
        "A price forged in the request was ignored; the shop's own price stood.",
        "请求中伪造的价格被忽略，仍按平台标价。",
    )
