"""Forging prices: what is rewritten, what is left alone, and what the look at the miniature shop records."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from probes.forging import ADDED, ForgingHttp, is_price
from probes.transports.port import Request
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.playing import Play
from tests.probes.sink import DEADLINE, Sink

FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
JSON = (("content-type", "application/json"),)


def sent(body: bytes | None, headers: Any = FORM, *, minor: bool = False) -> tuple[Request, dict[str, str]]:
    sink = Sink()
    forging = ForgingHttp(sink, "12.80", minor=minor)
    forging.send(Request(method="POST", url="https://shop.example/cart", headers=headers, body=body), deadline=DEADLINE)
    return sink.last, forging.sent


def fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((request.body or b"").decode(), keep_blank_values=True))


def test_a_form_s_prices_are_forged_and_three_are_added() -> None:
    body = urlencode(
        {"goods": "1", "price": "12.80", "hidden": "12.8", "quantity": "1", "note": "", "名": "茶"}
    ).encode()
    request, forged = sent(body)
    assert fields(request) == {
        "goods": "1", "price": "0.01", "hidden": "0.01", "quantity": "1", "note": "", "名": "茶",
        "unit_price": "0.01", "amount": "0.01",
    }  # fmt: skip
    assert forged == dict.fromkeys(("price", "hidden", "unit_price", "amount"), "0.01")


def test_json_is_forged_where_it_stands_with_its_own_types() -> None:
    body = json.dumps({"product": "1", "quantity": 1, "line": {"unitPrice": 12.8, "total": "12.80"}, "gift": True})
    request, forged = sent(body.encode(), JSON)
    value = json.loads(request.body or b"")
    assert value["line"] == {"unitPrice": 0.01, "total": "0.01"} | dict.fromkeys(ADDED, 0.01)
    assert {name: value[name] for name in ("product", "quantity", "gift")} == {
        "product": "1", "quantity": 1, "gift": True
    }  # fmt: skip
    assert value["price"] == 0.01
    assert {"$.line.unitPrice", "$.line.total", "$.price"} <= set(forged)


def test_json_in_minor_units_is_forged_by_one_unit() -> None:
    request, _ = sent(json.dumps({"price": 1280}).encode(), JSON, minor=True)
    assert json.loads(request.body or b"")["price"] == 1


def test_graphql_is_forged_inside_its_variables_alone() -> None:
    query = "mutation ($id: ID!, $line: Line!) { add(id: $id, line: $line) { total } }"
    body = {"query": query, "variables": {"id": "1", "line": {"price": 12.8}}}
    request, forged = sent(json.dumps(body).encode(), JSON)
    value = json.loads(request.body or b"")
    assert value["query"] == query
    assert set(value) == {"query", "variables"}
    assert set(value["variables"]) == {"id", "line"}
    assert value["variables"]["line"]["price"] == 0.01
    assert forged["$line.price"] == "0.01"


@pytest.mark.parametrize(
    ("query", "forged_query"),
    [
        (
            "mutation ($id: ID!) { add(id: $id) { total } }",
            "mutation ($id: ID!) { add(price: 0.01, unit_price: 0.01, amount: 0.01, id: $id) { total } }",
        ),
        ("mutation { pay { id } }", "mutation { pay(price: 0.01, unit_price: 0.01, amount: 0.01) { id } }"),
        ("mutation { pay }", "mutation { pay(price: 0.01, unit_price: 0.01, amount: 0.01) }"),
    ],
)
def test_where_graphql_has_no_place_for_a_price_an_argument_is_made_for_it(query: str, forged_query: str) -> None:
    request, forged = sent(json.dumps({"query": query, "variables": {"id": "1"}}).encode(), JSON)
    assert json.loads(request.body or b"") == {"query": forged_query, "variables": {"id": "1"}}
    assert forged == {f"argument {name}": "0.01" for name in ADDED}


@pytest.mark.parametrize("query", ["query ($id: ID!) { goods(id: $id) { price } }", "{ goods { price } }", ""])
def test_a_graphql_query_that_changes_nothing_is_not_forged(query: str) -> None:
    body = {"query": query, "variables": {"id": "1"}}
    request, forged = sent(json.dumps(body).encode(), JSON)
    assert json.loads(request.body or b"") == body
    assert forged == {}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (None, ()),
        (b"", FORM),
        (b"\x00", (("Content-Type", "application/octet-stream"),)),
        (b"{broken", JSON),
        (b"price=1", ()),
    ],
)
def test_what_is_neither_passes_untouched(body: bytes | None, headers: Any) -> None:
    request, forged = sent(body, headers)
    assert request.body == body
    assert forged == {}


def test_lists_and_bare_values_in_json() -> None:
    request, forged = sent(json.dumps([{"price": "1"}, 2]).encode(), JSON)
    assert json.loads(request.body or b"")[0]["price"] == "0.01"
    assert "$[0].price" in forged
    assert sent(b"3", JSON)[1] == {}


def test_the_session_behind_is_the_same() -> None:
    sink = Sink()
    forging = ForgingHttp(sink, "1.00")
    assert forging.cookie("x") == "cookie x"
    forging.forget()
    forging.close()
    assert sink.forgotten
    assert sink.closed


@pytest.mark.parametrize(
    ("name", "value", "price"),
    [("price", "x", True), ("Unit-Price", "", True), ("line_total", "", True), ("total", "", True),
     ("amount", "", True), ("hidden", "12.80", True), ("hidden", "12.800", True), ("quantity", "1", False),
     ("form-TOTAL_FORMS", "4", False), ("totally", "1", False), ("ref", "12.81", False), ("csrf", "a.b", False),
     ("number_of_prices", "1", False)],
)  # fmt: skip
def test_what_is_taken_for_a_price(name: str, value: str, price: bool) -> None:
    assert is_price(name, value, "12.80") is price


def test_a_whole_amount_is_not_mistaken_for_a_quantity() -> None:
    assert not is_price("quantity", "1", "1.00")
    assert is_price("hidden", "1.00", "1.00")


def seen(shop: MiniatureShop, folder: Path, adapter: str = "miniature") -> Any:
    with Play(shop, folder, adapter=adapter) as play:
        play.prepare("shop.catalogue", "shop.register")
        return play.see("shop.tampering", "buyer_b")


def prices(step: Any) -> list[str]:
    return [line["line_total"]["amount"] for line in step["outputs"]["lines"]]


def test_a_right_shop_keeps_its_price(running_shop: MiniatureShop, tmp_path: Path) -> None:
    data = seen(running_shop, tmp_path)
    assert prices(data["control"]["read"]) == prices(data["read"]) == [data["shown"]["amount"]]
    assert data["sent"]["price"] == "0.01"


def test_a_shop_that_believes_the_form_shows(tmp_path: Path) -> None:
    with MiniatureShop.with_defect("price-from-form") as shop:
        data = seen(shop, tmp_path)
    assert prices(data["control"]["read"]) == [data["shown"]["amount"]]
    assert prices(data["read"]) == ["0.01"]


def test_json_shops_are_forged_too(running_shop: MiniatureShop, tmp_path: Path) -> None:
    data = seen(running_shop, tmp_path, "miniature_json")
    assert data["sent"]["$.price"] == "1"
    assert prices(data["read"]) == [data["shown"]["amount"]]
