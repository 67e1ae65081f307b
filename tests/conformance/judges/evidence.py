"""Plain evidence for the judges: what the probes record of a shop in which all is well; a test changes one thing."""

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from conformance.catalogue.load import load_catalogue
from probes.canonical import freeze
from probes.clock import rfc3339
from probes.errors import Cause
from probes.observation import Header, Observation, Unobserved
from reports.verdict import Requirement
from tests.conformance.judges import (
    auth_evidence,
    interface_evidence,
    matrix_evidence,
    payment_evidence,
    session_evidence,
    standing_evidence,
    trade_evidence,
)

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


def suite(name: str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", **changes: Any) -> Data:
    entry = {
        "code": "C02F",
        "name": name,
        "openssl": None,
        "bits": 128,
        "cipher": "AES_128",
        "export": False,
        "key_exchange": "ECDHE",
        "authentication": "RSA",
        "group": "x25519",
        "group_kind": "ec",
        "group_bits": 255,
        "chain": 0,
    }
    return entry | changes


def protocol(name: str, *suites: Data, **changes: Any) -> Data:
    entry = {
        "protocol": name,
        "offered": bool(suites),
        "suites": list(suites),
        "broke_off": [],
        "refusal": "handshake_failure",
        "trouble": None,
    }
    return entry | changes


def tls_suites() -> Data:
    leaf = {
        "subject": "CN=shop.example",
        "issuer": "CN=an authority",
        "sans": ["shop.example"],
        "key_type": "RSA",
        "key_bits": 2048,
        "signature_hash": "sha256",
        "sha256": "ab" * 32,
    }
    modern = suite("TLS_AES_256_GCM_SHA384", bits=256, key_exchange="ephemeral", chain=None)
    return {
        "host": "shop.example",
        "port": 443,
        "speaks_tls": True,
        "protocols": [
            *(protocol(name) for name in ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")),
            protocol("TLSv1.2", suite()),
            protocol("TLSv1.3", modern),
            protocol("TLCPv1.1"),
        ],
        "chains": [{"certificates": [leaf], "name_matches": True, "problems": []}],
        "connections": 20,
    }


def tls_touched() -> Data:
    own = "https://shop.example:443"
    return {"touched": [own], "endpoints": [own], "hosts": []}


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


def audit_records() -> Data:
    at = rfc3339(SEEN_AT)
    return {
        "described": ["account", "placed_at", "channel"],
        "account": ["ann.lee@example.com", "Ann Lee"],
        "began": at,
        "ended": at,
        "number": "100009",
        "confirm": done(number="100009"),
        "own": done(number="100009", account="ann.lee@example.com", placed_at=at, channel="web"),
        "sample": [{"account": True, "placed_at": True, "channel": True}],
    }


def audit_operations() -> Data:
    at = rfc3339(SEEN_AT)

    def deed(name: str, what: str, values: tuple[str, str] = ("", ""), **known: Any) -> Data:
        entry = {"who": "operator", "when": at, "what": what, "old": values[0], "new": values[1]}
        facts = {"actor": ["operator"], "marks": [], "old": None, "new": None, "missing": "", "others": 0} | known
        times = {"began": at, "ended": at}
        return {"operation": name, **facts, **times, "done": done(), "read": done(), "entries": [entry]}

    return {
        "operations": [
            deed("log-in", "登录 Log in"),
            deed("price", "Price of Tea", ("¥12.80", "¥13.93"), marks=["Tea"], old="12.80", new="13.93"),
            deed("rights", "Rights of ann.lee@example.com", ("buyer", "seller"), marks=["ann.lee@example.com"]),
            deed("cancel", "Cancel 100009", ("Paid", "Cancelled"), marks=["100009"]),
        ]
    }


def audit_log() -> Data:
    reading = {"entries": 7, "bad_line": None, "why": "", "head": "00"}
    return {
        "source": "page",
        "fields": {"prev": "prev", "hash": "hash", "signature": "signature"},
        "signed": False,
        "chained": True,
        "first": reading,
        "second": reading | {"entries": 9},
        "grew_only": True,
        "number": "100010",
        "order_found": True,
        "account_found": True,
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


GOOD: Mapping[str, Callable[[], Data]] = {
    "host.peers": session_evidence.peers,
    "db.marked_session": session_evidence.session,
    "net.tcp": tcp,
    "net.tls": tls,
    "net.tls_suites": tls_suites,
    "net.tls_touched": tls_touched,
    "web.plain": plain,
    "web.qualification": qualification,
    "shop.catalogue": catalogue,
    "shop.register": register,
    "shop.identity": identity,
    "shop.wrong_credentials": credentials,
    "auth.cookies": auth_evidence.cookies,
    "auth.sessions": auth_evidence.sessions,
    "auth.brute_force": auth_evidence.brute_force,
    "shop.cart": cart,
    "shop.tampering": tampering,
    "shop.order": order,
    "access.outsiders": outsiders,
    "access.peers": peers,
    "access.shared_order": shared_order,
    "access.operator_pages": operator_pages,
    "access.matrix": matrix_evidence.matrix,
    "access.matrix_writes": matrix_evidence.matrix_writes,
    "privacy.own_data": own_data,
    "trade.forgery": trade_evidence.forgery,
    "trade.fields": trade_evidence.fields,
    "trade.race": trade_evidence.race,
    "trade.at_random": trade_evidence.at_random,
    "interface.description": interface_evidence.description,
    **{f"interface.{kind}": partial(interface_evidence.round_trip, kind) for kind in interface_evidence.KINDS},
    "audit.records": audit_records,
    "audit.operations": audit_operations,
    "audit.log": audit_log,
    "browser.walk": browser_walk,
    "payment.tls": tls,
    "payment.notices": payment_evidence.notices,
    "payment.refund": payment_evidence.refund,
    "payment.hundred": payment_evidence.hundred,
    "ledger.history": standing_evidence.history,
    "ledger.functions": standing_evidence.functions,
}
