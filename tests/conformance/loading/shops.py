"""Miniature shops that go wrong under load only: what an examination of one buyer does not see."""

from dataclasses import replace
from pathlib import Path

from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.state import Order
from tests.miniatures.shop.web import Answer, Call

CONFIRM = "/checkout/confirm/"
DONE = "/checkout/done/"


class Recorded(MiniatureShop):
    """A right shop; ``passwords`` are those that anybody registered or logged in with."""

    def __init__(self, defects: frozenset[str] = frozenset()) -> None:
        self.passwords: set[str] = set()
        self.acknowledged: list[str] = []
        super().__init__(defects)

    def _answer(self, call: Call) -> Answer:
        if "password" in call.form:
            self.passwords.add(call.form["password"])
        answer = super()._answer(call)
        if call.method == "POST" and call.path == CONFIRM:
            self._confirmed(dict(answer.headers).get("Location", ""))
        return answer

    def _confirmed(self, location: str) -> None:
        if location.startswith(DONE):
            self.acknowledged.append(location.removeprefix(DONE).strip("/"))
            self.placed(self.acknowledged[-1])

    def placed(self, number: str) -> None:
        """Do with an order just placed what a wrong shop does."""


class BackedUp(Recorded):
    """A right shop; it says, once a dozen orders were placed since a backup of it began, that this is enough."""

    ENOUGH = 12

    def __init__(self, began: Path, enough: Path) -> None:
        """Look for the file ``began``, and in the end make the file ``enough``."""
        self._began, self._enough = began, enough
        self.meanwhile = 0
        super().__init__()

    def placed(self, number: str) -> None:
        """Count it where the backup has begun."""
        self.meanwhile += self._began.exists()
        if self.meanwhile >= self.ENOUGH:
            self._enough.touch()


class OperatorCancels(Recorded):
    """A right shop whose operator may do with an order what its buyer may."""

    def _answer(self, call: Call) -> Answer:
        order = self.state.orders.get(call.path.removeprefix("/orders/").partition("/")[0])
        if order is not None and call.account is not None and call.account.role == "operator":
            call = replace(call, account=self.state.accounts.get(order.owner))
        return super()._answer(call)


class LosingEveryHundredth(Recorded):
    """A shop that acknowledges every order and keeps 99 of a hundred."""

    def placed(self, number: str) -> None:
        if len(self.acknowledged) % 100 == 0:
            del self.state.orders[number]


class Doubling(Recorded):
    """A shop that makes two orders of every tenth confirmation, and acknowledges one of them."""

    def placed(self, number: str) -> None:
        if len(self.acknowledged) % 10 == 0:
            once = self.state.orders[number]
            twice = self.state.take_number()
            self.state.orders[twice] = Order(
                number=twice, owner=once.owner, lines=once.lines, quote=once.quote, address=once.address
            )


class _Turning(Recorded):
    """A shop that goes wrong once it has answered so many visitors' requests for goods."""

    GOOD = 30

    def __init__(self, defects: frozenset[str] = frozenset()) -> None:
        self.asked = 0
        super().__init__(defects)

    def _answer(self, call: Call) -> Answer:
        self.asked += call.path.startswith("/goods/")
        return self.turned() if self.asked > self.GOOD and self.about(call) else super()._answer(call)

    def about(self, call: Call) -> bool:
        """Tell whether this request is one that goes wrong."""
        raise NotImplementedError

    def turned(self) -> Answer:
        """Return what such a request gets."""
        raise NotImplementedError


class EmptyUnderLoad(_Turning):
    """A shop whose detail pages turn empty, with a status that says all is well."""

    def about(self, call: Call) -> bool:
        return call.path.startswith("/goods/") and call.path != "/goods/"

    def turned(self) -> Answer:
        return Answer()


class Throttling(_Turning):
    """A shop that answers 429 to everything."""

    def about(self, call: Call) -> bool:
        return True

    def turned(self) -> Answer:
        return Answer(status=429, headers=(("Retry-After", "3600"),))


class ThrottlingFromTheFirst(Throttling):
    """The same, from its first request on."""

    GOOD = -1


class Dying(_Turning):
    """A shop that dies: whoever asks is hung up on."""

    def about(self, call: Call) -> bool:
        return True

    def turned(self) -> Answer:
        raise ConnectionAbortedError("the shop is dead")
