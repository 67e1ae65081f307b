"""Forged and doubled orders, fields that no field may hold, stock, and what two buyers do at random."""

from typing import Any

import pytest

from reports.verdict import Conforms, Violates
from tests.conformance.judges.evidence import broken, denied, done, money
from tests.conformance.judges.telling import told_of
from tests.conformance.judges.trade_evidence import bought, cart_of, order_of, order_view, record
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

FRESH = {"number": "100099", "read": order_view("100099")}
UNTAKEN: Any = {"what": "sums", "sent": {"price": "0.01"}, "number": None, "add": denied()}


def priced(amount: str, mark: str | None, **sums: Any) -> Any:
    """Return an order that shows no sum but these, in some currency."""
    shown = {"goods_total": money(None), "delivery_fee": money(None), "total": {"amount": amount, "currency": mark}}
    return order_view("100004", **(shown | sums))


FORGERY = (
    Way("no honest order", put("honest/number", None), "undetermined", "see 3.2.1"),
    Way("an honest order without a total", all_of(
        put("honest/buyer/outputs/total", money(None)), put("honest/operator/outputs/total", money(None))
    ), "undetermined", "see 3.2.1"),
    Way("a lower total", put("forged/0/buyer/outputs/total", money("0.01")), "violates", "(sums)"),
    Way("lower for the operator alone", put("forged/1/operator/outputs/total", money("1.00")), "violates", "operator"),
    Way("no delivery fee", put("forged/1/buyer/outputs/delivery_fee", money("0.00")), "violates", "delivery_fee"),
    Way("another currency", put("forged/2/buyer/outputs/total", money("30.00", "INR")), "violates", "INR"),
    Way("a currency that nobody knows", all_of(
        put("forged/2/buyer/outputs/total", {"amount": "30.00", "currency": None, "text": "Rp 30.00"}),
        put("forged/2/operator/outputs/total", {"amount": "30.00", "currency": None, "text": "Rp 30.00"}),
    ), "undetermined", "no known currency"),
    Way("more pieces for the same total", put("forged/0/buyer/outputs/lines/0/quantity", 9), "violates", "more pieces"),
    Way("dearer", all_of(
        put("forged/0/buyer/outputs/total", money("31.00")), put("forged/0/operator/outputs/total", money("31.00"))
    ), "undetermined", "asks 31.00"),
    Way("refused", put("forged/0", UNTAKEN), "conforms", "3 were taken"),
    Way("taken, and not to be read", all_of(
        put("forged/0/buyer", broken()), put("forged/0/operator", broken())
    ), "undetermined", "could not be read"),
    Way("took the honest order's number", put("forged/3/number", "100001"), "violates", "acknowledged as order 100001"),
    Way("the honest order is altered", put("honest_after/buyer/outputs/total", money("0.00")), "violates", "altered"),
    Way("the honest order is gone", put("honest_after/buyer", denied("step order: 404")), "undetermined", "404"),
    Way("doubled by the same request", put("replay/fresh", [FRESH, FRESH | {"number": "100098"}]), "violates", "again"),
    Way("doubled at once", put("parallel/fresh", [FRESH, FRESH | {"number": "100098"}]), "violates", "same instant"),
    Way("somebody else's order in the list", put("replay/fresh/0", FRESH), "conforms"),
    Way("others' orders cannot be opened", put("replay/fresh", [FRESH, {"number": "1", "read": denied()}]), "conforms"),
    Way("nothing to send again", put("replay/again", None), "undetermined", cause="settings"),
    Way("the list unread", put("replay/fresh", None), "undetermined"),
    Way("the list unread after both", put("parallel/fresh", None), "undetermined"),
    Way("one session only", put("parallel/checked_out", [True, False]), "conforms", "one session"),
    Way("neither of both was taken", all_of(
        put("parallel/confirm", [denied(), broken()]), put("parallel/fresh", [])
    ), "undetermined", "two confirmations at once"),
    Way("neither came as far", all_of(
        put("parallel/checked_out", [False, False]), put("parallel/confirm", []), put("parallel/fresh", [])
    ), "undetermined", "two confirmations at once"),
    Way("nothing was forged", put("forged/2/sent", {}), "undetermined", "carried no forged field", cause="settings"),
    Way("converted into another currency", all_of(
        put("forged/2/buyer", priced("350.00", "INR")), put("forged/2/operator", priced("350.00", "INR"))
    ), "undetermined", "asks 350.00"),
    Way("delivered free in another currency", all_of(
        put("honest/buyer/outputs/delivery_fee", money("0.00")),
        put("honest_after/buyer/outputs/delivery_fee", money("0.00")),
        put("forged/2/buyer", priced("30.00", None, delivery_fee=money("0.00", "INR"))),
        put("forged/2/operator", broken()),
    ), "undetermined"),
    Way("every order after the first is cheaper", all_of(
        *(put(f"forged/{at}/{who}/outputs/total", money("25.00")) for at in range(4) for who in ("buyer", "operator")),
        put("replay/fresh/0/read/outputs/total", money("25.00")),
    ), "undetermined", "asks 25.00"),
    Way("the page still shows the last order", put("forged/0", UNTAKEN | {
        "number": "100001", "buyer": order_view("100001"), "operator": order_view("100001")
    }), "undetermined", "another one's number"),
    Way("a forged order that is listed late", put("replay/fresh", [
        {"number": "100005", "read": order_view("100005")}, {"number": "100006", "read": order_view("100006")}
    ]), "conforms"),
    Way("one purchase in two parcels", put("parallel/fresh", [
        {"number": n, "read": order_view(n, 1)} for n in ("100007", "100007-1")
    ]), "conforms"),
    Way("throttled instead of refused", put("replay/again/status", 429), "undetermined", "429"),
)  # fmt: skip


@pytest.mark.parametrize("way", FORGERY, ids=lambda way: way.name)
def test_forged_orders(way: Way) -> None:
    assert_told("SBT-3.1.3-unforgeable", "trade.forgery", way)


def cart(quantity: Any, total: str | None, unit: str | None = "10.00") -> Any:
    line = {"name": "Tea", "quantity": quantity, "unit_price": money(unit), "line_total": money(total), "key": "1"}
    return done(lines=[line], total=None)


def taxed(data: Any) -> None:
    data["control"]["cart"] = cart(1, "12.00")
    for tried in data["quantities"]:
        if tried["cart"]["outputs"]["lines"]:
            tried["cart"] = cart(1, "12.00")


FIELDS = (
    Way("no cart at all", put("control/cart", done(lines=[], total=None)), "undetermined", "see 3.2.1"),
    Way("below nothing", put("quantities/0/cart", cart(-1, "-10.00")), "violates", "-1 pieces"),
    Way("a line below nothing", put("quantities/0/cart", cart(None, "-10.00")), "violates", "a line of -10.00"),
    Way("a total below nothing", put("quantities/0/cart", done(lines=[], total=money("-1.00"))), "violates", "a total"),
    Way("a piece and a half", put("quantities/1/cart", cart("1.5", "15.00")), "violates", "1.5 pieces"),
    Way("a half that is charged", put("quantities/1/cart", cart(1, "15.00")), "violates", "cost 15.00"),
    Way("a half that is rounded up and not charged", put("quantities/1/cart", cart(2, "15.00")), "violates"),
    Way("taken for one", put("quantities/2/cart", cart(1, "10.00")), "conforms"),
    Way("rounded up and charged", put("quantities/1/cart", cart(2, "20.00")), "conforms"),
    Way("a discount on many", put("quantities/0/cart", cart(100, "900.00")), "conforms"),
    Way("no sums shown", put("quantities/0/cart", cart(1, None, None)), "conforms"),
    Way("taxes in the line and not in the price", taxed, "conforms"),
    Way("a coupon that stands as a line", put("quantities/1/cart", done(lines=[
        {"name": "Tea", "quantity": 1, "unit_price": money("10.00"), "line_total": money("10.00"), "key": "1"},
        {"name": "Coupon", "quantity": 1, "unit_price": money("-5.00"), "line_total": money("-5.00"), "key": "2"},
    ], total=money("5.00"))), "conforms"),
    Way("a cent of rounding", put("quantities/1/cart", cart(2, "20.01")), "conforms"),
    Way("never changed, since nothing lay there", put("quantities/4/done", None), "undetermined", "could not be tried"),
    Way("cart unread", put("quantities/0/cart", broken()), "undetermined", "could not be read"),
    Way("nothing tried", put("quantities", []), "undetermined", cause="settings"),
    Way("a text cut", put("texts/0", {
        "what": "over-long", "field": "line1", "length": 5000, "done": done("POST"), "listed": done(),
        "kept": {"length": 255, "same": False, "start_of_it": True},
    }), "violates", "255 of them"),
    Way("a text kept whole", put("texts/0", {
        "what": "over-long", "field": "line1", "length": 5000, "done": done(), "listed": done(),
        "kept": {"length": 5000, "same": True, "start_of_it": True},
    }), "conforms"),
    Way("control characters taken out", put("texts/0", {
        "what": "control characters", "field": "line1", "length": 30, "done": done(), "listed": done(),
        "kept": {"length": 25, "same": False, "start_of_it": False},
    }), "conforms"),
    Way("a total that follows the price", put("changes/1/buyer/outputs/total", money("30.00")), "violates", "price"),
    Way("for the operator alone", put("changes/2/operator/outputs/total", money("0.01")), "violates", "operator"),
    Way("an address that moves", put("changes/0/buyer/outputs/address", "Elsewhere"), "violates", "address"),
    Way("lines that change", put("changes/2/buyer/outputs/lines/0/quantity", 9), "violates", "lines"),
    Way("a status may change", put("changes/1/buyer/outputs/status", "shipped"), "conforms"),
    Way("no order", put("placed/number", None), "undetermined", "see 3.2.1"),
    Way("no permitted change took effect", all_of(
        put("changes/0/changed", False), put("changes/1/changed", False)
    ), "undetermined", cause="settings"),
    Way("order unread", all_of(put("changes/0/buyer", broken()), put("changes/0/operator", broken())), "undetermined"),
    Way("nothing changed", all_of(
        put("changes/0/changed", False), put("changes/1/changed", False), put("changes/2/changed", False)
    ), "undetermined", cause="settings"),
)  # fmt: skip


@pytest.mark.parametrize("way", FIELDS, ids=lambda way: way.name)
def test_illegal_fields_and_changes(way: Way) -> None:
    assert_told("SBT-3.1.3.4-logical-field", "trade.fields", way)


SECOND = {"number": "100011", "add": done(), "confirm": done("buyer: POST /confirm/"), "buyer": order_view("100011")}
RACE = (
    Way("not set", all_of(put("seen_as", 40), put("set", [denied("no such form")])), "undetermined", "no such form"),
    Way("nothing tried", drop("together"), "undetermined"),
    Way("oversold at once", put("together/1", SECOND), "violates", "4 were sold to two buyers at once"),
    Way("oversold, and the order not to be read", put("together/1", SECOND | {"buyer": broken()}), "violates"),
    Way("oversold to one", put("alone", {
        "asked": 4, "number": "100012", "add": done("POST"), "buyer": order_view("100012", 4)
    }), "violates", "sold to one buyer"),
    Way("sold what there was", put("alone", {
        "asked": 4, "number": "100012", "add": done("POST"), "buyer": order_view("100012", 3)
    }), "conforms"),
    Way("oversold to one, as the operator sees it", put("alone", {
        "asked": 4, "number": "100012", "buyer": broken(), "operator": order_view("100012", 4)
    }), "violates", "sold to one buyer"),
    Way("oversold to one, by the cart alone", put("alone", {
        "asked": 4, "number": "100012", "buyer": broken(), "cart": order_view("100012", 4)
    }), "violates", "sold to one buyer"),
    Way("what one was sold not to be read", put("alone", {
        "asked": 4, "number": "100012", "buyer": broken(), "cart": broken()
    }), "undetermined", "could not be read"),
    Way("more gone than was acknowledged", put("stock_after", 0), "undetermined", "more is gone"),
    Way("set once more", put("seen_again", 3), "conforms"),
    Way("oversold after it was set once more", all_of(put("seen_again", 3), put("together/1", SECOND)), "violates"),
    Way("more there than was set again", all_of(put("seen_again", 40), put("together/1", SECOND)), "undetermined",
        "again: 40"),
    Way("below nothing", put("stock_after", -1), "violates", "stands at -1"),
    Way("stock not to be read afterwards", put("stock_after", None), "conforms"),
    Way("nobody could buy", put("together/0/number", None), "undetermined", "neither"),
)  # fmt: skip


@pytest.mark.parametrize("way", RACE, ids=lambda way: way.name)
def test_stock(way: Way) -> None:
    assert_told("SBT-3.1.3.4-logical-field", "trade.race", way)


def lost() -> Any:
    return [*bought("100020"), record("operator reads", "operator", came="denied", number="100020", requests=["GET /"])]


def journey(*, shrunk: bool) -> Any:
    return {"records": lost(), "shrunk": shrunk, "attempts": 3}


RANDOM = (
    Way("too few steps", put("rounds", bought("100020")[:0]), "undetermined", "Only 0 of 300"),
    Way("one step short", put("steps", 299), "undetermined", "Only 299 of 300"),
    Way("told more than was done", all_of(put("rounds/0", []), put("steps", 999)), "undetermined", "Only 270 of 300"),
    Way("no time", all_of(put("steps", 200), put("stopped", "the time ran out")), "undetermined", "the time ran out"),
    Way("an order is lost", put("rounds/3", lost()), "violates", "(kept)"),
    Way("shortened", put("journey", journey(shrunk=True)), "violates", "shortened to 6 steps"),
    Way("not shortened", put("journey", journey(shrunk=False)), "violates", "after 6 steps"),
    Way("lost at the end", put("at_the_end/0/came", "denied"), "violates", "(kept)"),
    Way("altered at the end", put("at_the_end/0/order", order_of(1)), "violates", "(as bought)"),
    Way("one number twice", put("rounds/1", bought("100020")), "violates", "(unique)"),
    Way("the plain cart goes wrong", put("control/1/cart", cart_of(0)), "undetermined", "see 3.2.1 (cart)"),
    Way("the plain order is not kept", put("control/4/came", "denied"), "undetermined", "see 3.2.1 (order handling)"),
    Way("no plain order", put("control", bought("1")[:2]), "undetermined", "see 3.2.1 (order handling)"),
    Way("a plain order seen otherwise", put("control/5/order", order_of(1)), "violates", "(as bought)"),
    Way("taxes on top", put("control/4/order/total", "99.00"), "violates", "(unchanged)"),
    Way("taxes on top for both", all_of(
        put("control/4/order/total", "99.00"), put("control/5/order/total", "99.00")
    ), "conforms", "sums apart"),
)  # fmt: skip


@pytest.mark.parametrize("way", RANDOM, ids=lambda way: way.name)
def test_at_random(way: Way) -> None:
    assert_told("SBT-3.1.3-complete", "trade.at_random", way)


def test_the_journey_that_shows_it_stands_in_the_verdict_step_by_step() -> None:
    verdict = told_of("SBT-3.1.3-complete", "trade.at_random", put("journey", journey(shrunk=True)))
    assert isinstance(verdict, Violates)
    assert verdict.repeat[0].startswith("0. trader_33 is a buyer, each with an empty cart;")
    assert verdict.repeat[1] == "1. trader_33: add 2 Tea -> done"
    assert verdict.repeat[-2:] == ("6. operator: operator reads 100020 -> denied", "6. GET /")


def test_steps_stand_in_the_verdict_with_the_clause_s_bound() -> None:
    verdict = told_of("SBT-3.1.3-complete", "trade.at_random", lambda _: None)
    assert isinstance(verdict, Conforms)
    assert verdict.measured is not None
    assert verdict.threshold is not None
    assert (verdict.measured.value, verdict.threshold.value) == (300, 300)
