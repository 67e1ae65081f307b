"""`ledger.drills` from a real ledger: the newest first, by their own end, each run once, none that is too old."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.drilling.recall import DAYS, drill_runs
from probes.clock import SystemClock, rfc3339
from probes.errors import NotRecorded
from probes.target import Target
from probes.target_file import target_of
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import LedgerStore
from tests.conformance.recorded_runs import keep_drill

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TARGET = """
[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    with SqliteStore(tmp_path / "ledger.db", clock=SystemClock()) as opened:
        yield opened


@pytest.fixture
def target() -> Target:
    return target_of(TARGET, Path("duheng.toml"))


def keep(store: LedgerStore, run_id: str, *, ended: datetime, seen: datetime, platform: str = "shop") -> None:
    keep_drill(store, platform, run_id, ended=ended, seen=seen)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_the_newest_come_first_by_their_own_end(store: LedgerStore, target: Target) -> None:
    keep(store, "killed", ended=days_ago(9), seen=days_ago(1))  # recovered long after
    keep(store, "later", ended=days_ago(5), seen=days_ago(5))
    keep(store, "old", ended=days_ago(DAYS + 1), seen=days_ago(2))
    keep(store, "other", ended=days_ago(1), seen=days_ago(1), platform="another")
    told = drill_runs(store, target, NOW)
    assert [(run["run_id"], run["observed_at"]) for run in told["runs"]] == [
        ("later", rfc3339(days_ago(5))),
        ("killed", rfc3339(days_ago(1))),
    ]
    assert (told["window_days"], told["until"]) == (DAYS, rfc3339(NOW))


def test_a_run_that_was_kept_twice_is_told_once_as_it_was_told_last(store: LedgerStore, target: Target) -> None:
    keep(store, "wounded", ended=days_ago(3), seen=days_ago(3))
    keep(store, "wounded", ended=days_ago(3), seen=days_ago(2))
    (run,) = drill_runs(store, target, NOW)["runs"]
    assert run["observed_at"] == rfc3339(days_ago(2))


def test_nothing_on_record_is_no_answer(store: LedgerStore, target: Target) -> None:
    keep(store, "old", ended=days_ago(DAYS + 1), seen=days_ago(2))
    with pytest.raises(NotRecorded, match="duheng drill NAME"):
        drill_runs(store, target, NOW)
