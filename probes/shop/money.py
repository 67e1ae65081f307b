"""Money as shops show it, read into ``{"amount": "12.34", "currency": "GBP", "text": "£12.34"}``. Pure.

Amounts are decimal strings in the currency's own minor digits (ISO 4217); amount and currency are None where none is
shown. Which number belongs to which mark is decided here; the number itself is read by price-parser.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from probes.canonical import Frozen
from probes.shop.journey import MoneyStyle

MINOR_DIGITS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3}
MINOR_DIGITS |= dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0)
_USUAL_DIGITS = 2
_MOST_DIGITS = 30
_LONGEST = 1000
"""Characters that are looked at; a price is not longer."""

MARKS: dict[str, tuple[str, ...]] = {
    "£": ("GBP", "EGP"),
    "€": ("EUR",),
    "¥": ("CNY", "JPY"),
    "元": ("CNY", "TWD"),
    "圆": ("CNY",),
    "人民币": ("CNY",),
    "RMB": ("CNY",),
    "円": ("JPY",),
    "₩": ("KRW",),
    "₹": ("INR",),
    "₽": ("RUB",),
    "₫": ("VND",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "CN¥": ("CNY",),
    "JP¥": ("JPY",),
    "US$": ("USD",),
    "HK$": ("HKD",),
    "NT$": ("TWD",),
    "MOP$": ("MOP",),
    "A$": ("AUD",),
    "C$": ("CAD",),
    "S$": ("SGD",),
    "R$": ("BRL",),
    "$": ("USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN"),
}
MARKS |= {
    code: (code,)
    for code in (
        *("AUD", "BHD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "KRW"),
        *(
            "KWD",
            "MOP",
            "MXN",
            "MYR",
            "NOK",
            "NZD",
            "OMR",
            "PLN",
            "RUB",
            "SEK",
            "SGD",
            "THB",
            "TWD",
            "USD",
            "VND",
            "ZAR",
        ),
    )
}
_BEHIND = frozenset({"€", "元", "圆", "円", "zł", "kr", "₽", "₫"})
"""Marks that usually stand behind their number."""

_FREE = ("免费", "免运费", "包邮", "free")
_NUMBER = r"\d(?:[\d.,'’ \u00a0\u202f]*\d)?"
_MARK = "|".join(sorted((re.escape(mark) for mark in MARKS), key=len, reverse=True))
_AHEAD_OF_NUMBER = re.compile(
    rf"(?P<sign>[-−]?)\s*(?P<mark>(?<![A-Za-z])(?:{_MARK}))(?P<gap>\s*)(?P<inner>[-−]?)\s*(?P<number>{_NUMBER})"
)
_BEHIND_NUMBER = re.compile(rf"(?P<sign>[-−]?)(?P<number>{_NUMBER})(?P<gap>\s*)(?P<mark>(?:{_MARK})(?![A-Za-z]))")
_BARE = re.compile(rf"(?P<sign>[-−]?)(?P<number>{_NUMBER})")


def read_money(value: Frozen, *, style: MoneyStyle, currency: str | None) -> dict[str, str | None]:
    """Return the money that a text or number shows.

    Args:
        value: what the shop gave: formatted text, a decimal, or minor units.
        style: ``text`` reads currency marks; ``decimal`` and ``minor`` are numbers in ``currency``.
        currency: the adapter's own currency: decides what an ambiguous mark (``$``, ``¥``) means.
    """
    text = "" if value is None else " ".join(str(value)[:_LONGEST].split())
    if value is None or isinstance(value, bool):
        return _money(None, None, text)
    if style == "text":
        return _from_text(text, currency)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _from_text(text, currency)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return _money(None, None, text)
    if style == "minor":
        number = number.scaleb(-MINOR_DIGITS.get(currency or "", _USUAL_DIGITS))
    return _money(number, currency, text)


def in_minor_digits(amount: Decimal, currency: str | None) -> str:
    """Return the amount with the currency's minor digits; finer digits that are not zero are kept, never rounded."""
    digits = MINOR_DIGITS.get(currency or "", _USUAL_DIGITS)
    whole, _, fraction = f"{amount:f}".partition(".")
    kept = fraction.rstrip("0").ljust(digits, "0")
    text = f"{whole}.{kept}" if kept else whole
    return text.removeprefix("-") if not amount else text


def in_minor_units(amount: str, currency: str | None) -> int:
    """Return a decimal text as a count of the currency's minor units, as shops with ``money = "minor"`` want it.

    Raises:
        ValueError: the amount is finer than the currency's minor unit, or no number (our bug).
    """
    try:
        units = Decimal(amount).scaleb(MINOR_DIGITS.get(currency or "", _USUAL_DIGITS))
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount") from None
    if units != units.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than its minor unit")
    return int(units)


def _money(amount: Decimal | None, currency: str | None, text: str) -> dict[str, str | None]:
    if amount is None:
        return {"amount": None, "currency": None, "text": text}
    return {"amount": in_minor_digits(amount, currency), "currency": currency, "text": text}


def _from_text(text: str, currency: str | None) -> dict[str, str | None]:
    plain = unicodedata.normalize("NFKC", text)
    found = _marked(plain)
    if found is None:
        numbers = tuple(_BARE.finditer(plain))
        if len(numbers) == 1:
            return _money(_number(numbers[0], None), None, text)
        free = not numbers and any(word in plain.lower() for word in _FREE)
        return _money(Decimal(0), currency, text) if free else _money(None, None, text)
    candidates = MARKS[found["mark"]]
    chosen = currency if currency in candidates else candidates[0]
    return _money(_number(found, chosen), chosen, text)


def _marked(text: str) -> re.Match[str] | None:
    """Return the first number that stands with a currency mark."""
    ahead, behind = _AHEAD_OF_NUMBER.search(text), _BEHIND_NUMBER.search(text)
    if (
        ahead is None
        or behind is None
        or ahead["mark"] != behind["mark"]
        or ahead.start("mark") != behind.start("mark")
    ):
        return min((found for found in (ahead, behind) if found), key=lambda found: found.start("mark"), default=None)
    # One mark between two numbers: it belongs to the one that it touches, else to the side where it usually stands.
    if bool(ahead["gap"]) != bool(behind["gap"]):
        return behind if ahead["gap"] else ahead
    return behind if ahead["mark"] in _BEHIND else ahead


def _number(found: re.Match[str], currency: str | None) -> Decimal | None:
    from price_parser import Price  # noqa: PLC0415 - 30 ms that only those pay who read a price

    number = re.sub(r"(?<=\d)['’](?=\d{3})", "", found["number"])
    amount: Any = Price.fromstring(number, decimal_separator=_decimal_separator(number, currency)).amount
    negative = bool(found["sign"] or found.groupdict().get("inner"))
    return None if amount is None else -amount if negative else amount


def _decimal_separator(number: str, currency: str | None) -> str | None:
    """Return the mark that sets fractions apart; None where the number has no mark.

    Of two kinds it is the last one; a kind that stands twice groups thousands; so does a single one before three
    digits, unless the currency has three minor digits.
    """
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return None
    last = marks[-1]
    other = "," if last == "." else "."
    if other in marks:
        return last
    three_follow = len(number) - number.rindex(last) - 1 == 3  # noqa: PLR2004 - a group of thousands
    three_minor = MINOR_DIGITS.get(currency or "") == 3  # noqa: PLR2004
    grouping = len(marks) > 1 or (three_follow and not three_minor)
    return other if grouping else last
