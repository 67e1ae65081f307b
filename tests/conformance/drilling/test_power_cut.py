"""The power of a machine with a real PostgreSQL cut under write load: what it had not synchronised is gone for good.

With ``fsync = off`` a server that is killed loses nothing, since the system still has it; a power cut takes that too.
"""

from pathlib import Path

import pytest

from tests.conformance.drilling.whole import whole
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.drills import switched
from tests.profiles.drills.powered import powered

pytestmark = pytest.mark.integration

CHECK = "SBT-3.1.3.4-physical-power"


def test_every_committed_row_is_there_after_the_cut(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with powered() as database:
        drilled = whole(running_shop, tmp_path, "power-cut", database.entry(), depth="page")
        data = drilled.drill()
        assert switched.running(database.folder) is not None
    assert (data["ended"], data["complete"], data["reverted_by"]) == ("planned", True, "harness")
    power = data["power"]
    assert power["rows_committed"] == power["rows_found"] > 0
    assert (power["rows_lost"], power["check"]["ran"], power["check"]["clean"]) == ([], True, True)
    found = drilled.finding(CHECK, "3.1.3.4")
    assert found["verdict"] == "conforms", found["reason"]


def test_a_database_that_does_not_synchronise_loses_what_it_committed(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with powered("fsync=off") as database:
        entry = database.entry(first=database.settled)
        drilled = whole(running_shop, tmp_path, "power-cut", entry, depth="page")
        data = drilled.drill()
    power = data["power"]
    lost = power["rows_committed"] - power["rows_found"]
    assert lost > 0
    assert len(power["rows_lost"]) == min(lost, 20)
    found = drilled.finding(CHECK, "3.1.3.4")
    assert found["verdict"] == "violates"
    assert f"{lost} of {power['rows_committed']} committed rows are gone after the cut" in found["reason"]
