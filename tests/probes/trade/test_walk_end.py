"""The end of a walk at random: it comes after so many steps, whatever Hypothesis makes of a round that is cut short."""

from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.trade.buyers import Buyer, Market
from probes.trade.walk import ROUND, walk


class Shopper:
    """A session that can do nothing but shop."""

    who = "ann"

    def can(self, _verb: str) -> bool:
        return False


class Paper(Market):
    """A market on paper: carts hold what was put in them, and nobody sees anything."""

    def begin(self) -> None:
        self.history = []
        for buyer in self.buyers:
            buyer.cart = {}

    def add(self, buyer: Buyer, article: int, quantity: int) -> None:
        buyer.cart[article] = buyer.cart.get(article, 0) + quantity

    def change(self, buyer: Buyer, article: int, quantity: int) -> None:
        buyer.cart[article] = quantity

    def remove(self, buyer: Buyer, article: int) -> None:
        buyer.cart.pop(article)

    def empty(self, buyer: Buyer) -> None:
        buyer.cart.clear()

    def check_out(self, buyer: Buyer) -> None:
        """Nothing lies ready on paper."""

    def browse(self, buyer: Buyer, article: int) -> None:
        """Nobody is shown anything."""


@pytest.mark.parametrize("number", range(4, 10))
def test_a_round_that_is_cut_short_is_no_fault(number: int) -> None:
    session: Any = Shopper()
    articles: Any = ("tea", "cup", "wok")
    market = Paper(buyers=tuple(Buyer(session=session, address={}) for _ in "ab"), operator=None, goods=articles)
    clock = SystemClock()
    came = walk(market, lambda _: True, number=number, steps=2 * ROUND, orders=0, deadline=Deadline.after(clock, 60))
    assert (came.steps, came.stopped, came.found) == (2 * ROUND, None, None)
