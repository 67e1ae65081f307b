"""Waiting for a watcher on the host: told as over, or not to be waited for any longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.awaiting import await_over
from conformance.drilling.declared import drill_faults, drill_named
from conformance.drilling.sending import Sending
from conformance.drilling.task import Task
from probes.clock import SystemClock
from probes.shop.opening import adapter_of
from probes.target_file import target_of
from profiles.drills.deadman import Place
from profiles.drills.traces import OVER
from reports.ledger.location import open_ledger

TEXT = """
[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
environment = "staging"
authorised = true
adapter = "oscar"
[[hosts]]
name = "edge"
address = "local"
[[drills]]
name = "test-virus"
host = "edge"
drop_in = "/srv/drop"
"""
LONG_S = 3_600.0


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    catalogue, clock = load_catalogue("SBT"), SystemClock()
    target = target_of(TEXT, tmp_path / "duheng.toml", further=lambda written: drill_faults(written, catalogue))
    adapter = adapter_of(target)
    assert adapter is not None
    with open_ledger(target.ledger_url, base=tmp_path, clock=clock) as store:
        yield Task(
            target=target,
            adapter=adapter,
            drill=drill_named(target, catalogue, "test-virus"),
            store=store,
            out=tmp_path,
            tool="test",
            clock=clock,
            say=print,
        )


def once(task: Task, folder: Path) -> Sending:
    """Return a sending of a run beside ``folder``, which fails where the host would be asked a second time."""
    times = iter([None])
    return Sending(task=task, place=Place(place=str(folder / "drill"), run_id="run-12345678"), asked=times.__next__)


def test_what_is_over_is_told(task: Task, tmp_path: Path) -> None:
    sending = once(task, tmp_path)
    Path(sending.place.folder).mkdir()
    (Path(sending.place.folder) / OVER).touch()
    assert await_over(sending, LONG_S)


def test_a_folder_that_is_gone_is_not_waited_for(task: Task, tmp_path: Path) -> None:
    assert not await_over(once(task, tmp_path), LONG_S)
