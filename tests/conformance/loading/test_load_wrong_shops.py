"""`duheng load` on miniature shops whose trade goes wrong under load: each is told."""

from pathlib import Path

import pytest

from tests.conformance.loading.running import ONLY_ORDERS, READERS, load, profile, target
from tests.conformance.loading.shops import Doubling, EmptyUnderLoad, LosingEveryHundredth, Recorded

pytestmark = pytest.mark.integration


def test_every_hundredth_acknowledged_order_that_is_lost_is_told_by_its_number(tmp_path: Path) -> None:
    with LosingEveryHundredth() as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=15, seconds=8, mix=ONLY_ORDERS))
        lost = shop.acknowledged[99::100]
        assert lost, run.said
        assert run.business["orders"]["lost"] == lost
        assert run.business["orders"]["found"] == len(shop.acknowledged) - len(lost)
        assert run.done.returncode == 1
        assert f"wrong: 1 acknowledged orders are lost: {lost[0]}" in run.done.stdout


@pytest.mark.parametrize("wrong", [False, True])
def test_pieces_that_are_not_there_are_sold_by_a_wrong_shop_alone(tmp_path: Path, wrong: bool) -> None:
    with Recorded(frozenset({"oversold-in-parallel"}) if wrong else frozenset()) as shop:
        shop.state.stall.stock["1"] = 5
        target(shop, tmp_path, 'error_share = 0.9\nproduct_urls = ["/goods/1/"]\n')
        # They think between steps: most carts are filled before the first order is confirmed.
        run = load(tmp_path, profile(tmp_path, rate=10, seconds=2, mix=ONLY_ORDERS, think_s=0.4))
        sold = len(shop.acknowledged)
        stock = run.business["stock"]
        assert (stock["sold"], stock["before"]) == (sold, 5)
        assert (sold > 5) == wrong, run.said
        assert stock["oversold"] == max(0, sold - 5)
        assert (run.done.returncode == 1) == wrong, run.said
        assert ("pieces were sold that were not there: 明前龙井茶" in run.done.stdout) == wrong
        assert "there are 5 pieces, and 20 orders are planned" in run.done.stdout


def test_an_order_that_stands_twice_is_told(tmp_path: Path) -> None:
    with Doubling() as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=10, seconds=2, mix=ONLY_ORDERS))
        twice = sorted(set(shop.state.orders) - set(shop.acknowledged) - {"100002", "100003"})
        assert len(twice) == len(shop.acknowledged) // 10 > 0, run.said
        assert sorted(run.business["orders"]["doubled"]) == twice
        assert run.done.returncode == 1
        # It is an order of the run's own account, so it is cancelled like the others.
        assert run.data["cleaned"] == {"cancelled": len(shop.acknowledged) + len(twice), "left": 0}


def test_an_order_that_asks_another_sum_is_told(tmp_path: Path) -> None:
    with Recorded(frozenset({"buyer-order-total-altered"})) as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=5, seconds=1, mix=ONLY_ORDERS))
        assert run.business["orders"]["altered"] == shop.acknowledged
        assert run.done.returncode == 1


def test_pages_that_turn_empty_under_load_are_no_success(tmp_path: Path) -> None:
    with EmptyUnderLoad() as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=15, seconds=4, mix=READERS))
        assert run.business["empty_pages"] > 0, run.said
        assert run.done.returncode == 1
        assert "pages came back empty, with a status that says all is well" in run.done.stdout
