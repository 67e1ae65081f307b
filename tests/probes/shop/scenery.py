"""A tiny shop with a memory, and a ScriptedShop on it."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

from typing import Any

from probes.clock import SystemClock
from probes.redaction import Redactor
from probes.shop.person import invent_person
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.transports.http import RequestsHttp
from probes.transports.port import Http
from tests.contracts.http_port import target_for
from tests.probes.shop.server import Asked, Route, Said, data
from tests.probes.shop.walking import adapter_of

CLOCK = SystemClock()
PASSWORD = "right-word-99"


def journey(verb: str, path: str, inputs: tuple[str, ...] = (), *, outputs: str = "") -> str:
    """Return a journey of one JSON POST that carries its inputs, done where the answer says ok."""
    body = ", ".join(f'{name} = "{{{name}}}"' for name in inputs)
    return (
        f"[journeys.{verb}]\ninputs = {list(inputs)}\n[[journeys.{verb}.steps]]\nstepId = 'go'\npath = '{path}'\n"
        f"json = {{{body}}}\nsuccessCriteria = [{{json = '$.ok'}}]\n{outputs}\n"
    )


ADDRESS = ("first_name", "last_name", "line1", "city", "postcode", "country", "phone")
SHOP = (
    "[denial]\nany = [{status = 403}]\n[pages]\nhome = '/'\nlogin = '/login'\noperator = ['/d/', '/d/o/']\n"
    "sensitive = ['login', 'operator']\n"
    + journey("register", "/register", ("email", "password"))
    + journey("log_in", "/login", ("username", "password"))
    + journey("log_out", "/logout")
    + journey("change_profile", "/profile", ("first_name", "last_name", "email"))
    + journey("add_to_cart", "/cart/add", ("ref", "quantity"))
    + journey("read_cart", "/cart", outputs="outputs.total = {json = '$.n'}\noutputs.lines = {jsonrows = '$.lines[*]', columns = {name = {json = '$.k'}, quantity = {json = '$.k'}, key = {json = '$.k'}}}")
    + journey("remove_line", "/cart/remove", ("key",))
    + journey("confirm_order", "/order", outputs="outputs.number = {json = '$.number'}")
    + journey("cancel_order", "/cancel", ("number",))
    + journey("read_product", "/product", ("url",), outputs="outputs.name = {json = '$.ok'}\noutputs.ref = {json = '$.ok'}\noutputs.price = {json = '$.price', as = 'money', money = 'decimal'}")
    + journey("set_price", "/price", ("url", "price"))
    + journey("add_address", "/address/add", ADDRESS)
    + journey("list_addresses", "/addresses", outputs="outputs.addresses = {jsonrows = '$.all[*]', columns = {text = {json = '$'}, key = {json = '$'}}}")
    + journey("delete_address", "/address/delete", ("key",))
    + journey("delete_account", "/delete", ("password",))
)  # fmt: skip


class Backend:
    """What the tiny shop keeps."""

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {"ops": PASSWORD}
        self.cart: list[str] = []
        self.addresses: list[str] = []
        self.orders: list[str] = []
        self.cancelled: list[str] = []
        self.price = "9.90"
        self.owner_may_cancel = False
        self.half_done = False
        self.user = ""

    def register(self, asked: Asked) -> Said:
        self.accounts[asked.json["email"]] = asked.json["password"]
        return data({"ok": 1})

    def login(self, asked: Asked) -> Said:
        if self.accounts.get(asked.json["username"]) != asked.json["password"]:
            return data({"ok": None}, status=403)
        self.user = asked.json["username"]
        return data({"ok": 1})

    def logout(self, asked: Asked) -> Said:
        return data({"ok": 1})

    def profile(self, asked: Asked) -> Said:
        self.accounts[asked.json["email"]] = self.accounts.pop(self.user)
        return data({"ok": 1})

    def cart_add(self, asked: Asked) -> Said:
        self.cart.append(asked.json["ref"])
        return data({"ok": 1})

    def cart_read(self, asked: Asked) -> Said:
        return data({"ok": 1, "n": len(self.cart), "lines": [{"k": ref} for ref in self.cart]})

    def cart_remove(self, asked: Asked) -> Said:
        if not self.half_done:
            self.cart.remove(asked.json["key"])
        return data({"ok": 1})

    def order(self, asked: Asked) -> Said:
        if self.half_done:
            return data({"ok": None}, status=500)
        self.orders.append(str(1000 + len(self.orders)))
        return data({"ok": 1, "number": self.orders[-1]})

    def cancel(self, asked: Asked) -> Said:
        if not self.owner_may_cancel and self.user != "ops":
            return data({}, status=403)
        self.cancelled.append(asked.json["number"])
        return data({"ok": 1})

    def product(self, asked: Asked) -> Said:
        return data({"ok": 1, "price": self.price})

    def set_price(self, asked: Asked) -> Said:
        self.price = asked.json["price"]
        return data({"ok": 1})

    def address_add(self, asked: Asked) -> Said:
        self.addresses.append(asked.json["line1"])
        return data({"ok": 1})

    def list_addresses(self, asked: Asked) -> Said:
        return data({"ok": 1, "all": self.addresses})

    def address_delete(self, asked: Asked) -> Said:
        self.addresses.remove(asked.json["key"])
        return data({"ok": 1})

    def delete(self, asked: Asked) -> Said:
        if self.accounts[self.user] != asked.json["password"]:
            return data({}, status=403)
        del self.accounts[self.user]
        return data({"ok": 1})


def routes_of(backend: Backend) -> dict[str, Route]:
    return {
        f"POST /{path}": getattr(backend, method)
        for path, method in {
            "register": "register", "login": "login", "logout": "logout", "profile": "profile", "cart/add": "cart_add",
            "cart": "cart_read", "cart/remove": "cart_remove", "order": "order", "cancel": "cancel",
            "product": "product", "price": "set_price", "address/add": "address_add", "addresses": "list_addresses",
            "address/delete": "address_delete", "delete": "delete",
        }.items()
    }  # fmt: skip


class Scenery:
    """A running tiny shop, and a ScriptedShop on it."""

    def __init__(self, url: str, backend: Backend, trail: Trail | None = None, **more: Any) -> None:
        self.backend, self.redactor = backend, Redactor()
        target = target_for(url, authorised=True)
        self.opened: list[RequestsHttp] = []
        self.shop = ScriptedShop(
            target=target, redactor=self.redactor, clock=CLOCK, open_http=self._open,
            trail=trail, pause=lambda _: None, **{"adapter": adapter_of(SHOP)} | more,
        )  # fmt: skip
        self.target = target

    def _open(self) -> Http:
        self.opened.append(RequestsHttp(self.target, CLOCK, self.redactor))
        return self.opened[-1]

    def close(self) -> None:
        for http in self.opened:
            http.close()


PERSON = invent_person("run", 0)
ANN = {"email": "ann@example.com", "first_name": "Ann", "last_name": "Lee", "phone": "+441134960123"}
