"""A shop of values: what two buyers would see of a right shop, as a history; and the ways to spoil one record of it."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

PRICES = {"Tea": Decimal("12.80"), "Cup": Decimal("4.55")}
STOCK = 1000
Data = dict[str, Any]

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["add", "add", "change", "remove", "empty", "confirm", "confirm", "cancel", "read"]),
        st.sampled_from(sorted(PRICES)),
        st.integers(1, 4),
    ),
    max_size=30,
)


def _lines(cart: dict[str, int]) -> list[Data]:
    return [
        {"name": name, "quantity": number, "unit": str(PRICES[name]), "total": str(PRICES[name] * number)}
        for name, number in cart.items()
    ]


def _order(cart: dict[str, int]) -> Data:
    goods = sum((PRICES[name] * number for name, number in cart.items()), Decimal(0))
    return {"lines": _lines(cart), "goods": str(goods), "delivery": "10.00", "total": str(goods + 10)}


def _change(cart: dict[str, int], did: str, goods: str, quantity: int) -> None:
    match did:
        case "add":
            cart[goods] = cart.get(goods, 0) + quantity
        case "change":
            cart[goods] = quantity
        case "remove":
            del cart[goods]
        case _:
            cart.clear()


def history(acts: list[tuple[str, str, str, int]]) -> list[Data]:
    """Return what a right shop shows of these acts, every order read at the end."""
    carts: dict[str, dict[str, int]] = {"ann": {}, "bob": {}}
    orders: dict[str, tuple[str, dict[str, int]]] = {}
    told: list[Data] = [{"who": "op", "did": "stock", "came": "done", "goods": name, "stock": STOCK} for name in PRICES]
    told += [{"who": who, "did": "begin", "came": "done", "cart": {"lines": []}} for who in carts]
    for who, did, goods, quantity in acts:
        cart, record = carts[who], {"who": who, "did": did, "came": "done", "goods": goods, "quantity": quantity}
        own = [number for number, (owner, _) in orders.items() if owner == who]
        if did in {"add", "change", "remove", "empty"} and (did in {"add", "empty"} or goods in cart):
            _change(cart, did, goods, quantity)
            told.append(record | {"cart": {"lines": _lines(cart)}})
        elif did == "confirm" and cart:
            number = str(len(orders) + 1)
            orders[number] = (who, dict(cart))
            cart.clear()
            told.append({"who": who, "did": "confirm", "came": "done", "number": number})
        elif did in {"read", "cancel"} and own:
            order = {"order": _order(orders[own[-1]][1])} if did == "read" else {}
            told.append({"who": who, "did": did, "came": "done", "number": own[-1]} | order)
    for number, (owner, bought) in orders.items():
        for who, did in ((owner, "read"), ("op", "operator reads")):
            told.append({"who": who, "did": did, "came": "done", "number": number, "order": _order(bought)})
    return told


def spoiled(
    told: list[Data], fits: Callable[[Data], bool], spoil: Callable[[Data], None], *, first: bool = False
) -> list[Data] | None:
    """Return the history with the last (or first) record that fits spoiled; None where none fits."""
    records = copy.deepcopy(told)
    found = next((record for record in (records if first else reversed(records)) if fits(record)), None)
    if found is None:
        return None
    spoil(found)
    return records


def _put(*way: Any, value: Callable[[Any], Any]) -> Callable[[Data], None]:
    def spoil(record: Any) -> None:
        for key in way[:-1]:
            record = record[key]
        record[way[-1]] = value(record[way[-1]])

    return spoil


def _holds_lines(view: str) -> Callable[[Data], bool]:
    return lambda record: bool((record.get(view) or {}).get("lines"))


def _cent_less(amount: str) -> str:
    return str(Decimal(amount) - Decimal("0.01"))


SPOILS: dict[str, tuple[Callable[[Data], bool], Callable[[Data], None]]] = {
    "cart": (_holds_lines("cart"), _put("cart", "lines", 0, "quantity", value=lambda quantity: quantity + 1)),
    "sums": (_holds_lines("order"), _put("order", "total", value=_cent_less)),
    "kept": (_holds_lines("order"), _put("came", value=lambda _: "denied")),
    "as bought": (_holds_lines("order"), _put("order", "lines", value=lambda lines: lines[:-1])),
    "unchanged": (_holds_lines("order"), _put("order", "goods", value=lambda goods: str(Decimal(goods) - 50))),
    "unique": (
        lambda record: record["did"] == "confirm" and record["number"] != "1",
        _put("number", value=lambda _: "1"),
    ),
    "stock": (lambda record: record["did"] == "stock", _put("stock", value=lambda _: -1)),
}
"""Invariant to the record that can be spoiled so that it does not hold, and how."""
