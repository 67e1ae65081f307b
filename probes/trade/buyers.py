"""Two buyers who trade step by step, and the history of what they did and saw: the hands of ``trade.at_random``.

The record of one operation is that of ``probes.trade.invariants``, with ``requests`` beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probes.canonical import thaw
from probes.goods import Goods
from probes.naming import same_name
from probes.order import order_number
from probes.shop.outcome import Broken, Done, Outcome, came
from probes.shop.session import ShopSession

MOST = 9
"""Pieces beyond which nobody puts more in a cart: a bulk order may have prices of its own."""


@dataclass(slots=True, kw_only=True)
class Buyer:
    """One buyer: the session, what the cart should hold (article to pieces), whether a checkout lies ready.

    ``seen`` is the cart as it was last read; ``fresh`` that nothing is known of it yet.
    """

    session: ShopSession
    address: Mapping[str, str]
    cart: dict[int, int] = field(default_factory=dict)
    seen: tuple[Mapping[str, Any], ...] = ()
    ready: bool = False
    fresh: bool = True

    @property
    def who(self) -> str:
        """The role under which this buyer stands in the history."""
        return self.session.who


@dataclass(slots=True, kw_only=True)
class Market:
    """The buyers, the operator where there is one, the articles, and the history so far.

    ``orders`` are those of this history; ``earlier`` those from before it began.
    """

    buyers: tuple[Buyer, ...]
    operator: ShopSession | None
    goods: tuple[Goods, ...]
    history: list[dict[str, Any]] = field(default_factory=list)
    orders: dict[str, Buyer] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    earlier: dict[str, Buyer] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a new history: nobody has anything in the cart or an order that counts."""
        self.earlier |= self.orders
        self.history, self.orders, self.cancelled = [], {}, set()
        for buyer in self.buyers:
            if buyer.fresh or buyer.cart or buyer.seen:
                self._cart_changed(buyer, "empty", buyer.session.do("empty_cart"))
            else:
                self.history.append({"who": buyer.who, "did": "begin", "came": "done", "cart": {"lines": []}})
            buyer.cart, buyer.ready, buyer.fresh = {}, False, False

    def add(self, buyer: Buyer, article: int, quantity: int) -> None:
        """Put pieces of an article in the cart."""
        goods = self.goods[article]
        done = buyer.session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=quantity)
        if isinstance(done, Done):
            buyer.cart[article] = buyer.cart.get(article, 0) + quantity
        self._cart_changed(buyer, "add", done, goods=goods.name, quantity=quantity)

    def change(self, buyer: Buyer, article: int, quantity: int) -> None:
        """Change how many of an article are in the cart."""
        key = self._key(buyer, article)
        if key is None:
            return
        done = buyer.session.do("change_quantity", key=key, quantity=quantity)
        if isinstance(done, Done):
            buyer.cart[article] = quantity
        self._cart_changed(buyer, "change", done, goods=self.goods[article].name, quantity=quantity)

    def remove(self, buyer: Buyer, article: int) -> None:
        """Take an article out of the cart."""
        key = self._key(buyer, article)
        if key is None:
            return
        done = buyer.session.do("remove_line", key=key)
        if isinstance(done, Done):
            buyer.cart.pop(article, None)
        self._cart_changed(buyer, "remove", done, goods=self.goods[article].name)

    def empty(self, buyer: Buyer) -> None:
        """Take everything out of the cart."""
        done = buyer.session.do("empty_cart")
        if isinstance(done, Done):
            buyer.cart = {}
        self._cart_changed(buyer, "empty", done)

    def browse(self, buyer: Buyer, article: int) -> None:
        """Look at an article."""
        goods = self.goods[article]
        self._note(buyer.who, "browse", buyer.session.do("read_product", url=goods.url), goods=goods.name)

    def check_out(self, buyer: Buyer) -> None:
        """Go as far as the page that asks for the confirmation."""
        done = buyer.session.do("check_out", **buyer.address)
        buyer.ready = isinstance(done, Done)
        self._note(buyer.who, "check out", done)

    def confirm(self, buyer: Buyer) -> None:
        """Confirm the order."""
        done = buyer.session.do("confirm_order")
        number, buyer.ready = order_number(done), False
        if isinstance(done, Done):
            buyer.cart = {}
            self._note(buyer.who, "confirm", done, number=number)
        else:
            self._cart_changed(buyer, "confirm", done)
        if number is not None:
            self.orders[number] = buyer

    def cancel(self, number: str) -> None:
        """Cancel an order as its buyer, else as the operator."""
        buyer = self.orders[number]
        done = buyer.session.do("cancel_order", number=number)
        who = buyer.who
        if not isinstance(done, Done) and self.operator is not None:
            done, who = self.operator.do("cancel_order", number=number), self.operator.who
        if isinstance(done, Done):
            self.cancelled.add(number)
        self._note(who, "cancel", done, number=number)

    def read(self, number: str) -> None:
        """Read an order as its buyer."""
        buyer = self.orders.get(number) or self.earlier[number]
        self._order(buyer.who, "read", lambda: buyer.session.do("read_order", number=number), number)

    def operator_reads(self, number: str) -> None:
        """Read an order as the operator, where there is one."""
        if self.operator is not None:
            operator = self.operator
            self._order(
                operator.who, "operator reads", lambda: operator.do("operator_read_order", number=number), number
            )

    def stocks(self) -> None:
        """Look at the stock of each article as the operator, where that can be done."""
        if self.operator is None or not self.operator.can("read_stock"):
            return
        for goods in self.goods:
            done = self.operator.do("read_stock", url=goods.url)
            stock = done.outputs.get("stock") if isinstance(done, Done) else None
            self._note(self.operator.who, "stock", done, goods=goods.name, stock=stock)

    def _key(self, buyer: Buyer, article: int) -> str | None:
        name = self.goods[article].name
        line = next((line for line in buyer.seen if same_name(str(line.get("name") or ""), name)), None)
        key = None if line is None else line.get("key")
        return None if key is None else str(key)

    def _cart_changed(self, buyer: Buyer, did: str, done: Outcome, **further: Any) -> None:
        read = buyer.session.do("read_cart")
        buyer.seen = tuple(read.outputs["lines"]) if isinstance(read, Done) else ()
        self._note(buyer.who, did, done, read, cart=_cart(read), **further)

    def _order(self, who: str, did: str, read: Callable[[], Outcome], number: str) -> None:
        """Read an order; once more where that broke off: a shop that fails for a moment has lost nothing."""
        for _ in range(2):
            done = read()
            self._note(who, did, done, number=number, order=_order(done))
            if not isinstance(done, Broken):
                return

    def _note(self, who: str, did: str, *outcomes: Outcome, **further: Any) -> None:
        first = outcomes[0]
        why = {} if isinstance(first, Done) else {"why": first.why}
        requests = [exchange.line(who) for outcome in outcomes for exchange in outcome.exchanges]
        self.history.append({"who": who, "did": did, "came": came(first)} | why | further | {"requests": requests})


def _amount(money: Any) -> str | None:
    found = money.get("amount") if isinstance(money, Mapping) else None
    return found if isinstance(found, str) else None


def _lines(outputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(line.get("name")),
            "quantity": line.get("quantity"),
            "unit": _amount(line.get("unit_price")),
            "total": _amount(line.get("line_total")),
        }
        for line in thaw(outputs.get("lines") or ())
    ]


def _cart(read: Outcome) -> dict[str, Any] | None:
    return {"lines": _lines(read.outputs)} if isinstance(read, Done) else None


def _order(read: Outcome) -> dict[str, Any] | None:
    if not isinstance(read, Done):
        return None
    sums = {"goods": "goods_total", "delivery": "delivery_fee", "total": "total"}
    return {"lines": _lines(read.outputs)} | {name: _amount(read.outputs.get(at)) for name, at in sums.items()}
