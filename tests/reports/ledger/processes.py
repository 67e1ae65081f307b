"""Starting writers, and looking at what they left."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from tests.reports.ledger.writer import PARTS

ROOT = Path(__file__).parents[3]


def start_writer(path: Path, run_id: str, *, batches: int, largest: int = 0) -> subprocess.Popen[str]:
    """Start a writer; its first line, ``ready``, comes before it opens the ledger."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reports.ledger.writer", str(path), run_id, str(batches), str(largest)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def batches_kept(store: SqliteStore, run_id: str) -> set[int]:
    """Return a run's batches; each is there whole, in order, and once."""
    numbers = [entry.value()["batch"] for entry in store.entries(run_id=run_id, kind="note")]
    assert numbers == sorted(numbers)
    assert set(Counter(numbers).values()) <= {PARTS}
    return set(numbers)


def assert_usable(path: Path, kept: dict[str, set[int]]) -> None:
    """What each run had acknowledged is there, the chain verifies, and the next append works."""
    with SqliteStore(path, clock=SystemClock()) as store:
        assert store.verify().problems == ()
        for run_id, acknowledged in kept.items():
            assert acknowledged <= batches_kept(store, run_id)
        store.put_attachment("after", b"the next append works")
