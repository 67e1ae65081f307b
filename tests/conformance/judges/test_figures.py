"""Reading figures and names, whatever a shop gives."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judges.figures import (
    Line,
    amount,
    currency,
    lines_of,
    listed,
    matched,
    rows,
    said,
    same_number,
    together,
    unlike,
    whole,
)
from tests.conformance.judges.evidence import done, money

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        (money("12.30"), "12.30"),
        (money(None), None),
        ("12.30", "12.30"),
        (12, "12"),
        (12.5, "12.5"),
        ({"amount": "NaN"}, None),
        ({"amount": "9e999999"}, None),
        ("1e-999999", None),
        ({"amount": "ask us"}, None),
        ({}, None),
        (True, None),
        (None, None),
    ],
)
def test_amounts(shown: Any, read: str | None) -> None:
    assert amount(shown) == (None if read is None else Decimal(read))


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        (2, 2), ("2", 2), (2.0, 2), ("2.0", 2), ("x 2", 2), ("2 件", 2), (" 2 ", 2), (0, 0),
        (None, None), (True, None), (2.5, None), ("2.5", None), ("1,000", None), ("2 of 3", None), ("", None),
    ],
)  # fmt: skip
def test_quantities(shown: Any, read: int | None) -> None:
    assert whole(shown) == read


@given(_json)
def test_nothing_makes_them_fail(value: Any) -> None:
    amount(value)
    currency(value)
    whole(value)
    step = {"outcome": "done", "outputs": {"lines": [{"name": value, "quantity": value, "line_total": value}]}}
    lines_of(step)
    lines_of({"outcome": "done", "outputs": {"lines": value}})
    rows({"outputs": value}, "orders")
    listed({"outputs": {"orders": [{"number": value}]}}, "1")


def test_sums_differ_by_amount_or_by_currency_and_only_where_both_are_known() -> None:
    assert unlike(money("1.00"), money("2.00"))
    assert unlike(money("1.00", "CNY"), money("1.00", "USD"))
    assert not unlike(money("1.00"), money("1.0"))
    assert not unlike(money("1.00"), money(None))
    assert not unlike(money("1.00", "CNY"), money("1.00", None))


def test_lines_of_one_article_are_added_up_and_an_unknown_part_makes_the_sum_unknown() -> None:
    one, two = Decimal(1), Decimal(2)
    assert together([("Tea", 1, one), ("TEA ", 1, two)]) == (Line(name="Tea", quantity=2, total=Decimal(3)),)
    assert together([("Tea", 1, None), ("Tea", None, two)]) == (Line(name="Tea", quantity=None, total=None),)


_NAMES = st.sampled_from(["Tea", "Tea gift box", "Cup", "cup", "茶", "茶杯", "Sc…"])
_LINES = st.lists(st.tuples(_NAMES, st.integers(1, 3), st.none()), max_size=5).map(together)


@given(_LINES, _LINES)
def test_matching_uses_each_line_once_and_equal_names_first(left: tuple[Line, ...], right: tuple[Line, ...]) -> None:
    pairs = matched(left, right)
    assert sorted(line.name for line, _ in pairs if line) == sorted(line.name for line in left)
    assert sorted(line.name for _, line in pairs if line) == sorted(line.name for line in right)
    for mine, theirs in pairs:
        if mine and any(other.name == mine.name for other in right):
            assert theirs is not None
            assert theirs.name.casefold() == mine.name.casefold()


@given(_LINES)
def test_a_view_matches_itself(lines: tuple[Line, ...]) -> None:
    assert sorted(mine.name for mine, _ in matched(lines, lines) if mine) == sorted(line.name for line in lines)
    assert all(mine == theirs for mine, theirs in matched(lines, lines))


@pytest.mark.parametrize(
    ("shown", "same"),
    [("100001", True), ("No. 100001", True), ("#100001", True), ("订单100001号", True), (100001, True),
     ("2100001", False), ("100001a", False), ("", False), (None, False)],
)  # fmt: skip
def test_order_numbers(shown: Any, same: bool) -> None:
    assert same_number(shown, "100001") is same
    assert listed(done(orders=[{"number": shown}]), "100001") is same


def test_no_number_is_no_order() -> None:
    assert not same_number("", "")


def test_lines_are_said_with_the_comma_of_the_language() -> None:
    lines = together([("Tea", 2, None), ("Cup", None, None)])
    assert said(lines) == "? x Cup, 2 x Tea"
    assert said(lines, "、") == "? x Cup、2 x Tea"
    assert said(()) == "-"
