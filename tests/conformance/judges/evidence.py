"""Plain evidence for the judges: what the probes record of a shop in which all is well; a test changes one thing."""

import copy
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.catalogue.load import load_catalogue
from probes.canonical import freeze
from probes.clock import rfc3339
from probes.errors import Cause
from probes.observation import Header, Observation, Unobserved
from reports.verdict import Requirement

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SEEN_AT = NOW - timedelta(minutes=5)

Data = dict[str, Any]


def requirement(own_id: str) -> Requirement:
    return load_catalogue().by_id[own_id]


def header(kind: str, subject: str = "subject", at: datetime = SEEN_AT) -> Header:
    return Header(
        platform_id="shop",
        kind=kind,
        subject=subject,
        observed_at=rfc3339(at),
        clock_offset_s=None,
        vantage="here",
        probe_version="1",
        run_id="run",
    )


def seen(kind: str, data: Mapping[str, Any], subject: str = "subject", at: datetime = SEEN_AT) -> Observation:
    return Observation(header=header(kind, subject, at), data=freeze(data))


def unseen(kind: str, cause: Cause, subject: str = "subject") -> Unobserved:
    return Unobserved(header=header(kind, subject), cause=cause, detail="it was not to be had")


def done(*lines: str, **outputs: Any) -> Data:
    return {"outcome": "done", "outputs": outputs, "requests": list(lines) or ["buyer: GET / -> 200"]}


def denied(why: str = "step order: denied by 404") -> Data:
    return {"outcome": "denied", "step": "order", "why": why, "requests": ["buyer: GET /x -> 404"]}


def broken(why: str = "step order: expected a table, got 500") -> Data:
    return {"outcome": "broken", "step": "order", "why": why, "requests": ["buyer: GET /x -> 500"]}


def money(amount: str | None, currency: str | None = "CNY", text: str | None = None) -> Data:
    shown = f"¥{amount}" if text is None and amount is not None else text or ""
    return {"amount": amount, "currency": currency if amount is not None else None, "text": shown}


# ---- what each probe records where all is well ---------------------------------------------------------------------


def catalogue() -> Data:
    tea = {"name": "Tea", "url": "/goods/1/", "price": money("10.00")}
    cup = {"name": "Porcelain cup", "url": "/goods/2/", "price": money("4.50")}
    details = [
        {
            "url": each["url"],
            "listed": {"name": each["name"], "price": each["price"]},
            "read": done(name=each["name"], price=each["price"], ref="1"),
            "text": "",
        }
        for each in (tea, cup)
    ]
    return {
        "list": done("visitor: GET /goods/ -> 200", products=[tea, cup]),
        "list_text": "",
        "details": details,
        "search": {"term": "Tea", "of": "list", "found": done(products=[tea])},
        "delivery": done(prices=[money("10.00")], texts=["10.00"]),
        "delivery_text": "",
        "delivery_shown": [money("10.00")],
    }


def register() -> Data:
    return {
        "email": "a@example.com",
        "register": done("buyer_a: POST /register/ -> 302"),
        "log_in": done(),
        "who_am_i": done(email="a@example.com", name="A"),
        "recognised": True,
    }


def identity() -> Data:
    names = {"buyer_a": "a@example.com", "buyer_b": "b@example.com"}
    return {
        "expected": names,
        "asked": [
            {"role": role, "who_am_i": done(email=names[role], name=role), "text": f"Account of {names[role]}"}
            for role in ("buyer_a", "buyer_b", "buyer_a")
        ],
    }


def credential(name: str, *, inside: bool = False) -> Data:
    if inside:
        return {"name": name, "log_in": done(), "who_am_i": done(email="b@example.com"), "inside": True}
    return {"name": name, "log_in": denied(), "who_am_i": denied(), "inside": False}


def credentials() -> Data:
    return {
        "username": "b@example.com",
        "tries": [
            credential("right", inside=True),
            credential("another password"),
            credential("first half of the password"),
            credential("right between", inside=True),
            credential("password in the other case"),
            credential("unknown user"),
            credential("right again", inside=True),
        ],
    }


def cart_line(name: str, quantity: Any, unit: str = "10.00") -> Data:
    return {"name": name, "quantity": quantity, "unit_price": money(unit), "key": name}


def cart() -> Data:
    states = (
        ("add the first", {"Tea": 1}),
        ("add the second", {"Tea": 1, "Cup": 2}),
        ("change the quantity of the first to 3", {"Tea": 3, "Cup": 2}),
        ("remove the second", {"Tea": 3}),
    )
    steps = [
        {
            "name": name,
            "done": done(),
            "expected": held,
            "read": done(lines=[cart_line(goods, number) for goods, number in held.items()], total=None),
        }
        for name, held in states
    ]
    return {"goods": ["Tea", "Cup"], "steps": steps}


def view(status: str = "paid", **changes: Any) -> Data:
    outputs = {
        "number": "100001",
        "lines": [
            {"name": "Tea", "quantity": 2, "line_total": money("20.00")},
            {"name": "Porcelain cup", "quantity": 1, "line_total": money("4.50")},
        ],
        "goods_total": money("24.50"),
        "delivery_fee": money("10.00"),
        "total": money("34.50"),
        "address": "somewhere",
        "status": status,
    }
    return done("GET /orders/100001/ -> 200", **(outputs | changes))


def order() -> Data:
    lines = [
        {"name": "Tea", "quantity": 2, "unit_price": money("10.00")},
        {"name": "Porcelain cup", "quantity": 1, "unit_price": money("4.50")},
    ]
    shown = view()["outputs"]
    listed = {"orders": [{"number": "100001", "total": money("34.50")}]}
    return {
        "delivery_shown": [money("10.00")],
        "ordered": {"lines": lines, "recipient": {}},
        "add": [done(), done()],
        "preview": done(
            "buyer_a: POST /checkout/ -> 200",
            lines=copy.deepcopy(shown["lines"]),
            goods_total=money("24.50"),
            delivery_fee=money("10.00"),
            grand_total=money("34.50"),
        ),
        "preview_text": "",
        "schemes": ["https"],
        "confirm": done(number="100001"),
        "number": "100001",
        "buyer_list": done(**copy.deepcopy(listed)),
        "buyer": view("待发货"),
        "operator_list": done(**copy.deepcopy(listed)),
        "operator": view("paid"),
        "sellers": [
            {"role": "seller_a", "own": ["Tea", "Porcelain cup"], "read": view("paid")},
            {"role": "seller_b", "own": ["Scarf"], "read": denied()},
        ],
        "ship": done("operator: POST /ship/ -> 302"),
        "operator_after": view("shipped"),
        "buyer_after": view("已发货"),
    }


def tampering() -> Data:
    def held(unit: str) -> Data:
        return done(lines=[cart_line("Tea", 1, unit)], total=None)

    return {
        "goods": "Tea",
        "shown": money("10.00"),
        "sent": {"price": "0.01"},
        "control": {"add": done(), "read": held("10.00")},
        "add": done("buyer_b: POST /cart/ -> 303"),
        "read": held("10.00"),
    }


def attempt(thing: str, who: str = "buyer_b", **changes: Any) -> Data:
    one = {
        "who": who,
        "thing": thing,
        "outcome": "denied",
        "why": "step: denied by 404",
        "status": 404,
        "length": 10,
        "canaries": [],
        "foreign_rows": 0,
        "owner_sees": ["Lane"],
        "owner_before": True,
        "owner_after": True,
        "own_before": True,
        "own_after": True,
        "request": f"{who}: GET /x -> 404",
    }
    return one | changes


def outsiders() -> Data:
    return {"tries": [attempt(thing, "visitor") for thing in ("order", "order list", "account page")], "number": "1"}


def peers() -> Data:
    tries = [attempt("order"), attempt("order list", outcome="done", why="", status=200), attempt("address")]
    return {"tries": tries, "untried": []}


def operator_pages() -> Data:
    things = ("operator's order list", "operator's order page", "operator's page")
    tries = [attempt(thing, owner_sees=[] if thing == "operator's page" else ["Lane"]) for thing in things]
    return {"tries": tries, "seller_of_the_order": False}


def shared_order() -> Data:
    goods = {"seller_a": "Tea", "seller_b": "Scarf"}
    reads = [
        {
            "who": who,
            "own": name,
            "foreign": next(other for other in goods.values() if other != name),
            "read": done(lines=[{"name": name, "quantity": 1, "line_total": None}]),
            "foreign_shown": False,
        }
        for who, name in goods.items()
    ]
    return {"sellers": True, "goods": goods, "confirm": done(), "number": "100002", "reads": reads}


def own_data() -> Data:
    fields = ("first_name", "last_name", "email", "phone", "address.line1")
    changes = [
        {"field": field, "old": "a", "new": "b", "done": done(), "read_back": True}
        for field in ("first_name", "last_name", "email", "phone", "address.line1", "address.phone")
    ]
    return {
        "seeded": dict.fromkeys(fields, "value"),
        "pages": [done() | {"verb": "read_profile"}, done() | {"verb": "list_addresses"}],
        "shown": dict.fromkeys(fields, True),
        "starred": dict.fromkeys(fields, False),
        "changes": changes,
        "pages_after": [done()],
        "logged_in_after": True,
    }


def browser_walk() -> Data:
    verbs = ("home", "register", "log_in", "check_out", "confirm_order", "read_order")
    return {
        "browser": "chromium 156",
        "executable": "chromium-headless-shell",
        "steps": [
            *({"step": verb, "done": done() | {"outputs": {}}, "why": ""} for verb in verbs),
            {"step": "list_addresses", "done": None, "why": "the adapter describes no such journey"},
        ],
        "pages": [{"step": "home", "path": "/", "status": 200, "title": "Shop"}],
        "own_requests": 40,
        "stopped": 2,
        "canaries": ["address", "amount", "email", "name", "order number", "phone"],
        "origins": [{"origin": "https://pictures.example", "party": "third", "requests": 2, "scripts": 0}],
        "hits": [],
        "unread": [],
    }
