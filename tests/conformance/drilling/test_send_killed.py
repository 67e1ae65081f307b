"""SIGKILL of the harness while it sends: the host heals itself, what was dropped is gone, and the record tells it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.judges.drill_run import Drill
from conformance.judges.drill_runs import fault_of_record
from probes.canonical import freeze
from tests.conformance.drilling.attacked import permitted
from tests.conformance.drilling.edge import edge
from tests.conformance.drilling.uploads import uploads
from tests.conformance.drilling.whole import Whole
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.asking import needs

pytestmark = pytest.mark.integration
POINTS = ("begin:send", "end:send")


@contextmanager
def attacking(shop: MiniatureShop, folder: Path) -> Iterator[Whole]:
    """Declare the attack set against an edge that filters it."""
    needs(("nginx", "nginx-light"))
    with edge(folder) as there:
        keys: dict[str, Any] = {"source": "127.0.0.2", "replay_at": there.url, "reached_log": str(there.behind)}
        permitted(shop, folder, "attack-set", listed=there.place, **keys)
        yield Whole(folder=folder, fault="attack-set")


@contextmanager
def infecting(shop: MiniatureShop, folder: Path) -> Iterator[Whole]:
    """Declare the test virus, by upload to a server that nobody guards."""
    stored = folder / "stored"
    stored.mkdir()
    with uploads(stored) as url:
        keys: dict[str, Any] = {"upload": f"{url}upload", "served_at": f"{url}files/", "stored_in": str(stored)}
        permitted(shop, folder, "test-virus", listed=url.removeprefix("http://").strip("/"), **keys)
        yield Whole(folder=folder, fault="test-virus")


def _untold(data: Mapping[str, Any]) -> str:
    """Return why a run tells no judge anything."""
    tell = fault_of_record(Drill(data=freeze(dict(data))))
    assert tell is not None
    return tell.en


@pytest.mark.parametrize("point", POINTS)
def test_an_attack_set_that_was_killed_says_nothing(point: str, running_shop: MiniatureShop, tmp_path: Path) -> None:
    with attacking(running_shop, tmp_path) as drilled:
        drilled.killed_at(point)
        drilled.heals_itself()
        told = drilled.data()
    assert (told["ended"], told["complete"], told["steps"][-1]["step"]) == ("killed", False, "send")
    assert told["proof_of_revert"]["proved"] is True
    assert "it was killed before its end" in _untold(told)


@pytest.mark.parametrize("point", POINTS)
def test_a_test_virus_that_was_killed_is_gone(point: str, running_shop: MiniatureShop, tmp_path: Path) -> None:
    with infecting(running_shop, tmp_path) as drilled:
        drilled.killed_at(point)
        drilled.heals_itself()
        told = drilled.data()
    assert (told["ended"], told["complete"], told["steps"][-1]["step"]) == ("killed", False, "send")
    assert list((tmp_path / "stored").iterdir()) == []
    assert "it was killed before its end" in _untold(told)
