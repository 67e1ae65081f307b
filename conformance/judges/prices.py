"""SBT-4.1.2.1.1: goods prices and delivery prices are shown clearly on the platform."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.fees import charged_fee
from conformance.judges.figures import amount, currency, outputs, rows
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict


def _fault(price: Any) -> tuple[str, str] | None:
    """Return what is wrong with a shown price, in English and Chinese; None where amount and currency are there."""
    if not price or (isinstance(price, Mapping) and amount(price) is None):
        return "shows no price", "没有标价"
    if isinstance(price, Mapping) and currency(price) is None:
        return f"shows {_text(price)!r} without a currency", f"标价“{_text(price)}”没有币种"
    return None


def _text(price: Any) -> str:
    shown = price.get("text") if isinstance(price, Mapping) else None
    return str(shown or amount(price) or price)


def _bare(price: Any) -> bool:
    """Tell whether a price came as a number of an interface, whose currency only the adapter names."""
    shown = _text(price)
    return not isinstance(price, Mapping) or not any(
        character.isalpha() or character in "¥￥€£$₩₹" for character in shown
    )


def goods_priced(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: every sampled list entry and detail page shows a price with its currency."""
    listed, details = seen.data["list"], seen.data["details"]
    products = rows(listed, "products")
    if not done(listed) or not products or not details:
        return untold(
            seen,
            "There is no list with goods to look at; see 3.2.1 (goods display).",
            "没有可查看的商品列表，详见3.2.1（商品展示）。",
        )
    for product in products:
        if fault := _fault(product.get("price")):
            return bad(
                seen,
                f"In the list, {product.get('name')} {fault[0]}.",
                f"列表中的“{product.get('name')}”{fault[1]}。",
                repeat=requests(listed),
            )
    for detail in details:
        if done(detail["read"]) and (fault := _fault(outputs(detail["read"]).get("price"))):
            return bad(
                seen,
                f"The page {detail['url']} {fault[0]}.",
                f"页面 {detail['url']} {fault[1]}。",
                repeat=requests(detail["read"]),
            )
    unread = [detail["url"] for detail in details if not done(detail["read"])]
    if unread:
        return untold(
            seen,
            f"{unread[0]} could not be read; see 3.2.1 (goods display).",
            f"无法读取 {unread[0]}，详见3.2.1（商品展示）。",
        )
    shown = [product.get("price") for product in products]
    shown += [outputs(detail["read"]).get("price") for detail in details]
    if bare := next((price for price in shown if _bare(price)), None):
        return untold(
            seen,
            f"The shop gives {_text(bare)} as a bare number, in the adapter's currency; no page was seen to show it.",
            f"平台接口给出的价格是纯数字 {_text(bare)}，币种来自适配文件，无法判定页面上如何显示。",
            cause="settings",
        )
    number = len(products) + len(details)
    return good(
        seen,
        f"All {number} sampled list entries and detail pages show a price with its currency.",
        f"抽查的 {number} 个列表条目与详情页均标明价格与币种。",
        measured=Measured(metric="pages_with_price", value=f"{number}/{number}"),
    )


def _announced(data: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(price for price in data.get("delivery_shown", ()) if amount(price) is not None)


def delivery_priced(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: a visitor can read a delivery price before checking out."""
    shown = _announced(seen.data)
    if shown:
        listed = [_text(price) for price in shown]
        return good(
            seen,
            f"Delivery prices are shown before checkout: {', '.join(listed)}.",
            f"结账前已标明配送价格：{'、'.join(listed)}。",
        )
    details = [detail["read"] for detail in seen.data["details"]]
    delivery = seen.data.get("delivery")
    if delivery is None and not any("delivery_prices" in outputs(read) for read in details):
        return untold(
            seen,
            "The adapter does not describe where delivery prices stand (read_delivery_prices).",
            "适配文件没有说明配送价格的展示位置（read_delivery_prices）。",
            cause="settings",
        )
    return bad(
        seen,
        f"No delivery price can be read before checkout. {why(delivery)}".strip(),
        f"结账前看不到配送价格。{why(delivery)}",
        repeat=requests(delivery, *details[:1]),
    )


def delivery_as_charged(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order``: the delivery fee that is charged is one of those shown beforehand.

    Of several shown prices the tariff is not known (first kilogram, each further one): a fee that is none of them could
    not be told. Free delivery keeps what any price promised.
    """
    shown = [price for money in _announced(seen.data) if (price := amount(money)) is not None]
    fee = charged_fee(seen.data)
    if not shown or fee is None:
        return untold(
            seen, "There is no shown and no charged delivery price to compare.", "没有可比对的标明配送价与实收配送费。"
        )
    if fee == 0:
        return good(seen, "No delivery fee is charged.", "不收取配送费。")
    listed, listed_zh = (comma.join(str(price) for price in shown) for comma in (", ", "、"))
    if fee in shown:
        return good(
            seen,
            f"Checkout charges the delivery price shown beforehand: {fee}.",
            f"结账收取的配送费与事先标明一致：{fee}。",
        )
    if len(set(shown)) > 1:
        return untold(
            seen,
            f"Delivery is announced at {listed}, {fee} is charged; whether that follows from the tariff was not told.",
            f"标明的配送价格为 {listed_zh}，实收 {fee}；无法判定是否由该资费得出。",
        )
    return bad(
        seen,
        f"Delivery is announced at {listed}, checkout charges {fee}.",
        f"标明的配送价格为 {listed_zh}，结账时收取 {fee}。",
        repeat=requests(seen.data.get("preview")),
    )
