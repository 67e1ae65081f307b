"""What drills show of orders, attacks, power cuts and the test virus, to the last order and the last second."""

from collections.abc import Callable
from typing import Any

import pytest

from probes.errors import Cause
from reports.verdict import word
from tests.conformance.judges.drill_evidence import (
    IDS,
    World,
    again,
    cause,
    orders,
    stock,
    virus,
    world,
)
from tests.conformance.judges.drill_subjects import (
    ALL,
    GENERAL_DEGREE,
    GENERAL_TIME,
    POWER,
    SEVERE_DEGREE,
    VIRUS,
    in_orders,
    lost_on_crash,
    never_back,
    of,
    of_way,
    phases,
    within,
)
from tests.conformance.judges.evidence import Data
from tests.conformance.judges.ways import HALF_WIDTH

Change = Callable[[World], Any]


def never_back_in_time(world: World) -> None:
    phases("rebuild", first_good_ms=None)(world)
    of("rebuild", recovery_s=None)(world)


DOUBTS: dict[str, tuple[str, Change, Cause, str]] = {
    "degree: no orders": (GENERAL_DEGREE, of("restore", orders=None), "target", "were not compared"),
    "degree: none acknowledged": (
        GENERAL_DEGREE, in_orders("restore", acknowledged=0, found=0), "target", "no order was acknowledged",
    ),
    "degree: given back": (GENERAL_DEGREE, never_back("restore", 0.5), "target", "that shows no recovery"),
    "degree: nobody knows when": (
        GENERAL_DEGREE,
        lambda world: (never_back("restore", 2)(world), of("restore", reverted_by="deadman")(world)),
        "target",
        "no recovery",
    ),
    "degree: not counted": (GENERAL_DEGREE, in_orders("restore", found=None), "target", "how many orders came back"),
    "degree: unread not counted": (
        GENERAL_DEGREE, in_orders("restore", found=9_999, unread="1"), "target", "how many orders came back",
    ),
    "degree: more found": (GENERAL_DEGREE, in_orders("restore", found=10_001), "target", "contradict"),
    "degree: lost and found": (GENERAL_DEGREE, in_orders("restore", lost=["x"]), "target", "contradict"),
    "degree: not looked at": (
        GENERAL_DEGREE, in_orders("restore", found=9_999, unread=1), "target", "nobody can tell of 1 of the orders",
    ),
    "power: no rows": (POWER, within("power-cut", "power", rows_committed=0, rows_found=0), "target", "no row was"),
    "power: not counted": (POWER, within("power-cut", "power", rows_found=None), "target", "were not counted"),
    "power: nothing told": (POWER, of("power-cut", power=None), "target", "were not counted"),
    "power: no check": (POWER, within("power-cut", "power", check=None), "target", "no consistency check"),
    "power: check did not run": (
        POWER, within("power-cut", "power", check={"ran": False, "clean": True}), "target", "no consistency check",
    ),
    "virus: disk only": (
        VIRUS, lambda world: world.run("eicar")["virus"].pop("upload"), "settings", "not dropped by upload",
    ),
    "virus: nowhere": (VIRUS, of("eicar", virus={}), "settings", "not dropped at all"),
    "virus: looked too shortly": (VIRUS, of_way("disk", caught_ms=None, watched_s=59.0), "target", "nothing tells"),
    "virus: not dropped": (
        VIRUS, of_way("disk", dropped_ms=None, caught_ms=None, watched_s=60.0), "target", "nothing tells",
    ),
    "virus: caught before": (VIRUS, of_way("disk", caught_ms=1), "target", "nothing tells"),
    "virus: served, and looked at too shortly": (
        VIRUS, of_way("upload", caught_ms=None, served=True, watched_s=59.0), "target", "nothing tells",
    ),
    "virus: not read back": (VIRUS, of_way("upload", served=None), "target", "nothing tells"),
    "edge: nothing sent": ("SBT-3.1.2.4-block", within("flood", "attack", sent=0), "target", "nothing was sent"),
    "edge: seen before": (
        "SBT-3.1.2.4-alarm",
        lambda world: world.run("flood")["attack"]["seen"]["alarm"].update(at_ms=1),
        "target",
        "no time after the attack began",
    ),
    "edge: not looked for": (
        "SBT-3.1.2.4-inspect",
        lambda world: world.run("flood")["attack"]["seen"].pop("inspect"),
        "stale",
        "No drill of a marked attack that looks for it is on record",
    ),
    "edge: kept out, and nobody says when": (
        "SBT-3.1.2.4-block",
        lambda world: (
            world.run("flood")["attack"].update(kept_out=True),
            world.run("flood")["attack"]["seen"].update(block=None),
        ),
        "target",
        "no trace of a block tells when",
    ),
    "edge: a block, and nobody tried whether it keeps out": (
        "SBT-3.1.2.4-block", within("flood", "attack", kept_out=None), "stale", "nobody tried",
    ),
    "edge: kept out, and a block was not looked for": (
        "SBT-3.1.2.4-block",
        lambda world: (
            world.run("flood")["attack"].update(kept_out=True),
            world.run("flood")["attack"]["seen"].pop("block"),
        ),
        "target",
        "no trace of a block tells when",
    ),
    "set: ended after one": (
        "SBT-3.1.2.4-prevent", within("attack-set", "attack", sent=1), "stale", "1 of the 30 attacks of the set",
    ),
    "set: nobody tells how many it has": (
        "SBT-3.1.2.4-prevent", within("attack-set", "attack", of=None), "stale", "how many attacks the set has",
    ),
    "set: nothing sent": ("SBT-3.1.2.4-prevent", within("attack-set", "attack", sent=0), "target", "nothing was sent"),
    "set: more than sent": (
        "SBT-3.1.2.4-prevent", within("attack-set", "attack", sent=1, reached=["a", "b"]), "target", "than were sent",
    ),
    "centre: no time": (
        "SBT-3.1.1.4-dr-centre",
        lambda world: world.run("rebuild")["switched"].update(centre={}),
        "target",
        "no time of",
    ),
    "centre: before the fault": (
        "SBT-3.1.1.4-dr-centre",
        lambda world: world.run("rebuild")["switched"]["centre"].update(at_ms=1),
        "target",
        "dated before the fault",
    ),
    "centre: never back": (
        "SBT-3.1.1.4-dr-centre", never_back_in_time, "target", "did not come back by it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("own_id", "change", "cause_told", "says"), DOUBTS.values(), ids=DOUBTS.keys())
def test_what_a_drill_does_not_tell_is_undetermined(own_id: str, change: Change, cause_told: Cause, says: str) -> None:
    verdict = world(change).told(own_id)
    assert cause(verdict) == cause_told, verdict.reason.en
    assert says in verdict.reason.en


@pytest.mark.parametrize(
    ("own_id", "name", "count", "bad", "told"),
    [
        (GENERAL_DEGREE, "restore", 10_000, 0, "conforms"),
        (GENERAL_DEGREE, "restore", 10_000, 1, "violates"),
        (SEVERE_DEGREE, "rebuild", 10_000, 199, "conforms"),
        (SEVERE_DEGREE, "rebuild", 10_000, 200, "violates"),
        (SEVERE_DEGREE, "rebuild", 50, 1, "violates"),
        (SEVERE_DEGREE, "rebuild", 51, 1, "conforms"),
    ],
)
def test_the_degree_is_counted_exactly(own_id: str, name: str, count: int, bad: int, told: str) -> None:
    lost = [f"o-{number}" for number in range(bad)]
    change = in_orders(name, acknowledged=count, found=count - bad, lost=lost, degree_percent=100.0)
    verdict = world(change).told(own_id)
    assert word(verdict) == told
    assert not HALF_WIDTH.search(verdict.reason.zh)


def test_a_drill_that_was_not_to_count_orders_says_nothing_of_them_and_nothing_older_speaks_for_it() -> None:
    def journeys(depth: str) -> Data:
        return {"journeys": {**world().run("restore")["journeys"], "depth": depth}, "orders": None}

    newest = world(again("restore", days=-1, **journeys("checkout")))
    assert cause(newest.told(GENERAL_DEGREE)) == "stale"
    assert 'run it again, as a drill of a general disaster that counts orders (depth = "order")' in (
        newest.told(GENERAL_DEGREE).reason.en
    )
    assert cause(world(again("restore", days=-1, **journeys("order"))).told(GENERAL_DEGREE)) == "target"
    shallow = world(of("restore", **journeys("checkout")))
    assert cause(shallow.told(GENERAL_DEGREE)) == "stale"
    assert 'that counts orders (depth = "order") is on record' in shallow.told(GENERAL_DEGREE).reason.en
    assert word(shallow.told(GENERAL_TIME)) == "conforms"


def test_what_could_be_told_of_payments_and_stock_stands_beside_the_orders() -> None:
    paid = world(of("restore", payments=orders(40)))
    said = paid.told(GENERAL_DEGREE).reason
    assert word(paid.told(GENERAL_DEGREE)) == "conforms"
    assert "40 of 40 acknowledged payments came back whole, 100 %" in said.en
    assert "40 of 40 pieces acknowledged as sold left the stock, once each, 100 %" in said.en
    assert "40 件已确认售出的商品中 40 件库存扣减无误，占 100%" in said.zh
    blind = world(of("restore", stock={"goods": None, "looks": [], "lacks": "operator", "why": ""}))
    assert word(blind.told(GENERAL_DEGREE)) == "conforms"
    assert "stock was not compared: no operator is declared" in blind.told(GENERAL_DEGREE).reason.en
    assert "未比对库存：未声明可查看库存的操作员账号" in blind.told(GENERAL_DEGREE).reason.zh
    older = world(lambda world: [world.run("restore").pop(key) for key in ("payments", "stock")])
    assert word(older.told(GENERAL_DEGREE)) == "conforms"
    older.run("restore")["journeys"]["depth"] = "payment"  # of a time when drills did not compare them
    assert word(older.told(GENERAL_DEGREE)) == "conforms"


def test_a_run_that_compares_less_clears_nothing_of_what_it_did_not_compare() -> None:
    lost: Data = {"payments": orders(40, found=39, lost=["41"])}
    off: Data = {"stock": stock(30, fell=29)}
    untold: Data = {"stock": stock(30, after=9)}
    for name, own_id in (("restore", GENERAL_DEGREE), ("software-crash", POWER)):
        clean: Data = {"payments": orders(40)}
        for wrong, later, told in (
            (lost, {}, "violates"),
            (lost, clean, "conforms"),
            (off, {"stock": None}, "violates"),
            (off, untold, "violates"),
            (off, clean, "conforms"),
        ):
            found = world(of(name, **later), again(name, days=1, **({"payments": None, "stock": None} | wrong)))
            assert word(found.told(own_id)) == told, (name, wrong, later)
        mended = world(of(name), again(name, days=1, **clean), again(name, days=2, **lost))
        assert word(mended.told(own_id)) == "conforms"  # the run in between had told of payments


def test_a_run_that_conforms_clears_what_fell_short_and_that_alone() -> None:
    def restored(newer: Data, older: Data, name: str = "rebuild") -> World:
        return world(of(name, **newer), again(name, days=1, **older))

    short: Data = {"orders": orders(1_000, found=900, lost=IDS[:100])}
    unread: Data = {"orders": orders(1_000, found=999, unread=1)}
    assert word(restored(unread, short).told(SEVERE_DEGREE)) == "conforms"
    blind: Data = {"stock": {"goods": None, "looks": [], "lacks": "few", "why": "Wok"}}
    held: Data = short | {"stock": stock(99, fell=98)}  # 108 of 109: within its bound
    assert word(restored(blind, held).told(SEVERE_DEGREE)) == "conforms"
    beneath: Data = {"stock": stock(90, fell=80)}
    assert word(restored(blind, beneath).told(SEVERE_DEGREE)) == "violates"


def test_that_pieces_may_hide_behind_others_is_said() -> None:
    looks = stock(30)
    for look in looks["looks"][2:]:
        look["unsure"] = 4
    verdict = world(of("restore", stock=looks)).told(GENERAL_DEGREE)
    assert word(verdict) == "conforms"
    assert "up to 4 of these pieces cannot be told from others that stood in carts" in verdict.reason.en


def test_payments_that_nobody_compared_and_a_stock_that_went_its_own_way_leave_it_open() -> None:
    journeys = {**world().run("restore")["journeys"], "depth": "payment"}
    for changes, says in (
        ({"journeys": journeys, "payments": None}, "its payments were not compared"),
        ({"payments": orders(40, found=38, unread=2)}, "nobody can tell of 2 of the payments"),
        ({"payments": orders(40, found=38, unread=2, why="unlisted")}, "the provider's list does not show them"),
        ({"payments": orders(0)}, "no payment was acknowledged"),
        ({"stock": stock(30, after=9)}, "its stock tells nothing: after the fault it fell by 9"),
    ):
        verdict = world(of("restore", **changes)).told(GENERAL_DEGREE)
        assert (cause(verdict), says in verdict.reason.en) == ("target", True), verdict.reason.en
        assert not HALF_WIDTH.search(verdict.reason.zh)


def test_a_violation_of_one_kind_is_told_though_another_was_not_compared() -> None:
    changes: Data = {"orders": None, "payments": orders(40, found=39, lost=["41"])}
    assert word(world(of("restore", **changes)).told(GENERAL_DEGREE)) == "violates"
    assert word(world(of("software-crash", **changes)).told(POWER)) == "violates"


def test_the_least_share_decides_and_is_what_was_measured() -> None:
    verdict = world(of("rebuild", payments=orders(100, found=99, lost=["7"]))).told(SEVERE_DEGREE)
    assert word(verdict) == "conforms"
    assert verdict.measured is not None
    assert verdict.measured.value == 99


def test_the_order_of_the_runs_changes_nothing() -> None:
    runs = world(*(again("restore", days=days, limit_s=30.0 * days) for days in range(1, 4)))
    for own_id in ALL:
        first = runs.told(own_id)
        runs.recalled["runs"].reverse()
        assert runs.told(own_id).reason == first.reason


def test_what_is_missing_counts_though_nobody_named_it() -> None:
    assert word(world(in_orders("restore", found=9_999)).told(GENERAL_DEGREE)) == "violates"


def test_a_crash_that_loses_nothing_says_nothing_of_power() -> None:
    without = world(lambda world: world.recalled.update(runs=[world.run("software-crash")]))
    assert cause(without.told(POWER)) == "stale"


def test_a_crash_that_loses_nothing_stands_in_the_place_of_one_that_did() -> None:
    def crashes(*days: int, **changes: Any) -> World:
        only = world(lambda world: world.recalled.update(runs=[world.run("software-crash")]), lost_on_crash)
        for day in days:
            again("software-crash", days=day, **changes)(only)
        return only

    clean = world().run("software-crash")["orders"]
    assert word(crashes().told(POWER)) == "violates"
    assert word(crashes(1, orders=clean).told(POWER)) == "violates"  # it is the older one
    assert cause(crashes(-1, orders=clean).told(POWER)) == "stale"
    assert word(crashes(-1, orders={**clean, "unread": 1, "found": clean["found"] - 1}).told(POWER)) == "violates"
    mended = world(lost_on_crash, again("software-crash", days=-1, orders=clean))
    assert word(mended.told(POWER)) == "conforms"


def test_one_order_for_two_acknowledgements_is_counted_once() -> None:
    twice = world(in_orders("rebuild", acknowledged=100, found=99, lost=[], doubled=["7"]))
    assert word(twice.told(SEVERE_DEGREE)) == "conforms"
    assert (
        word(world(in_orders("rebuild", acknowledged=100, found=100, lost=[], doubled=["7", "8"])).told(SEVERE_DEGREE))
        == "violates"
    )
    assert (
        word(world(in_orders("restore", acknowledged=100, found=99, lost=[], doubled=["7"])).told(GENERAL_DEGREE))
        == "violates"
    )


def test_a_set_that_ended_since_its_sender_was_kept_out_is_told_by_what_was_sent() -> None:
    kept_out = world(within("attack-set", "attack", sent=4, kept_out=True)).told("SBT-3.1.2.4-prevent")
    assert word(kept_out) == "conforms"
    assert "0 of 4 marked attacks reached the target; of the 30 of the set no more were sent" in kept_out.reason.en
    through = world(within("attack-set", "attack", sent=4, reached=["sqli-3"])).told("SBT-3.1.2.4-prevent")
    assert word(through) == "violates"


def test_two_drills_may_drop_the_test_file_one_way_each() -> None:
    def apart(world: World) -> None:
        world.recalled["runs"] = [virus("on-disk", "disk"), virus("by-upload", "upload")]

    assert word(world(apart).told(VIRUS)) == "conforms"
    wrong = world(apart)
    wrong.run("by-upload")["virus"]["upload"]["served"] = True
    assert word(wrong.told(VIRUS)) == "violates"
