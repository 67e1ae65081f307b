"""A node of a pair switched off in a whole drill; and whoever kills the harness, what was switched off is on again."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.judges.drill_run import Drill
from tests.conformance.drilling.whole import whole
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.drills import switched
from tests.profiles.drills.store import Store

pytestmark = pytest.mark.integration


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two machines that are on."""
    switched.need_namespaces()
    both = (tmp_path / "node1", tmp_path / "node2")
    for node in both:
        switched.make(node, switched.IDLE)
        switched.switch_now(node, "on")
    yield both
    for node in both:
        switched.switch_now(node, "off")


def node_off(nodes: tuple[Path, Path]) -> dict[str, Any]:
    alive = " && ".join(f"kill -0 $(cat {node}/pid) 2>/dev/null" for node in nodes)
    return {**switched.entry_of(nodes[1]), "redundant": ["sh", "-c", alive]}


def reverted_ms(data: dict[str, Any]) -> int:
    return next(int(step["at_ms"]) for step in data["steps"] if step["step"] == "revert")


def test_redundancy_that_its_owner_brings_back_tells_how_long_the_repair_took(
    running_shop: MiniatureShop, nodes: tuple[Path, Path], tmp_path: Path
) -> None:
    noticed = f"until [ -s {tmp_path}/drill.drill-*/found ]; do sleep 0.1; done"  # a busy machine may be late
    recover = ["sh", "-c", f"{shlex.join(switched.switch(nodes[1], 'on'))} && {noticed}"]
    drilled = whole(running_shop, tmp_path, "node-off", {**node_off(nodes), "recover": recover}, depth="page")
    data = drilled.drill()
    assert (data["kind"], data["ended"], data["complete"]) == ("hardware", "planned", True)
    assert data["proof_of_effect"] == {"proved": True, "how": "the machine says: shut off"}
    assert data["journeys"]["during"]["failed"] == 0  # the other node is there
    phases = data["phases"]
    assert phases["injected_ms"] < phases["redundant_ms"] <= phases["acted_ms"] <= reverted_ms(data)
    took = Drill(data=data).recovery()
    assert took is not None
    assert took.whole
    assert took.seconds >= (phases["redundant_ms"] - phases["injected_ms"]) / 1000


def test_redundancy_that_the_drill_itself_gave_back_was_not_repaired(
    running_shop: MiniatureShop, nodes: tuple[Path, Path], tmp_path: Path
) -> None:
    data = whole(running_shop, tmp_path, "node-off", node_off(nodes), depth="page").drill()
    assert data["proof_of_revert"] == {"proved": True, "how": "the machine is on again: running"}
    assert data["phases"]["redundant_ms"] > reverted_ms(data)
    took = Drill(data=data).recovery()
    assert took is not None
    assert not took.whole


def test_whoever_kills_the_harness_the_node_is_on_again(
    running_shop: MiniatureShop, nodes: tuple[Path, Path], tmp_path: Path
) -> None:
    drilled = whole(running_shop, tmp_path, "node-off", node_off(nodes), depth="page")
    drilled.killed_at("begin:watch")
    assert switched.running(nodes[1]) is None
    drilled.heals_itself()
    assert switched.running(nodes[1]) is not None
    data = drilled.data()
    assert (data["ended"], data["complete"], data["reverted_by"]) == ("killed", False, "deadman")
    assert data["proof_of_revert"]["proved"] is True


def test_whoever_kills_the_harness_the_database_has_power_again(
    running_shop: MiniatureShop, nodes: tuple[Path, Path], tmp_path: Path
) -> None:
    database = nodes[1]
    drilled = whole(running_shop, tmp_path, "power-cut", Store(database).entry(database), depth="page")
    drilled.killed_at("end:inject")
    assert switched.running(database) is None
    drilled.heals_itself()
    assert switched.running(database) is not None
    assert (drilled.data()["reverted_by"], drilled.data()["power"]) == ("deadman", None)
