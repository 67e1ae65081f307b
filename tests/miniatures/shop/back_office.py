"""The miniature shop's API for partners (SB/T 10469, 3.1.5): all eight kinds, behind a key, with real effects."""

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.miniatures.shop.office_description import PREFIX, description
from tests.miniatures.shop.state import Order, State
from tests.miniatures.shop.web import Answer, Call, as_json

STANDING_STOCK = 20
_NO_KEY: Mapping[str, Any] = {"error": "no valid API key"}
_CHINA = timedelta(hours=8)


Handler = Callable[[State, Call, str], Answer]


def answer(shop: State, call: Call) -> Answer:
    """Answer one request below ``/api/office/``."""
    if call.path == f"{PREFIX}/openapi.json" and call.method == "GET":
        return as_json(description(shop.defects))
    for kind, method, pattern, handler in _ROUTES:
        found = re.fullmatch(PREFIX + pattern, call.path)
        if found is not None and method == call.method:
            return _guarded(shop, call, kind, handler, unquote(found.group(1)) if found.groups() else "")
    return as_json({"error": "no such thing"}, 404)


def _guarded(shop: State, call: Call, kind: str, handler: Handler, key: str) -> Answer:
    if _may(shop, call, kind):
        return handler(shop, call, key)
    if kind == "sales-payment" and shop.wrong("interface-sales-payment-behind-401"):
        return Answer(status=401, body=handler(shop, call, key).body, kind="application/json")
    if kind == "crm" and call.method == "PATCH" and shop.wrong("interface-crm-writes-before-asking"):
        handler(shop, call, key)
    return as_json(_NO_KEY, 403 if call.key else 401)


def _may(shop: State, call: Call, kind: str) -> bool:
    if hmac.compare_digest(call.key.encode(), shop.office.key.encode()):
        return True
    if call.key and shop.wrong(f"interface-{kind}-any-key"):
        return True
    if kind == "accounting" and shop.wrong("interface-accounting-open"):
        return True
    return kind == "logistics" and call.method == "POST" and shop.wrong("interface-logistics-orders-open")


def _missing() -> Answer:
    return as_json({"error": "no such thing"}, 404)


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def _order(shop: State, number: str, canned: str) -> Order | None:
    if shop.wrong(canned):
        return next(iter(shop.orders.values()))
    return shop.orders.get(number)


def _accounts(shop: State, _: Call, number: str) -> Answer:
    order = _order(shop, number, "interface-accounting-canned")
    if order is None:
        return _missing()
    lines = [
        {"account": "6001 主营业务收入", "amount": _yuan(order.quote.goods_fen)},
        {"account": "6051 配送收入", "amount": _yuan(order.quote.fee_fen)},
    ]
    return as_json({"order": order.number, "lines": lines, "total": _yuan(order.quote.total_fen)})


def _proceeds(shop: State, _: Call, number: str) -> Answer:
    order = shop.orders.get(number)
    if order is None:
        return _missing()
    return as_json({"order": number, "gross": _yuan(order.quote.total_fen), "net": _yuan(order.quote.total_fen)})


def _stock(shop: State, _: Call, sku: str) -> Answer:
    if shop.goods(sku) is None:
        return _missing()
    return as_json({"sku": sku, "on_hand": shop.office.stock.get(sku, STANDING_STOCK)})


def _receipt(shop: State, call: Call, sku: str) -> Answer:
    quantity = call.document.get("quantity") if isinstance(call.document, dict) else None
    if shop.goods(sku) is None or not isinstance(quantity, int) or quantity <= 0:
        return as_json({"error": "what, and how many?"}, 422)
    if not shop.wrong("interface-stock-receipt-not-counted"):
        shop.office.stock[sku] = shop.office.stock.get(sku, STANDING_STOCK) + quantity
    shop.office.receipts += 1
    return as_json({"receipt": f"R{shop.office.receipts}", "sku": sku, "quantity": quantity}, 201)


def _verify(shop: State, call: Call, _: str) -> Answer:
    asked = call.document if isinstance(call.document, dict) else {}
    account = shop.find(str(asked.get("customer", "")))
    profile = {} if account is None else account.profile
    name = profile.get("last_name", "") + profile.get("first_name", "")
    right = account is not None and asked.get("name") == name and asked.get("phone") == profile["phone"]
    verified: Any = right or (account is not None and shop.wrong("interface-identity-confirms-anyone"))
    if shop.wrong("interface-identity-wrong-schema"):
        verified = "yes" if verified else "no"
    return as_json({"customer": str(asked.get("customer", "")), "verified": verified})


def _send_out(shop: State, call: Call, _: str) -> Answer:
    recipient = call.document.get("recipient") if isinstance(call.document, dict) else None
    if not isinstance(recipient, str) or not recipient:
        return as_json({"error": "to whom?"}, 422)
    number = f"WB{secrets.randbelow(10**9):09d}"
    if not shop.wrong("interface-logistics-waybill-lost"):
        shop.office.waybills[number] = {"number": number, "recipient": recipient, "status": "accepted"}
    return as_json({"number": number}, 201)


def _waybill(shop: State, _: Call, number: str) -> Answer:
    found = shop.office.waybills.get(number)
    return _missing() if found is None else as_json(found)


def _pay(shop: State, call: Call, _: str) -> Answer:
    if shop.wrong("interface-e-bank-not-there"):
        return as_json({"error": "not implemented"}, 501)
    amount = call.document.get("amount") if isinstance(call.document, dict) else None
    if not isinstance(amount, str):
        return as_json({"error": "how much?"}, 422)
    number = f"PB{secrets.randbelow(10**9):09d}"
    # The sandbox bank calls back at once.
    shop.office.payments[number] = {"payment": number, "amount": amount, "status": "paid"}
    return as_json({"number": number}, 201)


def _callback(shop: State, _: Call, number: str) -> Answer:
    found = shop.office.payments.get(number)
    return _missing() if found is None else as_json(found)


def _customer(shop: State, _: Call, username: str) -> Answer:
    account = shop.find(username)
    if account is None:
        return _missing()
    remark = shop.office.remarks.get(account.username, "")
    return as_json({"customer": account.username, "name": account.profile["last_name"], "remark": remark})


def _remark(shop: State, call: Call, username: str) -> Answer:
    account = shop.find(username)
    remark = call.document.get("remark") if isinstance(call.document, dict) else None
    if account is None or not isinstance(remark, str):
        return _missing()
    if not shop.wrong("interface-crm-update-ignored"):
        shop.office.remarks[account.username] = remark
    return as_json({"customer": account.username})


def _day(shop: State, call: Call, _: str) -> Answer:
    today = (datetime.now(UTC) + _CHINA).date().isoformat()  # every order is younger than the shop, which is young
    counts = call.query.get("day") == today or shop.wrong("interface-analytics-canned")
    orders = tuple(shop.orders.values()) if counts else ()
    told = {"day": call.query.get("day", ""), "orders": len(orders)}
    if shop.wrong("interface-analytics-wrong-schema"):
        return as_json(told)
    return as_json(told | {"total": _yuan(sum(order.quote.total_fen for order in orders))})


_ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("accounting", "GET", r"/accounts/orders/(\d+)", _accounts),
    ("stock", "GET", r"/stock/(\w+)", _stock),
    ("stock", "POST", r"/stock/(\w+)/receipts", _receipt),
    ("sales-payment", "GET", r"/proceeds/(\d+)", _proceeds),
    ("identity", "POST", r"/identities/verifications", _verify),
    ("logistics", "POST", r"/waybills", _send_out),
    ("logistics", "GET", r"/waybills/(\w+)", _waybill),
    ("e-bank", "POST", r"/bank-payments", _pay),
    ("e-bank", "GET", r"/bank-payments/(\w+)/callback", _callback),
    ("crm", "GET", r"/customers/([^/]+)", _customer),
    ("crm", "PATCH", r"/customers/([^/]+)", _remark),
    ("analytics", "GET", r"/analytics/orders", _day),
)

INTERFACES: Mapping[str, tuple[str, ...]] = {
    "accounting": ("readAccounts",),
    "stock": ("readStock", "postReceipt"),
    "sales-payment": ("GET /proceeds/{number}",),
    "identity": ("verifyIdentity",),
    "logistics": ("GET /waybills/{number}", "POST /waybills"),
    "e-bank": ("readCallback", "createPayment"),
    "crm": ("readCustomer", "updateCustomer"),
    "analytics": ("orderTotals",),
}
"""The operations of each kind: the one that reads, and the one that acts."""


def target_tables(key_file: str) -> list[str]:
    """Return the lines of a target file about this API."""
    lines = ["[api]", f'description = "{PREFIX}/openapi.json"', 'header = "X-Api-Key"', "settle_s = 0.05"]
    lines.append(f'key_file = "{key_file}"')
    for kind, operations in INTERFACES.items():
        lines.append(f"[interfaces.{kind}]")
        lines += [f'{role} = "{name}"' for role, name in zip(("read", "act"), operations, strict=False)]
    return lines
