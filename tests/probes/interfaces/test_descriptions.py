"""Descriptions of APIs, good, odd and hostile: what is read of them, and that nothing in them does us harm."""

import json
from typing import Any

import pytest

from probes.interfaces.described import Description, Undescribed
from probes.interfaces.kinds import KINDS
from probes.interfaces.plain_data import DEEPEST, plain_data
from probes.interfaces.reading import described
from probes.interfaces.schema import Fitting, fitting

OPERATION = {"operationId": "readStock", "summary": "Stock of an article", "responses": {"200": {"description": "-"}}}
THREE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://api.shop.example/{stage}", "variables": {"stage": {"default": "v2"}}}],
    "paths": {"/stock/{sku}": {"get": OPERATION}},
}
SDL = '''
"""A comment with type Query { none: Int }"""
schema { query: Root mutation: Changes }
type Root {
  "how many { there } are"
  stock(sku: ID!, at: String = "now"): Int!   # not: this
  order(
    number: ID!
  ): Order
}
extend type Root { customer: Customer }
type Order { number: ID! total: Money }
type Changes { postReceipt(sku: ID!): Receipt }
'''


def read(value: Any, **how: Any) -> Description:
    text = value if isinstance(value, str) else json.dumps(value)
    return described(text, **({"style": None} | how))


def with_schema(schema: Any, version: str = "3.0.3", **further: Any) -> Description:
    answer = {"content": {"application/json": {"schema": schema}}}
    operation = OPERATION | {"responses": {"200": answer}}
    return read(THREE | {"openapi": version, "paths": {"/stock/{sku}": {"get": operation}}} | further)


def fit(described: Description, body: Any, status: int = 200) -> Fitting:
    return fitting(described, described.operations[0], status, body)


# ---- OpenAPI


@pytest.mark.parametrize(
    "wanted", ["readStock", "GET /stock/{sku}", "get /stock/{article}", "GET /v2/stock/{sku}", "GET /stock/{sku}/"]
)
def test_an_operation_is_found_by_id_or_by_method_and_path(wanted: str) -> None:
    found = read(THREE).find(wanted)
    assert found is not None
    assert found.shown == "GET /stock/{sku}"


@pytest.mark.parametrize("wanted", ["readstock", "POST /stock/{sku}", "GET /stock", "GET /other/{sku}", "Stock", ""])
def test_what_is_not_described_is_not_found(wanted: str) -> None:
    assert read(THREE).find(wanted) is None


def test_a_request_is_known_as_the_operation_s_call() -> None:
    api = read(THREE)
    (operation,) = api.operations
    assert api.servers == ("https://api.shop.example/v2",)
    assert api.serves(operation, "GET", "https://api.shop.example/v2/stock/%E8%8C%B6?x=1", b"")
    assert not api.serves(operation, "POST", "https://api.shop.example/v2/stock/1", b"")
    assert not api.serves(operation, "GET", "https://api.shop.example/stock/1", b"")
    assert not api.serves(operation, "GET", "https://api.shop.example/v2/stock/1/receipts", b"")


def test_swagger_2_and_servers_that_are_relative() -> None:
    old = {
        "swagger": "2.0",
        "host": "api.shop.example",
        "basePath": "/v1",
        "schemes": ["https"],
        "paths": THREE["paths"],
    }
    assert read(old).servers == ("https://api.shop.example/v1",)
    assert read({key: value for key, value in old.items() if key != "host"}).prefixes == ("/v1",)
    here = read(THREE | {"servers": [{"url": "../v3"}]}, place="https://shop.example/api/docs/openapi.json")
    assert here.servers == ("https://shop.example/api/v3",)
    assert read(THREE | {"servers": [{"url": "https://[broken"}, "no server"]}).servers == ()


def test_yaml_is_read_without_its_magic() -> None:
    operation = "{operationId: on, responses: {200: {description: 2026-01-02}}}"
    text = f"openapi: 3.1.0\npaths:\n  /x:\n    get: {operation}\n"
    api = read(text)
    assert api.operations[0].responses == {"200": {"description": "2026-01-02"}}
    with pytest.raises(Undescribed, match="neither JSON nor YAML"):
        read("!!python/object/apply:os.system [echo]")


def test_words_of_a_kind_are_hints() -> None:
    assert read(THREE).candidates(KINDS["stock"]) == ("GET /stock/{sku}",)
    assert read(THREE).candidates(KINDS["identity"]) == ()
    chinese = THREE | {"paths": {"/a": {"post": {"summary": "客户身份核验"}}}}
    assert read(chinese).candidates(KINDS["identity"]) == ("POST /a",)
    many = THREE | {"paths": {f"/stock/{n}": {"get": {}} for n in range(9)}}
    assert len(read(many).candidates(KINDS["stock"])) == 5


def test_parts_that_cannot_be_read_are_named() -> None:
    paths = THREE["paths"] | {
        "/a": {"$ref": "other.json#/a"},
        "/b": {"$ref": "#/paths/~1b"},
        "/c": {"$ref": "#/none"},
        "/d": 7,
    }
    api = read(THREE | {"paths": paths})
    assert api.unread == ("/a", "/b", "/c", "/d")
    assert api.find("readStock") is not None


# ---- GraphQL and documents


def test_sdl_gives_the_fields_of_its_roots() -> None:
    api = read(SDL)
    assert api.style == "graphql"
    assert [each.name for each in api.operations] == [
        "query.stock", "query.order", "query.customer", "mutation.postReceipt"
    ]  # fmt: skip
    assert api.find("stock") == api.find("query.stock") == api.find("Query.stock") == api.operations[0]
    assert api.find("mutation.stock") is api.find("Mutation.stock") is api.find("Query.Stock") is None
    assert api.candidates(KINDS["crm"]) == ("query.customer",)
    operation = api.operations[0]
    assert api.serves(operation, "POST", "https://x.example/graphql", b'{"query": "{ stock(sku: 1) }"}')
    assert not api.serves(operation, "POST", "https://x.example/graphql", b'{"query": "{ stockings }"}')


def test_introspection() -> None:
    types = [
        {"name": "Query", "fields": [{"name": "stock", "description": "库存"}, {"name": None}, 3]},
        {"name": "Other", "fields": [{"name": "no"}]},
        {"name": "Query2", "fields": None},
        None,
    ]
    schema = {"queryType": {"name": "Query"}, "mutationType": None, "types": types}
    api = read({"data": {"__schema": schema}})
    assert [each.name for each in api.operations] == ["query.stock"]
    assert api.candidates(KINDS["stock"]) == ("query.stock",)
    nothings: tuple[Any, ...] = (
        {"errors": [{"message": "off"}]},
        {"data": None},
        {"data": {"__schema": {"types": 1}}},
        [],
        "7",
    )
    for nothing in nothings:
        with pytest.raises(Undescribed):
            read(nothing, style="graphql")


def test_a_document_is_searched_for_its_words() -> None:
    api = read("# Partners\n\n`POST /waybills` makes one; ask for `/waybills/status`.", style="document")
    assert api.find("POST /waybills") is not None
    assert api.find("POST /way") is None
    assert api.find("DELETE /waybills") is None
    behind = read(
        "GET https://api.shop.example/v1/stock/{sku} reads, `/v1/stock/{sku}/receipts` posts", style="document"
    )
    assert behind.find("GET /stock/{sku}") is not None
    assert behind.find("GET /receipt") is None
    page = "<html><body><p>POST /waybills</p></body></html>"
    assert read(page, style="document").find("POST /waybills") is not None
    assert read(page, style="document").unread == ()
    assert read("<html><script src=docs.js></script><p>Docs</p>", style="document").unread


# ---- what is no description


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("<!DOCTYPE html><p>Log in", "a web page came"),
        ("{broken", "neither JSON nor YAML"),
        ("null", "no OpenAPI description"),
        ("[]", "no OpenAPI description"),
        ("plain words", "no OpenAPI description"),
        ('{"openapi": "4.0"}', "no OpenAPI description"),
        ('{"openapi": "3.0.0"}', "has no paths"),
        ('{"openapi": "3.0.0", "paths": {"/x": {"get": 1}, "/y": []}}', "no operation"),
        ("%PDF-1.7 obj", "no text"),
        ("a\x00b", "no text"),
        ("a: &a [*a]", "holds itself"),
        ("a: *nothing", "neither JSON nor YAML"),
        ("[" * 5000, "nested deeper"),
        ("[" * 200 + "]" * 200, "nested deeper"),
        ("? [a, b]\n: c", "neither JSON nor YAML"),
    ],
)
def test_what_is_none_is_told_and_never_crashes(text: str, why: str) -> None:
    with pytest.raises(Undescribed, match=why) as told:
        read(text)
    assert told.value.cause == "document"


def test_a_yaml_bomb_is_counted_and_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Undescribed, match="more than 300000 values"):
        plain_data("\n".join(lines))


def test_json_of_many_values_is_refused_and_depth_within_bounds_is_not() -> None:
    with pytest.raises(Undescribed, match="more than 300000 values"):
        plain_data(json.dumps([0] * 300_001))
    assert plain_data("[" * DEEPEST + "]" * DEEPEST) is not None


# ---- schemas


def test_an_answer_is_compared_with_its_schema() -> None:
    schema = {
        "type": "object",
        "required": ["on_hand"],
        "properties": {"on_hand": {"type": "integer", "nullable": True}},
    }
    api = with_schema(schema)
    assert fit(api, {"on_hand": 3}).fit == "fits"
    assert fit(api, {"on_hand": None}).fit == "fits"
    wrong = fit(api, {"on_hand": "secret-value"})
    assert wrong.fit == "unlike"
    assert "on_hand" in wrong.why
    assert "secret-value" not in wrong.why
    assert fit(api, {}).fit == "unlike"
    assert fit(api, {}, status=404).fit == "none"
    strict = with_schema(schema, version="3.1.0")
    assert fit(strict, {"on_hand": None}).fit == "unlike"


def test_references_circular_ones_too() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    api = with_schema({"$ref": "#/components/schemas/Node"}, components={"schemas": {"Node": node}})
    assert fit(api, {"next": {"next": {}}}).fit == "fits"
    assert fit(api, {"next": {"next": 1}}).fit == "unlike"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/None"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/hostname"},
        {"type": "no type"},
        {"type": "string", "pattern": "(unclosed"},
        {"properties": 7},
        7,
    ],
)
def test_a_schema_that_cannot_be_used_is_told_and_fetches_nothing(schema: Any) -> None:
    assert fit(with_schema(schema), {"x": 1}).fit == "unusable"


def test_a_circle_of_references_alone_ends() -> None:
    circle = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    api = with_schema({"$ref": "#/components/schemas/A"}, components={"schemas": circle})
    assert fit(api, {"x": 1}).fit in {"fits", "unusable"}


def test_a_pattern_that_would_never_end_ends() -> None:
    assert fit(with_schema({"type": "string", "pattern": "^(a+)+$"}), "a" * 60 + "!").fit == "unlike"


def test_responses_by_class_default_and_reference() -> None:
    schema = {"content": {"application/json; charset=utf-8": {"schema": {"type": "integer"}}}}
    for key in ("2XX", "default"):
        operation = OPERATION | {"responses": {key: {"$ref": "#/components/responses/R"}}}
        api = read(THREE | {"paths": {"/x": {"get": operation}}, "components": {"responses": {"R": schema}}})
        assert (fit(api, 1).fit, fit(api, "x").fit) == ("fits", "unlike")
    old = {"swagger": "2.0", "paths": {"/x": {"get": {"responses": {"200": {"schema": {"type": "integer"}}}}}}}
    assert (fit(read(old), 1).fit, fit(read(old), "x").fit) == ("fits", "unlike")
    odds: tuple[Any, ...] = (7, [], {"200": 7}, {"200": {"content": 7}}, {"200": {"content": {"application/json": 7}}})
    for odd in odds:
        api = read(THREE | {"paths": {"/x": {"get": OPERATION | {"responses": odd}}}})
        assert fit(api, 1).fit == "none"
