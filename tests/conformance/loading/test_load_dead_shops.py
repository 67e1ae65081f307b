"""`duheng load` on miniature shops that throttle everything, or die: told with their cause, never judged."""

from pathlib import Path

import pytest

from tests.conformance.loading.running import READERS, load, profile, target
from tests.conformance.loading.shops import Dying, Recorded, Throttling, ThrottlingFromTheFirst

pytestmark = pytest.mark.integration


def test_a_shop_that_throttles_everything_ends_the_run(tmp_path: Path) -> None:
    with Throttling() as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=20, seconds=60, mix=READERS))
        assert run.data["stopped"] == "errors", run.said
        assert (run.data["complete"], run.data["valid"]) == (False, False)
        assert run.done.returncode == 2
        assert "429" in run.done.stdout
        assert "it tells nothing: it was stopped" in run.done.stdout


def test_a_shop_that_throttles_from_the_first_is_not_begun_with(tmp_path: Path) -> None:
    with ThrottlingFromTheFirst() as shop:
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=20, seconds=60, mix=READERS))
        assert run.unobserved.cause == "target"
        assert "429" in run.unobserved.detail
        assert run.done.returncode == 2
        assert "short was not begun (target): " in run.done.stdout


def test_a_shop_that_dies_at_once_is_not_begun_with(tmp_path: Path) -> None:
    with Recorded() as shop:
        target(shop, tmp_path)
    run = load(tmp_path, profile(tmp_path, rate=20, seconds=60, mix=READERS))
    assert run.unobserved.cause == "target"
    assert run.done.returncode == 2
    assert len(run.done.stdout.splitlines()) == 2, run.said


def test_a_shop_that_dies_under_load_ends_the_run_and_its_orders_are_unread(tmp_path: Path) -> None:
    with Dying() as shop:
        shop.GOOD = 60
        target(shop, tmp_path)
        run = load(tmp_path, profile(tmp_path, rate=15, seconds=20, mix="read = 0.5\norder = 0.5"))
        assert run.data["stopped"] == "errors", run.said
        orders = run.business["orders"]
        assert orders["acknowledged"] == orders["unread"] == len(shop.acknowledged) > 0
        assert run.done.returncode == 2
        assert run.data["cleaned"]["left"] > 0
        assert "stays: " in run.done.stdout
