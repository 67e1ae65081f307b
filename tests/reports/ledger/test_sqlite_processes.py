"""Several processes at one ledger, and processes that are killed."""

import random
import subprocess
from pathlib import Path

import pytest

from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from tests.reports.ledger.processes import assert_usable, batches_kept, start_writer

pytestmark = pytest.mark.integration


def test_two_writers_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "duheng.db"  # it does not exist: both want to create it
    writers = {run_id: start_writer(path, run_id, batches=80) for run_id in ("one", "two", "three")}
    for writer in writers.values():
        with writer:
            _, complaint = writer.communicate(timeout=120)
        assert (writer.returncode, complaint) == (0, "")
    with SqliteStore(path, clock=SystemClock()) as store:
        assert store.verify().problems == ()
        assert all(batches_kept(store, run_id) == set(range(80)) for run_id in writers)
        assert store.head().seq == 3 * 80 * 4
        assert store.verify().attachments == 80


def _killed(writer: subprocess.Popen[str], *, acknowledgments: int, delay_s: float) -> set[int]:
    """Kill -9 the writer a moment after so many acknowledgments; return all it had acknowledged."""
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        lines = [writer.stdout.readline() for _ in range(acknowledgments)]
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=delay_s)
        writer.kill()
        lines.extend(writer.stdout)
    return {int(line) for line in lines}


def test_killed_at_fifty_random_moments_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    path, chance = tmp_path / "duheng.db", random.Random(7)
    kept: dict[str, set[int]] = {}
    for number in range(50):
        run_id = f"run-{number}"
        writer = start_writer(path, run_id, batches=100_000)
        kept[run_id] = _killed(writer, acknowledgments=chance.randrange(20), delay_s=chance.random() / 200)
        assert_usable(path, {run_id: kept[run_id]})
    assert_usable(path, kept)
    assert any(kept.values())


def test_killed_while_the_ledger_is_born_it_is_born_whole_or_not_at_all(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(15):
        path = tmp_path / f"{number}.db"
        writer = start_writer(path, "run", batches=100_000)
        acknowledged = _killed(writer, acknowledgments=0, delay_s=chance.random() / 50)
        assert not path.exists() or path.stat().st_size > 0
        assert_usable(path, {"run": acknowledged})
