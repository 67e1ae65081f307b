"""A GraphQL-like endpoint over the same shop, with every way in which such shops deny under status 200.

The first field of the query names what is asked; the whole object comes back whatever was selected. Refusals:
``errors`` with ``data: null`` (no rights), ``data: {order: null}`` (not yours), an error member of a union with an
``errorCode`` (a rule of the shop). The bearer token comes in a header. Money is decimal text.
"""

import re
from collections.abc import Callable
from typing import Any

from tests.miniatures.shop import documents
from tests.miniatures.shop.buying import readable_order
from tests.miniatures.shop.documents import decimal
from tests.miniatures.shop.goods import CATALOGUE
from tests.miniatures.shop.state import ADDRESS_FIELDS, State
from tests.miniatures.shop.web import Answer, Call, as_json

TOKEN_HEADER = "mini-auth-token"
FIRST_FIELD = re.compile(r"\{\s*(\w+)")


class ForbiddenError(Exception):
    """The one who asks has no right to the field."""


def _refusal(kind: str, code: str) -> dict[str, Any]:
    return {"__typename": kind, "errorCode": code, "message": code.replace("_", " ").lower()}


def _login(shop: State, call: Call, given: dict[str, Any]) -> Any:
    if not shop.log_in(call.session, str(given.get("username", "")), str(given.get("password", ""))):
        return _refusal("InvalidCredentialsError", "INVALID_CREDENTIALS_ERROR")
    return {"__typename": "CurrentUser", "id": str(call.session.account)}


def _active_customer(shop: State, call: Call, given: dict[str, Any]) -> Any:
    return None if call.account is None else documents.person(call.account)


def _products(shop: State, call: Call, given: dict[str, Any]) -> Any:
    return {"items": [documents.product(shop, goods, decimal) for goods in CATALOGUE]}


def _product(shop: State, call: Call, given: dict[str, Any]) -> Any:
    goods = shop.goods(str(given.get("id", "")))
    return None if goods is None else documents.product(shop, goods, decimal)


def _active_order(shop: State, call: Call, given: dict[str, Any]) -> Any:
    _members_only(call)
    found = tuple(shop.cart(call.me).values())
    return {"lines": documents.lines(found, decimal), "total": decimal(sum(line.total_fen for line in found))}


def _add_item(shop: State, call: Call, given: dict[str, Any]) -> Any:
    _members_only(call)
    goods, quantity = shop.goods(str(given.get("id", ""))), given.get("quantity")
    if goods is None or not isinstance(quantity, int) or quantity < 1:
        return _refusal("NegativeQuantityError", "NEGATIVE_QUANTITY_ERROR")
    shop.add_to_cart(call.me, goods, quantity)
    return {"__typename": "Order", **_active_order(shop, call, given)}


def _check_out(shop: State, call: Call, given: dict[str, Any]) -> Any:
    _members_only(call)
    found = tuple(shop.cart(call.me).values())
    if not found:
        return _refusal("OrderStateError", "EMPTY_ORDER_ERROR")
    address = given.get("address")
    fields = address if isinstance(address, dict) else {}
    call.session.address = {name: str(fields.get(name, "")) for name in ADDRESS_FIELDS}
    sums = documents.quote(shop.quote(found), decimal)
    return {"__typename": "Order", "lines": documents.lines(found, decimal), **sums}


def _confirm(shop: State, call: Call, given: dict[str, Any]) -> Any:
    _members_only(call)
    if not shop.cart(call.me) or call.session.address is None:
        return _refusal("OrderStateError", "NOT_CHECKED_OUT_ERROR")
    return {"__typename": "Order", "number": shop.confirm(call.me, call.session)}


def _order(shop: State, call: Call, given: dict[str, Any]) -> Any:
    found = readable_order(shop, call.account, str(given.get("number", "")))
    return None if found is None else documents.order(found, decimal)


def _orders(shop: State, call: Call, given: dict[str, Any]) -> Any:
    if call.account is None or call.account.role != "operator":
        raise ForbiddenError
    return {"items": [documents.order(found, decimal) for found in shop.orders.values()]}


def _members_only(call: Call) -> None:
    if call.account is None:
        raise ForbiddenError


FIELDS: dict[str, Callable[[State, Call, dict[str, Any]], Any]] = {
    "login": _login,
    "activeCustomer": _active_customer,
    "products": _products,
    "product": _product,
    "activeOrder": _active_order,
    "addItemToOrder": _add_item,
    "checkOut": _check_out,
    "confirmOrder": _confirm,
    "order": _order,
    "orders": _orders,
}


def _error(message: str, code: str) -> Answer:
    return as_json({"errors": [{"message": message, "extensions": {"code": code}}], "data": None})


def answer(shop: State, call: Call) -> Answer:
    """Answer one request to ``/graphql``."""
    document = call.document if isinstance(call.document, dict) else {}
    asked = FIRST_FIELD.search(str(document.get("query", "")))
    if asked is None or asked.group(1) not in FIELDS:
        return _error("Cannot query this field", "GRAPHQL_VALIDATION_FAILED")
    variables = document.get("variables")
    name = asked.group(1)
    try:
        found = FIELDS[name](shop, call, variables if isinstance(variables, dict) else {})
    except ForbiddenError:
        return _error("You are not currently authorized to perform this action", "FORBIDDEN")
    logged_in = name == "login" and "errorCode" not in found
    return as_json({"data": {name: found}}, headers=((TOKEN_HEADER, call.session.token),) if logged_in else ())
