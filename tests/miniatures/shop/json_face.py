"""A JSON API over the same shop: bearer token in the answer's body, money in fen, denials as 401, 403 and 404."""

import re
from collections.abc import Callable
from typing import Any

from tests.miniatures.shop import documents
from tests.miniatures.shop.buying import readable_order
from tests.miniatures.shop.documents import minor
from tests.miniatures.shop.goods import CATALOGUE
from tests.miniatures.shop.state import ADDRESS_FIELDS, Line, State
from tests.miniatures.shop.web import Answer, Call, as_json

Handler = Callable[..., Answer]
NOBODY = as_json({"error": "unauthorized"}, 401)
MISSING = as_json({"error": "not_found"}, 404)


def _body(call: Call) -> dict[str, Any]:
    return call.document if isinstance(call.document, dict) else {}


def _register(shop: State, call: Call) -> Answer:
    given = {name: str(value) for name, value in _body(call).items()}
    if "@" not in given.get("email", "") or shop.find(given["email"]) is not None:
        return as_json({"error": "invalid"}, 422)
    shop.enrol(given["email"], given.get("password", ""), "buyer", given)
    return as_json({"registered": True}, 201)


def _log_in(shop: State, call: Call) -> Answer:
    given = _body(call)
    if not shop.log_in(call.session, str(given.get("username", "")), str(given.get("password", ""))):
        return as_json({"error": "invalid_credentials"}, 401)
    return as_json({"token": call.session.token})


def _log_out(shop: State, call: Call) -> Answer:
    shop.sessions.pop(call.session.token, None)
    return Answer(status=204)


def _me(shop: State, call: Call) -> Answer:
    return as_json(documents.person(call.me))


def _products(shop: State, call: Call) -> Answer:
    term = call.query.get("q", "").casefold()
    found = [goods for goods in CATALOGUE if term in goods.name.casefold()]
    return as_json({"items": [documents.product(shop, goods, minor) for goods in found]})


def _product(shop: State, call: Call, key: str) -> Answer:
    goods = shop.goods(key)
    return MISSING if goods is None else as_json(documents.product(shop, goods, minor))


def _cart(shop: State, call: Call) -> Answer:
    found = tuple(shop.cart(call.me).values())
    total = minor(sum(line.total_fen for line in found))
    return as_json({"lines": documents.lines(found, minor), "total": total})


def _add(shop: State, call: Call) -> Answer:
    goods = shop.goods(str(_body(call).get("product", "")))
    if goods is None:
        return MISSING
    shop.add_to_cart(call.me, goods, int(_body(call).get("quantity", 1)))
    return _cart(shop, call)


def _change(shop: State, call: Call, key: str) -> Answer:
    own = shop.cart(call.me)
    if key not in own:
        return MISSING
    own[key] = Line(goods=own[key].goods, quantity=int(_body(call)["quantity"]), unit_fen=own[key].unit_fen)
    return _cart(shop, call)


def _remove(shop: State, call: Call, key: str) -> Answer:
    shop.cart(call.me).pop(key, None)
    return Answer(status=204)


def _check_out(shop: State, call: Call) -> Answer:
    found = tuple(shop.cart(call.me).values())
    if not found:
        return as_json({"error": "cart_empty"}, 409)
    call.session.address = {name: str(_body(call).get(name, "")) for name in ADDRESS_FIELDS}
    return as_json({"lines": documents.lines(found, minor), **documents.quote(shop.quote(found), minor)})


def _confirm(shop: State, call: Call) -> Answer:
    if not shop.cart(call.me) or call.session.address is None:
        return as_json({"error": "not_checked_out"}, 409)
    return as_json({"number": shop.confirm(call.me, call.session)}, 201)


def _orders(shop: State, call: Call) -> Answer:
    own = [found for found in shop.orders.values() if found.owner == call.me.key]
    return as_json({"items": [{"number": found.number, "total": minor(found.quote.total_fen)} for found in own]})


def _order(shop: State, call: Call, number: str) -> Answer:
    found = readable_order(shop, call.account, number)
    if found is None and shop.wrong("order-record-open-by-number"):
        found = shop.orders.get(number)
    return MISSING if found is None else as_json(documents.order(found, minor))


def _all_orders(shop: State, call: Call) -> Answer:
    return as_json({"items": [{"number": number} for number in shop.orders]})


def _any_order(shop: State, call: Call, number: str) -> Answer:
    found = shop.orders.get(number)
    return MISSING if found is None else as_json(documents.order(found, minor))


OPEN: dict[tuple[str, str], Handler] = {
    ("POST", "/api/register"): _register,
    ("POST", "/api/login"): _log_in,
    ("GET", "/api/products"): _products,
    ("GET", "/api/products/{key}"): _product,
}
MEMBERS: dict[tuple[str, str], Handler] = {
    ("POST", "/api/logout"): _log_out,
    ("GET", "/api/me"): _me,
    ("GET", "/api/cart"): _cart,
    ("POST", "/api/cart/lines"): _add,
    ("PATCH", "/api/cart/lines/{key}"): _change,
    ("DELETE", "/api/cart/lines/{key}"): _remove,
    ("POST", "/api/checkout"): _check_out,
    ("POST", "/api/orders"): _confirm,
    ("GET", "/api/orders"): _orders,
    ("GET", "/api/orders/{number}"): _order,
}
OPERATOR: dict[tuple[str, str], Handler] = {
    ("GET", "/api/operator/orders"): _all_orders,
    ("GET", "/api/operator/orders/{number}"): _any_order,
}


def _find(table: dict[tuple[str, str], Handler], call: Call) -> tuple[Handler, dict[str, str]] | None:
    for (method, path), handler in table.items():
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9]+)", path), call.path)
        if found is not None and method == call.method:
            return handler, found.groupdict()
    return None


def answer(shop: State, call: Call) -> Answer:
    """Answer one request to ``/api/``."""
    if (found := _find(OPEN, call)) is not None:
        return found[0](shop, call, **found[1])
    if call.account is None:
        return NOBODY
    if (found := _find(MEMBERS, call)) is not None:
        return found[0](shop, call, **found[1])
    if (found := _find(OPERATOR, call)) is None:
        return MISSING
    if call.account.role != "operator":
        return as_json({"error": "forbidden"}, 403)
    return found[0](shop, call, **found[1])
