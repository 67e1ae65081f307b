"""An order that was cancelled may show that nothing of it is owed any more; any other must stay as it was bought."""

from typing import Any

import pytest

from probes.trade.invariants import broken

LINE = {"name": "Tea", "quantity": 2, "unit": "10.00", "total": "20.00"}
BOUGHT = {"lines": [LINE], "goods": "20.00", "delivery": "12.00", "total": "32.00"}
NOTHING = {"lines": [LINE | {"quantity": 0, "total": "0.00"}], "goods": "0.00", "delivery": "0.00", "total": "0.00"}


def record(did: str, *, came: str = "done", order: Any = None, **more: Any) -> dict[str, Any]:
    return {"who": "a", "did": did, "came": came, "number": "7", "cart": None, "order": order, "stock": None} | more


def history(*between: dict[str, Any], last: Any) -> list[dict[str, Any]]:
    return [
        record("begin", cart={"lines": []}, number=""),
        record("add", goods="Tea", quantity=2, cart={"lines": [LINE]}, number=""),
        record("confirm"),
        record("read", order=BOUGHT),
        *between,
        record("operator reads", who="operator", order=last),
    ]


def test_a_cancelled_order_may_show_nothing() -> None:
    assert not broken(history(record("cancel", who="operator"), last=NOTHING))
    assert not broken(history(record("cancel", who="operator"), last=BOUGHT))


@pytest.mark.parametrize(
    "between",
    [(), (record("cancel", came="denied"),), (record("cancel", number="8"),)],
    ids=["nobody cancelled", "refused", "another"],
)
def test_any_other_order_may_not(between: tuple[dict[str, Any], ...]) -> None:
    assert {each.name for each in broken(history(*between, last=NOTHING))} == {"as bought", "unchanged"}


def test_a_cancelled_order_must_still_be_there() -> None:
    gone = history(record("cancel", who="operator"), last=None)
    gone[-1]["came"] = "denied"
    assert {each.name for each in broken(gone)} == {"kept"}
