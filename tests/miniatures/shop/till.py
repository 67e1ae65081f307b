"""What the miniature shop knows of payments and refunds: what the provider's notices told it. Money is in fen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

End = Literal["paid", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One payment as a notice told it."""

    reference: str
    amount_fen: int
    end: End


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund, as the provider keeps it; ``completed`` is None while it is pending."""

    order: str
    amount_fen: int
    requested: datetime
    completed: datetime | None


def _closed(order: str, amount_fen: int) -> None:
    raise RuntimeError(f"no provider is there to give {amount_fen} fen back for {order}")


@dataclass(slots=True, kw_only=True)
class Till:
    """The shop's books: payments by order, the notices that were taken, how many told of a payment, and where to pay.

    ``secret`` is what shop and provider share to sign notices; ``provider_url`` is where the pay form leads;
    ``refunds`` are read, and ``refund`` (order, fen) is asked for, at the provider.
    """

    secret: bytes = b""
    provider_url: str = ""
    refund: Callable[[str, int], None] = _closed
    refunds: list[Refund] = field(default_factory=list)
    payments: dict[str, list[Received]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    notices: int = 0

    def of(self, number: str) -> list[Received]:
        """Return the payments of an order, the first first."""
        return self.payments.setdefault(number, [])

    def paid(self, number: str) -> Received | None:
        """Return the payment by which an order was paid; None where it was not."""
        return next((one for one in self.of(number) if one.end == "paid"), None)
