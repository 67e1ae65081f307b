"""Figures and names as shops show them, read without ever failing: what cannot be read is None. Pure.

A probe records what a shop truly gave, and that may be anything: no amount, a quantity of ``"2 件"``, a list that is
null. A judge that stumbles over it would be a bug of ours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from probes.naming import plain, same_name

_MOST_DIGITS = 30
"""Figures with more are no figures: arithmetic on 9e999999 fails."""

_FIRST_NUMBER = re.compile(r"(?<![\d.,])-?\d+(?:\.0+)?(?![\d.,])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All that a view shows of one article: pieces and what they cost together, None where that cannot be read."""

    name: str
    quantity: int | None
    total: Decimal | None


def amount(money: Any) -> Decimal | None:
    """Return the amount of a money record (or of a bare number), None where none was shown."""
    shown = money.get("amount") if isinstance(money, Mapping) else money
    if isinstance(shown, bool) or not isinstance(shown, str | int | float):
        return None
    try:
        found = Decimal(str(shown).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= _MOST_DIGITS else None


def currency(money: Any) -> str | None:
    """Return the currency of a money record; None where none was shown."""
    shown = money.get("currency") if isinstance(money, Mapping) else None
    return shown if isinstance(shown, str) and shown else None


def unlike(left: Any, right: Any) -> bool:
    """Tell whether two money records are known to differ, in amount or in currency."""
    mine, theirs = amount(left), amount(right)
    if mine is None or theirs is None:
        return False
    marks = {mark for mark in (currency(left), currency(right)) if mark}
    return mine != theirs or len(marks) > 1


def whole(value: Any) -> int | None:
    """Return a quantity: ``2``, ``2.0``, ``"2"`` and ``"x 2"`` are 2; None where there is no one whole number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    numbers = _FIRST_NUMBER.findall(str(value))
    return int(Decimal(numbers[0])) if len(numbers) == 1 else None


def outputs(step: Any) -> Mapping[str, Any]:
    """Return the outputs of a told outcome; none where it did not come about."""
    found = step.get("outputs") if isinstance(step, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def rows(step: Any, name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the records of a list output; none where there is no list."""
    found = outputs(step).get(name)
    return tuple(row for row in found if isinstance(row, Mapping)) if isinstance(found, list | tuple) else ()


def text(value: Any) -> str:
    """Return what a shop showed as text; empty where it showed nothing."""
    return "" if value is None else str(value).strip()


def lines_of(step: Any) -> tuple[Line, ...]:
    """Return the lines of a read order or cart, one an article, in the order of their names.

    Shops may split an article over several lines (two warehouses, say): what counts is their sum.
    """
    return together(
        (text(row.get("name")), whole(row.get("quantity")), amount(row.get("line_total")))
        for row in rows(step, "lines")
    )


def together(lines: Iterable[tuple[str, int | None, Decimal | None]]) -> tuple[Line, ...]:
    """Return (name, quantity, total) added up by article; a sum of which a part is unknown is unknown."""
    found: dict[str, Line] = {}
    for name, quantity, total in lines:
        key = plain(name)
        known = found.get(key)
        if known is not None:
            quantity = None if quantity is None or known.quantity is None else quantity + known.quantity  # noqa: PLW2901 - added up
            total = None if total is None or known.total is None else total + known.total  # noqa: PLW2901 - added up
        found[key] = Line(name=known.name if known else name, quantity=quantity, total=total)
    return tuple(found[key] for key in sorted(found))


def matched(left: Sequence[Line], right: Sequence[Line]) -> tuple[tuple[Line | None, Line | None], ...]:
    """Pair the lines of two views by article: equal names first, then those that may be one; None: has no partner."""
    open_right = list(right)
    pairs: dict[str, tuple[Line | None, Line | None]] = {}
    for exact in (True, False):
        for line in left:
            if pairs.get(line.name, (None, None))[1] is not None:
                continue
            found = next((other for other in open_right if _one(line.name, other.name, exact=exact)), None)
            if found is not None:
                open_right.remove(found)
            pairs[line.name] = (line, found)
    return (*pairs.values(), *((None, other) for other in open_right))


def _one(left: str, right: str, *, exact: bool) -> bool:
    return plain(left) == plain(right) if exact else same_name(left, right)


def said(lines: Iterable[Line], comma: str = ", ") -> str:
    """Return lines as ``2 x tea, 1 x cup``, with the comma of the language; a dash where there are none."""
    return comma.join(f"{'?' if line.quantity is None else line.quantity} x {line.name}" for line in lines) or "-"


def same_number(shown: Any, number: str) -> bool:
    """Tell whether a shop shows this order number: as it is, or with words around it (``No. 100001``)."""
    if not number:
        return False
    found = text(shown)
    return found == number or bool(re.search(rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])", found))


def listed(step: Any, number: str) -> bool:
    """Tell whether a list of orders holds the number."""
    return any(same_number(row.get("number"), number) for row in rows(step, "orders"))
