"""Whether the fault of a drill is out, as the metrics tell it: only what was proven is."""

from typing import Any

import pytest

from conformance.serving.drilled import drilled
from tests.conformance.judges.drill_evidence import drill, orders, stock

LATER_MS = 1_800_000_000_000
BROKEN_OFF: dict[str, Any] = {"ended": "aborted", "complete": False, "proof_of_revert": None, "reverted_by": None}


@pytest.mark.parametrize(
    ("changes", "healed"),
    [
        ({}, True),
        ({"proof_of_revert": {"proved": False, "how": "process 1 stands still"}}, False),
        ({**BROKEN_OFF, "ended": "killed"}, False),
        (BROKEN_OFF, False),  # the host was lost while its fault was taken out
        ({**BROKEN_OFF, "phases": {}, "proof_of_effect": None}, None),  # nothing was put in
    ],
)
def test_only_what_was_proven_to_be_out_is_out(changes: dict[str, Any], healed: bool | None) -> None:
    told = drilled({"runs": [drill("hang", "software", 30, **changes)]})
    assert told["hang"].healed is healed


def test_a_refused_run_heals_nothing_and_a_good_one_does() -> None:
    wound = drill("hang", "software", 30, **BROKEN_OFF)
    refused = drill("hang", "software", 30, ended_ms=LATER_MS, **{**BROKEN_OFF, "phases": {}, "proof_of_effect": None})
    assert drilled({"runs": [refused, wound]})["hang"].healed is False
    assert drilled({"runs": [drill("hang", "software", 30, ended_ms=LATER_MS), wound]})["hang"].healed is True


@pytest.mark.parametrize(
    ("changes", "ratio"),
    [
        ({}, 1.0),
        ({"payments": orders(40, found=39, lost=["7"])}, 0.975),
        ({"payments": orders(40, found=0, unread=40)}, None),
        ({"stock": stock(30, after=9)}, None),
        ({"orders": None, "stock": None}, None),
    ],
)
def test_the_degree_is_the_least_share_and_none_where_one_is_not_known(
    changes: dict[str, Any], ratio: float | None
) -> None:
    assert drilled({"runs": [drill("hang", "software", 30, **changes)]})["hang"].degree_ratio == ratio
