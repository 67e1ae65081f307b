"""The scene: what looks hand on to each other, and what one learns that waits in vain."""

import threading
from pathlib import Path
from typing import cast

import pytest

from probes.errors import NotSet, Unprepared
from probes.scene import Scene
from probes.shop.shop import Shop
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.looking import PagesOnly
from tests.probes.playing import Play

SHOP = cast("Shop", PagesOnly(("/login/",)))


def scene() -> Scene:
    return Scene(run_token="t", shop=SHOP)


def test_what_was_put_is_had_and_replaced() -> None:
    given = scene()
    assert not given.has("shop.order/order")
    given.put("shop.order/order", 1)
    given.put("shop.order/order", 2)
    assert given.has("shop.order/order")
    assert given.get("shop.order/order") == 2
    assert given.shop is SHOP


def test_without_a_shop_it_says_why() -> None:
    with pytest.raises(NotSet, match="no adapter"):
        _ = Scene(run_token="t", shop=NotSet("no adapter")).shop


def test_what_never_came_is_the_target_s_cause() -> None:
    with pytest.raises(Unprepared, match="order did not come about") as missing:
        scene().get("shop.order/order")
    assert missing.value.cause == "target"


def test_what_a_failed_look_owed_has_its_cause_the_subject_s_own_first() -> None:
    given = scene()
    given.spoil("shop.register", "buyer_a", cause="permission", detail="not authorised")
    given.spoil("shop.register", "buyer_b", cause="network", detail="no way out")
    for name, cause in (("buyer_a", "permission"), ("buyer_b", "network"), ("anything", "permission")):
        with pytest.raises(Unprepared) as missing:
            given.get(f"shop.register/{name}")
        assert missing.value.cause == cause


def test_what_was_handed_on_before_a_failure_is_still_there() -> None:
    given = scene()
    given.put("shop.register/buyer_a", "ann")
    given.spoil("shop.register", "buyer_b", cause="target", detail="away")
    assert given.get("shop.register/buyer_a") == "ann"


def test_threads_may_hand_on_at_once() -> None:
    given = scene()

    def hand_on(number: int) -> None:
        for each in range(50):
            given.put(f"p{number}/{each}", each)
            given.spoil(f"q{number}", str(each), cause="target", detail="x")

    threads = [threading.Thread(target=hand_on, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(given.get(f"p{number}/{each}") == each for number in range(4) for each in range(50))


def test_looks_that_stand_on_a_failed_one_tell_its_cause(running_shop: MiniatureShop, tmp_path: Path) -> None:
    looks = (("shop.register", "buyer_a"), ("shop.order", "buyer_a"), ("access.outsiders", "visitor"))
    with Play(running_shop, tmp_path, authorised=False) as play:
        readings = [play.read(*look) for look in looks]
    assert [getattr(reading, "cause", None) for reading in readings] == ["permission"] * 3


def test_declared_accounts_are_used_where_nothing_may_be_registered(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with Play(running_shop, tmp_path, environment="production", authorised=False, buyers=True) as play:
        seen = play.see("shop.identity", "buyers")
        refused = play.read("shop.wrong_credentials", "buyers")
    assert seen["expected"] == {"buyer_a": "buyer_a@miniature.example", "buyer_b": "buyer_b@miniature.example"}
    assert [look["role"] for look in seen["asked"]] == ["buyer_a", "buyer_b", "buyer_a"]
    assert getattr(refused, "cause", None) == "permission"
