"""Buying one piece of one article, to have an order that can be paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.canonical import thaw
from probes.cast import invented
from probes.errors import Unprepared
from probes.goods import Goods, offered
from probes.look import Look
from probes.order import order_number, recipient
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.telling import told


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What came of an order: its number (None: there is none), what the preview asked (money), and the last step."""

    number: str | None
    asked: Any
    last: Outcome

    def data(self, who: str) -> dict[str, Any]:
        """Return the order as it stands in evidence: ``{"number", "asked": money | null, "placed": told}``."""
        return {"number": self.number, "asked": self.asked, "placed": told(self.last, who, outputs=False)}


def amount_in(money: Any) -> str | None:
    """Return the amount of a money record as a decimal text; None where a shop gave none."""
    found = money.get("amount") if isinstance(money, Mapping) else None
    return found if isinstance(found, str) else None


def address_of(given: Look, number: int) -> dict[str, str]:
    """Return where the goods of the run's n-th invented person go."""
    return recipient(invented(given, number))


def some_goods(given: Look, most: int) -> tuple[Goods, ...]:
    """Return up to ``most`` goods that can be bought, at least one.

    Raises:
        Unprepared: the catalogue look found none.
    """
    for count in range(most, 1, -1):
        try:
            return offered(given, count)
        except Unprepared:
            continue
    return offered(given, 1)


def buy(session: ShopSession, goods: Goods, address: dict[str, str]) -> Bought:
    """Put one piece in the cart, check out, confirm. The cart is a newcomer's own and empty before."""
    asked: Any = None
    outcome = session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)
    if isinstance(outcome, Done):
        outcome = session.do("check_out", **address)
    if isinstance(outcome, Done):
        asked = thaw(outcome.outputs["grand_total"])
        outcome = session.do("confirm_order")
    return Bought(number=order_number(outcome) if outcome.verb == "confirm_order" else None, asked=asked, last=outcome)
