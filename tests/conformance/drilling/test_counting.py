"""What the buyers' trails say was sold and paid, against what the shop, the provider and the cart's lines say."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import pytest

from conformance.drilling.payments import UNLISTED, paid_in, tally
from conformance.drilling.stocked import sold_in
from conformance.loading.book import Acknowledged
from conformance.loading.business import Paid, ReadBack, View
from probes.canonical import freeze
from probes.order import due, held
from probes.shop.trail import Entry
from probes.trade.invariants import pieces

WOK = {"name": "Wok", "quantity": 1, "total": "10.00"}


def trail(*notes: tuple[str, str, dict[str, Any] | bool]) -> Sequence[Entry]:
    """Return a trail: (kind, id, facts, or whether it was acknowledged)."""
    return [
        Entry(
            seq=number,
            at=f"2026-11-22T00:00:{number:02}Z",
            who="load",
            kind=kind,
            id=name,
            acknowledged=told if isinstance(told, bool) else True,
            facts=freeze({"account": "a", **(told if isinstance(told, dict) else {})}),
        )
        for number, (kind, name, told) in enumerate(notes, start=1)
    ]


Note: TypeAlias = tuple[str, str, dict[str, Any] | bool]

CART: Note = ("cart", "1", True)
DUE: Note = ("due", "", {"lines": [WOK], "total": "15.00"})
BOUGHT: list[Note] = [CART, DUE, ("order", "1", True), ("paid", "1", True)]
UNPAID = [CART, DUE, ("order", "2", True)]
BROKEN_OFF = [CART, DUE, ("order", "", False)]
LEFT_IN_THE_CART = [("cart", "1", False)]


@pytest.mark.parametrize(
    ("notes", "ordering", "paying"),
    [
        (BOUGHT, (1, 0), (1, 0)),
        ([*BOUGHT, *UNPAID], (2, 0), (1, 1)),
        ([*BOUGHT, *BROKEN_OFF], (1, 1), (1, 1)),
        ([*BOUGHT, *LEFT_IN_THE_CART], (1, 1), (1, 1)),
        ([CART, ("order", "3", True)], (1, 0), (0, 1)),
    ],
)
def test_what_was_sold_and_what_may_have_been(
    notes: list[Any], ordering: tuple[int, int], paying: tuple[int, int]
) -> None:
    assert sold_in([trail(*notes)], "Wok", pays=False) == ordering
    assert sold_in([trail(*notes)], "Wok", pays=True) == paying


def test_every_trail_counts_and_other_goods_do_not() -> None:
    teapot: Note = ("due", "", {"lines": [WOK, {"name": "Teapot", "quantity": 3}], "total": "15.00"})
    both = [trail(*BOUGHT), trail(CART, teapot, ("order", "9", True))]
    assert sold_in(both, "Wok", pays=False) == (2, 0)
    assert sold_in(both, "Teapot", pays=False) == (3, 0)
    assert paid_in(both) == {"1": "a"}


def charged(*numbers: str) -> tuple[Paid, ...]:
    return tuple(Paid(number=number, amount="15.00") for number in numbers)


@pytest.mark.parametrize(
    ("listed", "found", "lost", "unread", "why"),
    [
        (None, 2, ["3"], 1, ""),
        (charged("1", "2", "3", "4"), 2, ["3"], 1, ""),
        (charged("1"), 1, ["3"], 2, UNLISTED),
        ("503 from the provider", 0, ["3"], 3, "503 from the provider"),
    ],
)
def test_a_payment_is_found_where_shop_and_provider_show_it(
    listed: tuple[Paid, ...] | str | None, found: int, lost: list[str], unread: int, why: str
) -> None:
    shown = {"1": True, "2": True, "3": False, "4": None}
    told = tally(shown, listed, doubled=["1"], altered=[])
    assert told == {
        "acknowledged": 4, "found": found, "lost": lost, "doubled": ["1"], "altered": [], "unread": unread, "why": why,
    }  # fmt: skip


def test_a_free_gift_in_the_cart_makes_no_order_another() -> None:
    def money(amount: str) -> dict[str, str]:
        return {"amount": amount, "currency": "CNY"}

    wok = {"name": "Wok", "quantity": 1, "line_total": money("10.00")}
    gift = {"name": "Tongs", "quantity": 1, "line_total": money("0.00")}
    expected = due([wok, gift], {"grand_total": money("15.00")})
    assert (pieces(expected), expected["total"]) == ({"wok": 1}, "15.00")
    order = Acknowledged(number="1", account="a", at="", pieces=pieces(expected), total="15.00")

    def read(*lines: dict[str, Any]) -> ReadBack:
        view = View(state="read", order={"lines": [held(line) for line in lines], "total": "15.00"})
        return ReadBack(order=order, buyer=view)

    assert not read(wok).altered
    assert not read(wok, gift).altered
    assert read(gift).altered
    assert read(wok | {"quantity": 2}).altered
