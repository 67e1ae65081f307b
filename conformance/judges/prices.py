"""SBT-4.1.2.1.1: goods prices and delivery prices are shown clearly on the platform."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.orders import amount
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict


def _fault(price: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Return what is wrong with a shown price, in English and Chinese; None where amount and currency are there."""
    if amount(price) is None or price is None:
        return "shows no price", "没有标价"
    text = str(price.get("text") or "")
    bare = text != "" and not any(character.isalpha() or character in "¥￥€£$₩₹" for character in text)
    if bare or not price.get("currency"):
        return f"shows {text or price['amount']!r} without a currency", f"标价“{text or price['amount']}”没有币种"
    return None


def goods_priced(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: every sampled list entry and detail page shows a price with its currency."""
    listed, details = seen.data["list"], seen.data["details"]
    if not done(listed) or not listed["outputs"]["products"] or not details:
        return untold(
            seen,
            "There is no list with goods to look at; see 3.2.1 (goods display).",
            "没有可查看的商品列表，详见3.2.1（商品展示）。",
        )
    for product in listed["outputs"]["products"]:
        if fault := _fault(product.get("price")):
            return bad(
                seen,
                f"In the list, {product['name']} {fault[0]}.",
                f"列表中的“{product['name']}”{fault[1]}。",
                repeat=requests(listed),
            )
    for detail in details:
        if done(detail["read"]) and (fault := _fault(detail["read"]["outputs"].get("price"))):
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
    number = len(listed["outputs"]["products"]) + len(details)
    return good(
        seen,
        f"All {number} sampled list entries and detail pages show a price with its currency.",
        f"抽查的 {number} 个列表条目与详情页均标明价格与币种。",
        measured=Measured(metric="pages_with_price", value=f"{number}/{number}"),
    )


def delivery_priced(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.catalogue``: a visitor can read a delivery price before checking out."""
    shown = seen.data["delivery_shown"]
    if shown:
        listed = ", ".join(str(price.get("text") or price["amount"]) for price in shown)
        return good(seen, f"Delivery prices are shown before checkout: {listed}.", f"结账前已标明配送价格：{listed}。")
    details = [detail["read"] for detail in seen.data["details"]]
    if seen.data["delivery"] is None and not any(
        "delivery_prices" in read.get("outputs", {}) for read in details if done(read)
    ):
        return untold(
            seen,
            "The adapter does not describe where delivery prices stand (read_delivery_prices).",
            "适配文件没有说明配送价格的展示位置（read_delivery_prices）。",
            cause="settings",
        )
    reason = why(seen.data["delivery"])
    return bad(
        seen,
        f"No delivery price can be read before checkout. {reason}".strip(),
        f"结账前看不到配送价格。{reason}",
        repeat=requests(seen.data["delivery"], *details[:1]),
    )


def delivery_as_charged(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order``: the delivery fee that is charged is one of those shown beforehand."""
    shown = [amount(price) for price in seen.data["delivery_shown"]]
    preview = seen.data.get("preview")
    fee = amount(preview["outputs"].get("delivery_fee")) if preview and done(preview) else None
    if not shown or preview is None or not done(preview):
        return untold(
            seen, "There is no shown and no charged delivery price to compare.", "没有可比对的标明配送价与实收配送费。"
        )
    if fee is None:
        return good(seen, "No delivery fee of its own is charged at checkout.", "结账时没有单列配送费。")
    if fee not in shown:
        listed = ", ".join(str(price) for price in shown)
        return bad(
            seen,
            f"Delivery is announced at {listed}, checkout charges {fee}.",
            f"标明的配送价格为 {listed}，结账时收取 {fee}。",
            repeat=requests(preview),
        )
    return good(
        seen,
        f"Checkout charges the delivery price shown beforehand: {fee}.",
        f"结账收取的配送费与事先标明一致：{fee}。",
    )
