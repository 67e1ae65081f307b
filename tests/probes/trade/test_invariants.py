"""The invariants: all hold of a right shop, and the one that was broken is named."""

from typing import Any

import pytest
from hypothesis import assume, given

from probes.trade.invariants import BROKEN_BY, broken
from tests.probes.trade.model import ACTS, SPOILS, history, spoiled


@given(acts=ACTS)
def test_of_a_right_shop_all_holds(acts: list[Any]) -> None:
    assert broken(history(acts)) == ()


def test_each_invariant_can_be_broken() -> None:
    assert set(SPOILS) == set(BROKEN_BY)


@pytest.mark.parametrize("name", sorted(SPOILS))
@given(acts=ACTS)
def test_what_is_spoiled_is_named(name: str, acts: list[Any]) -> None:
    told = history([*acts, ("ann", "add", "Cup", 1), ("ann", "confirm", "Cup", 1)] * 2)
    records = spoiled(told, *SPOILS[name], first=name == "cart")
    assume(records is not None)
    assert records is not None
    assert name in {each.name for each in broken(records)}


@given(acts=ACTS)
def test_it_shows_where_it_is_broken_and_not_before(acts: list[Any]) -> None:
    right = history([*acts, ("ann", "add", "Cup", 1), ("ann", "confirm", "Cup", 1)])
    wrong = spoiled(right, *SPOILS["kept"])
    assert wrong is not None
    at = broken(wrong)[0].at
    assert broken(wrong[:at]) == ()
    assert wrong[at] != right[at]


def told(did: str, **further: Any) -> dict[str, Any]:
    return {"who": "ann", "did": did, "came": "done"} | further


def held(quantity: Any, total: str = "10.00", unit: str = "10.00", name: str = "Tea") -> dict[str, Any]:
    return {"lines": [{"name": name, "quantity": quantity, "unit": unit, "total": total}]}


def names(*records: dict[str, Any]) -> set[str]:
    return {each.name for each in broken(records)}


def test_what_was_refused_changes_nothing_and_what_broke_off_may() -> None:
    one = told("add", goods="Tea", quantity=1, cart=held(1))
    for came, wrong in (("denied", {"cart"}), ("broken", set())):
        more = told("add", goods="Tea", quantity=1, cart=held(2, "20.00")) | {"came": came}
        assert names(told("begin", cart={"lines": []}), one, more) == wrong


def test_names_that_a_view_shortens_are_the_same_article() -> None:
    long = told("add", goods="Tea", quantity=1, cart=held(1, name="Tea, loose, 100 g"))
    assert names(told("begin", cart={"lines": []}), long, told("browse"), long | {"quantity": 0}) == set()


def asked(*lines: tuple[int, str, str]) -> dict[str, Any]:
    """Return a look at lines of tea: pieces, the price shown for one, what the line asks."""
    return told(
        "browse", cart={"lines": [line for pieces, unit, total in lines for line in held(pieces, total, unit)["lines"]]}
    )


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([(3, "10.00", "30.00")], set()),
        ([(3, "10.00", "30.02")], {"sums"}),
        ([(1, "10.00", "9.99")], {"sums"}),
        ([(2, "10.00", "20.02")], {"sums"}),
        ([(3, "10.00", "27.00")], set()),
        ([(3, "100", "301")], set()),
        ([(3, "100", "302")], {"sums"}),
        ([(1, "3.36", "3.36"), (3, "3.36", "10.09"), (5, "3.36", "16.82")], set()),
        ([(3, "10.00", "29.99"), (4, "10.00", "40.00")], {"sums"}),
        ([(5, "3.36", "16.82"), (3, "3.36", "10.07")], {"sums"}),
        ([(3, "10.00", "9e999999")], set()),
    ],
    ids=str,
)  # fmt: skip
def test_rounding_is_told_from_a_discount_and_from_what_no_price_explains(
    lines: list[tuple[int, str, str]], wrong: set[str]
) -> None:
    assert names(*(asked(line) for line in lines)) & {"sums"} == wrong


@pytest.mark.parametrize(
    ("goods", "wrong"), [("20.15", set()), ("20.14", set()), ("20.13", {"sums"}), ("20.17", {"sums"})]
)
def test_an_order_may_round_once_where_its_lines_round_each(goods: str, wrong: set[str]) -> None:
    view = {"lines": [*held(1, "10.08", "10.08")["lines"], *held(1, "10.07", "10.07", name="Cup")["lines"]]}
    assert names(told("read", number="1", order=view | {"goods": goods})) == wrong


def test_a_gift_that_comes_along_is_nothing_that_was_put_in() -> None:
    gift = held(1, "0.00", "0.00", name="Sample")["lines"]
    cart = {"lines": [*held(1)["lines"], *gift]}
    way = [told("begin", cart={"lines": []}), told("add", goods="Tea", quantity=1, cart=cart)]
    assert names(*way, told("confirm", number="1"), told("read", number="1", order=cart)) == set()
    charged = {"lines": [*held(1)["lines"], *held(1, "1.00", "1.00", name="Sample")["lines"]]}
    assert names(way[0], told("add", goods="Tea", quantity=1, cart=charged)) == {"cart"}


def test_a_shop_may_let_nobody_have_more_than_so_many() -> None:
    way = [
        told("begin", cart={"lines": []}),
        told("add", goods="Tea", quantity=4, cart=held(2, "20.00")),
        told("add", goods="Tea", quantity=1, cart=held(2, "20.00")),
        told("confirm", number="1"),
        told("read", number="1", order=held(2, "20.00")),
    ]
    assert names(*way) == set()
    assert names(
        *way, told("begin", cart={"lines": []}), told("add", goods="Tea", quantity=3, cart=held(3, "30.00"))
    ) == {"cart"}
    assert names(way[0], told("add", goods="Tea", quantity=2, cart={"lines": []})) == {"cart"}
    assert names(*way[:2], told("add", goods="Tea", quantity=2, cart=held(1))) == {"cart"}


def test_an_order_that_could_not_be_read_for_a_moment_is_not_lost() -> None:
    bought = told("confirm", number="1")
    fails, shows = told("read", number="1") | {"came": "broken"}, told("read", number="1", order=held(1))
    assert names(bought, fails, shows) == set()
    assert names(bought, shows, fails) == {"kept"}
    assert names(bought, fails, shows | {"who": "operator", "did": "operator reads"}) == {"kept"}
    assert names(bought, fails | {"came": "denied"}, shows) == {"kept"}


@pytest.mark.parametrize("odd", [None, "x", [], {}, "NaN", "9e999999", 3, {"lines": None}, {"lines": [None, 3, {}]}])
def test_whatever_a_record_holds_nothing_stumbles(odd: Any) -> None:
    for field in ("cart", "order", "number", "quantity", "goods", "stock", "came", "who"):
        for did in ("add", "change", "remove", "empty", "confirm", "read", "stock"):
            broken(
                [told("begin", cart={"lines": []}), told(did) | {field: odd}, told("read", number="1", order=held(1))]
            )


def test_more_is_sold_than_there_was() -> None:
    there = told("stock", goods="Tea", stock=2)
    put_in = told("add", goods="Tea", quantity=3, cart=held(3, "30.00"))
    assert names(there, told("begin", cart={"lines": []}), put_in, told("confirm", number="1")) == {"stock"}
