"""The sandbox of a payment provider: charges or declines, tells the shop by signed notices, refunds, keeps its list.

It has a door of its own (TLS, another port). Pages: ``POST /checkout/`` is where the shop's pay form leads; under
``/v1/`` whoever has the merchant's key reads charges, refunds and notices, and has a notice sent again. Money in fen.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.miniatures.shop.state import Session, State
from tests.miniatures.shop.till import End, Refund
from tests.miniatures.shop.web import Answer, Call, as_json, redirect

GOOD_CARD = "4000000000000000"
DECLINED_CARD = "4000000000000002"
FIELDS = ("order", "payment", "amount", "status", "event", "sent_at")
_TWICE = 25
"""Which charge is made twice under ``payment-charged-twice``: one that only a long row of payments reaches."""

Notice = dict[str, str]
Deliver = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt to pay an order, as the provider's own list holds it."""

    reference: str
    order: str
    amount_fen: int
    end: End

    def shown(self) -> dict[str, object]:
        """Return its row of the list."""
        return {"reference": self.reference, "order": self.order, "amount": self.amount_fen, "status": self.end}


def _row(refund: Refund) -> dict[str, object]:
    return {
        "order": refund.order,
        "amount": refund.amount_fen,
        "status": "pending" if refund.completed is None else "completed",
        "requested_at": refund.requested.isoformat(),
        "completed_at": "" if refund.completed is None else refund.completed.isoformat(),
    }


def signature(secret: bytes, notice: Mapping[str, str], *, order_too: bool = True) -> str:
    """Return the HMAC-SHA256 (hexadecimal) over a notice's fields, a line each."""
    signed = [name for name in FIELDS if order_too or name != "order"]
    lines = "\n".join(f"{name}={notice.get(name, '')}" for name in signed)
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True, kw_only=True)
class Provider:
    """The sandbox of one merchant; everything is done while the shop's lock is held."""

    shop: State
    deliver: Deliver
    shop_url: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    charges: list[Charge] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Share a secret with the shop, know the merchant's key, and have a refund of an earlier test on the list."""
        self.shop.till.secret = secrets.token_bytes(32)
        self.shop.till.refund = self._refund
        self.shop.sessions[self.key] = Session(token=self.key)
        self._refunded("earlier-test", 4500, datetime.now(UTC) - timedelta(days=30))

    def _refund(self, order: str, amount_fen: int) -> None:
        given = amount_fen - 100 if self.shop.wrong("refund-amount-wrong") else amount_fen
        self._refunded(order, given, datetime.now(UTC))

    def _refunded(self, order: str, amount_fen: int, requested: datetime) -> None:
        pending = self.shop.wrong("refund-never-completes")
        completed = None if pending else requested
        self.shop.till.refunds.append(
            Refund(order=order, amount_fen=amount_fen, requested=requested, completed=completed)
        )

    def answer(self, call: Call) -> Answer:
        """Answer one request."""
        match call.method, *call.path.strip("/").split("/"):
            case "POST", "checkout":
                return self._checkout(call)
            case _, "v1", *_ if call.session.token != self.key:
                return as_json({"error": "unknown key"}, 401)
            case "GET", "v1", "payments":
                return as_json({"payments": [charge.shown() for charge in self.charges]})
            case "GET", "v1", "refunds":
                return as_json({"refunds": [_row(refund) for refund in self.shop.till.refunds]})
            case "GET", "v1", "notices", reference if reference in self.notices:
                return as_json(self.notices[reference])
            case "POST", "v1", "notices", reference, "resend" if reference in self.notices:
                return as_json({"taken": self.deliver(self.notices[reference])})
            case "GET", "":
                return as_json({"sandbox": True})
            case _:
                return as_json({"error": "no such thing"}, 404)

    def _checkout(self, call: Call) -> Answer:
        order, amount, card = (call.form.get(name, "") for name in ("order", "amount", "card"))
        if not order or not amount.isdecimal() or card not in {GOOD_CARD, DECLINED_CARD}:
            return as_json({"error": "order, amount or card is wrong"}, 400)
        self._charge(order, int(amount), "paid" if card == GOOD_CARD else "failed")
        return redirect(f"{self.shop_url}/orders/{order}/payment/")

    def _charge(self, order: str, amount_fen: int, end: End) -> None:
        reference = f"pay-{secrets.token_hex(6)}"
        charged = amount_fen + 1 if self.shop.wrong("amount-differs-by-1-fen") else amount_fen
        charge = Charge(reference=reference, order=order, amount_fen=charged, end=end)
        self.charges.append(charge)
        if self.shop.wrong("payment-charged-twice") and len(self.charges) == _TWICE:
            twin = Charge(reference=f"{reference}-2", order=order, amount_fen=charged, end="paid")
            self.charges.append(twin)
        notice = {
            "order": order,
            "payment": reference,
            "amount": str(amount_fen),
            "status": end,
            "event": f"evt-{secrets.token_hex(6)}",
            "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        order_too = not self.shop.wrong("replayed-notice-pays-other-order")
        notice["signature"] = signature(self.shop.till.secret, notice, order_too=order_too)
        self.notices[reference] = notice
        self.deliver(notice)
