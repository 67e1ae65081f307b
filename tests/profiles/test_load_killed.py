"""kill -9 on harness, keeper, master or worker at any moment: part of a record, readable, and no process left."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from probes.errors import EvidenceError
from profiles.outcome import read_record
from tests.awaiting import until
from tests.profiles.gated import gated
from tests.profiles.pushing import harness, living, marked, planned, words

pytestmark = pytest.mark.integration

SEED = 20261122


def role(process: psutil.Process) -> str:
    line = words(process)
    if not line:
        return "ended"
    if "--worker" in line:
        return "worker"
    if "--master" in line:
        return "master"
    return "keeper" if any("keeper.py" in word for word in line) else "harness"


@pytest.mark.parametrize("victim", ["harness", "master", "worker", "keeper"])
@pytest.mark.parametrize("moment", range(3))
def test_killed(tmp_path: Path, victim: str, moment: int) -> None:
    chance = random.Random(f"{SEED} {victim} {moment}")
    mark = f"{victim}-{moment}-{os.getpid()}"
    with gated() as server:
        planned(tmp_path, server.port, rate=40, seconds=600, workers=2)
        with subprocess.Popen(
            harness(tmp_path), env=marked(mark), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout is not None
            # The first moment is while they come up, the others once the run is on.
            if moment:
                for _ in range(moment):
                    run.stdout.readline()
                time.sleep(chance.random())  # some moment within a second
            else:
                time.sleep(chance.uniform(0.05, 2.5))
            there = [process for process in living(mark, run.pid) if role(process) == victim]
            if there:
                chance.choice(there).send_signal(signal.SIGKILL)
            if victim == "keeper" or not there:
                run.kill()  # both ties at once: the kernel's is left
            said, complained = run.communicate(timeout=60)
        until(lambda: not living(mark, run.pid), lambda: f"none is left of {living(mark, run.pid)}")
    if victim in {"master", "worker"} and there:
        assert run.returncode == 0, complained
        assert said.splitlines()[-1].startswith("partial"), said
    path = tmp_path / "record.jsonl"
    if not path.exists():
        assert not moment
        return
    try:
        record = read_record(path.read_bytes())
    except EvidenceError:
        assert b"\n" not in path.read_bytes(), "only a record that had not begun cannot be read"
        return
    assert not record.complete
    assert not moment or record.seconds
