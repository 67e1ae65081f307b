"""A process that does not run is not hit; and since its owner may have stopped it, nobody starts it."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.profiles.drills.drilled import drilled
from tests.profiles.drills.host import end_time_of, state_of, victim


@pytest.mark.parametrize("by", ["harness", "deadman"])
@pytest.mark.parametrize("fault", ["software-crash", "hang", "database-crash", "data-lost", "switch-over"])
def test_what_its_owner_had_stopped_is_not_hit_and_not_started(fault: str, by: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    entry: dict[str, Any] = {"port": 1, "data": str(tmp_path / "data"), "recover": ["true"], "promoted": ["false"]}
    with victim(tmp_path) as hit, drilled(fault, {**hit.entry, **entry, "centre": ["false"]}, tmp_path) as run:
        before = hit.pid()
        os.killpg(before, signal.SIGKILL)
        until(lambda: state_of(before) in {"", "Z"}, "it is stopped")
        run.arm()
        assert run.inject() == (HELD, "the process does not run")
        assert run.effect()[0] == 1
        if by == "deadman":
            end_time_of(Path(run.place.folder))
            run.wait_for_the_dead_man()
        else:
            run.done()
        assert (hit.pid(), (tmp_path / "data").is_dir()) == (before, True)


def test_whom_nobody_could_note_is_not_hit(tmp_path: Path) -> None:
    with victim(tmp_path) as hit, drilled("software-crash", hit.entry, tmp_path) as run:
        run.arm()
        (Path(run.place.folder) / "victims.new").mkdir()  # as where nothing more can be written
        assert run.inject() == (HELD, "what is hit cannot be noted")
        assert (hit.state(), run.heal()[0]) == ("S", 0)
        run.done()
