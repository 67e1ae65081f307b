"""The simplest look at each defect of the miniature shop's API for partners."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.transports.http import RequestsHttp
from probes.transports.port import Request
from tests.miniatures.shop.back_office import STANDING_STOCK
from tests.probes.defect_scene import Scene

WRONG = "no-such-key"


def ask(scene: Scene, method: str, path: str, document: Any = None, key: str | None = None) -> tuple[int, Any]:
    """Return status and document of one request; without ``key`` the right one is shown, with an empty one none."""
    clock = SystemClock()
    session = RequestsHttp(scene.target, clock, Redactor())
    shown = scene.shop.state.office.key if key is None else key
    headers = (("Content-Type", "application/json"), *((("X-Api-Key", shown),) if shown else ()))
    body = None if document is None else json.dumps(document).encode()
    url = f"{scene.shop.base_url}/api/office{path}"
    try:
        answer = session.send(
            Request(method=method, url=url, headers=headers, body=body), deadline=Deadline.after(clock, 10)
        )
    finally:
        session.close()
    return answer.status, json.loads(answer.body)


def status(scene: Scene, method: str, path: str, document: Any = None, key: str | None = None) -> int:
    return ask(scene, method, path, document, key)[0]


def day(scene: Scene) -> Any:
    return ask(scene, "GET", "/analytics/orders?day=2001-01-01")[1]


def verified(scene: Scene) -> Any:
    asked = {"customer": scene.shop.username("buyer_a"), "name": "nobody", "phone": "0"}
    return ask(scene, "POST", "/identities/verifications", asked)[1]["verified"]


def lost(scene: Scene) -> bool:
    number = ask(scene, "POST", "/waybills", {"recipient": "Li"})[1]["number"]
    return status(scene, "GET", f"/waybills/{number}") == 404


def remark(scene: Scene, key: str | None) -> str:
    customer = scene.shop.username("buyer_a")
    ask(scene, "PATCH", f"/customers/{customer}", {"remark": "seen"}, key)
    found: str = ask(scene, "GET", f"/customers/{customer}")[1]["remark"]
    ask(scene, "PATCH", f"/customers/{customer}", {"remark": ""})
    return found


def stock_after_receipt(scene: Scene) -> int:
    scene.shop.state.office.stock.clear()
    ask(scene, "POST", "/stock/1/receipts", {"quantity": 1})
    found: int = ask(scene, "GET", "/stock/1")[1]["on_hand"]
    return found


LOOKS: Mapping[str, Callable[[Any], bool]] = {
    "interface-accounting-open": lambda s: status(s, "GET", f"/accounts/orders/{s.number('buyer_a')}", key="") == 200,
    "interface-accounting-canned": lambda s: status(s, "GET", "/accounts/orders/999") == 200,
    "interface-stock-receipt-not-counted": lambda s: stock_after_receipt(s) == STANDING_STOCK,
    "interface-stock-any-key": lambda s: status(s, "GET", "/stock/1", key=WRONG) == 200,
    "interface-sales-payment-undocumented": lambda s: (
        "/proceeds/{number}" not in ask(s, "GET", "/openapi.json")[1]["paths"]
    ),
    "interface-sales-payment-behind-401": lambda s: (
        "net" in ask(s, "GET", f"/proceeds/{s.number('buyer_a')}", key="")[1]
    ),
    "interface-identity-confirms-anyone": lambda s: verified(s) is True,
    "interface-identity-wrong-schema": lambda s: isinstance(verified(s), str),
    "interface-logistics-waybill-lost": lost,
    "interface-logistics-orders-open": lambda s: status(s, "POST", "/waybills", {"recipient": "Li"}, key="") == 201,
    "interface-e-bank-not-there": lambda s: status(s, "POST", "/bank-payments", {"amount": "1.00"}) == 501,
    "interface-e-bank-any-key": lambda s: status(s, "GET", "/bank-payments/none/callback", key=WRONG) == 404,
    "interface-crm-update-ignored": lambda s: remark(s, None) == "",
    "interface-crm-writes-before-asking": lambda s: remark(s, WRONG) == "seen",
    "interface-analytics-canned": lambda s: day(s)["orders"] > 0,
    "interface-analytics-wrong-schema": lambda s: "total" not in day(s),
}
