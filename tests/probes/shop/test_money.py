"""Money as shops show it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.shop.money import MARKS, MINOR_DIGITS, in_minor_digits, read_money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("£1,298.00", "1298.00", "GBP"),
        ("1.298,00 €", "1298.00", "EUR"),
        ("1 298,00 €", "1298.00", "EUR"),
        ("CHF 1’298.50", "1298.50", "CHF"),
        ("¥12.5", "12.50", "CNY"),
        ("￥１２", "12.00", "CNY"),
        ("12.50元", "12.50", "CNY"),
        ("人民币 1,298 元", "1298.00", "CNY"),
        ("RMB 1,298", "1298.00", "CNY"),
        ("CNY12", "12.00", "CNY"),
        ("JP¥1200", "1200", "JPY"),
        ("1,200円", "1200", "JPY"),
        ("₩12,000", "12000", "KRW"),
        ("0.125 BHD", "0.125", "BHD"),
        ("1,000.000 KWD", "1000.000", "KWD"),
        ("1.000.000 KWD", "1000000.000", "KWD"),
        ("US$5", "5.00", "USD"),
        ("HK$ 12", "12.00", "HKD"),
        ("$ 1,000,000.01", "1000000.01", "USD"),
        ("-£5.00", "-5.00", "GBP"),
        ("£-5.00", "-5.00", "GBP"),
        ("−5.00 €", "-5.00", "EUR"),
        ("3 for £10.00", "10.00", "GBP"),
        ("Qty 2 £3.00", "3.00", "GBP"),
        ("12.50 € 13.00 €", "12.50", "EUR"),
        ("Total: £0.00", "0.00", "GBP"),
        ("£12.34 (was £15.00)", "12.34", "GBP"),
        ("运费：￥8.00（江浙沪）", "8.00", "CNY"),
        ("12.345 €", "12345.00", "EUR"),
        ("£0.125", "125.00", "GBP"),
        ("12.5", "12.50", None),
        ("包邮", "0.00", "GBP"),
        ("Free delivery", "0.00", "GBP"),
        ("", None, None),
        ("call us", None, None),
        ("2 of 3", None, None),
    ],
)
def test_money_in_text(text: str, amount: str | None, currency: str | None) -> None:
    assert read_money(text, style="text", currency="GBP") == {"amount": amount, "currency": currency, "text": text}


def test_the_shops_currency_decides_what_an_ambiguous_mark_means() -> None:
    assert read_money("¥500", style="text", currency="JPY")["currency"] == "JPY"
    assert read_money("$5", style="text", currency="AUD")["currency"] == "AUD"
    assert read_money("$5", style="text", currency="CNY")["currency"] == "USD"


@pytest.mark.parametrize(
    ("value", "style", "currency", "amount"),
    [
        (1298, "minor", "GBP", "12.98"),
        (1298, "minor", "JPY", "1298"),
        (1298, "minor", "KWD", "1.298"),
        (5, "minor", None, "0.05"),
        ("1298", "minor", "CNY", "12.98"),
        (12.1, "decimal", "GBP", "12.10"),
        ("12", "decimal", "GBP", "12.00"),
        ("-0.00", "decimal", "GBP", "0.00"),
        ("£12.10", "decimal", "GBP", "12.10"),
        (True, "decimal", "GBP", None),
        (None, "minor", "GBP", None),
        ("NaN", "decimal", "GBP", None),
        ("1e999999", "decimal", "GBP", None),
    ],
)
def test_money_as_numbers(value: object, style: Any, currency: str | None, amount: str | None) -> None:
    assert read_money(value, style=style, currency=currency)["amount"] == amount


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "BHD", "CNY", None]))
def test_minor_units_and_decimals_say_the_same(units: int, currency: str | None) -> None:
    digits = MINOR_DIGITS.get(currency or "", 2)
    minor = read_money(units, style="minor", currency=currency)["amount"]
    assert minor is not None
    assert Decimal(minor) == Decimal(units).scaleb(-digits)
    assert read_money(minor, style="decimal", currency=currency)["amount"] == minor


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.sampled_from(sorted(MARKS)), st.booleans())
def test_formatted_money_is_read_back(units: int, mark: str, behind: bool) -> None:
    currency = MARKS[mark][0]
    amount = in_minor_digits(Decimal(units).scaleb(-MINOR_DIGITS.get(currency, 2)), currency)
    whole, dot, fraction = amount.partition(".")
    number = f"{int(whole):,}{dot}{fraction}"
    text = f"{number} {mark}" if behind else f"{mark} {number}"
    found = read_money(text, style="text", currency=None)
    assert (found["amount"], found["currency"]) == (amount, currency)


@settings(max_examples=200)
@given(st.text(max_size=60), st.sampled_from(["text", "decimal", "minor"]))
def test_no_text_breaks_the_reader(text: str, style: Any) -> None:
    found = read_money(text, style=style, currency="GBP")
    assert found["amount"] is None or Decimal(found["amount"]) is not None
    assert (found["amount"] is not None) or found["currency"] is None
