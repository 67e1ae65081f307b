"""Waiting for a watcher on the host: told as over, or not to be waited for any longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.drilling.awaiting import await_over
from conformance.drilling.sending import Sending
from conformance.drilling.task import Task
from profiles.drills.deadman import Place
from profiles.drills.traces import OVER
from tests.conformance.drilling.sent import task_of

LONG_S = 3_600.0


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    with task_of(tmp_path, "test-virus", drop_in="/srv/drop") as made:
        yield made


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
