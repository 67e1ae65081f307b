"""The scene in which a defect of the miniature shop shows: the shop, and the people who visit it."""

from pathlib import Path
from typing import Any

from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from probes.transports.port import Request, Response
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.shopper import ADDRESS, Shopper
from tests.probes import paying


class Scene:
    """A running shop and the people who visit it, each logged in once."""

    def __init__(self, shop: MiniatureShop, folder: Path) -> None:
        self.shop = shop
        self.folder = folder
        self._people: dict[str, Shopper] = {}
        self._ordered: dict[str, Any] | None = None
        self._payer: paying.Payer | None = None
        self._clock = SystemClock()
        self.target = read_target(shop.target_toml(folder))
        self._http = RequestsHttp(self.target, self._clock, Redactor())

    def who(self, role: str) -> Shopper:
        if role not in self._people:
            self._people[role] = Shopper(self.shop, self.folder)
            if role in self.shop.accounts:
                self._people[role].log_in(role)
        return self._people[role]

    def get(self, path: str, *, plain: bool = False) -> Response:
        base = self.shop.plain_url if plain else self.shop.base_url
        return self._http.send(Request(method="GET", url=base + path), deadline=Deadline.after(self._clock, 10))

    def text(self, path: str) -> str:
        return self.get(path).body.decode()

    def number(self, role: str) -> str:
        return next(
            order.number
            for order in self.shop.state.orders.values()
            if self.shop.state.accounts[order.owner].username == self.shop.username(role)
        )

    def ordered(self) -> dict[str, Any]:
        """Place an order of two goods as buyer_a, once, and return preview, number, and each one's view of it."""
        if self._ordered is None:
            buyer = self.who("buyer_a")
            for key, quantity in (("1", 2), ("3", 1)):
                buyer.done("add_to_cart", url=f"/goods/{key}/", ref=key, quantity=quantity)
            preview = buyer.done("check_out", **ADDRESS)
            number = buyer.done("confirm_order")["number"]
            kept = buyer.came("read_order", number=number) == "done"
            reached = self.who("operator").came("operator_read_order", number=number) == "done"
            self._ordered = {
                "preview": preview,
                "number": number,
                "buyer": buyer.done("read_order", number=number) if kept else None,
                "operator": self.who("operator").done("operator_read_order", number=number) if reached else None,
            }
        return self._ordered

    def registered(self) -> tuple[str, str]:
        person = {"email": "new@example.com", "first_name": "丽", "last_name": "陈", "phone": "13900139000"}
        visitor = Shopper(self.shop, self.folder)
        came = visitor.came("register", password="Correct-Horse-7", **person)
        entered = visitor.came("log_in", username="new@example.com", password="Correct-Horse-7")
        visitor.came("delete_account", password="Correct-Horse-7")
        visitor.__exit__()
        return came, entered

    def payer(self) -> paying.Payer:
        if self._payer is None:
            self._payer = paying.Payer(self.shop, self.folder)
        return self._payer

    def close(self) -> None:
        self._http.close()
        if self._payer is not None:
            self._payer.close()
        for person in self._people.values():
            person.__exit__()
