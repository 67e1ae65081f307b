"""The looks at trade on the miniature shop: what they record of a right one and of wrong ones."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import TimedOut
from probes.goods import OFFERED
from probes.observation import Unobserved
from probes.trade import order_changes, traders
from probes.trade.again import again
from probes.trade.at_random import market_of, seed_of
from probes.trade.buyers import Market
from probes.trade.invariants import broken
from probes.transports.port import Http, Request, Response
from tests.examining import examine
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.playing import Play

SUBJECTS = {"trade.forgery": "buyer", "trade.fields": "buyer", "trade.race": "goods", "trade.at_random": "two buyers"}


def seen(kind: str, folder: Path, defect: str | None = None) -> Any:
    with MiniatureShop(frozenset({defect} if defect else ())) as shop, Play(shop, folder, at_random=True) as play:
        play.prepare("shop.catalogue")
        return play.see(kind, SUBJECTS[kind])


def test_forged_purchases_are_taken_at_the_shop_s_own_sums(tmp_path: Path) -> None:
    data = seen("trade.forgery", tmp_path)
    fair = data["honest"]["buyer"]["outputs"]["total"]
    assert [forged["buyer"]["outputs"]["total"] for forged in data["forged"]] == [fair] * 4
    assert all(forged["sent"] for forged in data["forged"])
    assert data["replay"]["again"]["status"] == 303
    assert len(data["replay"]["fresh"]) == len(data["parallel"]["fresh"]) == 1
    assert sorted(step["outcome"] for step in data["parallel"]["confirm"]) == ["broken", "done"]


def test_the_password_stands_nowhere_in_what_is_recorded(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue")
        data = play.see("trade.forgery", "buyer")
        secrets = [login.password for login in play.shop.known_logins("trader_30")]
    assert secrets
    assert all(secret not in json.dumps(data) for secret in secrets)


def test_a_replayed_order_is_counted(tmp_path: Path) -> None:
    assert len(seen("trade.forgery", tmp_path, "order-doubled-on-replay")["replay"]["fresh"]) == 2
    assert len(seen("trade.forgery", tmp_path, "order-doubled-in-parallel")["parallel"]["fresh"]) == 2


def test_no_quantity_that_cannot_be_is_taken_and_the_price_is_set_back(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        before = dict(shop.state.prices)
        play.prepare("shop.catalogue")
        data = play.see("trade.fields", "buyer")
        assert dict(shop.state.prices) == before
    outcomes = Counter((tried["where"], tried["done"]["outcome"]) for tried in data["quantities"])
    assert outcomes == {("add", "denied"): 5, ("change", "denied"): 4, ("change", "done"): 1}
    assert {change["what"]: change["changed"] for change in data["changes"]} == {
        "address book": True,
        "price of the goods": True,
        **{f"{method} to the order itself": None for method in ("POST", "PATCH", "PUT")},
    }


def test_a_text_that_is_cut_shows_as_the_beginning_of_what_was_sent(tmp_path: Path) -> None:
    kept = seen("trade.fields", tmp_path, "long-text-cut")["texts"][0]["kept"]
    assert (kept["same"], kept["start_of_it"]) == (False, True)


def test_the_stock_is_set_back_after_the_race(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue")
        data = play.see("trade.race", "goods")
        left = shop.state.stall.stock["6"]
    assert data["stock_before"] == left
    assert sum(purchase["number"] is not None for purchase in data["together"]) == 1
    assert data["alone"]["number"] is None


def test_without_journeys_for_the_stock_the_race_is_not_run(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue")
        journeys = {name: way for name, way in play.shop.adapter.journeys.items() if name != "set_stock"}
        play.shop._stage = replace(play.shop._stage, adapter=replace(play.shop.adapter, journeys=journeys))
        reading = play.read("trade.race", "goods")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "settings"


def test_three_hundred_steps_leave_a_right_shop_right(tmp_path: Path) -> None:
    data = seen("trade.at_random", tmp_path)
    assert data["steps"] == 300
    assert data["journey"] is None
    assert data["seed"] == seed_of(tmp_path.name)
    everything = [record for records in data["rounds"] for record in records] + data["at_the_end"]
    assert broken(everything) == ()
    done = Counter(record["did"] for record in everything if record["came"] == "done")
    assert min(done[did] for did in ("add", "change", "remove", "empty", "check out", "confirm", "cancel", "read")) > 0


def dawdled(market: Market, *, cancels: bool) -> None:
    """Trade at length; in the midst of it one buyer has three pieces, and then four, of an article."""
    market.begin()
    one, other = market.buyers
    market.add(one, 1, 2)
    market.browse(one, 0)
    market.add(one, 0, 3)
    market.add(other, 1, 1)
    market.change(one, 0, 4)
    market.change(one, 0, 3)
    market.remove(one, 1)
    for buyer in (one, other):
        market.check_out(buyer)
        market.confirm(buyer)
    first, second = market.orders
    market.read(first)
    if cancels:
        market.cancel(second)
    for number in (first, second):
        market.read(number)
        market.operator_reads(number)


@pytest.mark.parametrize(
    ("defect", "name", "left"),
    [
        ("three-pieces-cost-less", "sums", ["add", "change"]),
        (
            "order-lost-when-another-cancels",
            "kept",
            ["add", "check out", "confirm", "add", "check out", "confirm", "cancel", "read"],
        ),
    ],
)
def test_a_long_history_is_shortened_to_what_shows_it(defect: str, name: str, left: list[str], tmp_path: Path) -> None:
    with MiniatureShop.with_defect(defect) as shop, Play(shop, tmp_path, at_random=True) as play:
        play.prepare("shop.catalogue")
        given = play.look("two buyers")
        market = market_of(given)
        dawdled(market, cancels=name == "kept")

        def names(history: Sequence[dict[str, Any]]) -> frozenset[str]:
            return frozenset(each.name for each in broken(history))

        assert names(market.history) == {name}
        came = again(market, market.history, names, orders=30, deadline=Deadline.after(SystemClock(), 600))
    assert came.shrunk
    done = [record["did"] for record in came.records if record["did"] not in {"begin", "empty", "operator reads"}]
    assert done[: len(left)] == left


@pytest.mark.parametrize(
    ("defect", "name"), [("three-pieces-cost-less", "sums"), ("order-lost-when-another-cancels", "kept")]
)
def test_the_journey_that_shows_a_violation_stands_in_the_report(defect: str, name: str, tmp_path: Path) -> None:
    with MiniatureShop.with_defect(defect) as shop:
        examined = examine(shop.target_toml(tmp_path, at_random=True), tmp_path / "out", clauses="3.1.3")
    report = json.loads((examined.folder / "report.json").read_text(encoding="utf-8"))
    finding = next(entry for entry in report["findings"] if entry["id"] == "SBT-3.1.3-complete")
    assert finding["verdict"] == "violates"
    assert f"({name})" in str(finding["reason"])
    steps = [line for line in finding["repeat"] if "https://" not in line]
    assert steps[0].startswith("0. trader_3")
    assert steps[1].startswith("1. trader_3")
    assert len(steps) > 1


def test_away_it_is_told_as_away(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, at_random=True) as play:
        play.prepare("shop.catalogue")
        shop.__exit__()
        causes = {kind: play.read(kind, subject) for kind, subject in SUBJECTS.items()}
        shop.__enter__()
    assert all(isinstance(reading, Unobserved) and reading.cause == "target" for reading in causes.values()), causes


class _SilentForOperators:
    """Passes everything on to a session, until its operator opens an order: that never ends."""

    def __init__(self, inner: Http) -> None:
        self._inner = inner

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        if "/operator/orders/" in request.url:
            raise TimedOut("no answer in time")
        return self._inner.send(request, deadline=deadline)

    def cookie(self, name: str) -> str | None:
        return self._inner.cookie(name)

    def forget(self) -> None:
        self._inner.forget()

    def close(self) -> None:
        self._inner.close()


def test_the_price_is_set_back_at_once_where_the_look_fails_in_between(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue")
        given = play.look("buyer")
        session, operator = traders.trader(given, traders.KEEPER), traders.operator_of(given)
        assert operator is not None
        before, address = dict(shop.state.prices), traders.address_of(given, traders.KEEPER)
        goods = given.scene.get(OFFERED)[-1]
        number = traders.bought(session, operator, goods, 1, address)["number"]
        change = order_changes.changes(given, session, operator, {"number": number})
        with operator.through(_SilentForOperators), pytest.raises(TimedOut) as raised:
            list(change)
        assert dict(shop.state.prices) == before, raised.value
