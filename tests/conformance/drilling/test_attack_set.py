"""The attack set, replayed at a real web server that filters it, and at one that does not filter all of it."""

from pathlib import Path
from typing import Any

import pytest

from conformance.drilling.attack_rows import ATTACKS
from conformance.judges.drill_attacks import kept_out
from tests.conformance.drilling.attacked import judged, run_drill
from tests.conformance.drilling.edge import FILTERS, Edge, edge
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.asking import needs

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _nginx() -> None:
    needs(("nginx", "nginx-light"))


def replay(shop: MiniatureShop, there: Edge, **entry: Any) -> tuple[int, str, dict[str, Any]]:
    """Return what came of a drill that replays the set at an edge, from an address of its own."""
    given = {"source": "127.0.0.2", "replay_at": there.url, "reached_log": str(there.behind)}
    return run_drill(shop, there.folder, "attack-set", listed=there.place, **{**given, **entry})


def test_an_edge_that_filters_lets_none_of_it_through(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with edge(tmp_path) as there:
        status, said, told = replay(running_shop, there, inspect_log=str(there.log), inspect='" 403 ')
        assert status == 0, said
        assert f"{len(ATTACKS)} attacks from 127.0.0.2" in said
        log = there.log.read_text()
    assert all(f"{told['run_id']}-{each.number}" in log or each.where == "header" for each in ATTACKS)
    attack = told["attack"]
    assert (attack["sent"], attack["of"], attack["reached"]) == (len(ATTACKS), len(ATTACKS), [])
    assert attack["seen"]["inspect"]["line"].startswith("127.0.0.2 - - [")
    assert judged(told, "SBT-3.1.2.4-prevent", kept_out).word == "conforms"


def test_what_an_edge_lets_through_violates_with_its_ids(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with edge(tmp_path, filters=[each for each in FILTERS if "user_agent" not in each]) as there:
        status, said, told = replay(running_shop, there)
    assert status == 0, said
    through = [f"duheng-{told['run_id']}-{each.number}" for each in ATTACKS if each.where == "agent"]
    assert told["attack"]["reached"] == through
    assert "seen" not in told["attack"]
    tell = judged(told, "SBT-3.1.2.4-prevent", kept_out)
    assert tell.word == "violates"
    assert all(each in tell.shows for each in through)


def test_a_log_that_lacks_the_innocent_request_that_came_through_last_tells_nothing(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with edge(tmp_path, logs="-00$") as there:
        _, said, told = replay(running_shop, there)
        assert there.behind.read_text().count("-00 ") == 1
    assert (told["proof_of_effect"]["proved"], told["attack"]["reached"]) == (False, None), said


def test_a_log_that_shows_no_innocent_request_tells_nothing(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with edge(tmp_path) as there:
        nobody = tmp_path / "nobody.log"
        nobody.touch()
        _, said, told = replay(running_shop, there, reached_log=str(nobody))
    assert told["proof_of_effect"]["proved"] is False, said
