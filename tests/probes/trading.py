"""The simplest looks at the miniature shop's defects in trade."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from probes.shop.journey import FormBody, JsonBody, Step
from tests.miniatures.shop.shopper import ADDRESS, Shopper
from tests.probes.defect_scene import Scene


def bought(buyer: Shopper, quantity: int = 1, besides: Mapping[str, str] | None = None) -> str:
    """Buy some tea; ``besides`` stands beside the confirmation. Returns the order's number."""
    buyer.done("add_to_cart", url="/goods/1/", ref="1", quantity=quantity)
    buyer.done("check_out", **ADDRESS)
    honest = buyer.adapter.journeys["confirm_order"]
    forged = replace(honest, steps=(honest.steps[0], replace(honest.steps[1], body=FormBody(fields=besides or {}))))
    outcome = buyer.walk(forged)
    return str(outcome.outputs["number"])  # type: ignore[union-attr]


def forged(scene: Scene, **besides: str) -> Any:
    buyer = scene.who("buyer_b")
    return buyer.done("read_order", number=bought(buyer, besides=besides))


def order_number_taken(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    first = bought(buyer)
    bought(buyer, besides={"order_number": first})
    return bool(buyer.done("read_order", number=first)["total"]["amount"] == "0.00")


def orders(scene: Scene, role: str = "buyer_b") -> int:
    return len(scene.who(role).done("list_orders")["orders"])


def _sent_bare(scene: Scene, buyer: Shopper, session: str, token: str) -> None:
    """Confirm without looking at the preview again."""
    shop = scene.shop.state
    fields = {"once": token, "csrf": shop.sessions[session].csrf}
    step = Step(step_id="again", path="/checkout/confirm/", method="POST", body=FormBody(fields=fields))
    buyer.walk(replace(buyer.adapter.journeys["confirm_order"], steps=(step,)))


def _checked_out(scene: Scene, buyer: Shopper) -> str:
    """Go to the preview, and return the session that saw it."""
    scene.shop.state.stall.previewed.clear()
    buyer.done("check_out", **ADDRESS)
    return next(iter(scene.shop.state.stall.previewed))


def replayed(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    before, stall = orders(scene), scene.shop.state.stall
    stall.previewed.clear()
    bought(buyer)
    _sent_bare(scene, buyer, next(iter(stall.previewed)), next(reversed(stall.spent)))
    return orders(scene) == before + 2


def confirmed_twice(scene: Scene) -> bool:
    first, second = scene.who("buyer_b"), Shopper(scene.shop, scene.folder)
    second.log_in("buyer_b")
    before = orders(scene)
    first.done("add_to_cart", url="/goods/1/", ref="1", quantity=1)
    first.done("check_out", **ADDRESS)
    session = _checked_out(scene, second)
    first.done("confirm_order")
    _sent_bare(scene, second, session, scene.shop.state.stall.due[session])
    second.__exit__()
    return orders(scene) == before + 2


def put_in(scene: Scene, quantity: str) -> Any:
    buyer = scene.who("buyer_b")
    buyer.do("add_to_cart", url="/goods/1/", ref="1", quantity=quantity)
    lines = buyer.done("read_cart")["lines"]
    scene.shop.state.carts.clear()
    return [(line["quantity"], line["line_total"]["amount"]) for line in lines]


def oversold(scene: Scene) -> bool:
    scene.shop.state.stall.stock["1"] = 1
    first, second = scene.who("buyer_a"), scene.who("buyer_b")
    for one in (first, second):
        one.done("add_to_cart", url="/goods/1/", ref="1", quantity=1)
        one.done("check_out", **ADDRESS)
    came = [one.came("confirm_order") for one in (first, second)]
    scene.shop.state.stall.stock.clear()
    scene.shop.state.carts.clear()
    return came == ["done", "done"]


def follows_price(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    number = bought(buyer)
    scene.shop.state.prices["1"] *= 2
    shown = buyer.done("read_order", number=number)["goods_total"]["amount"]
    scene.shop.state.prices["1"] //= 2
    return bool(shown == "256.00")


def follows_address(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    number = bought(buyer)
    key = buyer.done("list_addresses")["addresses"][-1]["key"]
    buyer.done("change_address", key=key, **(ADDRESS | {"line1": "别处1号"}))
    return "别处1号" in buyer.done("read_order", number=number)["address"]


def patched(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    number = bought(buyer)
    step = Step(
        step_id="patch", path=f"/orders/{number}/", method="PATCH", body=JsonBody(value=json.loads('{"total": "0.01"}'))
    )
    buyer.walk(replace(buyer.adapter.journeys["read_order"], steps=(step,)), number=number)
    return bool(buyer.done("read_order", number=number)["total"]["amount"] == "0.01")


def cut(scene: Scene) -> bool:
    return scene.who("buyer_b").came("add_address", **(ADDRESS | {"line1": "长" * 999})) == "done"


def lost(scene: Scene) -> bool:
    number = bought(scene.who("buyer_a"), 3)
    other = scene.who("buyer_b")
    other.done("cancel_order", number=bought(other))
    return scene.who("buyer_a").came("read_order", number=number) == "denied"


LOOKS: Mapping[str, Callable[[Scene], bool]] = {
    "discount-field-believed": lambda s: forged(s, discount="99.00")["total"]["amount"] == "39.00",
    "total-from-form": lambda s: forged(s, total="0.01")["total"]["amount"] == "0.01",
    "currency-from-form": lambda s: forged(s, currency="INR")["total"]["currency"] == "INR",
    "order-number-from-form": order_number_taken,
    "order-doubled-on-replay": replayed,
    "order-doubled-in-parallel": confirmed_twice,
    "negative-quantity-accepted": lambda s: put_in(s, "-1") == [(-1, "-128.00")],
    "fractional-quantity-accepted": lambda s: put_in(s, "1.5") == [(1, "192.00")],
    "huge-quantity-overflows": lambda s: any(number < 0 for number, _ in put_in(s, "10000000000")),
    "oversold-in-parallel": oversold,
    "order-total-follows-price-change": follows_price,
    "order-address-follows-address-book": follows_address,
    "order-changeable-by-patch": patched,
    "long-text-cut": cut,
    "three-pieces-cost-less": lambda s: put_in(s, "3") == [(3, "383.99")],
    "order-lost-when-another-cancels": lost,
}
"""Defect to whether it shows."""
