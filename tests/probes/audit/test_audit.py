"""The looks at traces, on the miniature shop: what they record, what they leave behind, and why they cannot look."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from probes.observation import Unobserved
from reports.verdict import Conforms, Undetermined
from tests.conformance.judges.telling import told_of
from tests.miniatures.shop.books import Books, Entry
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.web import Answer, Call
from tests.probes.playing import Play


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.shop_itself = shop  # type: ignore[attr-defined]
        play.prepare("shop.catalogue", "shop.register")
        yield play


def state(play: Play) -> Any:
    return play.shop_itself.state  # type: ignore[attr-defined]


def test_an_order_record_is_read_and_others_are_only_counted(play: Play) -> None:
    data = play.see("audit.records", "orders")
    own = data["own"]["outputs"]
    assert data["described"] == ["account", "placed_at", "channel"]
    assert own["account"] == data["account"][0]
    assert own["channel"] == "web"
    assert data["sample"] == [dict.fromkeys(("account", "placed_at", "channel"), True)] * 2


def test_four_operations_are_done_found_and_taken_back(play: Play) -> None:
    prices = dict(state(play).prices)
    play.see("audit.records", "orders")
    data = play.see("audit.operations", "trail")
    assert [each["operation"] for each in data["operations"]] == ["log-in", "price", "rights", "cancel"]
    assert [len(each["entries"]) for each in data["operations"]] == [1, 1, 1, 1]
    assert state(play).prices == prices
    assert {account.role for account in state(play).accounts.values() if "@example.com" in account.username} == {
        "buyer"
    }
    newest = max(state(play).orders.values(), key=lambda order: order.number)
    assert newest.status.startswith("已取消")


def test_without_an_order_the_cancellation_is_not_tried(play: Play) -> None:
    cancelled = play.see("audit.operations", "trail")["operations"][-1]
    assert (cancelled["done"], "no order" in cancelled["missing"]) == (None, True)


def test_the_log_is_read_before_and_after_an_order(play: Play) -> None:
    data = play.see("audit.log", "log")
    assert (data["chained"], data["signed"], data["grew_only"]) == (True, False, True)
    assert (data["order_found"], data["account_found"]) == (True, True)
    assert data["second"]["entries"] == data["first"]["entries"] + 2


@pytest.mark.parametrize(
    ("kind", "subject", "journey", "says"),
    [
        ("audit.records", "orders", "operator_read_order", "reads no account"),
        ("audit.operations", "trail", "operator_read_audit", "operator_read_audit"),
        ("audit.log", "log", "confirm_order", "confirm_order"),
    ],
)
def test_what_the_adapter_does_not_describe_is_a_matter_of_settings(
    play: Play, kind: str, subject: str, journey: str, says: str
) -> None:
    journeys = {name: found for name, found in play.shop.adapter.journeys.items() if name != journey}
    object.__setattr__(play.shop.adapter, "journeys", journeys)
    reading = play.read(kind, subject)
    assert isinstance(reading, Unobserved)
    assert (reading.cause, says in reading.detail) == ("settings", True), reading.detail


def test_a_log_in_a_file_beside_the_target_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(Books(lambda _: False).log(), encoding="utf-8")
    with MiniatureShop() as shop:
        path = shop.target_toml(tmp_path)
        path.write_text(path.read_text().replace('"/operator/audit/log/"', '"log.jsonl"'))
        with Play.of(path) as play:
            play.prepare("shop.catalogue")
            data = play.see("audit.log", "log")
    assert (data["source"], data["grew_only"], data["order_found"]) == ("file", True, False)


def test_a_log_that_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with MiniatureShop() as shop:
        for name, cause in (("none.jsonl", "settings"), ("empty.jsonl", "target"), ("/nowhere/", "target")):
            path = shop.target_toml(tmp_path)
            path.write_text(path.read_text().replace('"/operator/audit/log/"', f'"{name}"'))
            with Play.of(path) as play:
                reading = play.read("audit.log", "log")
            assert isinstance(reading, Unobserved), name
            assert reading.cause == cause, reading.detail


class Staffed(MiniatureShop):
    """Names who did what in its trail by a number of its own."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path == "/operator/audit/":
            return replace(answer, body=re.sub(rb'(class="who">)[^<]+', rb"\g<1>4711", answer.body))
        return answer


def test_whoever_is_named_by_a_number_is_not_told_to_be_missing(tmp_path: Path) -> None:
    with Staffed() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register")
        play.see("audit.records", "orders")
        data = play.see("audit.operations", "trail")
    assert [len(each["entries"]) for each in data["operations"]] == [1, 1, 1, 1]
    assert data["operations"][0]["entries"][0]["who"] == "*"
    verdict = told_of("SBT-3.1.3.5-operations", "audit.operations", lambda good: good.update(data))
    assert isinstance(verdict, Undetermined), verdict


class Redating(MiniatureShop):
    """Dates every entry of its trail anew whenever it is read, and holds a log-in of long ago but none of today."""

    def _answer(self, call: Call) -> Answer:
        if call.path != "/operator/audit/":
            return super()._answer(call)
        books = self.state.books
        kept = [entry for entry in books.trail if "Log in" not in entry.what]
        operator = self.username("operator")
        books.trail[:] = [Entry(who=operator, when="", what="登录 Log in"), *kept]
        answer = super()._answer(call)
        at = datetime.now(UTC).isoformat().encode()
        return replace(answer, body=re.sub(rb'(class="when">)[^<]*', rb"\g<1>" + at, answer.body))


def test_an_entry_of_long_ago_is_not_taken_for_one_of_today(tmp_path: Path) -> None:
    with Redating() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register")
        play.see("audit.records", "orders")
        data = play.see("audit.operations", "trail")
    assert [len(each["entries"]) for each in data["operations"]] == [0, 1, 1, 1]


class Belated(MiniatureShop):
    """Shows its trail, and its log, as they were when somebody last looked: both are written a little later."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path not in {"/operator/audit/", "/operator/audit/log/"}:
            return answer
        before = self.earlier.get(call.path, answer)
        self.earlier[call.path] = answer
        return before

    @cached_property
    def earlier(self) -> dict[str, Answer]:
        return {}


def test_what_is_written_down_a_little_later_is_waited_for(tmp_path: Path) -> None:
    with Belated() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register")
        play.see("audit.records", "orders")
        trail = play.see("audit.operations", "trail")
        log = play.see("audit.log", "log")
    assert all(each["entries"] for each in trail["operations"])
    verdict = told_of("SBT-3.1.3.5-operations", "audit.operations", lambda good: good.update(trail))
    assert isinstance(verdict, Conforms), verdict
    assert log["order_found"]
