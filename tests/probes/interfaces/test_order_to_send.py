"""Interfaces that send an order's goods, or set a stock: what they are handed, played on the miniature shop."""

from dataclasses import replace
from pathlib import Path

import pytest

from probes.interfaces.kinds import KINDS
from probes.interfaces.parcel import PIECES, sends_an_order
from probes.observation import Unobserved
from probes.order_budget import UP_TO
from tests.miniatures.shop.miniature import ADAPTERS, MiniatureShop
from tests.probes.playing import Play

BEFORE = ("shop.register", "shop.catalogue", "shop.order", "interface.description")
LOOKED_UP = """
[[journeys.interface_logistics_act.steps]]
stepId = "order"
unless = "{known}"
method = "GET"
path = "/api/office/accounts/orders/{order}"
outputs.known = {json = "$.order", as = "text"}
"""
WAYBILL = 'json = {recipient = "{mark}"}'


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """The miniature's adapter, with waybills that are about an order, and a stock that is set."""
    text = (ADAPTERS / "miniature.toml").read_text(encoding="utf-8")
    for old, new in (
        ("[journeys.interface_logistics_act]\n", f"[journeys.interface_logistics_act]{LOOKED_UP}"),
        (WAYBILL, 'json = {recipient = "{mark}", order = "{known}"}'),
        ("json = {quantity = 1}\n", 'json = {quantity = 1, level = "{level}"}\n'),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "sends.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_order_of_several_pieces_is_placed_for_it_and_looked_up_once(adapter: Path, tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, adapter=str(adapter.with_suffix(""))) as play:
        play.prepare(*BEFORE)
        data = play.see("interface.logistics", "logistics")
        number = data["about"]["order"]
        assert sum(line.quantity for line in shop.state.orders[number].lines) == PIECES
        assert data["rounds"][0]["act"]["outputs"]["known"] == number
        asked = [path for _, path, _ in shop.request_log if path.endswith(f"/accounts/orders/{number}")]
    assert len(asked) == 1  # who has no leave is refused at the act, not at looking something up for it
    assert [(each["who"], each["status"]) for each in data["refusals"] if each["verb"] == "act"] == [
        ("nobody", 401), ("stranger", 403)
    ]  # fmt: skip


def test_a_stock_that_is_set_is_set_to_one_more(adapter: Path, tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, adapter=str(adapter.with_suffix(""))) as play:
        play.prepare(*BEFORE)
        (one,) = play.see("interface.stock", "stock")["rounds"]
    before, after = one["before"]["outputs"]["state"], one["after"]["outputs"]["state"]
    assert (one["act"]["outcome"], after) == ("done", before + 1)


def test_no_order_is_placed_where_none_may_be_or_none_is_needed(adapter: Path, tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, adapter=str(adapter.with_suffix(""))) as play:
        play.prepare(*BEFORE)
        placed = len(shop.state.orders)
        few = replace(play.target.shop, max_orders=UP_TO["interface.logistics"] - 1)
        play.target = replace(play.target, shop=few)
        reading = play.read("interface.logistics", "logistics")
        assert len(shop.state.orders) == placed
    assert isinstance(reading, Unobserved)
    assert (reading.cause, "leaves no order" in reading.detail) == ("permission", True)
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        assert not any(sends_an_order(play.look(""), kind) for kind in KINDS.values())
