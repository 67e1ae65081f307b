"""Sessions, the shop, credentials, persons, the scene, and cleaning up."""

from pathlib import Path
from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import NotPermitted, NotSet, TargetAway, Unprepared
from probes.redaction import Redactor
from probes.scene import Scene
from probes.shop.clean import clean
from probes.shop.credentials import Login, password_of
from probes.shop.outcome import Broken, Denied, Done
from probes.shop.person import invent_person, strong_password
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Role
from probes.transports.http import RequestsHttp
from probes.transports.port import Http, Request, Response
from tests.contracts.http_port import target_for
from tests.probes.shop.server import Asked, Route, Said, data, serving
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
            adapter=adapter_of(SHOP), target=target, redactor=self.redactor, clock=CLOCK, open_http=self._open,
            trail=trail, pause=lambda _: None, **more,
        )  # fmt: skip
        self.target = target

    def _open(self) -> Http:
        self.opened.append(RequestsHttp(self.target, CLOCK, self.redactor))
        return self.opened[-1]

    def close(self) -> None:
        for http in self.opened:
            http.close()


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def trail(tmp_path: Path) -> Any:
    trail = Trail(tmp_path / "trail.jsonl", CLOCK)
    yield trail
    trail.close()


@pytest.fixture
def scenery(backend: Backend, trail: Trail) -> Any:
    with serving(routes_of(backend)) as server:
        scenery = Scenery(server.url, backend, trail)
        yield scenery
        scenery.close()


PERSON = invent_person("run", 0)
ANN = {"email": "ann@example.com", "first_name": "Ann", "last_name": "Lee", "phone": "+441134960123"}


def test_what_is_made_stands_on_the_trail_without_secrets(scenery: Scenery, trail: Trail) -> None:
    ann = scenery.shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.add_to_cart(url="/p/1", ref="sku-1", quantity=2)
    order = ann.confirm_order()
    assert isinstance(order, Done)
    entries = trail.entries()
    assert [(entry.who, entry.kind, entry.id) for entry in entries] == [
        ("buyer_a", "account", "ann@example.com"),
        ("buyer_a", "cart", "sku-1"),
        ("buyer_a", "order", "1000"),
    ]
    assert entries[2].facts["account"] == "ann@example.com"
    assert PASSWORD not in trail.path.read_text()
    assert all(entry.acknowledged for entry in entries)


def test_what_may_have_been_made_stands_there_as_doubtful(scenery: Scenery, trail: Trail) -> None:
    scenery.backend.half_done = True
    session = scenery.shop.session("buyer_a")
    assert isinstance(session.confirm_order(), Broken)
    (entry,) = trail.entries()
    assert (entry.kind, entry.id, entry.acknowledged) == ("order", "", False)


def test_a_shop_that_goes_away_leaves_a_doubt(scenery: Scenery, trail: Trail) -> None:
    class Cut:
        """Sends, and loses the answer."""

        def __init__(self, inner: Http) -> None:
            self.inner = inner

        def send(self, request: Request, *, deadline: Deadline) -> Response:
            self.inner.send(request, deadline=deadline)
            raise TargetAway("cut")

        def cookie(self, name: str) -> str | None:
            return self.inner.cookie(name)

        def forget(self) -> None:
            self.inner.forget()

        def close(self) -> None:
            self.inner.close()

    session = scenery.shop.session("buyer_a")
    with session.through(Cut), pytest.raises(TargetAway):
        session.confirm_order()
    assert [entry.acknowledged for entry in trail.entries()] == [False]
    assert isinstance(session.confirm_order(), Done)


def test_a_denial_makes_nothing(scenery: Scenery, trail: Trail) -> None:
    session = scenery.shop.session("buyer_a")
    outcome = session.log_in(username="ann", password="wrong")
    assert isinstance(outcome, Denied)
    assert session.login is None
    assert scenery.shop.known_logins("buyer_a") == ()
    assert trail.entries() == ()


def test_writes_are_refused_where_the_run_may_not(backend: Backend) -> None:
    with serving(routes_of(backend)) as server:
        scenery = Scenery(server.url, backend, permit=lambda: "environment = production, and no declared window is open")
        session = scenery.shop.session("buyer_a")
        with pytest.raises(NotPermitted, match="register would change the platform: environment = production"):
            session.register(**ANN, password=PASSWORD)
        with pytest.raises(NotPermitted):
            session.add_to_cart(url="/p", ref="1", quantity=1)
        assert isinstance(session.log_in(username="ops", password=PASSWORD), Done)
        assert server.lines() == ["POST /login"]
        scenery.close()


def test_unknown_words_are_our_bugs_and_missing_journeys_settings(scenery: Scenery) -> None:
    session = scenery.shop.session("visitor")
    with pytest.raises(TypeError, match="dance is no business verb"):
        session.do("dance")
    with pytest.raises(TypeError, match="log_in takes no pasword"):
        session.do("log_in", username="a", pasword="b")
    with pytest.raises(NotSet, match="the adapter tiny describes no search journey"):
        session.search(term="tea")
    assert not session.can("search")
    assert session.can("empty_cart")
    assert scenery.shop.can("empty_cart")


def test_a_cart_is_emptied_line_by_line(scenery: Scenery) -> None:
    session = scenery.shop.session("buyer_a")
    scenery.backend.cart = ["a", "b", "c"]
    assert isinstance(session.empty_cart(), Done)
    assert scenery.backend.cart == []
    scenery.backend.cart, scenery.backend.half_done = ["a"], True
    outcome = session.empty_cart()
    assert isinstance(outcome, Broken)
    assert outcome.why == "step empty_cart: 1 lines are left after one was removed of 1"


def test_pages(scenery: Scenery) -> None:
    shop = scenery.shop
    assert shop.pages == {"home": "/", "login": "/login", "operator": "/d/"}
    assert shop.page_list("operator") == ("/d/", "/d/o/")
    assert shop.page_list("seller") == ()
    assert shop.sensitive_paths == ("/login", "/d/", "/d/o/")


def test_visit_and_last_text(scenery: Scenery) -> None:
    session = scenery.shop.session("visitor")
    assert session.last_text() == ""
    outcome = session.visit("/nowhere")
    assert isinstance(outcome, Broken)
    assert session.last is outcome
    assert session.last_text() == "Not here"


def test_cleaning_up_takes_everything_away(scenery: Scenery, trail: Trail) -> None:
    backend, shop = scenery.backend, scenery.shop
    backend.owner_may_cancel = True
    ann = shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.log_in(username="ann@example.com", password=PASSWORD)
    ann.add_to_cart(url="/p/1", ref="1", quantity=1)
    ann.add_to_cart(url="/p/2", ref="2", quantity=1)
    ann.confirm_order()
    person = {name: getattr(PERSON, name) for name in ADDRESS}
    ann.add_address(**person)
    ann.change_profile(first_name="An", last_name="Li", email="an@example.com")
    operator = shop.session("operator")
    operator.log_in(username="ops", password=PASSWORD)
    operator.set_price(url="/p/1", price="1.00")
    assert backend.price == "1.00"
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert (backend.cart, backend.addresses, backend.cancelled, backend.price) == ([], [], ["1000"], "9.90")
    assert backend.accounts == {"ops": PASSWORD}
    assert [(left.entry.kind, left.why) for left in cleaned.left] == [
        ("profile", "nothing takes a change of profile back"),
    ]
    assert [entry.kind for entry in trail.standing()] == ["profile", "price"]


def test_cleaning_up_asks_the_operator_and_tells_what_stays(scenery: Scenery, trail: Trail) -> None:
    backend, shop = scenery.backend, scenery.shop
    ann = shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.log_in(username="ann@example.com", password=PASSWORD)
    ann.confirm_order()
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert [(left.entry.kind, left.why) for left in cleaned.left] == [("order", "step go: denied by 403")]
    shop.session("operator").log_in(username="ops", password=PASSWORD)
    shop.session("buyer_a").register(**ANN, password=PASSWORD)
    again = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert backend.cancelled == ["1000"]
    assert again.left == ()


def test_only_the_account_of_the_run_is_deleted(scenery: Scenery, trail: Trail) -> None:
    """A declared account of the same role logs in as well, and must stay."""
    backend, shop = scenery.backend, scenery.shop
    backend.accounts["declared@example.com"] = PASSWORD
    shop.session("buyer_a").log_in(username="declared@example.com", password=PASSWORD)
    shop.session("buyer_a").register(**ANN, password=PASSWORD)
    backend.accounts["ann@example.com"] = "changed by somebody"
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert [left.why for left in cleaned.left] == ["no login of ann@example.com works any more"]
    assert "declared@example.com" in backend.accounts


# ---- credentials ----


def role(**more: Any) -> Role:
    return Role(**{"name": "buyer_a", "username": "ann", "password_env": None, "password_file": None} | more)


def test_a_password_from_the_environment_is_known_to_the_redactor() -> None:
    redactor = Redactor()
    assert password_of(role(password_env="P"), redactor, environ={"P": PASSWORD}) == PASSWORD
    assert redactor.text(f"x {PASSWORD}") == "x [redacted]"
    assert PASSWORD not in repr(Login(username="ann", password=PASSWORD))


def test_a_password_from_an_owner_only_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    assert password_of(role(password_file=path), Redactor()) == PASSWORD
    path.chmod(0o640)
    with pytest.raises(NotSet) as told:
        password_of(role(password_file=path), Redactor())
    assert told.value.detail == f"[roles.buyer_a]: {path} can be read by others (mode 640); run: chmod 600 {path}"
    path.chmod(0o600)
    path.write_text("\n")
    with pytest.raises(NotSet, match="is empty; write the password into it"):
        password_of(role(password_file=path), Redactor())
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(NotSet, match="cannot read"):
        password_of(role(password_file=path), Redactor())


@pytest.mark.parametrize(
    ("declared", "environ", "why"),
    [
        (role(password_env="P"), {}, "[roles.buyer_a]: the environment variable P is not set; export it with the password of ann"),
        (role(password_file=Path("/none/such")), {}, "[roles.buyer_a]: cannot read /none/such: No such file or directory"),
        (role(), {}, "[roles.buyer_a] names neither password_env nor password_file; add one of them"),
        (
            role(password_env="P"),
            {"P": "abc"},
            "[roles.buyer_a]: the password in the environment variable P has 3 characters and could not be kept out of the"
            " evidence; take one of 4 or more",
        ),
    ],
)
def test_credentials_that_are_not_there(declared: Role, environ: dict[str, str], why: str) -> None:
    with pytest.raises(NotSet) as told:
        password_of(declared, Redactor(), environ=environ)
    assert told.value.detail == why


def test_declared_logins(scenery: Scenery) -> None:
    with pytest.raises(NotSet, match=r"declares no \[roles.seller_a\]"):
        scenery.shop.declared_login("seller_a")


# ---- persons ----


def test_persons_are_the_same_for_the_same_run_and_differ_otherwise() -> None:
    assert invent_person("run", 1) == invent_person("run", 1)
    people = [invent_person(token, n) for token in ("a", "b") for n in range(8)]
    for part in ("first_name", "last_name", "email", "phone", "line1"):
        assert len({getattr(person, part) for person in people}) == len(people)
    assert len({person.city for person in people[:8]}) == 8
    assert all(person.email.endswith("@example.com") for person in people)
    assert all(word and word not in repr(people[0].password) for word in people[0].canaries)


def test_persons_have_numbers_that_nobody_else_has() -> None:
    assert invent_person("run", 1).phone.startswith("+441134960")
    assert len(invent_person("run", 0).phone) == len(invent_person("run", 1).phone) == 13
    chinese = invent_person("run", 1, country="CN")
    assert (chinese.city, chinese.postcode, chinese.country) == ("上海", "200001", "CN")
    assert len(chinese.phone) == len("+8613800138000")


def test_passwords_are_strong_and_fresh() -> None:
    words = {strong_password() for _ in range(50)}
    assert len(words) == 50
    for word in words:
        assert len(word) == 20
        assert any(c.isupper() for c in word)
        assert any(c.islower() for c in word)
        assert any(c.isdigit() for c in word)
        assert not word.isalnum()


# ---- the scene ----


def test_the_scene_hands_on_and_tells_what_is_missing(scenery: Scenery) -> None:
    scene = Scene(run_token="r", shop=scenery.shop)
    assert scene.shop is scenery.shop
    scene.put("shop.register/buyer_a", 1)
    assert scene.get("shop.register/buyer_a") == 1
    assert (scene.has("shop.register/buyer_a"), scene.has("shop.register/buyer_b")) == (True, False)
    with pytest.raises(Unprepared) as told:
        scene.get("shop.order/order")
    assert told.value.cause == "target"
    scene.spoil("shop.register", "buyer_b", cause="permission", detail="may not write")
    scene.spoil("shop.register", "buyer_c", cause="network", detail="no way out")
    for name, cause in {"buyer_b": "permission", "buyer_c": "network", "other": "permission"}.items():
        with pytest.raises(Unprepared) as told:
            scene.get(f"shop.register/{name}")
        assert told.value.cause == cause
    with pytest.raises(NotSet):
        _ = Scene(run_token="r", shop=NotSet("no adapter")).shop
