"""The order book of a run of load: what the platform acknowledged, by the trails that the workers left. Pure.

On a worker's trail stand entries ``order`` (``id`` the number, ``facts["account"]`` whose it is, ``acknowledged`` false
where the confirmation broke off), and before each a note ``due`` that says what it must hold. An entry ``account`` is
one that the run made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from probes.shop.trail import DUE, Entry
from probes.trade.invariants import pieces

ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """An order that the platform acknowledged; instants are RFC 3339.

    ``pieces`` (by plain name of the article) and ``total`` (decimal text) are what it must hold; None where the trail
    does not say.
    """

    number: str
    account: str
    at: str
    pieces: Mapping[str, int] | None = None
    total: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """What a run ordered.

    ``orders`` has each acknowledged number once, in order of time; ``repeated`` the numbers that were acknowledged more
    than once; ``unsure`` counts, by account, the confirmations that broke off: an order may stand, or not.
    """

    orders: tuple[Acknowledged, ...]
    repeated: tuple[str, ...] = ()
    unsure: Mapping[str, int] = field(default_factory=dict)

    @property
    def acknowledged(self) -> int:
        """How many acknowledgements there were."""
        return len(self.orders) + len(self.repeated)

    def of(self, account: str) -> tuple[Acknowledged, ...]:
        """Return the orders of one account."""
        return tuple(order for order in self.orders if order.account == account)

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that ordered, or may have."""
        return tuple(dict.fromkeys((*(order.account for order in self.orders), *self.unsure)))


def book_of(trails: Iterable[Sequence[Entry]]) -> OrderBook:
    """Return the book that the trails of a run make together."""
    found: list[Acknowledged] = []
    unsure: Counter[str] = Counter()
    for entries in trails:
        due: dict[str, Mapping[str, Any]] = {}
        for entry in entries:
            if entry.kind == DUE:
                due[entry.who] = entry.facts
            elif entry.kind == ORDER:
                expected = due.pop(entry.who, {})
                account = str(entry.facts.get("account", ""))
                if not entry.acknowledged or not entry.id:
                    unsure[account] += 1
                    continue
                found.append(_order(entry, account, expected))
    found.sort(key=lambda order: order.at)
    counted = Counter(order.number for order in found)
    return OrderBook(
        orders=tuple({order.number: order for order in reversed(found)}.values())[::-1],
        repeated=tuple(number for number, count in counted.items() for _ in range(count - 1)),
        unsure=dict(unsure),
    )


def _order(entry: Entry, account: str, due: Mapping[str, Any]) -> Acknowledged:
    total = due.get("total")
    return Acknowledged(
        number=entry.id,
        account=account,
        at=entry.at,
        pieces=pieces(due) if due.get("lines") else None,
        total=str(total) if total else None,
    )
