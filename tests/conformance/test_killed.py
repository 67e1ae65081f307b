"""kill -9 at fifty moments of an examination: the ledger opens, its chain verifies, nothing acknowledged is lost."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from reports.ledger.entry import READING
from tests.conformance.running import duheng, environment, plugin, recorded, report_of
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

CLAUSES = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128,SBT-3.2.1-register"
KILLS = 50

# One process examines again and again, so that fifty runs cost fifty runs and not fifty starts of Python. It says on
# standard output what the ledger has acknowledged, as soon as it has.
RUNS = """
import sys
from pathlib import Path
from conformance import session
from conformance.options import Options
from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from contextlib import contextmanager

real = SqliteStore.append
def append(self, run_id, drafts, *, attachments=()):
    positions = real(self, run_id, drafts, attachments=attachments)
    for position in positions:
        print("kept", run_id, position, flush=True)
    return positions
SqliteStore.append = append

@contextmanager
def silent():
    yield lambda *_: None

options = Options(target=Path("duheng.toml"), ledger=None, out=Path("duheng-out"), clauses=sys.argv[1],
                  standard="SBT", replay=None, accept=(), lang="en")
while True:
    prepared = session.prepare(options, SystemClock())
    print("run", prepared.examination.run_id, flush=True)
    session.gather_into(prepared, silent)
    session.finish(prepared)
    print("written", prepared.examination.run_id, flush=True)
"""


def test_killed_at_fifty_moments(tmp_path: Path, running_shop: MiniatureShop) -> None:
    import sys

    running_shop.target_toml(tmp_path)
    chance = random.Random(20260924)
    acknowledged: dict[int, str] = {}
    written: set[str] = set()
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", RUNS, CLAUSES],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            _kill_somewhere(process, chance, acknowledged, written)
    with recorded(tmp_path / "duheng.db") as store:
        kept = {entry.seq: entry.run_id for entry in store.entries()}
        assert len(store.runs()) >= KILLS // 2
        assert any(not run.finished for run in store.runs())
        assert sum(1 for _ in store.entries(kind=READING)) >= KILLS
    assert {seq: kept.get(seq) for seq in acknowledged} == acknowledged
    for run_id in written:
        assert (tmp_path / "duheng-out" / run_id / "bundle.dsse.json").exists()
    done = duheng("examine", "--clauses", CLAUSES, folder=tmp_path)
    assert done.returncode == 0
    assert report_of(tmp_path)["run"]["exit"] == 0


def _kill_somewhere(
    process: subprocess.Popen[str], chance: random.Random, acknowledged: dict[int, str], written: set[str]
) -> None:
    """Kill after a random number of lines that the run says, and a random instant more."""
    assert process.stdout is not None
    lines = chance.randint(1, 12)
    for line in process.stdout:
        _note(line, acknowledged, written)
        lines -= 1
        if lines == 0:
            time.sleep(chance.uniform(0, 0.03))  # somewhere between two of its lines
            process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL, process.stderr.read() if process.stderr else ""


def _note(line: str, acknowledged: dict[int, str], written: set[str]) -> None:
    match line.split():
        case ["kept", run_id, position]:
            acknowledged[int(position)] = run_id
        case ["written", run_id]:
            written.add(run_id)
