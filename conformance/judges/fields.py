"""SBT-3.1.3.4: changing a field does not damage integrity. Illegal values, changes around an order, stock."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from conformance.judges.comparison import SUMS, Words, quantities_differ
from conformance.judges.figures import amount, lines_of, outputs, rows, text, whole
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.naming import same_name
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

_CHANGES = {"address book": "收货地址簿", "price of the goods": "商品价格"} | {
    f"{method} to the order itself": f"直接向订单地址发送{method}请求" for method in ("POST", "PATCH", "PUT")
}
_WHERE = {"add": "加入购物车时", "change": "修改购物车时"}
_CENT = Decimal("0.01")


def consistent(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``trade.fields``: what no field may hold is refused or leaves a sound cart; an order stays as it was."""
    data = seen.data
    if not rows(data["control"].get("cart"), "lines"):
        reason = why(data["control"].get("done")) or why(data["control"].get("cart"))
        return untold(
            seen,
            f"Goods could not be put in the cart at all; see 3.2.1 (cart): {reason}",
            f"无法把商品放入购物车，详见3.2.1（购物车）：{reason}",
        )
    for tried in data["quantities"]:
        if (wrong := _unsound(data, tried)) is not None:
            return bad(
                seen,
                f"A quantity of {tried['sent']} ({tried['where']}) was taken, and leaves a damaged cart: {wrong[0]}.",
                f"{_WHERE.get(tried['where'], '')}数量 {tried['sent']} 被接受，购物车数据受损：{wrong[1]}。",
                repeat=requests(tried["done"], tried["cart"]),
            )
    return _cut(seen) or _order_moved(seen) or _doubt(seen) or _held(seen)


def _unsound(data: Mapping[str, Any], tried: Mapping[str, Any]) -> Words | None:
    """Return what in a cart cannot be: pieces below nothing or in parts, sums that are not their product."""
    piece = _asked_for_one(data)
    for line in _of_the_goods(data, tried["cart"]):
        quantity, unit, total = (
            whole(line.get("quantity")),
            amount(line.get("unit_price")),
            amount(line.get("line_total")),
        )
        if quantity is not None and quantity < 0:
            return f"{quantity} pieces", f"件数为 {quantity}"
        if total is not None and total < 0:
            return f"a line of {total}", f"小计为 {total}"
        if unit and total is not None and quantity is not None:
            most = max(unit, piece) if piece is not None else unit
            if _wrong(tried["sent"], most, quantity, total):
                return f"{quantity} pieces at {unit} cost {total}", f"{quantity} 件、单价 {unit}，小计却为 {total}"
        if quantity is None and _in_parts(line.get("quantity")):
            return f"{text(line.get('quantity'))} pieces", f"件数为 {text(line.get('quantity'))}"
    total = amount(outputs(tried["cart"]).get("total"))
    return None if total is None or total >= 0 else (f"a total of {total}", f"合计为 {total}")


def _of_the_goods(data: Mapping[str, Any], cart: Any) -> Sequence[Mapping[str, Any]]:
    """Return a cart's lines of the goods (coupons and gifts may stand as lines too); all where names differ anyway."""

    def own(read: Any) -> list[Mapping[str, Any]]:
        return [line for line in rows(read, "lines") if same_name(text(line.get("name")), text(data["goods"]))]

    return own(cart) if own(data["control"].get("cart")) else rows(cart, "lines")


def _asked_for_one(data: Mapping[str, Any]) -> Decimal | None:
    """Return what one piece cost when it was honestly put in the cart: taxes may stand in the line's sum alone."""
    for line in _of_the_goods(data, data["control"].get("cart")):
        total, quantity = amount(line.get("line_total")), whole(line.get("quantity"))
        if total is not None and quantity:
            return total / quantity
    return None


def _wrong(sent: Any, unit: Decimal, quantity: int, total: Decimal) -> bool:
    """Tell whether a line asks more than its pieces (rounding apart), or exactly the part that was asked for."""
    asked = amount(sent)
    part = asked is not None and asked != asked.to_integral_value() and total == unit * asked
    return part or total > (unit + _CENT) * quantity


def _in_parts(quantity: Any) -> bool:
    shown = amount(quantity)
    return shown is not None and shown != shown.to_integral_value()


def _cut(seen: Observation) -> Verdict | None:
    """An accepted text that comes back shorter than it was sent is lost data."""
    for tried in seen.data["texts"]:
        kept = tried.get("kept") or {}
        if done(tried["done"]) and kept.get("start_of_it") and not kept.get("same"):
            return bad(
                seen,
                f"An address with a street of {tried['length']} characters was accepted, and kept with "
                f"{kept['length']} of them.",
                f"街道为 {tried['length']} 个字符的地址被接受，却只保存了其中 {kept['length']} 个字符。",
                repeat=requests(tried["done"], tried["listed"]),
            )
    return None


def _order_moved(seen: Observation) -> Verdict | None:
    placed = seen.data["placed"]
    for change in seen.data["changes"]:
        for who, zh in (("buyer", "买家"), ("operator", "运营方")):
            wrong = _moved(placed.get(who), change.get(who))
            if wrong is not None:
                what = change["what"]
                return bad(
                    seen,
                    f"Order {placed['number']} changed afterwards ({what}), for the {who}: {wrong[0]}.",
                    f"订单 {placed['number']} 事后随之改动（{_CHANGES.get(what, what)}），{zh}所见：{wrong[1]}。",
                    repeat=(*requests(change.get("done")), *change["requests"], *requests(change.get(who))),
                )
    return None


def _moved(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Words | None:
    """Return what differs between an order before and after; its status may."""
    if not done(before) or not done(after):
        return None
    if (
        lines_of(before)
        and lines_of(after)
        and (wrong := quantities_differ(lines_of(before), lines_of(after))) is not None
    ):
        return wrong
    for field, zh in SUMS:
        was, now = amount(outputs(before).get(field)), amount(outputs(after).get(field))
        if was is not None and now is not None and was != now:
            return f"{field} was {was}, is {now}", f"{zh}由 {was} 变为 {now}"
    was_at, now_at = text(outputs(before).get("address")), text(outputs(after).get("address"))
    if was_at and now_at and was_at != now_at:
        return "its delivery address is another", "收货地址已变"
    return None


def _doubt(seen: Observation) -> Verdict | None:
    data = seen.data
    if not data["quantities"]:
        return untold(seen, "No illegal quantity could be tried.", "未能尝试任何非法数量。", cause="settings")
    untried = next((tried for tried in data["quantities"] if tried["done"] is None), None)
    if untried is not None:
        return untold(
            seen,
            f"A quantity of {untried['sent']} could not be tried: no piece lay in the cart to be changed.",
            f"未能尝试数量 {untried['sent']}：购物车中没有可供修改的商品。",
        )
    unread = next((tried for tried in data["quantities"] if not done(tried["cart"])), None)
    if unread is not None:
        return untold(
            seen,
            f"After a quantity of {unread['sent']} the cart could not be read: {why(unread['cart'])}",
            f"发送数量 {unread['sent']} 之后无法读取购物车：{why(unread['cart'])}",
        )
    placed = data["placed"]
    if not placed.get("number") or not done(placed.get("buyer")):
        reason = next(
            (why(placed.get(name)) for name in ("add", "preview", "confirm", "buyer") if why(placed.get(name))), ""
        )
        return untold(
            seen,
            f"No order was there to be changed around; see 3.2.1 (order handling): {reason}",
            f"没有可供验证的订单，详见3.2.1（订单处理）：{reason}",
        )
    tried = [change for change in data["changes"] if change["changed"]]  # a permitted change, which took effect
    if not tried or any(not _read(change) for change in data["changes"]):
        return untold(
            seen,
            "Nothing around the order could be changed, or the order not be read afterwards.",
            "未能改动订单周边的数据，或改动之后无法读取订单。",
            cause="settings",
        )
    return None


def _read(change: Mapping[str, Any]) -> bool:
    return done(change.get("buyer")) or done(change.get("operator"))


def _held(seen: Observation) -> Verdict:
    data = seen.data
    refused = sum(not done(tried["done"]) for tried in data["quantities"])
    what = ", ".join(change["what"] for change in data["changes"] if change["changed"] is not False)
    zh = "、".join(
        _CHANGES.get(change["what"], change["what"]) for change in data["changes"] if change["changed"] is not False
    )
    return good(
        seen,
        f"Of {len(data['quantities'])} illegal quantities {refused} were refused and none left a damaged cart; "
        f"the order stayed as it was ({what}).",
        f"{len(data['quantities'])} 次非法数量中有 {refused} 次被拒绝，购物车数据均未受损；订单未受改动（{zh}）。",
    )


def not_oversold(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``trade.race``: of a few pieces no more are sold than there are, whoever asks and whenever."""
    data = seen.data
    if data.get("seen_as") != data["stock"] or "together" not in data:
        last = data["set"][-1] if data["set"] else None
        return untold(
            seen,
            f"The stock could not be set to {data['stock']}: {why(last) or data.get('seen_as')}",
            f"无法把库存设为 {data['stock']}：{why(last) or data.get('seen_as')}",
        )
    alone = _sold(data, data["alone"], data["alone"]["asked"])
    together = [_sold(data, purchase, data["asked_together"]) for purchase in data["together"]]
    left = [stock for stock in (data.get("stock_after_alone"), data.get("stock_after")) if isinstance(stock, int)]
    if (alone or 0) > data["stock"]:
        return _oversold(seen, alone or 0, [data["alone"]], "one buyer", "一名买家")
    known = sum(pieces or 0 for pieces in together)
    if known > data["stock"] and _set_again(data):
        return _oversold(seen, known, data["together"], "two buyers at once", "两名买家同时下单")
    if any(stock < 0 for stock in left):
        return bad(
            seen,
            f"The stock stands at {min(left)}.",
            f"库存为 {min(left)}。",
            repeat=tuple(line for purchase in data["together"] for line in _lines(purchase)),
        )
    return _doubt_of_race(seen, alone, together) or good(
        seen,
        f"Of {data['stock']} pieces no more were sold: {data['alone']['asked']} asked for by one buyer, "
        f"{data['asked_together']} each by two at once.",
        f"库存 {data['stock']} 件未被超卖：一名买家索取 {data['alone']['asked']} 件，两名买家同时各索取 "
        f"{data['asked_together']} 件。",
    )


def _set_again(data: Mapping[str, Any]) -> bool:
    """Tell whether the two found as many pieces as they were meant to."""
    return bool(data.get("seen_again", data["stock"]) == data["stock"])


def _oversold(seen: Observation, bought: int, purchases: Sequence[Mapping[str, Any]], who: str, zh: str) -> Verdict:
    data = seen.data
    orders = [text(purchase.get("number")) for purchase in purchases]
    return bad(
        seen,
        f"Of {data['stock']} pieces in stock {bought} were sold to {who} (order {', '.join(orders)}).",
        f"库存 {data['stock']} 件，{zh}却售出 {bought} 件（订单 {'、'.join(orders)}）。",
        repeat=(*requests(*data["set"][-1:]), *(line for purchase in purchases for line in _lines(purchase))),
    )


def _doubt_of_race(seen: Observation, alone: int | None, together: Sequence[int | None]) -> Verdict | None:
    """Return why nothing oversold was seen and still nothing is shown; None where all is known."""
    data = seen.data
    if not _set_again(data):
        return untold(
            seen,
            f"After the first order the stock could not be set to {data['stock']} again: {data['seen_again']}",
            f"第一笔订单之后无法再次把库存设为 {data['stock']}：{data['seen_again']}",
        )
    known = [pieces for pieces in together if pieces is not None]
    if alone is None or len(known) < len(together):
        return untold(
            seen,
            "How many pieces an acknowledged order holds could not be read.",
            "无法读取已确认订单所含的件数。",
        )
    if not sum(known):
        return untold(
            seen,
            "Of two buyers at once neither could buy, though there was enough for one.",
            "两名买家同时下单，库存足够一方，却都未能成交。",
        )
    broke_off = any((purchase.get("confirm") or {}).get("outcome") == "broken" for purchase in data["together"])
    after = data.get("stock_after")
    if broke_off and isinstance(after, int) and after < data["stock"] - sum(known):
        return untold(
            seen,
            f"Of two confirmations at once one broke off, and the stock stands at {after}: more is gone than was "
            "acknowledged.",
            f"两名买家同时确认时有一方中断，库存为 {after}：减少的件数多于已确认的件数。",
        )
    return None


def _lines(purchase: Mapping[str, Any]) -> Iterator[str]:
    yield from requests(*(purchase.get(name) for name in ("add", "preview", "confirm", "buyer")))


def _sold(data: Mapping[str, Any], purchase: Mapping[str, Any], asked: int) -> int | None:
    """Return the pieces of an acknowledged order: by its own pages, else by the cart that was confirmed.

    Where none of these is to be read it holds what was asked for, if there was as much; None where there was not: some
    shops sell what they have to who asks for more.
    """
    if not purchase.get("number"):
        return 0
    for view in (purchase.get("buyer"), purchase.get("operator"), purchase.get("cart")):
        found = [line for line in lines_of(view) if same_name(line.name, text(data["goods"]))]
        known = [line.quantity for line in found if line.quantity is not None]
        if known:
            return sum(known)
    return int(asked) if asked <= data["stock"] else None
