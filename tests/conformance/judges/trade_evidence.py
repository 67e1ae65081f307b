"""What the looks at trade record of a shop in which all is well."""

import copy
from typing import Any

Data = dict[str, Any]


def _money(amount: str) -> Data:
    return {"amount": amount, "currency": "CNY", "text": f"¥{amount}"}


def _done(*lines: str, **outputs: Any) -> Data:
    return {"outcome": "done", "outputs": outputs, "requests": list(lines) or ["trader_30: GET / -> 200"]}


def _no(outcome: str = "denied") -> Data:
    return {
        "outcome": outcome,
        "step": "add",
        "why": "step add: denied by 200",
        "requests": ["trader_31: POST / -> 200"],
    }


def order_view(number: str, quantity: int = 2, **changes: Any) -> Data:
    line = {"name": "Tea", "quantity": quantity, "unit_price": _money("10.00"), "line_total": _money(f"{quantity}0.00")}
    outputs = {
        "number": number,
        "lines": [line],
        "goods_total": _money(f"{quantity}0.00"),
        "delivery_fee": _money("10.00"),
        "total": _money(f"{quantity + 1}0.00"),
        "address": "Lane 1",
        "status": "paid",
    }
    return _done(f"trader_30: GET /orders/{number}/ -> 200", **(outputs | changes))


def purchase(number: str, quantity: int = 2) -> Data:
    return {
        "add": _done("trader_30: POST /cart/ -> 303"),
        "preview": _done(),
        "confirm": _done("trader_30: POST /confirm/ -> 303", number=number),
        "number": number,
        "buyer": order_view(number, quantity),
        "operator": order_view(number, quantity),
    }


def forgery() -> Data:
    names = {"sums": "total", "discount": "discount", "currency": "currency", "order number": "order_id"}
    forged = [
        purchase(str(100002 + at)) | {"what": what, "sent": {field: "0.01"}}
        for at, (what, field) in enumerate(names.items())
    ]
    return {
        "goods": "Tea",
        "quantity": 2,
        "shown": _money("10.00"),
        "honest": purchase("100001"),
        "forged": forged,
        "honest_after": {"buyer": order_view("100001"), "operator": order_view("100001")},
        "replay": {
            "purchase": purchase("100006"),
            "again": {"status": 303, "request": "trader_30: POST /confirm/ -> 303 (the same body again)"},
            "fresh": [{"number": "100006", "read": order_view("100006")}],
        },
        "parallel": {
            "checked_out": [True, True],
            "confirm": [_done(number="100007"), _no("broken")],
            "fresh": [{"number": "100007", "read": order_view("100007")}],
        },
    }


def _cart(*lines: Data) -> Data:
    return _done(lines=list(lines), total=_money("10.00") if lines else None)


def _line(quantity: Any = 1, total: str = "10.00") -> Data:
    return {"name": "Tea", "quantity": quantity, "unit_price": _money("10.00"), "line_total": _money(total), "key": "1"}


def fields() -> Data:
    quantities = [
        {"where": where, "sent": sent, "done": _no(), "cart": _cart(*held), "after": _cart()}
        for where, held in (("add", ()), ("change", (_line(),)))
        for sent in ("-1", "1.5", "two")
    ]
    text = {"what": "over-long", "field": "line1", "length": 5000, "done": _no(), "listed": _done(), "kept": None}
    changes = [
        {
            "what": what,
            "done": done,
            "requests": lines,
            "changed": changed,
            "buyer": order_view("100008", 1),
            "operator": order_view("100008", 1),
        }
        for what, done, lines, changed in (
            ("address book", _done(), [], True),
            ("price of the goods", _done(), [], True),
            ("PATCH to the order itself", None, ["trader_31: PATCH /orders/100008/ -> 404"], None),
        )
    ]
    return {
        "goods": "Tea",
        "shown": _money("10.00"),
        "control": {"done": _done(), "cart": _cart(_line())},
        "quantities": quantities,
        "texts": [text],
        "placed": purchase("100008", 1),
        "changes": changes,
    }


def race() -> Data:
    refused = {"number": None, "add": _no(), "asked": 4, "cart": _cart()}
    return {
        "goods": "Tea",
        "stock": 3,
        "set": [_done()],
        "stock_before": 40,
        "seen_as": 3,
        "alone": refused,
        "stock_after_alone": 3,
        "together": [
            purchase("100009"),
            {"number": None, "add": _done(), "preview": _done(), "confirm": _no("broken")},
        ],
        "asked_together": 2,
        "stock_after": 1,
        "restored": _done(),
    }


def cart_of(quantity: int) -> Data:
    line = {"name": "Tea", "quantity": quantity, "unit": "10.00", "total": f"{quantity}0.00"}
    return {"lines": [line] if quantity else []}


def order_of(quantity: int) -> Data:
    return cart_of(quantity) | {"goods": f"{quantity}0.00", "delivery": "10.00", "total": f"{quantity + 1}0.00"}


def record(did: str, who: str = "trader_33", came: str = "done", **further: Any) -> Data:
    return {"who": who, "did": did, "came": came} | further


def bought(number: str, quantity: int = 2) -> list[Data]:
    """Return a history in which some pieces are bought, and read by buyer and operator."""
    return [
        record("begin", cart=cart_of(0)),
        record("add", goods="Tea", quantity=quantity, cart=cart_of(quantity)),
        record("check out"),
        record("confirm", number=number),
        record("read", number=number, order=order_of(quantity)),
        record("operator reads", "operator", number=number, order=order_of(quantity)),
    ]


def _round(number: str) -> list[Data]:
    dawdling = [
        record(did, goods="Tea", quantity=1, cart=cart_of(1 if did == "add" else 0)) for did in ("add", "remove") * 13
    ]
    way = bought(number)
    return [way[0], *dawdling, *way[1:]]


def at_random() -> Data:
    rounds = [_round(str(100020 + at)) for at in range(10)]
    return {
        "seed": 7,
        "asked_steps": 300,
        "steps": 300,
        "stopped": None,
        "control": copy.deepcopy(bought("100010")),
        "rounds": rounds,
        "at_the_end": [record("read", number="100020", order=order_of(2))],
        "journey": None,
    }
