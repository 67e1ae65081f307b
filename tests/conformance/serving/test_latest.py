"""The newest readings of a ledger, followed as it grows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from conformance.serving.latest import LatestReadings
from probes.clock import SystemClock
from probes.observation import Observation, Reading
from reports.ledger.memory import MemoryStore
from reports.ledger.store import LedgerStore
from tests.conformance.serving.ledgers import PLATFORM, open_store, tcp, with_examination
from tests.conformance.serving.ledgers import reading as observed

KINDS = ("net.tcp", "net.tls")


class Reads(MemoryStore):
    """A store that notes which runs were read."""

    def __init__(self) -> None:
        super().__init__(clock=SystemClock())
        self.read: list[str] = []

    def readings(self, run_id: str) -> Iterator[Reading]:
        """Note the run."""
        self.read.append(run_id)
        return super().readings(run_id)


def _runs(store: LedgerStore, latest: LatestReadings) -> dict[str, str]:
    return {reading.header.kind: reading.header.run_id for reading in latest.follow(store)}


def test_the_last_finished_run_that_looked_at_a_kind_speaks_for_it() -> None:
    store, latest = MemoryStore(clock=SystemClock()), LatestReadings(PLATFORM, KINDS)
    assert _runs(store, latest) == {}
    with_examination(store, "run-1")
    assert _runs(store, latest) == {"net.tcp": "run-1", "net.tls": "run-1"}

    _only_tcp(store, "run-2", finished=True)
    assert _runs(store, latest) == {"net.tcp": "run-2", "net.tls": "run-1"}
    _only_tcp(store, "run-3", finished=False)
    assert _runs(store, latest) == {"net.tcp": "run-2", "net.tls": "run-1"}
    store.finish_run("run-3", {})
    assert _runs(store, latest) == {"net.tcp": "run-3", "net.tls": "run-1"}
    assert _runs(store, LatestReadings(PLATFORM, KINDS)) == _runs(store, latest)


def _only_tcp(store: LedgerStore, run_id: str, *, finished: bool) -> None:
    seen: Observation = observed("net.tcp", "https://shop.invalid", tcp([]), run_id=run_id, age=timedelta(hours=1))
    store.append_readings(run_id, (seen,))
    if finished:
        store.finish_run(run_id, {})


def test_only_what_is_new_is_read_again() -> None:
    store, latest = Reads(), LatestReadings(PLATFORM, KINDS)
    for number in range(50):
        with_examination(store, f"run-{number}")
    latest.follow(store)
    assert store.read == ["run-49"]  # it looked at every kind that is needed

    latest.follow(store)
    assert store.read == ["run-49"]
    with_examination(store, "run-50")
    latest.follow(store)
    assert store.read == ["run-49", "run-50"]


def test_other_platforms_of_the_ledger_are_not_ours() -> None:
    store = MemoryStore(clock=SystemClock())
    with_examination(store, "run-1")

    assert LatestReadings("another", KINDS).follow(store) == ()


@pytest.mark.parametrize("longer", [False, True])
def test_another_ledger_in_its_place_is_read_from_its_begin(tmp_path: Path, longer: bool) -> None:
    latest = LatestReadings(PLATFORM, KINDS)
    with open_store(tmp_path) as store:
        with_examination(store, "old")
        assert set(_runs(store, latest).values()) == {"old"}
    for path in tmp_path.glob("evidence.db*"):
        path.unlink()
    with open_store(tmp_path) as store:
        _only_tcp(store, "new-1", finished=True)
        if longer:
            for number in range(2, 9):
                _only_tcp(store, f"new-{number}", finished=True)

        assert _runs(store, latest) == {"net.tcp": "new-8" if longer else "new-1"}
