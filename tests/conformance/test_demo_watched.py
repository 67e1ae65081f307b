"""Five real minutes of `duheng watch` on the demo shop, which crashes once: what the record then holds of it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.demo import lifecycle
from conformance.demo.lifecycle import Running
from conformance.recalling import HISTORY
from probes.observation import Observation
from reports.availability import HOUR_MS, exposure, service
from reports.history import History, Run, durations_ms, history, window
from reports.ledger.standing_record import Standing, standing
from tests.conformance.running import PATIENCE_S, duheng, recorded, report_of, start

pytestmark = pytest.mark.integration

WATCHED_S = 300
GOOD_S, AWAY_S = 100, 40
EVERY_MS = {"front": 1_000, "buying": 5_000}
DEADLINE_MS = 30_000
FURTHER = """
[watch]
vantage = "here"
[[checks]]
name = "front"
every_s = 1
deadline_s = 10
[[checks]]
name = "buying"
kind = "journey"
every_s = 5
deadline_s = 30
[[incident_rules]]
match = "refused|reset|closed"
class = "software"
"""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What happened when (ms of the epoch), the record, the examination at the end, and the folder of the shop.

    ``recalled`` is the standing record as the examination had it, kept as evidence.
    """

    began_ms: int
    killed_ms: int
    again_ms: int
    ready_ms: int
    ended_ms: int
    record: Standing
    recalled: Observation
    examined: subprocess.CompletedProcess[str]
    folder: Path


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _crash(up: Running) -> None:
    """Kill every process of the shop at once; each server leads a group of its own."""
    for process in up.processes:
        os.killpg(process.pid, signal.SIGKILL)
    for process in up.processes:
        os.waitpid(process.pid, 0)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    pytest.importorskip("oscar", reason="the extra `demo` is not installed")
    root = tmp_path_factory.mktemp("watched") / "shop"
    up = lifecycle.start(root)
    try:
        with up.folder.target.open("a", encoding="utf-8") as target:
            target.write(FURTHER)
        began = _now_ms()
        watch = start("watch", "--target", up.folder.target, folder=root)
        meanwhile = threading.Event()  # nobody sets it: so long the shop is left as it is
        meanwhile.wait(GOOD_S)
        killed = _now_ms()
        _crash(up)
        meanwhile.wait(AWAY_S)
        again = _now_ms()
        up = lifecycle.again(up)
        ready = _now_ms()
        meanwhile.wait(began / 1000 + WATCHED_S - time.time())
        # While it goes on: what is not watched any more is unknown, and of five minutes a few seconds are too much.
        examined = duheng("examine", "--clauses", "3.1.1.2", "--target", "duheng.toml", folder=root)
        watch.send_signal(signal.SIGTERM)
        told = watch.communicate(timeout=PATIENCE_S)
        assert watch.returncode == 0, told
        with recorded(root / "duheng.db") as store:
            found = standing(store, "demo-oscar")
            recalled = store.latest("demo-oscar", HISTORY)
        assert isinstance(recalled, Observation)
        yield Watched(
            began_ms=began,
            killed_ms=killed,
            again_ms=again,
            ready_ms=ready,
            ended_ms=_now_ms(),
            record=found,
            recalled=recalled,
            examined=examined,
            folder=root,
        )
    finally:
        assert lifecycle.stop(root)


def _runs(watched: Watched, check: str) -> History:
    return history(each.run for each in watched.record.intervals if each.check == check)


def _down(watched: Watched, check: str) -> Run:
    (down,) = [run for run in _runs(watched, check) if run.state == "down"]
    return down


@pytest.mark.parametrize("check", EVERY_MS)
def test_it_was_down_from_the_first_failing_probe_to_the_first_good_one(watched: Watched, check: str) -> None:
    down, every = _down(watched, check), EVERY_MS[check]
    assert down.starts_ms % every == 0
    # A probe that was under way when the shop died failed as well.
    assert watched.killed_ms - DEADLINE_MS < down.starts_ms <= watched.killed_ms + every
    assert watched.again_ms < down.ends_ms
    within = [each for each in watched.record.intervals if each.check == check and each.state == "down"]
    assert sum(each.tried for each in within) == sum(each.failed for each in within) > 1
    # The next run begins with a probe that was good.
    after = next(each for each in watched.record.intervals if (each.check, each.starts_ms) == (check, down.ends_ms))
    assert after.state == "up"
    assert after.tried > after.failed


@pytest.mark.parametrize("check", EVERY_MS)
def test_every_moment_is_told_once_and_no_time_is_invented(watched: Watched, check: str) -> None:
    runs = _runs(watched, check)
    assert watched.began_ms - EVERY_MS[check] < runs[0].starts_ms
    assert runs[-1].ends_ms <= watched.ended_ms
    whole = window(runs, watched.began_ms, watched.ended_ms)
    assert sum(durations_ms(whole).values()) == watched.ended_ms - watched.began_ms
    slots = (watched.ended_ms - watched.began_ms) // EVERY_MS[check] + 1
    assert 0 < sum(each.tried for each in watched.record.intervals if each.check == check) <= slots


def test_the_outage_is_a_software_incident_by_the_rule(watched: Watched) -> None:
    said = [word for word in watched.record.incidents if word.check == "buying"]
    assert {(word.incident_class, word.by.split()[0]) for word in said} == {("software", "rule")}
    assert {word.starts_ms for word in said} == {_down(watched, "buying").starts_ms}


def test_the_next_examination_counts_it(watched: Watched) -> None:
    assert watched.examined.returncode == 1, watched.examined.stdout + watched.examined.stderr
    found = {each["id"]: each for each in report_of(watched.folder)["findings"]}
    # One failure in five minutes: the upper bound at 90 % is far below 8500 h.
    assert found["SBT-3.1.1.2-mtbf"]["verdict"] == "violates"
    assert found["SBT-3.1.1.2-sw-mttr"]["verdict"] == "conforms", found["SBT-3.1.1.2-sw-mttr"]["reason"]
    assert found["SBT-3.1.1.2-hw-mttr"]["verdict"] == "undetermined"
    # No day is whole, and should it be midnight: no day has the 299 probes that would show 1 %.
    assert found["SBT-3.1.1.2-daily-failure"]["verdict"] == "undetermined"


def test_its_mtbf_stands_on_the_time_up_before_and_after_the_crash(watched: Watched) -> None:
    seen = service(watched.recalled.data, "buying")
    assert seen is not None
    assert seen.last_known_ms is not None
    stood, down = exposure(seen), _down(watched, "buying")
    assert stood.failures == 1
    assert stood.failed_at_h == (_up_h(watched, seen.starts_ms, down.starts_ms),)
    before_and_after_h = _up_h(watched, seen.starts_ms, seen.last_known_ms)
    assert stood.operating_h == before_and_after_h > stood.failed_at_h[0] > 0
    (told,) = (each for each in report_of(watched.folder)["findings"] if each["id"] == "SBT-3.1.1.2-mtbf")
    assert f"T = {before_and_after_h:,.1f} h of known operation, r = 1 failure:" in told["reason"]
    assert told["measured"]["value"] == round(before_and_after_h, 1)


def _up_h(watched: Watched, starts_ms: int, ends_ms: int) -> float:
    """Return how long the journey was up in a span, by the sealed record."""
    return durations_ms(window(_runs(watched, "buying"), starts_ms, ends_ms))["up"] / HOUR_MS
