"""A process that keeps a standing record is killed at random: nothing acknowledged is lost, no up time is invented."""

import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from probes.clock import SystemClock
from reports.history import durations_ms, history, window
from reports.ledger.location import open_ledger
from reports.ledger.run_index import forget, merged_runs
from reports.ledger.standing_record import standing
from reports.ledger.store import LedgerStore
from reports.standing import Interval, Seen, from_bytes
from tests.reports.ledger.processes import ROOT

pytestmark = pytest.mark.integration

_HOUR_MS = 3_600_000
_LIVES = {"sqlite": 50, "postgresql": 20}


@pytest.fixture(params=list(_LIVES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'duheng.db'}"
    return str(request.getfixturevalue("database_url"))


class Life:
    """What one process said until it was killed."""

    def __init__(self, url: str, begins_ms: int, chance: random.Random) -> None:
        self.begins_ms = begins_ms
        self.upto_ms = begins_ms
        self.opened: Interval | None = None
        self.sealed: list[Interval] = []
        arguments = [url, str(begins_ms), str(chance.randrange(10**6))]
        command = [sys.executable, "-m", "tests.reports.ledger.standing_writer", *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                self._hear(writer.stdout.readline())
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(timeout=chance.random() / 100)
            writer.kill()
            for line in writer.stdout:
                self._hear(line)

    def _hear(self, line: str) -> None:
        if not line.endswith("\n"):  # the kill cut the word off
            return
        if line.startswith("up to "):
            self.upto_ms = int(line.removeprefix("up to "))
        elif line.startswith("open "):
            self.opened = from_bytes(line.removeprefix("open ").encode())
        else:
            assert line.startswith("sealed "), line
            self.sealed.append(from_bytes(line.removeprefix("sealed ").encode()))


def _check(store: LedgerStore, lives: list[Life]) -> None:
    found = standing(store, "shop").intervals
    whole = history(each.run for each in found)  # refuses what is there twice
    kept = {(each.starts_ms, each.state): each for each in found}
    for number, life in enumerate(lives):
        assert all(kept[each.starts_ms, each.state] == each for each in life.sealed)
        assert life.opened is None or _came_as_far(kept, life)
        until_ms = lives[number + 1].begins_ms if number + 1 < len(lives) else life.upto_ms + _HOUR_MS
        spans = durations_ms(window(whole, life.upto_ms, until_ms))
        assert (spans["up"], spans["down"]) == (0, 0)
    assert store.verify().problems == ()
    assert {series: runs.history() for series, runs in merged_runs(store, "shop").items()} == _built_anew(store)


def _came_as_far(kept: Mapping[tuple[int, Seen], Interval], life: Life) -> bool:
    assert life.opened is not None
    there = kept[life.opened.starts_ms, life.opened.state]
    return life.opened.ends_ms <= there.ends_ms <= life.upto_ms


def _built_anew(store: LedgerStore) -> object:
    forget(store, "shop")
    return {series: runs.history() for series, runs in merged_runs(store, "shop").items()}


def test_killed_at_random_nothing_acknowledged_is_lost_and_no_up_time_invented(url: str) -> None:
    chance, lives, begins_ms = random.Random(7), list[Life](), 0
    for _ in range(_LIVES[url.partition(":")[0]]):
        lives.append(Life(url, begins_ms, chance))
        begins_ms = lives[-1].upto_ms + _HOUR_MS
        with open_ledger(url, base=Path(), clock=SystemClock()) as store:
            _check(store, lives)
    assert sum(len(life.sealed) for life in lives) > len(lives)
