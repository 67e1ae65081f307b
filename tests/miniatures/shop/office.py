"""What the miniature shop's back office keeps, in memory."""

import secrets
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Office:
    """What the back office keeps: its client's key, stock, waybills, payments, remarks about customers."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    stock: dict[str, int] = field(default_factory=dict)
    receipts: int = 0
    waybills: dict[str, dict[str, str]] = field(default_factory=dict)
    payments: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
