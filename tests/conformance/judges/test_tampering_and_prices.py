"""A forged price, goods prices, delivery prices."""

from typing import Any

import pytest

from tests.conformance.judges.evidence import broken, cart_line, denied, done, money
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put


def held(unit: str | None, quantity: Any = 1, **more: Any) -> Any:
    line = cart_line("Tea", quantity) | {"unit_price": money(unit)} | more
    return done(lines=[line], total=None)


TAMPERING = (
    Way("nothing to forge in", put("sent", {}), "undetermined", "no body", cause="settings"),
    Way("the price was taken", put("read", held("0.01")), "violates", "0.01 is in the cart"),
    Way("taken though told broken", all_of(put("add", broken()), put("read", held("0.01"))), "violates"),
    Way("taken, and rounded to nothing", put("read", held("10.00", line_total=money("0.00"))), "violates"),
    Way("total alone shown", put("read", held(None, line_total=money("10.00"))), "conforms"),
    Way("two pieces", put("read", held(None, 2, line_total=money("20.00"))), "conforms"),
    Way("a second line at the forged price", put("read", done(
        lines=[cart_line("Tea", 1), cart_line("Tea", 1, "0.01")], total=None
    )), "violates"),
    Way("the shop's own discount", all_of(
        put("read", held("9.00")), put("control/read", held("9.00"))
    ), "conforms"),
    Way("no control", put("control", None), "conforms"),
    Way("no control and a price of its own", all_of(put("control", None), put("read", held("9.00"))), "violates"),
    Way("dearer", put("read", held("12.00")), "undetermined"),
    Way("refused", all_of(put("add", denied()), put("read", done(lines=[], total=None))), "conforms", "was refused"),
    Way("refused, and so is the honest one", all_of(
        put("add", denied("sold out")), put("control/add", denied()), put("read", done(lines=[], total=None))
    ), "undetermined", "sold out"),
    Way("refused without control", all_of(
        put("add", denied()), put("control", None), put("read", done(lines=[], total=None))
    ), "undetermined"),
    Way("taken and not in the cart", put("read", done(lines=[], total=None)), "undetermined", "not in the cart"),
    Way("no price in the cart", put("read", held(None)), "undetermined", "shows no price", cause="settings"),
    Way("cart unread", put("read", broken()), "undetermined", "could not be read"),
    Way("no price shown", all_of(put("shown", money(None)), put("control", None)), "undetermined", "compare"),
)  # fmt: skip


@pytest.mark.parametrize("way", TAMPERING, ids=lambda way: way.name)
def test_a_forged_price(way: Way) -> None:
    assert_told("SBT-3.1.3-unforgeable", "shop.tampering", way)


GOODS = (
    Way("list unread", put("list", broken()), "undetermined", "see 3.2.1"),
    Way("list empty", put("list/outputs/products", []), "undetermined", "see 3.2.1"),
    Way("nothing sampled", put("details", []), "undetermined", "see 3.2.1"),
    Way("list without a price", put("list/outputs/products/1/price", money(None)), "violates", "shows no price"),
    Way("list without the word price", drop("list/outputs/products/0/price"), "violates", "shows no price"),
    Way("detail without a price", put("details/1/read/outputs/price", money(None)), "violates", "/goods/2/"),
    Way("words for a price", put("details/0/read/outputs/price", money(None, text="ask us")), "violates"),
    Way("no currency", put("list/outputs/products/0/price", money("10.00", None, "10.00")), "violates", "currency"),
    Way("detail unread", put("details/0/read", broken()), "undetermined", "see 3.2.1"),
    Way("an interface's number", put("list/outputs/products/0/price", money("10.00", "CNY", "1000")), "undetermined",
        "bare number", cause="settings"),
    Way("a number that is no money", put("list/outputs/products/0/price", 10.0), "undetermined", cause="settings"),
    Way("free of charge", put("list/outputs/products/0/price", money("0.00", "CNY", "¥0.00")), "conforms"),
    Way("a mark of its own", put("list/outputs/products/0/price", money("10.00", "EUR", "€10")), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", GOODS, ids=lambda way: way.name)
def test_goods_prices(way: Way) -> None:
    assert_told("SBT-4.1.2.1.1-goods-price", "shop.catalogue", way)


DELIVERY = (
    Way("none shown", all_of(put("delivery_shown", []), put("delivery", done(prices=[]))), "violates", "No delivery"),
    Way("page broken", all_of(put("delivery_shown", []), put("delivery", broken("gone"))), "violates", "gone"),
    Way("no amount in it", put("delivery_shown", [money(None)]), "violates"),
    Way("nothing described", all_of(put("delivery_shown", []), put("delivery", None)), "undetermined",
        "does not describe", cause="settings"),
    Way("described on the details", all_of(
        put("delivery_shown", []), put("delivery", None), put("details/0/read/outputs/delivery_prices", [])
    ), "violates"),
    Way("free, and said so", put("delivery_shown", [money("0.00", "CNY", "免运费")]), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", DELIVERY, ids=lambda way: way.name)
def test_delivery_prices_are_shown(way: Way) -> None:
    assert_told("SBT-4.1.2.1.1-delivery-price", "shop.catalogue", way)


def fee(amount: str | None) -> Any:
    changes = [put("preview/outputs/delivery_fee", money(amount)), put("preview/outputs/goods_total", money(None))]
    for name in ("buyer", "operator"):
        changes += [put(f"{name}/outputs/delivery_fee", money(amount)), put(f"{name}/outputs/goods_total", money(None))]
    return all_of(*changes)


CHARGED = (
    Way("another fee", fee("20.00"), "violates", "charges 20.00"),
    Way("a lower fee", fee("8.00"), "violates", "charges 8.00"),
    Way("free after all", fee("0.00"), "conforms", "No delivery fee"),
    Way("fee unknown", fee(None), "undetermined", "to compare"),
    Way("fee hidden before, told by the order", put("preview/outputs/delivery_fee", money(None)), "conforms"),
    Way("nothing shown", put("delivery_shown", []), "undetermined", "to compare"),
    Way("a tariff", all_of(put("delivery_shown", [money("10.00"), money("2.00")]), fee("14.00")), "undetermined"),
    Way("one of a tariff", all_of(put("delivery_shown", [money("10.00"), money("2.00")])), "conforms"),
    Way("same fee, other scale", put("delivery_shown", [money("10")]), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", CHARGED, ids=lambda way: way.name)
def test_delivery_is_charged_as_shown(way: Way) -> None:
    assert_told("SBT-4.1.2.1.1-delivery-price", "shop.order", way)
