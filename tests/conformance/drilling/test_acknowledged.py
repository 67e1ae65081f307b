"""All that a shop acknowledged during a drill: orders, payments, pieces that left the stock. Whole, and each one wrong.

The shop forgets, or does twice, while the drill stands still just after its fault was put in.
"""

import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.drilling.subject import Subject, ended, subject
from tests.conformance.running import duheng, report_of
from tests.miniatures.shop.goods import CATALOGUE
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

POWER = "SBT-3.1.3.4-physical-power"


def paying(drilled: Subject, *, operator: bool = True) -> None:
    """Let the drill's buyers pay what they order."""
    target = drilled.folder / "duheng.toml"
    text = target.read_text().replace('depth = "checkout"', 'depth = "payment"')
    target.write_text(text if operator else re.sub(r"\[roles\.operator\]\n(\w+ = .*\n)+", "", text))


def drilled_with(
    shop: MiniatureShop, folder: Path, wrong: Callable[[MiniatureShop], None]
) -> tuple[dict[str, Any], str]:
    """Drill; go wrong once the fault is in. Return what stands in the ledger, and what was said."""
    with subject(shop, folder) as drilled:
        paying(drilled)
        standing = drilled.start_standing("begin:watch")
        standing.at("begin:watch")
        with shop.state.lock:
            wrong(shop)
        standing.go_on()
        status, said = standing.ended()
        assert status == 0, said
        (told,) = drilled.runs()
    return told, said


def power_finding(folder: Path) -> dict[str, Any]:
    duheng("examine", "--clauses", "3.1.3.4", folder=folder)
    return next(found for found in report_of(folder)["findings"] if found["id"] == POWER)


def nothing(_: MiniatureShop) -> None:
    """Go on as ever."""


def first_paid(shop: MiniatureShop) -> str:
    return next(number for number, received in shop.state.till.payments.items() if received)


def forget_a_payment(shop: MiniatureShop) -> None:
    shop.state.till.payments[first_paid(shop)].clear()


def charge_twice(shop: MiniatureShop) -> None:
    shop.provider.charges.append(next(each for each in shop.provider.charges if each.order == first_paid(shop)))


def charge_more(shop: MiniatureShop) -> None:
    at, own = next(pair for pair in enumerate(shop.provider.charges) if pair[1].order == first_paid(shop))
    shop.provider.charges[at] = replace(own, amount_fen=own.amount_fen + 1)


def put_back(shop: MiniatureShop) -> None:
    for key in tuple(shop.state.stall.stock):
        shop.state.stall.stock[key] += 2


def take_twice(shop: MiniatureShop) -> None:
    for key in tuple(shop.state.stall.stock):
        shop.state.stall.stock[key] -= 3


def test_all_of_it_is_there(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        told, said = drilled_with(shop, tmp_path, nothing)
        sold = told["stock"]["looks"]
    orders, payments = told["orders"], told["payments"]
    assert orders["acknowledged"] == orders["found"] == payments["acknowledged"] == payments["found"] >= 13
    assert (payments["lost"], payments["doubled"], payments["altered"], payments["unread"]) == ([], [], [], 0)
    assert payments["degree_percent"] == 100
    assert [look["phase"] for look in sold] == ["start", "before", "during", "after"]
    assert sold[0]["stock"] - sold[-1]["stock"] == sold[-1]["sold"] == orders["acknowledged"]
    assert [look["unsure"] for look in sold] == [0, 0, 0, 0]
    assert "pieces acknowledged as sold" in said
    assert "all whole" in said


@pytest.mark.parametrize(
    ("wrong", "kind", "says"),
    [
        (forget_a_payment, "lost", "1 lost"),
        (charge_twice, "doubled", "1 doubled"),
        (charge_more, "altered", "1 altered"),
    ],
)
def test_a_payment_that_is_not_as_it_was_acknowledged_is_named(
    wrong: Callable[[MiniatureShop], None], kind: str, says: str, tmp_path: Path
) -> None:
    with MiniatureShop() as shop:
        told, said = drilled_with(shop, tmp_path, wrong)
        found = power_finding(tmp_path)
        (number,) = told["payments"][kind]
        assert number in shop.state.till.payments
    assert f"{says}" in said
    assert (told["orders"]["lost"], told["orders"]["degree_percent"]) == ([], 100)
    assert told["payments"]["degree_percent"] < 100
    assert found["verdict"] == "violates"
    assert f"{kind}: {number}" in found["reason"]
    assert "acknowledged payments did not come back whole" in found["reason"]


@pytest.mark.parametrize(
    ("wrong", "says"), [(put_back, "2 not taken off the stock"), (take_twice, "3 too many taken off")]
)
def test_a_stock_that_did_not_move_with_what_was_sold_violates(
    wrong: Callable[[MiniatureShop], None], says: str, tmp_path: Path
) -> None:
    with MiniatureShop() as shop:
        told, _ = drilled_with(shop, tmp_path, wrong)
        found = power_finding(tmp_path)
    assert told["payments"]["degree_percent"] == told["orders"]["degree_percent"] == 100
    assert found["verdict"] == "violates"
    assert f"{told['stock']['goods']}: {says}" in found["reason"]


def test_an_order_that_holds_something_else_for_everybody_is_altered(tmp_path: Path) -> None:
    def alter(shop: MiniatureShop) -> None:
        number, own = list(shop.state.orders.items())[-1]
        shop.state.orders[number] = replace(own, lines=tuple(replace(line, quantity=2) for line in own.lines))
        altered.append(number)

    altered: list[str] = []

    with MiniatureShop() as shop:
        told, _ = drilled_with(shop, tmp_path, alter)
    assert told["orders"]["altered"] == altered


def test_without_an_operator_the_stock_is_not_compared_and_that_is_said(tmp_path: Path) -> None:
    with MiniatureShop() as shop, subject(shop, tmp_path) as drilled:
        paying(drilled, operator=False)
        status, said = ended(drilled.start())
        assert status == 0, said
        (told,) = drilled.runs()
    assert told["stock"]["looks"] == []
    assert "stock: not compared: no operator is declared" in said


def drilled_where(shop: MiniatureShop, folder: Path, stock: dict[str, int]) -> tuple[dict[str, Any], str]:
    """Drill where there are only so many pieces of some goods."""
    shop.state.stall.stock.update(stock)
    with subject(shop, folder) as drilled:
        paying(drilled)
        status, said = ended(drilled.start())
        assert status == 0, said
        (told,) = drilled.runs()
    return told, said


def test_goods_that_would_run_out_are_not_bought_where_there_are_others(tmp_path: Path) -> None:
    first, second = CATALOGUE[:2]
    with MiniatureShop() as shop:
        told, _ = drilled_where(shop, tmp_path, {first.key: 7})
    assert told["stock"]["goods"] == second.name
    assert told["orders"]["acknowledged"] == told["orders"]["found"] > 7


def test_a_stock_of_which_there_are_too_few_is_not_compared(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        told, said = drilled_where(shop, tmp_path, dict.fromkeys((goods.key for goods in CATALOGUE), 100))
    assert told["stock"]["looks"] == []
    assert "stock: not compared: too few pieces are there for a drill" in said


def test_who_wants_it_to_end_while_the_stock_is_looked_at_is_heard(tmp_path: Path) -> None:
    with MiniatureShop() as shop, subject(shop, tmp_path) as drilled:
        paying(drilled)
        standing = drilled.start_standing("end:before")
        standing.at("end:before")
        standing.process.send_signal(signal.SIGINT)
        standing.go_on()
        status, said = standing.ended()
        assert status != 0
        assert not drilled.has_begun("inject"), said
        assert drilled.untouched()
