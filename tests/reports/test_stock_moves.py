"""Stock before and after a drill against what was sold: whole, lost, doubled, and when it tells nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.stock_moves import Moves, Untold, moves_in

Looks = list[dict[str, Any]]


def looks(*rows: tuple[int | None, int, int]) -> dict[str, Any]:
    """Return looks at a stock: (stock, sold, unsure) at the start, before, during, after."""
    phases = ("start", "before", "during", "after")
    return {
        "goods": "Wok",
        "why": "",
        "looks": [
            {"phase": phase, "stock": stock, "sold": sold, "unsure": unsure, "why": "" if stock is not None else "503"}
            for phase, (stock, sold, unsure) in zip(phases, rows, strict=False)
        ],
    }


def test_what_was_sold_left_the_stock() -> None:
    moves = moves_in(looks((100, 0, 0), (95, 5, 0), (85, 15, 0), (80, 20, 0)))
    assert moves == Moves(goods="Wok", sold=10, unsure=0, fell=10)
    assert (moves.lost, moves.doubled) == (0, 0)


def test_what_is_still_there_though_it_was_sold_is_lost() -> None:
    moves = moves_in(looks((100, 0, 0), (95, 5, 0), (88, 15, 0), (83, 20, 0)))
    assert isinstance(moves, Moves)
    assert (moves.lost, moves.doubled) == (3, 0)


def test_what_left_beyond_all_that_can_have_been_sold_is_doubled() -> None:
    within = moves_in(looks((100, 0, 0), (95, 5, 0), (83, 15, 2), (78, 20, 2)))
    beyond = moves_in(looks((100, 0, 0), (95, 5, 0), (82, 15, 2), (77, 20, 2)))
    assert isinstance(within, Moves)
    assert isinstance(beyond, Moves)
    assert [(each.lost, each.doubled) for each in (within, beyond)] == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("told", "suspicious", "says"),
    [
        ({"goods": None, "looks": [], "why": "no operator"}, False, "no operator"),
        ({}, False, "nobody looked"),
        (looks((None, 0, 0), (95, 5, 0)), False, "could not be read before the fault (503)"),
        (looks((100, 0, 0), (100, 5, 0), (100, 9, 0), (100, 12, 0)), False, "fell by 0 where 5 pieces were sold"),
        (looks((100, 0, 0), (94, 5, 0), (90, 9, 0), (87, 12, 0)), False, "fell by 6 where 5 pieces were sold"),
        (looks((100, 0, 0), (95, 5, 1), (90, 10, 1), (85, 15, 1)), False, "does not follow orders here"),
        (looks((100, 0, 0), (100, 0, 0), (100, 0, 0), (100, 0, 0)), False, "where 0 pieces were sold"),
        (looks((100, 0, 0), (95, 5, 0)), True, "could not be read after the fault"),
        (looks((100, 0, 0), (95, 5, 0), (None, 9, 0), (87, 12, 0)), True, "after the fault (503)"),
        (looks((100, 0, 0), (95, 5, 0), (90, 10, 0), (None, 12, 0)), True, "at the end (503)"),
        (looks((100, 0, 0), (95, 5, 0), (90, 10, 0), (90, 15, 0)), True, "after the fault it fell by 0 where 5"),
        (looks((100, 0, 0), (95, 5, 0), (90, 10, 0), (84, 15, 0)), True, "it fell by 6 where 5"),
    ],
)
def test_a_stock_that_follows_something_else_tells_nothing(told: dict[str, Any], suspicious: bool, says: str) -> None:
    found = moves_in(told)
    assert isinstance(found, Untold)
    assert (found.suspicious, says in found.why.en) == (suspicious, True), found.why.en
    assert found.why.zh


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
    assert sold - moves.lost <= fell - moves.doubled <= sold - moves.lost + unsure
