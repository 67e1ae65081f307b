"""What the miniature shop keeps about buying and selling besides orders: stock, confirmations under way. No logic."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

PLENTY = 5000


@dataclass(slots=True, kw_only=True)
class Stall:
    """Stock by article; by session token: the confirmation that is due, and what its preview showed.

    ``spent`` holds what was confirmed by each token; ``currencies`` the currency of orders that took one from a form.
    """

    stock: defaultdict[str, int] = field(default_factory=lambda: defaultdict(lambda: PLENTY))
    due: dict[str, str] = field(default_factory=dict)
    previewed: dict[str, Any] = field(default_factory=dict)
    spent: dict[str, Any] = field(default_factory=dict)
    currency: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
