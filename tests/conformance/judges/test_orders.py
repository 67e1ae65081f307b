"""3.2.1 order handling, 3.1.3 complete transactions, 4.1.2.1.1 fee apart: the order through everyone's eyes."""

from typing import Any

import pytest

from conformance.judges.fees import charged_fee
from tests.conformance.judges.evidence import broken, denied, done, money, order, view
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

TEA, CUP = view()["outputs"]["lines"]


def operator_gone(data: dict[str, Any]) -> None:
    for name in ("operator", "operator_list", "operator_after", "ship"):
        del data[name]
    data |= {"operator_missing": "the target file declares no [roles.operator]", "operator_cause": "settings"}


def status(name: str, before: str | None, after: str | None) -> Any:
    return all_of(put(f"{name}/outputs/status", before), put(f"{name}_after/outputs/status", after))


HANDLING = (
    Way("nothing placed", all_of(put("number", None), put("confirm", denied("no stock"))), "violates", "no stock"),
    Way("no number", all_of(put("number", None), put("confirm", done())), "violates", "named no order number"),
    Way("buyer page gone", put("buyer", denied()), "violates", "did not keep it"),
    Way("buyer page of another", put("buyer/outputs/number", "100000"), "violates", "shows order 100000"),
    Way("buyer page numbered with words", put("buyer/outputs/number", "No. 100001"), "conforms"),
    Way("buyer list empty", put("buyer_list/outputs/orders", []), "violates", "own orders is empty"),
    Way("buyer list unread", put("buyer_list", broken()), "violates", "did not keep it"),
    Way("not on the first page", put("buyer_list/outputs/orders", [{"number": "7"}]), "undetermined", "further down"),
    Way("part of a longer number", put("buyer_list/outputs/orders/0/number", "2100001"), "undetermined"),
    Way("number as a number", put("buyer_list/outputs/orders/0/number", 100001), "conforms"),
    Way("no operator", operator_gone, "undetermined", "declares no", cause="settings"),
    Way("operator denied", put("operator", denied()), "violates", "never reaches"),
    Way("operator list empty", put("operator_list/outputs/orders", []), "violates", "never reaches"),
    Way("operator lacks a line", put("operator/outputs/lines", [TEA]), "undetermined", "see 3.1.3"),
    Way("operator sees no lines", put("operator/outputs/lines", []), "undetermined", "see 3.1.3"),
    Way("no way to ship", drop("ship"), "undetermined", "ship", cause="settings"),
    Way("not shipped", put("ship", denied()), "violates", "cannot be shipped"),
    Way("operator's status stands", status("operator", "paid", "paid"), "violates", "the operator still see"),
    Way("buyer's status stands", status("buyer", "待发货", "待发货"), "violates", "the buyer still see"),
    Way("buyer cannot read afterwards", put("buyer_after", broken()), "undetermined", "could not read"),
    Way("no status at all", status("buyer", "", ""), "undetermined", "shows no status", cause="settings"),
    Way("status null", status("operator", None, None), "undetermined", "shows no status", cause="settings"),
    Way("status gone", status("buyer", "待发货", None), "undetermined", "shows no status", cause="target"),
    Way("status appears", status("buyer", None, "已发货"), "conforms"),
    Way(
        "shipped at once",
        all_of(status("operator", "Shipped", "Shipped"), status("buyer", "已发货", "已发货")),
        "conforms",
        "at once",
    ),
    Way(
        "shipped at once, nothing left to do",
        all_of(status("operator", "Shipped", "Shipped"), status("buyer", "已发货", "已发货"), put("ship", broken())),
        "conforms",
        "at once",
    ),
    Way("unshipped is not shipped", status("operator", "unshipped", "unshipped"), "violates"),
    Way("待发货 is not 已发货", status("operator", "待发货", "待发货"), "violates"),
)


@pytest.mark.parametrize("way", HANDLING, ids=lambda way: way.name)
def test_order_handling(way: Way) -> None:
    assert_told("SBT-3.2.1-orders", "shop.order", way)


def no_totals(data: dict[str, Any]) -> None:
    for name in ("buyer", "operator", "preview"):
        for line in data[name]["outputs"]["lines"]:
            line["line_total"] = None


def no_sums(data: dict[str, Any]) -> None:
    no_totals(data)
    for name in ("buyer", "operator"):
        for field in ("goods_total", "delivery_fee", "total"):
            data[name]["outputs"][field] = money(None)


def split_line(data: dict[str, Any]) -> None:
    one = {"name": "Tea", "quantity": 1, "line_total": money("10.00")}
    data["operator"]["outputs"]["lines"] = [one, dict(one), CUP]


def dearer(data: dict[str, Any]) -> None:
    for name in ("buyer", "operator"):
        lines = data[name]["outputs"]["lines"]
        lines[0]["line_total"] = money("22.00")
        data[name]["outputs"]["goods_total"] = money("26.50")
    data["preview"]["outputs"]["lines"] = []


def discounted(data: dict[str, Any]) -> None:
    for name in ("buyer", "operator", "preview"):
        data[name]["outputs"]["lines"][0]["line_total"] = money("18.00")
        data[name]["outputs"]["goods_total"] = money("22.50")


COMPLETE = (
    Way("no order", put("number", None), "undetermined", "see 3.2.1"),
    Way("buyer cannot read", put("buyer", denied()), "undetermined", "see 3.2.1"),
    Way("no operator", operator_gone, "undetermined", "see 3.2.1", cause="settings"),
    Way("line missing for the operator", put("operator/outputs/lines", [TEA]), "violates", "lines"),
    Way("one more for the operator", put("operator/outputs/lines/0/quantity", 3), "violates", "3 x Tea"),
    Way("lines missing in both views", all_of(
        put("operator/outputs/lines", [TEA]), put("buyer/outputs/lines", [TEA])
    ), "violates", "ordered against"),
    Way("other line total for the operator", put("operator/outputs/lines/0/line_total", money("21.00")), "violates"),
    Way("other total for the buyer", put("buyer/outputs/total", money("33.50")), "violates", "total"),
    Way("other currency", put("operator/outputs/total", money("34.50", "USD", "$34.50")), "violates", "$34.50"),
    Way("same amount, other scale", put("operator/outputs/total", money("34.5")), "conforms"),
    Way("line total other than before confirming", put("preview/outputs/lines/0/line_total", money("19.00")),
        "violates", "before confirming"),
    Way("order asks more than its lines", all_of(
        put("buyer/outputs/goods_total", money("25.50")), put("operator/outputs/goods_total", money("25.50"))
    ), "violates", "sum up"),
    Way("a discount on the whole", all_of(
        put("buyer/outputs/goods_total", money("20.00")), put("operator/outputs/goods_total", money("20.00"))
    ), "conforms"),
    Way("a discount on a line", discounted, "conforms"),
    Way("dearer than shown, and nothing said so", dearer, "undetermined", "tax or a surcharge"),
    Way("one article on two lines", split_line, "conforms"),
    Way("a shortened name", put("operator/outputs/lines/1/name", "Porcelain…"), "conforms"),
    Way("a variant named", put("buyer/outputs/lines/0/name", "TEA (100 g)"), "conforms"),
    Way("no line totals", no_totals, "conforms"),
    Way("no sums at all", no_sums, "undetermined", "no sum", cause="settings"),
    Way("an article could not be put in the cart", all_of(
        put("add/1", denied("sold out")), put("buyer/outputs/lines", [TEA]), put("operator/outputs/lines", [TEA]),
        put("sellers", []), put("buyer/outputs/goods_total", money("20.00")),
        put("operator/outputs/goods_total", money("20.00")),
    ), "undetermined", "sold out"),
    Way("the seller lacks a line", put("sellers/0/read/outputs/lines", [TEA]), "violates", "seller_a does not see"),
    Way("the seller is denied", put("sellers/0/read", denied()), "violates", "seller_a is denied"),
    Way("the seller's page broke", put("sellers/0/read", broken()), "undetermined", "seller_a could not read"),
    Way("whose goods they are is unknown", put("sellers/0/own", None), "undetermined", "seller_a's"),
    Way("a seller without part in it", put("sellers/1/read", broken()), "conforms"),
    Way("no sellers", put("sellers", []), "conforms"),
    Way("no price shown with the goods", put("ordered/lines/0/unit_price", money(None)), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", COMPLETE, ids=lambda way: way.name)
def test_complete(way: Way) -> None:
    assert_told("SBT-3.1.3-complete", "shop.order", way)


def fees(goods: str | None, fee: str | None, grand: str | None) -> Any:
    return all_of(
        put("preview/outputs/goods_total", money(goods)),
        put("preview/outputs/delivery_fee", money(fee)),
        put("preview/outputs/grand_total", money(grand)),
    )


def charged(fee: str | None, total: str) -> Any:
    return all_of(
        *(put(f"{name}/outputs/delivery_fee", money(fee)) for name in ("buyer", "operator")),
        *(put(f"{name}/outputs/total", money(total)) for name in ("buyer", "operator")),
    )


FEE_APART = (
    Way("preview not reached", put("preview", denied("empty cart")), "undetermined", "empty cart"),
    Way("no preview", drop("preview"), "undetermined", "could not be reached"),
    Way("no total", fees("24.50", "10.00", None), "violates", "no total"),
    Way("only a total", fees(None, None, "34.50"), "violates", "only a total"),
    Way("no goods amount", fees(None, "10.00", "34.50"), "violates", "only a total"),
    Way("sum too high", fees("24.50", "10.00", "35.50"), "violates", "is not 35.50"),
    Way("sum lower", fees("24.50", "10.00", "30.00"), "undetermined", "deduction"),
    Way("free and said so", all_of(fees("24.50", "0.00", "24.50"), charged("0.00", "24.50")), "conforms", "No del"),
    Way("free and not said", all_of(fees("24.50", None, "24.50"), charged(None, "24.50")), "conforms", "No del"),
    Way("free, total alone", all_of(fees(None, None, "24.50"), charged(None, "24.50")), "conforms", "No del"),
    Way("free beforehand, charged afterwards", all_of(fees("24.50", None, "24.50"), charged("10.00", "34.50")),
        "violates", "the order says 34.50"),
    Way("free beforehand, a fee in the order", all_of(fees("24.50", None, "24.50"), charged("10.00", "24.50")),
        "violates", "only a total"),
    Way("no fee, total below the goods", all_of(fees("24.50", None, "20.00"), charged(None, "20.00")), "undetermined"),
    Way("dearer in the order", charged("13.00", "37.50"), "violates", "the order says 37.50"),
    Way("dearer in one view only", put("operator/outputs/total", money("37.50")), "conforms"),
    Way("no order came about", all_of(put("buyer", denied()), put("operator", denied())), "conforms"),
    Way("yen have no minor digits", all_of(
        put("preview/outputs/goods_total", money("2450", "JPY")),
        put("preview/outputs/delivery_fee", money("1000", "JPY")),
        put("preview/outputs/grand_total", money("3450", "JPY")),
        put("buyer/outputs/total", money("3450", "JPY")),
        put("operator/outputs/total", money("3450", "JPY")),
    ), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", FEE_APART, ids=lambda way: way.name)
def test_fee_apart(way: Way) -> None:
    assert_told("SBT-4.1.2.1.1-fee-separate", "shop.order", way)


@pytest.mark.parametrize(
    ("change", "fee"),
    [
        (lambda _: None, "10.00"),
        (put("preview/outputs/delivery_fee", money(None)), "10.00"),
        (all_of(fees("24.50", None, "30.50"), charged(None, "30.50")), "6.00"),
        (all_of(fees(None, None, None), charged(None, "30.50")), "6.00"),
    ],
)
def test_the_fee_is_taken_from_the_first_view_that_tells_it(change: Any, fee: str) -> None:
    data = order()
    change(data)
    assert str(charged_fee(data)) == fee


def test_a_fee_that_no_view_tells_is_unknown() -> None:
    assert charged_fee({}) is None
    assert charged_fee({"preview": done(goods_total=money(None), grand_total=money("3.00"))}) is None
