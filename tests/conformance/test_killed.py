"""kill -9 at fifty moments of an examination: the ledger opens, its chain verifies, nothing acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reports.ledger.entry import READING
from tests.conformance.running import duheng, environment, recorded, report_of
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

CLAUSES = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128,SBT-3.2.1-register"
KILLS = 50

# Python starts once; each run is a fork of that process, examines again and again until it is killed, and says on
# standard output what the ledger has acknowledged, as soon as it has.
RUNS = """
import os
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
def examine():
    prepared = session.prepare(options, SystemClock())
    session.gather_into(prepared, silent)
    session.finish(prepared)
    print("written", prepared.examination.run_id, flush=True)

for _ in sys.stdin:
    pid = os.fork()
    while pid == 0:
        examine()
    print("child", pid, flush=True)
    print("over", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@dataclass(slots=True, kw_only=True)
class Said:
    """What all runs said: positions that the ledger acknowledged, by run; reports that were written."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)


def test_killed_at_fifty_moments(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path)
    chance, said = random.Random(20260924), Said()
    with subprocess.Popen(
        [sys.executable, "-c", RUNS, CLAUSES],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(KILLS):
            process.stdin.write("go\n")
            assert _killed_somewhere(process.stdout, chance, said) == -signal.SIGKILL
        process.stdin.close()
    with recorded(tmp_path / "duheng.db") as store:
        kept = {entry.seq: entry.run_id for entry in store.entries()}
        assert len(store.runs()) >= KILLS // 2
        assert any(not run.finished for run in store.runs())
        assert sum(1 for _ in store.entries(kind=READING)) >= KILLS
    assert {seq: kept.get(seq) for seq in said.acknowledged} == said.acknowledged
    assert said.written
    for run_id in said.written:
        assert (tmp_path / "duheng-out" / run_id / "bundle.dsse.json").exists()
    done = duheng("examine", "--clauses", CLAUSES, folder=tmp_path)
    assert done.returncode == 0
    assert report_of(tmp_path)["run"]["exit"] == 0


def _killed_somewhere(lines: Iterator[str], chance: random.Random, said: Said) -> int:
    """Kill after a random number of acknowledgements, and a random instant more; return how the run ended."""
    pid, left = 0, chance.randint(0, 14)
    for line in lines:
        match line.split():
            case ["over", status]:
                return int(status)
            case ["child", number]:
                pid = int(number)
            case ["kept", run_id, position]:
                said.acknowledged[int(position)] = run_id
                left -= 1
            case ["written", run_id]:
                said.written.add(run_id)
            case _:  # a run has begun
                pass
        if pid and left <= 0:
            time.sleep(chance.uniform(0, 0.05))  # somewhere between two of its lines
            os.kill(pid, signal.SIGKILL)
            left = KILLS  # once
    raise AssertionError("the process that starts the runs is gone")
