"""Simple looks at how the miniature shop is paid: what shows each of its payment defects, in a few requests."""

import socket
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from probes.transports.port import Request
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.provider import GOOD_CARD
from tests.miniatures.shop.shopper import Shopper

_PLACE = {"first_name": "丽", "last_name": "陈", "line1": "南京西路1266号", "city": "上海", "postcode": "200040"}
ADDRESS = _PLACE | {"country": "CN", "phone": "13800138000"}
LONG_ROW = 30
"""As many payments as it takes until the defects of a single one of many show."""


class Payer:
    """A buyer and an operator of a miniature shop, each logged in, and the merchant's own look at the provider."""

    def __init__(self, shop: MiniatureShop, folder: Path) -> None:
        """Log both in."""
        self.shop = shop
        self.buyer, self.operator = Shopper(shop, folder), Shopper(shop, folder)
        self.buyer.log_in("buyer_a")
        self.operator.log_in("operator")
        self._folder = folder

    def close(self) -> None:
        """Close the connections."""
        self.buyer.__exit__()
        self.operator.__exit__()

    def order(self) -> str:
        """Place an order of one piece and return its number."""
        self.buyer.done("add_to_cart", url="/goods/1/", ref="1", quantity=1)
        self.buyer.done("check_out", **ADDRESS)
        return str(self.buyer.done("confirm_order")["number"])

    def seen(self, number: str) -> dict[str, Any]:
        """Return how the owner sees that an order was paid."""
        return self.buyer.done("read_payment", number=number)

    def ask(self, verb: str, **inputs: Any) -> dict[str, Any]:
        """Ask the provider as the merchant."""
        merchant = {"provider": self.shop.state.till.provider_url, "key": self.shop.provider.key}
        return self.buyer.done(verb, **merchant, **inputs)

    def charges(self, number: str) -> list[dict[str, Any]]:
        """Return the provider's rows about an order."""
        return [row for row in self.ask("provider_list_payments")["payments"] if row["order"] == number]

    def notice(self, number: str) -> dict[str, Any]:
        """Return the fields of the genuine notice about an order, as ``send_notice`` takes them."""
        reference = self.charges(number)[0]["reference"]
        told = self.ask("provider_read_notice", reference=reference)
        fields = {name: told[name] for name in ("event", "sent_at", "signature")}
        minor = told["amount"]["text"]
        return fields | {"reference": reference, "amount": told["amount"]["amount"], "amount_minor": minor}

    def forged(self, signature: str | None) -> bool:
        """Tell whether a made-up notice pays an order."""
        number = self.order()
        made_up = {"reference": "pay-made-up", "event": "evt-made-up", "amount": "138.00", "amount_minor": "13800"}
        self.buyer.do("send_notice", number=number, **made_up, sent_at="2026-11-21T10:00:00+00:00", signature=signature)
        return bool(self.seen(number)["paid"])

    def underpaid(self) -> bool:
        """Tell whether one fen pays an order."""
        number = self.order()
        target = read_target(self.shop.target_toml(self._folder))
        http = RequestsHttp(target, SystemClock(), Redactor())
        try:
            form = urlencode({"order": number, "amount": "1", "card": GOOD_CARD}).encode()
            kind = ("Content-Type", "application/x-www-form-urlencoded")
            url = f"{self.shop.state.till.provider_url}/checkout/"
            deadline = Deadline.after(SystemClock(), 10)
            http.send(Request(method="POST", url=url, headers=(kind,), body=form), deadline=deadline)
        finally:
            http.close()
        return bool(self.seen(number)["paid"])

    def replayed(self) -> bool:
        """Tell whether the notice about one order pays another."""
        first, second = self.order(), self.order()
        self.buyer.done("pay_order", number=first)
        self.buyer.do("send_notice", number=second, **self.notice(first))
        return bool(self.seen(second)["paid"])

    def declined(self, times: int) -> str:
        """Decline an order's payment a number of times and return its number."""
        number = self.order()
        for _ in range(times):
            self.buyer.done("decline_payment", number=number)
        return number

    def paid(self, times: int) -> str:
        """Pay an order a number of times over and return its number."""
        number = self.order()
        for _ in range(times):
            self.buyer.done("pay_order", number=number)
        return number

    def repeated(self) -> int:
        """Pay, have the notice sent again, and return how often the shop counts the payment."""
        number = self.order()
        self.buyer.done("pay_order", number=number)
        self.ask("provider_resend_notice", reference=self.charges(number)[0]["reference"])
        return len(self.seen(number)["payments"])

    def charged(self) -> str:
        """Pay and return what the provider charged."""
        number = self.order()
        self.buyer.done("pay_order", number=number)
        return str(self.charges(number)[0]["amount"]["amount"])

    def refunded(self) -> list[dict[str, Any]]:
        """Pay, have it given back, and return the provider's rows about that."""
        number = self.order()
        self.buyer.done("pay_order", number=number)
        self.operator.done("operator_refund", number=number, amount="138.00")
        return [row for row in self.ask("provider_list_refunds")["refunds"] if row["order"] == number]

    def expired(self) -> bool:
        """Tell whether the certificate of the provider's host ran out."""
        context = ssl.create_default_context(cafile=str(self.shop.ca_file))
        port = int(self.shop.state.till.provider_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            try:
                context.wrap_socket(raw, server_hostname="127.0.0.1").close()
            except ssl.SSLCertVerificationError as error:
                return "expired" in str(error)
        return False


SHOWS: Mapping[str, Callable[[Payer], bool]] = {
    "payment-charged-twice": lambda p: any(row["paid"] for row in p.charges(p.declined(LONG_ROW))),
    "failed-payment-shown-paid": lambda p: bool(p.seen(p.declined(1))["paid"]),
    "notice-counted-twice": lambda p: p.repeated() == 2,
    "amount-differs-by-1-fen": lambda p: p.charged() == "138.01",
    "payment-vanishes": lambda p: len(p.seen(p.paid(LONG_ROW))["payments"]) == LONG_ROW - 1,
    "unsigned-notice-accepted": lambda p: p.forged(None),
    "wrong-signature-accepted": lambda p: p.forged("0" * 64),
    "payment-host-tls-expired": lambda p: p.expired(),
    "notice-amount-not-compared": lambda p: p.underpaid(),
    "replayed-notice-pays-other-order": lambda p: p.replayed(),
    "refund-never-completes": lambda p: not p.refunded()[0]["completed"],
    "refund-amount-wrong": lambda p: p.refunded()[0]["amount"]["amount"] == "137.00",
    "refund-accepted-but-not-kept": lambda p: not p.refunded(),
}
