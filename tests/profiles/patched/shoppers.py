"""The six shoppers on the miniature shop, let in by the live dispatcher."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import locust
import pytest

from probes.clock import SystemClock
from probes.errors import SettingsError
from probes.redaction import Redactor
from probes.shop.opening import adapter_of
from probes.shop.outcome import Done
from probes.shop.person import invent_person
from probes.shop.shop import ScriptedShop
from probes.shop.trail import DUE, PURCHASE, Entry, read
from probes.target_file import read_target
from profiles import variables
from profiles.locustfiles.dispatch import GreenTime, OpenPace
from profiles.locustfiles.http import LocustHttp
from profiles.locustfiles.places import Places
from profiles.locustfiles.shoppers import Shoppers
from profiles.pacing import UNFINISHED
from profiles.passwords import derived_password
from profiles.plan import LoadPlan, Stage
from profiles.shoppers import SHOPPERS
from profiles.tally import Slice, Tally
from tests.miniatures.bad_servers import always, answer, serving, too_many
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.plans import plan as planned

CLOCK = SystemClock()
SECRET = "the run's secret, and nobody else's"
ACCOUNTS = ("one@example.com", "two@example.com")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.SECRET, SECRET)


@pytest.fixture
def shop() -> Iterator[MiniatureShop]:
    with MiniatureShop() as running:
        yield running


def plan_for(shop: MiniatureShop, folder: Path, mix: Mapping[str, float], **changed: Any) -> LoadPlan:
    """Return the plan of eight arrivals at once, by two accounts that are registered here."""
    path = shop.target_toml(folder)
    _register(path)
    usual: dict[str, Any] = {
        "target_toml": path.read_text(encoding="utf-8"),
        "target_folder": str(folder),
        "stages": (Stage(rate_per_s=8, seconds=1),),
        "mix": mix,
        "accounts": ACCOUNTS,
        "search_terms": ("茶",),
        "max_orders": 100,
        "trails": str(folder / "trails"),
    }
    return planned(**usual | changed)


def _shop(path: Path) -> ScriptedShop:
    target, redactor = read_target(path), Redactor()
    adapter = adapter_of(target)
    assert adapter is not None
    places = Places(target, CLOCK)
    return ScriptedShop(
        adapter=adapter,
        target=target,
        redactor=redactor,
        clock=CLOCK,
        open_http=lambda: LocustHttp(places, redactor),
    )


def _leave_something_in_the_cart(path: Path, email: str) -> None:
    session = _shop(path).session("buyer")
    session.log_in(username=email, password=derived_password(SECRET, email))
    listed = session.list_products()
    assert isinstance(listed, Done)
    url = listed.outputs["products"][4]["url"]
    assert isinstance(session.add_to_cart(url=url, ref="", quantity=2), Done)
    session.close()


def _register(path: Path) -> None:
    shop = _shop(path)
    for number, email in enumerate(ACCOUNTS):
        person = invent_person("shoppers", number, country="CN")
        with_password = {"email": email, "password": derived_password(SECRET, email)}
        names = {"first_name": person.first_name, "last_name": person.last_name, "phone": person.phone}
        session = shop.session("buyer")
        assert isinstance(session.register(**with_password, **names), Done)
        session.close()


def run(plan: LoadPlan) -> Slice:
    """Walk the plan and return what was counted."""
    tally = Tally()
    with closing(Shoppers(plan, 0, 1)) as shoppers:
        OpenPace(plan, 0, shoppers, green=GreenTime(starts_at_s=CLOCK.monotonic_s()), tally=tally).run()
    return tally.take()


def test_a_purchase_that_the_run_outlived_is_noted_as_neither(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"order": 1.0}, stages=(Stage(rate_per_s=2, seconds=1),), drain_s=0.5)
    with shop.state.lock:  # nobody is answered
        found = run(plan)
    assert (found.started, found.done) == (2, 0)
    notes = [entry.facts for entry in trail(tmp_path) if entry.kind == PURCHASE]
    assert [(facts["bought"], facts["why"]) for facts in notes] == [(None, UNFINISHED)] * 2


def trail(folder: Path) -> tuple[Entry, ...]:
    return read((folder / "trails" / "worker-0-of-1.jsonl").read_bytes()).entries


STEPS = {
    "browse": ["home", "list_products"],
    "search": ["search", "read_product"],
    "read": ["list_products", "read_product"],
    "cart": ["list_products", "read_product", "log_in", "add_to_cart", "read_cart", "empty_cart"],
    "order": ["list_products", "read_product", "log_in", "add_to_cart", "read_cart", "check_out", "confirm_order"],
    "return": ["log_in", "list_orders"],
}


def test_there_is_a_walk_for_every_shopper() -> None:
    assert set(STEPS) == set(SHOPPERS)


@pytest.mark.parametrize("kind", STEPS)
def test_each_shopper_walks_its_steps(kind: str, shop: MiniatureShop, tmp_path: Path) -> None:
    found = run(plan_for(shop, tmp_path, {kind: 1.0}, stages=(Stage(rate_per_s=2, seconds=1),)))
    assert (found.started, found.done, found.dropped, dict(found.failures)) == (2, 2, 0, {})
    assert list(found.steps) == [f"{kind}/{verb}" for verb in STEPS[kind]]
    each = 3 if kind == "read" else 1
    assert {step.count for step in found.steps.values()} == {2, 2 * each}


def test_an_order_stands_on_the_trail_with_what_it_must_hold(shop: MiniatureShop, tmp_path: Path) -> None:
    found = run(plan_for(shop, tmp_path, {"order": 1.0}, stages=(Stage(rate_per_s=1, seconds=1),)))
    due, ordered, ended = (entry for entry in trail(tmp_path) if entry.kind in {DUE, "order", PURCHASE})
    assert found.orders_acknowledged == 1
    order = shop.state.orders[ordered.id]
    (line,) = due.facts["lines"]
    assert (line["quantity"], order.lines[0].quantity) == (1, 1)
    assert line["name"] == order.lines[0].goods.name
    assert due.facts["total"] == f"{order.quote.total_fen / 100:.2f}"
    assert due.who == ordered.who == ended.who
    assert due.facts["account"] == ordered.facts["account"] == ACCOUNTS[0]
    assert ended.facts["bought"] is True
    assert ended.facts["begun_ms"] <= ended.facts["ended_ms"]


def test_who_finds_no_account_is_dropped_and_what_was_taken_is_given_back(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"order": 1.0}, stages=(Stage(rate_per_s=4, seconds=1),), think_s=0.3)
    found = run(plan)
    assert (found.started, found.dropped) == (2, 2)
    assert found.orders_acknowledged == 2
    assert len({entry.facts["account"] for entry in trail(tmp_path) if entry.kind == "order"}) == 2


def test_no_more_orders_are_placed_than_the_plan_allows(shop: MiniatureShop, tmp_path: Path) -> None:
    found = run(plan_for(shop, tmp_path, {"order": 1.0}, stages=(Stage(rate_per_s=4, seconds=1),), max_orders=1))
    assert (found.orders_acknowledged, found.dropped) == (1, 3)


def test_a_purchase_that_fails_is_told_and_the_next_finds_a_tidy_cart(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"order": 1.0}, accounts=ACCOUNTS[:1], stages=(Stage(rate_per_s=2, seconds=1),))
    _leave_something_in_the_cart(tmp_path / "duheng.toml", ACCOUNTS[0])
    found = run(plan)
    assert (found.failed, found.done) == (1, 1)
    assert found.steps["order/empty_cart"].count == 1
    assert dict(found.failures) == {("order/read_cart", "the cart holds more than the article"): 1}
    ended = [entry.facts for entry in trail(tmp_path) if entry.kind == PURCHASE]
    assert [(each["bought"], each["why"]) for each in ended] == [
        (False, "the cart holds more than the article"),
        (True, None),
    ]


def test_nobody_waits_politely_where_the_shop_throttles(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"browse": 1.0}, stages=(Stage(rate_per_s=2, seconds=1),))
    with serving(too_many) as server:
        told = plan.target_toml.replace(shop.base_url, server.url.rstrip("/"))
        found = run(replace(plan, target_toml=told))
        assert len(server.requests) == 2
    assert found.failed == 2
    ((step, why),) = found.failures
    assert step == "browse/home"
    assert "-> 429" in why


def test_an_empty_page_is_no_success(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"read": 1.0}, stages=(Stage(rate_per_s=1, seconds=1),))
    with serving(always(answer(b"", "Content-Type: text/html"))) as server:
        found = run(replace(plan, target_toml=plan.target_toml.replace(shop.base_url, server.url.rstrip("/"))))
    assert found.failed == 1
    ((_, why),) = found.failures
    assert "200 without a body" in why


def test_locusts_page_is_told_of_requests_by_the_step_that_makes_them_where_it_is_asked_for(
    shop: MiniatureShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def asked(name: str, **_more: Any) -> None:
        told.append(name)

    plan = plan_for(shop, tmp_path, {"browse": 1.0}, stages=(Stage(rate_per_s=1, seconds=1),))
    locust.events.request.add_listener(asked)  # type: ignore[no-untyped-call]
    try:
        run(plan)
        assert not told
        monkeypatch.setenv(variables.WEB, "1")
        run(plan)
    finally:
        locust.events.request.remove_listener(asked)  # type: ignore[no-untyped-call]
    assert told == ["browse/home", "browse/list_products"]


def test_the_password_stands_nowhere(shop: MiniatureShop, tmp_path: Path) -> None:
    run(plan_for(shop, tmp_path, {"order": 0.5, "return": 0.5}, stages=(Stage(rate_per_s=2, seconds=1),)))
    written = b"".join(path.read_bytes() for path in (tmp_path / "trails").iterdir())
    assert json.loads(written.splitlines()[0])
    for account in ACCOUNTS:
        assert derived_password(SECRET, account).encode() not in written
    assert SECRET.encode() not in written


def test_without_the_secret_nobody_can_log_in(
    shop: MiniatureShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(shop, tmp_path, {"order": 1.0})
    monkeypatch.delenv(variables.SECRET)
    with pytest.raises(SettingsError, match=variables.SECRET):
        Shoppers(plan, 0, 1)


def test_a_target_without_adapter_is_refused(shop: MiniatureShop, tmp_path: Path) -> None:
    plan = plan_for(shop, tmp_path, {"browse": 1.0})
    bare = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://x.example"\n'
    with pytest.raises(SettingsError, match="adapter"):
        Shoppers(planned(target_toml=bare, target_folder=str(tmp_path), trails=plan.trails), 0, 1)
