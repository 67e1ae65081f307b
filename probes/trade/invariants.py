"""What must hold of any history of buying: arithmetic on what was done and seen, no more. Pure.

A history is a sequence of records, each one operation::

    {"who": str, "did": "begin|add|change|remove|empty|browse|check out|confirm|cancel|read|operator reads|stock",
     "came": "done|denied|broken", "goods": name, "quantity": int, "number": str,
     "cart": {"lines": [{"name", "quantity", "unit", "total"}]} | null,        as it stands after the operation
     "order": {"lines": [...], "goods": amount, "delivery": amount, "total": amount} | null,
     "stock": int | null}

Amounts are decimal texts, null where none was shown; what is not known breaks nothing. A function of this file returns
what is broken, in the order in which it shows, and nothing where all holds. ``BROKEN_BY`` names them all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeAlias

from probes.naming import plain, same_name

Record: TypeAlias = Mapping[str, Any]
History: TypeAlias = Sequence[Record]
_CENT = Decimal("0.01")
_MOST_DIGITS = 30
"""Figures with more are no figures: arithmetic on 9e999999 fails."""

_READS = frozenset({"read", "operator reads"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """An invariant that does not hold: its name, the operation (from 0) at which that shows, what was and should be."""

    name: str
    at: int
    about: str
    seen: str
    due: str


def amount(value: Any) -> Decimal | None:
    """Return a decimal text as a number; None where it is none."""
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found.adjusted()) <= _MOST_DIGITS else None


def lines(view: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the lines of a cart or an order; none where there are none."""
    found = view.get("lines") if isinstance(view, Mapping) else None
    return tuple(line for line in found if isinstance(line, Mapping)) if isinstance(found, list | tuple) else ()


def pieces(view: Any) -> dict[str, int] | None:
    """Return the pieces of each article in a cart or an order, gifts apart; None where a quantity is not known."""
    found: dict[str, int] = {}
    for line in lines(view):
        quantity = line.get("quantity")
        if not isinstance(quantity, int) or isinstance(quantity, bool):
            return None
        if amount(line.get("total")) == 0 and not amount(line.get("unit")):
            continue
        name = plain(str(line.get("name")))
        found[name] = found.get(name, 0) + quantity
    return found


def alike(left: Mapping[str, int], right: Mapping[str, int]) -> bool:
    """Tell whether two counts of pieces are of the same articles, whose names views may shorten."""
    rest = dict(right)
    for name, quantity in left.items():
        found = name if name in rest else next((other for other in rest if same_name(name, other)), None)
        if found is None or rest.pop(found) != quantity:
            return False
    return not rest


def _said(view: Mapping[str, int]) -> str:
    return ", ".join(f"{quantity} x {name}" for name, quantity in sorted(view.items())) or "-"


def cart_follows(history: History) -> Iterator[Break]:
    """What was put in, changed and taken out is what the cart holds; what was refused changes nothing.

    Where an operation broke off half-way nothing is expected of it, and the next cart that is seen counts. A shop may
    let nobody have more than so many pieces of an article: fewer than were asked for are wrong where a later cart holds
    more of them.
    """
    held: dict[str, dict[str, int] | None] = {}
    limited: dict[str, tuple[int, Break]] = {}
    for at, record in enumerate(history):
        who, did = str(record.get("who")), record.get("did")
        before = held.get(who)
        expected = _expected(before, record) if record.get("came") != "broken" else None
        view = record.get("cart")
        seen = pieces(view) if view is not None else None
        for name in tuple(limited):
            if seen is not None and seen.get(name, 0) > limited[name][0]:
                yield replace(limited.pop(name)[1], at=at)
        if expected is not None and seen is not None and not alike(expected, seen):
            wrong = Break(name="cart", at=at, about=f"{did}", seen=_said(seen), due=_said(expected))
            fewer = _fewer(before or {}, expected, seen, record)
            if fewer is None:
                yield wrong
            else:
                limited.setdefault(fewer, (seen[fewer], wrong))
        held[who] = expected if seen is None else seen


def _fewer(
    before: Mapping[str, int], expected: Mapping[str, int], seen: Mapping[str, int], record: Record
) -> str | None:
    """Return the article of which a cart took fewer pieces than were asked for, all else being as it should."""
    name = next((name for name in seen if same_name(name, str(record.get("goods")))), None)
    if name is None or record.get("did") not in {"add", "change"} or name not in expected:
        return None
    least = before.get(name, 0) if record.get("did") == "add" else 1
    return (
        name if max(least, 1) <= seen[name] < expected[name] and alike({**expected, name: seen[name]}, seen) else None
    )


def _expected(held: dict[str, int] | None, record: Record) -> dict[str, int] | None:
    if record.get("did") in {"begin", "empty"} and record.get("came") == "done":
        return {}
    if held is None:
        return None
    if record.get("came") != "done":
        return held
    name, quantity = plain(str(record.get("goods"))), record.get("quantity")
    key = next((other for other in held if same_name(other, name)), name)
    did = record.get("did")
    if did == "add" and isinstance(quantity, int):
        return held | {key: held.get(key, 0) + quantity}
    if did == "change" and isinstance(quantity, int):
        return held | {key: quantity}
    if did == "remove":
        return {other: number for other, number in held.items() if other != key}
    return None if did == "confirm" else held


def sums_add_up(history: History) -> Iterator[Break]:
    """A line asks its unit price times its pieces; an order asks its lines and its delivery.

    Less than that by more than what rounding can make is a discount that the view does not name: it breaks nothing.
    Shops that count finer than they show (prices without tax, say) are right where one price explains all lines that
    show the same price of an article.
    """
    fine: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for at, record in enumerate(history):
        for view in (record.get("cart"), record.get("order")):
            for line in lines(view):
                due = _line_due(line, fine)
                if due is not None:
                    yield Break(
                        name="sums", at=at, about=str(line.get("name")), seen=str(line.get("total")), due=str(due)
                    )
        yield from _order_sums(at, record)


def _line_due(line: Mapping[str, Any], fine: dict[tuple[str, Decimal], tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return what a line should ask where it asks something else; ``fine`` bounds the true price of each shown one."""
    unit, total, quantity = amount(line.get("unit")), amount(line.get("total")), line.get("quantity")
    if unit is None or total is None or not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        return None if unit is None or total is None or quantity != 0 or not total else Decimal(0)
    due, half = unit * quantity, max(_step(unit), _step(total)) / 2
    if total < due - 2 * half * quantity:
        return None
    key = (plain(str(line.get("name"))), unit)
    low, high = fine.get(key, (unit - half, unit + half))
    low, high = max(low, (total - half) / quantity), min(high, (total + half) / quantity)
    if low >= high:
        return due
    fine[key] = low, high
    return None


def _step(figure: Decimal) -> Decimal:
    """Return the least amount by which figures that are shown like this one differ: 0.01, or 1 without a fraction."""
    exponent = figure.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else _CENT


def _order_sums(at: int, record: Record) -> Iterator[Break]:
    order = record.get("order")
    if not isinstance(order, Mapping) or not lines(order):
        return
    totals = [amount(line.get("total")) for line in lines(order)]
    known = [total for total in totals if total is not None]
    goods, delivery, total = (amount(order.get(name)) for name in ("goods", "delivery", "total"))
    summed = sum(known, Decimal(0)) if len(known) == len(totals) else None
    slack = _CENT * len(totals)
    if goods is not None and summed is not None and _wrong(goods, summed, slack=slack, rounding=slack / 2):
        yield Break(name="sums", at=at, about=str(record.get("number")), seen=str(goods), due=str(summed))
    asked = goods if goods is not None else summed
    if asked is None or delivery is None or total is None:
        return
    if _wrong(total, asked + delivery, slack=slack):
        yield Break(name="sums", at=at, about=str(record.get("number")), seen=str(total), due=str(asked + delivery))


def _wrong(seen: Decimal, due: Decimal, *, slack: Decimal, rounding: Decimal = Decimal(0)) -> bool:
    return seen > due + rounding or due - slack <= seen < due - rounding


def orders_kept(history: History) -> Iterator[Break]:
    """An order that was acknowledged is there for who bought it and for the operator, whenever they look.

    A look that broke off (the shop failed for a moment) counts where that reader did not see the order afterwards.
    """
    known = _acknowledged(history)
    came_later: set[tuple[str, str | None]] = set()
    found: list[Break] = []
    for at, record in reversed(tuple(enumerate(history))):
        number, who = _number(record), str(record.get("who"))
        if record.get("did") not in _READS or number not in known or known[number][0] > at:
            continue
        if record.get("came") == "done":
            came_later.add((who, number))
        elif record.get("came") == "denied" or (who, number) not in came_later:
            found.append(Break(name="kept", at=at, about=number, seen=str(record.get("came")), due="done"))
    yield from reversed(found)


def _number(record: Record) -> str | None:
    number = record.get("number")
    return number if isinstance(number, str) and number else None


def _acknowledged(history: History) -> dict[str, tuple[int, Record]]:
    """Return each acknowledged number with the operation that brought it, the first one where there are two."""
    found: dict[str, tuple[int, Record]] = {}
    for at, record in enumerate(history):
        number = _number(record)
        if record.get("did") == "confirm" and record.get("came") == "done" and number is not None:
            found.setdefault(number, (at, record))
    return found


def _cancelled(record: Record) -> bool:
    """Tell whether an order is cancelled by it: shops may then show that nothing of it is owed or sent any more."""
    return record.get("did") == "cancel" and record.get("came") != "denied"


def orders_as_bought(history: History) -> Iterator[Break]:
    """An order holds what the cart held that was confirmed, for whoever reads it, until it is cancelled."""
    carts: dict[str, dict[str, int] | None] = {}
    bought: dict[str | None, dict[str, int] | None] = {}
    cancelled: set[str | None] = set()
    for at, record in enumerate(history):
        who, number = str(record.get("who")), _number(record)
        if record.get("did") == "confirm" and record.get("came") == "done":
            bought.setdefault(number, carts.get(who))
        if record.get("cart") is not None:
            carts[who] = pieces(record["cart"])
        elif record.get("did") == "confirm" or record.get("came") == "broken":
            carts[who] = None
        if _cancelled(record):
            cancelled.add(number)
        if record.get("did") not in _READS or record.get("came") != "done" or number in cancelled:
            continue
        seen, due = pieces(record.get("order")), bought.get(number)
        if seen is not None and due is not None and not alike(due, seen):
            yield Break(name="as bought", at=at, about=str(number), seen=_said(seen), due=_said(due))


def orders_stay(history: History) -> Iterator[Break]:
    """An order shows the same lines and the same sums whoever reads it, and whenever, until it is cancelled."""
    first: dict[str, Mapping[str, Any]] = {}
    cancelled: set[str | None] = set()
    for at, record in enumerate(history):
        order, number = record.get("order"), _number(record)
        if _cancelled(record):
            cancelled.add(number)
        if not isinstance(order, Mapping) or record.get("came") != "done" or number is None or number in cancelled:
            continue
        before = first.setdefault(number, order)
        for name in ("goods", "delivery", "total"):
            was, now = amount(before.get(name)), amount(order.get(name))
            if was is not None and now is not None and was != now:
                yield Break(name="unchanged", at=at, about=number, seen=str(now), due=str(was))
        had, has = pieces(before), pieces(order)
        if had is not None and has is not None and not alike(had, has):
            yield Break(name="unchanged", at=at, about=number, seen=_said(has), due=_said(had))


def numbers_unique(history: History) -> Iterator[Break]:
    """No two orders are acknowledged under one number."""
    known = _acknowledged(history)
    for at, record in enumerate(history):
        number = _number(record)
        confirmed = record.get("did") == "confirm" and record.get("came") == "done"
        if confirmed and number is not None and known[number][0] != at:
            yield Break(name="unique", at=at, about=number, seen="2", due="1")


def stock_holds(history: History) -> Iterator[Break]:
    """Stock is never below nothing, and no more is sold than there was when it was first looked at."""
    there: dict[str, int] = {}
    sold: dict[str, int] = {}
    carts: dict[str, dict[str, int]] = {}
    for at, record in enumerate(history):
        who, stock = str(record.get("who")), record.get("stock")
        if isinstance(stock, int) and not isinstance(stock, bool):
            name = plain(str(record.get("goods")))
            there.setdefault(name, stock)
            if stock < 0:
                yield Break(name="stock", at=at, about=str(record.get("goods")), seen=str(stock), due="0")
        if record.get("did") == "confirm" and record.get("came") == "done":
            for name, quantity in carts.pop(who, {}).items():
                sold[name] = sold.get(name, 0) + quantity
                if name in there and sold[name] > there[name]:
                    yield Break(name="stock", at=at, about=name, seen=str(sold[name]), due=str(there[name]))
        if record.get("cart") is not None:
            carts[who] = pieces(record["cart"]) or {}


BROKEN_BY: Mapping[str, Callable[[History], Iterator[Break]]] = MappingProxyType(
    {
        "cart": cart_follows,
        "sums": sums_add_up,
        "kept": orders_kept,
        "as bought": orders_as_bought,
        "unchanged": orders_stay,
        "unique": numbers_unique,
        "stock": stock_holds,
    }
)


def broken(history: History) -> tuple[Break, ...]:
    """Return all that does not hold in a history, by the operation at which it first shows."""
    found = [each for check in BROKEN_BY.values() for each in check(history)]
    return tuple(sorted(found, key=lambda each: each.at))
