"""Plain evidence for the judges: what the probes record of a shop in which all is well; a test changes one thing."""

import copy
from collections.abc import Callable, Mapping
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


def tcp() -> Data:
    entry = {"address": "192.0.2.1", "family": "ipv4", "source": "dns", "connected": True, "ms": 3, "error": None}
    return {"host": "shop.example", "port": 443, "any_connected": True, "addresses": [entry]}


def tls() -> Data:
    return {
        "host": "shop.example",
        "port": 443,
        "speaks_tls": True,
        "negotiated": True,
        "refusal": None,
        "protocol": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "secret_bits": 256,
        "prohibited_suite": False,
        "trusted": True,
        "verify_error": None,
        "problems": [],
    }


def plain_page(path: str, **changes: Any) -> Data:
    page = {
        "path": path,
        "plain_url": f"http://shop.example{path}",
        "connected": True,
        "error": None,
        "status": 301,
        "location": f"https://shop.example{path}",
        "redirects_to_https_same_host": True,
        "served_form": False,
        "form_fields": [],
        "visible_length": 0,
        "final": {"url": f"https://shop.example{path}", "status": 200, "ok": True, "error": None},
        "hsts": "max-age=31536000",
        "hsts_max_age_s": 31536000,
    }
    return page | changes


def plain() -> Data:
    return {
        "plain_url": "http://shop.example/",
        "secure_url": "https://shop.example",
        "pages": [plain_page("/"), plain_page("/login/"), plain_page("/orders/")],
        "secure": {"connected": True, "status": 200, "error": None},
        "hsts": "max-age=31536000",
        "hsts_max_age_s": 31536000,
    }


def qualification() -> Data:
    url = "https://shop.example/licences/"
    candidate = {
        "url": url,
        "asked_url": url,
        "depth": 1,
        "via": "资质公示",
        "status": 200,
        "title": "资质公示",
        "heading": "资质公示",
        "named_by": ["title", "link"],
        "titled": True,
        "asks_password": False,
        "credit_codes": ["91310000MA1K7H5T0E"],
        "icp_numbers": [],
        "registration_numbers": [],
        "visible_length": 300,
    }
    page = {"url": url, "asked_url": url, "depth": 1, "status": 200, "images": []}
    return {
        "home_ok": True,
        "home_status": 200,
        "pages": [page],
        "candidates": [candidate],
        "matching_links_left": 0,
        "links_left": 0,
        "exhausted": True,
        "stopped": None,
    }


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


GOOD: Mapping[str, Callable[[], Data]] = {
    "net.tcp": tcp,
    "net.tls": tls,
    "web.plain": plain,
    "web.qualification": qualification,
    "shop.catalogue": catalogue,
    "shop.register": register,
    "shop.identity": identity,
    "shop.wrong_credentials": credentials,
    "shop.cart": cart,
    "shop.tampering": tampering,
    "shop.order": order,
    "access.outsiders": outsiders,
    "access.peers": peers,
    "access.shared_order": shared_order,
    "access.operator_pages": operator_pages,
    "privacy.own_data": own_data,
}
