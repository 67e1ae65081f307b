"""Stock before and after a drill against what was sold: whole, lost, doubled, and when it tells nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.stock_moves import LACKS, UNPAID_MS, Moves, Untold, moves_in

Look = tuple[int | None, int, int]
START, BEFORE = (100, 0, 0), (95, 5, 0)


def looks(*rows: Look, **changes: Any) -> dict[str, Any]:
    """Return looks at a stock: (stock, sold, unsure) at the start, before, during, after; a minute apart."""
    phases = ("start", "before", "during", "after")
    told = [
        {"phase": phase, "at_ms": 60_000 * at, "stock": row[0], "sold": row[1], "unsure": row[2],
         "why": "" if row[0] is not None else "503"}
        for at, (phase, row) in enumerate(zip(phases, rows, strict=False))
    ]  # fmt: skip
    return {"goods": "Wok", "looks": told, "landed": 0, "pays": False, "lacks": None, "why": "", **changes}


def counted(told: dict[str, Any]) -> tuple[int, int, int]:
    moves = moves_in(told)
    assert isinstance(moves, Moves), moves
    return moves.sold, moves.lost, moves.doubled


def test_what_was_sold_left_the_stock_from_the_start_on() -> None:
    assert counted(looks(START, BEFORE, (85, 15, 0), (80, 20, 0))) == (15, 0, 0)


def test_what_is_still_there_though_it_was_sold_is_lost() -> None:
    assert counted(looks(START, BEFORE, (88, 15, 0), (83, 20, 0))) == (15, 3, 0)
    assert counted(looks(START, BEFORE, (100, 5, 0), (95, 10, 0))) == (5, 5, 0)  # what was sold before it came back too


def test_what_left_beyond_all_that_can_have_been_sold_is_doubled() -> None:
    assert counted(looks(START, BEFORE, (83, 15, 2), (78, 20, 2))) == (15, 0, 0)
    assert counted(looks(START, BEFORE, (82, 15, 2), (77, 20, 2))) == (15, 0, 1)


def told_as(told: dict[str, Any]) -> str:
    found = moves_in(told)
    assert isinstance(found, Untold)
    assert found.suspicious
    return found.why.en


def test_orders_that_stand_though_nobody_confirmed_them_should_have_left_and_prove_no_loss() -> None:
    rows = (START, BEFORE, (85, 15, 2), (80, 20, 2))
    assert counted(looks(*rows)) == (15, 0, 0)
    assert "2 orders stand that nobody confirmed" in told_as(looks(*rows, landed=2))
    assert counted(looks(START, BEFORE, (83, 15, 2), (78, 20, 2), landed=2)) == (15, 0, 0)
    of_the_last_journeys = looks(START, BEFORE, (90, 10, 0), (85, 14, 1), landed=1)
    assert counted(of_the_last_journeys) == (10, 0, 0)


def test_what_left_late_is_not_lost() -> None:
    assert "3 pieces had not left it when the fault was out, and 0 at the end" in told_as(
        looks(START, BEFORE, (93, 10, 0), (90, 10, 5))
    )
    assert "and 0 at the end" in told_as(looks(START, BEFORE, (93, 10, 0), (85, 15, 5)))
    assert counted(looks(START, BEFORE, (93, 10, 0), (88, 15, 0))) == (10, 3, 0)


def test_pieces_that_stood_in_carts_may_hide_as_many() -> None:
    for fell, blurred in ((10, 5), (12, 3), (15, 0), (16, 0), (9, 5)):
        moves = moves_in(looks(START, BEFORE, (100 - fell, 10, 5), (95 - fell, 15, 5)))
        assert isinstance(moves, Moves)
        assert moves.blurred == blurred


def test_counts_that_go_back_contradict_each_other() -> None:
    assert told_as(looks(START, BEFORE, (95, 0, 0), (90, 5, 0))) == "its counts contradict each other"


def test_goods_of_orders_that_nobody_pays_may_come_back_after_a_while() -> None:
    told = looks(START, BEFORE, (88, 15, 0), (83, 20, 0))
    told["looks"][2]["at_ms"] = UNPAID_MS + 1
    found = moves_in(told)
    assert isinstance(found, Untold)
    assert (found.suspicious, "3 pieces came back to it" in found.why.en) == (True, True)
    assert counted(told | {"pays": True}) == (15, 3, 0)
    whole = looks(START, BEFORE, (85, 15, 0), (80, 20, 0))
    whole["looks"][2]["at_ms"] = UNPAID_MS + 1
    assert counted(whole) == (15, 0, 0)


@pytest.mark.parametrize(
    ("told", "suspicious", "says"),
    [
        *(({"goods": None, "looks": [], "lacks": code, "why": ""}, False, words.en) for code, words in LACKS.items()),
        ({"looks": [], "lacks": "few", "why": "7"}, False, "too few pieces are there for a drill (7)"),
        ({}, False, "nobody looked"),
        (looks((None, 0, 0)), False, "could not be read before the fault (503)"),
        (looks(START, (100, 5, 0)), False, "fell by 0 where 5 pieces were sold"),
        (looks(START, (94, 5, 0)), False, "fell by 6 where 5 pieces were sold"),
        (looks(START, (95, 5, 1)), False, "not every purchase came about"),
        (looks(START, (100, 0, 0)), False, "not every purchase came about"),
        (looks(START, BEFORE), True, "could not be read after the fault"),
        (looks(START, BEFORE, (None, 9, 0), (87, 12, 0)), True, "after the fault (503)"),
        (looks(START, BEFORE, (90, 10, 0), (None, 12, 0)), True, "at the end (503)"),
        (looks(START, BEFORE, (90, 10, 0), (90, 15, 0)), True, "after the fault it fell by 0 where 5"),
        (looks(START, BEFORE, (90, 10, 0), (84, 15, 0)), True, "it fell by 6 where 5"),
    ],
)
def test_a_stock_that_follows_something_else_tells_nothing(told: dict[str, Any], suspicious: bool, says: str) -> None:
    found = moves_in(told)
    assert isinstance(found, Untold)
    assert (found.suspicious, says in found.why.en) == (suspicious, True), found.why.en
    assert found.why.zh


def test_what_was_unsure_may_leave_late_or_come_back_after_the_fault() -> None:
    for left in (84, 85, 86):
        assert counted(looks(START, BEFORE, (90, 10, 1), (left, 15, 1))) == (10, 0, 0)


@given(
    first=st.integers(1, 50), sold=st.integers(0, 500), unsure=st.integers(0, 50), last=st.integers(0, 50),
    fell=st.integers(0, 600),
)  # fmt: skip
def test_lost_and_doubled_make_up_for_the_difference_and_never_both(
    first: int, sold: int, unsure: int, last: int, fell: int
) -> None:
    at = (10_000, 10_000 - first, 10_000 - first - fell, 10_000 - first - fell - last)
    rows = ((at[0], 0, 0), (at[1], first, 0), (at[2], first + sold, unsure), (at[3], first + sold + last, unsure))
    moves = moves_in(looks(*rows))
    assert isinstance(moves, Moves)
    assert 0 in (moves.lost, moves.doubled)
    assert moves.sold - moves.lost <= moves.fell - moves.doubled <= moves.sold - moves.lost + unsure
    assert moves.bad <= moves.sold
