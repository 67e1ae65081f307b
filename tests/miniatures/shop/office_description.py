"""The OpenAPI description of the miniature shop's API for partners."""

from typing import Any

PREFIX = "/api/office"
UNDOCUMENTED = {"interface-sales-payment-undocumented": "/proceeds/{number}"}
"""Defects that leave a path out of the description."""


def _text() -> dict[str, Any]:
    return {"type": "string"}


def _record(**members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}


def _operation(
    name: str, summary: str, schema: dict[str, Any], *parameters: str, status: str = "200"
) -> dict[str, Any]:
    places = [
        {"name": each, "in": "query" if each == "day" else "path", "required": True, "schema": _text()}
        for each in parameters
    ]
    answers = {
        status: {"description": summary, "content": {"application/json": {"schema": schema}}},
        "4XX": {"$ref": "#/components/responses/Refused"},
    }
    return {"operationId": name, "summary": summary, "parameters": places, "responses": answers}


def _paths() -> dict[str, Any]:
    lines = {
        "type": "array",
        "minItems": 1,
        "items": _record(account=_text(), amount={"$ref": "#/components/schemas/Money"}),
    }
    money = {"$ref": "#/components/schemas/Money"}
    number = _record(number=_text())
    return {
        "/accounts/orders/{number}": {
            "get": _operation(
                "readAccounts",
                "核算账目 Account lines of an order",
                _record(order=_text(), lines=lines, total=money),
                "number",
            )
        },
        "/stock/{sku}": {
            "get": _operation("readStock", "库存 Stock", _record(sku=_text(), on_hand={"type": "integer"}), "sku")
        },
        "/stock/{sku}/receipts": {
            "post": _operation(
                "postReceipt",
                "入库 Receipt of goods",
                _record(receipt=_text(), sku=_text(), quantity={"type": "integer"}),
                "sku",
                status="201",
            )
        },
        "/proceeds/{number}": {
            "get": _operation(
                "readProceeds", "货款 Proceeds of an order", _record(order=_text(), gross=money, net=money), "number"
            )
        },
        "/identities/verifications": {
            "post": _operation(
                "verifyIdentity", "身份确认 Identity", _record(customer=_text(), verified={"type": "boolean"})
            )
        },
        "/waybills": {"post": _operation("createWaybill", "运单 Waybill", number, status="201")},
        "/waybills/{number}": {
            "get": _operation("readWaybill", "运单状态 Status", {"$ref": "#/components/schemas/Waybill"}, "number")
        },
        "/bank-payments": {"post": _operation("createPayment", "网银支付 Bank payment", number, status="201")},
        "/bank-payments/{number}/callback": {
            "get": _operation(
                "readCallback", "支付回调 Callback", _record(payment=_text(), amount=money, status=_text()), "number"
            )
        },
        "/customers/{username}": {
            "get": _operation(
                "readCustomer",
                "客户关系 Customer",
                _record(customer=_text(), name=_text(), remark={"type": "string", "nullable": True}),
                "username",
            ),
            "patch": _operation("updateCustomer", "客户关系 Customer", _record(customer=_text()), "username"),
        },
        "/analytics/orders": {
            "get": _operation(
                "orderTotals",
                "数据分析 Order totals of a day",
                _record(day=_text(), orders={"type": "integer"}, total=money),
                "day",
            )
        },
    }


def description(defects: frozenset[str]) -> dict[str, Any]:
    """Return the description, without the paths that a defect leaves out."""
    left_out = {path for defect, path in UNDOCUMENTED.items() if defect in defects}
    waybill = _record(number=_text(), recipient=_text(), status=_text())
    waybill["properties"]["returned_by"] = {
        "$ref": "#/components/schemas/Waybill"
    }  # a waybill may come back by another
    refused = {"description": "拒绝 Refused", "content": {"application/json": {"schema": _record(error=_text())}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "微型商城对外接口 Miniature shop, API for partners", "version": "1"},
        "servers": [{"url": PREFIX}],
        "security": [{"key": []}],
        "paths": {path: item for path, item in _paths().items() if path not in left_out},
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
            "schemas": {"Money": {"type": "string", "pattern": r"^\d+\.\d{2}$"}, "Waybill": waybill},
            "responses": {"Refused": refused},
        },
    }
