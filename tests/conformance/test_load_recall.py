"""Load runs from a real ledger: which of them are recalled, judged by their own age, and told by the metrics."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from conformance.loading.recall import LOAD, load_runs
from conformance.recalling import recall
from conformance.serving.recorded import of_readings
from probes.canonical import freeze
from probes.clock import SystemClock, rfc3339
from probes.errors import NotRecorded
from probes.observation import Header, Observation, Unobserved
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import LedgerStore
from reports.verdict import Undetermined, Verdict, Violates, word
from tests.conformance.judges.evidence import NOW, requirement
from tests.conformance.judges.load_evidence import declared, run
from tests.conformance.judges.load_subjects import HOT, PEAK
from tests.conformance.judges.test_standing_subjects import StoppedClock
from tests.conformance.looks import target

STOPPED: dict[str, Any] = {
    "complete": False, "valid": False, "stopped": "interrupted", "invalid": [{"code": "stopped"}],
}  # fmt: skip
BROKEN: dict[str, Any] = {"steps": {"open_product": {"count": 10_000, "failed": 2_000, "p95_ms": 80.0}}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    with SqliteStore(tmp_path / "ledger.db", clock=SystemClock()) as opened:
        yield opened


def keep(store: LedgerStore, hours_ago: float, platform_id: str = "shop", **changes: Any) -> None:
    """Keep a run that ended so long ago, as ``duheng load`` does."""
    ended = NOW - timedelta(hours=hours_ago)
    told = run() | {"profile": "peak"} | changes
    told.pop("observed_at")
    late_ms = round(ended.timestamp() * 1000) - told["ended_ms"]
    for each in (told, *told["hosts"]):
        each.update({key: each[key] + late_ms for key in ("started_ms", "ended_ms", "from_ms", "to_ms") if key in each})
    header = Header(
        platform_id=platform_id, kind="load.run", subject=told["profile"], observed_at=rfc3339(ended),
        clock_offset_s=None, vantage="here", probe_version="1", run_id=f"load-{hours_ago}",
    )  # fmt: skip
    store.append_readings(header.run_id, [Observation(header=header, data=freeze(told))])


def recalled(store: LedgerStore, folder: Path, at: datetime = NOW) -> list[tuple[str, str]]:
    found = load_runs(store, target(folder), at)["runs"]
    return [(each["profile"], each["observed_at"]) for each in found]


def at(hours_ago: float) -> str:
    return rfc3339(NOW - timedelta(hours=hours_ago))


def told_of(own_id: str, store: LedgerStore, folder: Path) -> Verdict:
    """Return what a clause is told of the recalled runs."""
    reading = recall(LOAD, store, target(folder), StoppedClock(NOW), run_id="run")
    return judge(requirement(own_id), JUDGEMENTS[own_id], [reading], declared(), NOW)


def test_of_each_profile_the_newest_is_recalled_the_newest_first(store: LedgerStore, tmp_path: Path) -> None:
    for hours, profile in ((90, "peak"), (60, "nightly"), (30, "peak"), (10, "nightly")):
        keep(store, hours, profile=profile)
    keep(store, 5, platform_id="another")
    assert recalled(store, tmp_path) == [("nightly", at(10)), ("peak", at(30))]


def test_a_run_that_does_not_count_hides_no_earlier_one_that_does(store: LedgerStore, tmp_path: Path) -> None:
    keep(store, 50)
    keep(store, 40)
    keep(store, 20, complete=False, valid=False)
    keep(store, 10, complete=False, valid=False)
    assert recalled(store, tmp_path) == [("peak", at(10)), ("peak", at(40))]


def test_a_run_that_was_stopped_hides_no_earlier_one_that_went_to_its_end(store: LedgerStore, tmp_path: Path) -> None:
    keep(store, 50)
    keep(store, 40)
    for hours in (20, 10):
        keep(store, hours, **STOPPED)
    assert recalled(store, tmp_path) == [("peak", at(10)), ("peak", at(20)), ("peak", at(40))]


def test_a_run_that_was_stopped_clears_no_earlier_one_that_broke_and_was_stopped(
    store: LedgerStore, tmp_path: Path
) -> None:
    keep(store, 30, backup=None)
    keep(store, 20, **STOPPED, **BROKEN, backup=None)
    keep(store, 10, **STOPPED, backup=None)
    verdict = told_of(PEAK, store, tmp_path)
    assert isinstance(verdict, Violates), verdict.reason.en
    assert "stopped" in verdict.reason.en
    keep(store, 5, backup=None)
    assert recalled(store, tmp_path) == [("peak", at(5))]
    assert word(told_of(PEAK, store, tmp_path)) == "conforms"


def test_a_run_without_a_backup_hides_no_earlier_one_with_a_backup(store: LedgerStore, tmp_path: Path) -> None:
    for hours in (70, 60):
        keep(store, hours)
    keep(store, 50, **STOPPED)
    keep(store, 40, complete=False, valid=False)
    keep(store, 30, **STOPPED, backup=None)
    for hours in (20, 10):
        keep(store, hours, backup=None)
    assert recalled(store, tmp_path) == [("peak", at(10)), ("peak", at(50)), ("peak", at(60))]
    keep(store, 5)
    assert recalled(store, tmp_path) == [("peak", at(5))]


@pytest.mark.parametrize("ending", [{}, STOPPED], ids=["whole", "stopped"])
def test_purchases_that_failed_in_a_backup_are_cleared_by_the_same_profile_with_a_backup_alone(
    store: LedgerStore, tmp_path: Path, ending: dict[str, Any]
) -> None:
    disturbed = run()["backup"] | {"purchases": {"begun_during": 200, "failed_during": 3}}
    keep(store, 50, profile="nightly", backup=disturbed, **ending)
    keep(store, 30, profile="nightly", backup=None)
    keep(store, 20, profile="peak")
    keep(store, 10, profile="nightly", **STOPPED)
    verdict = told_of(HOT, store, tmp_path)
    assert isinstance(verdict, Violates), verdict.reason.en
    assert "3 failed" in verdict.reason.en
    keep(store, 5, profile="nightly")
    assert word(told_of(HOT, store, tmp_path)) == "conforms"


@pytest.mark.parametrize(
    "changes",
    [
        {"ok": False, "why": "status 7"},
        {"id": None},
        {"purchases": {"begun_during": 19, "failed_during": 0, "unfinished_during": 0}},
        {"purchases": {"begun_during": 200, "failed_during": 0, "unfinished_during": 1}},
    ],
    ids=["failed", "not in its catalogue", "hardly any purchase", "a purchase without an end"],
)
def test_a_rerun_that_does_not_tell_of_its_backup_clears_nothing_beside_one(
    store: LedgerStore, tmp_path: Path, changes: dict[str, Any]
) -> None:
    own = run()["backup"]
    keep(store, 50, backup=own | {"purchases": {"begun_during": 200, "failed_during": 3}})
    keep(store, 10, backup=own | changes)
    verdict = told_of(HOT, store, tmp_path)
    assert isinstance(verdict, Violates), verdict.reason.en
    keep(store, 5)
    assert word(told_of(HOT, store, tmp_path)) == "conforms"


def test_what_is_older_than_ninety_days_or_of_the_future_is_not_recalled(store: LedgerStore, tmp_path: Path) -> None:
    keep(store, 24 * 90 + 1)
    with pytest.raises(NotRecorded, match="duheng load peak"):
        load_runs(store, target(tmp_path), NOW)
    keep(store, 24 * 90 - 1)
    assert recalled(store, tmp_path) == [("peak", at(24 * 90 - 1))]
    with pytest.raises(NotRecorded):
        load_runs(store, target(tmp_path), NOW - timedelta(days=91))


def test_a_recorded_run_is_judged_by_its_own_age(store: LedgerStore, tmp_path: Path) -> None:
    keep(store, 100)
    for later, told in ((0, "conforms"), (68, "conforms"), (68.1, "undetermined")):
        now = NOW + timedelta(hours=later)
        reading = recall(LOAD, store, target(tmp_path), StoppedClock(now), run_id="run")
        assert isinstance(reading, Observation)
        verdict = judge(requirement(PEAK), JUDGEMENTS[PEAK], [reading], declared(), now)
        assert word(verdict) == told, verdict.reason.en
        assert getattr(verdict, "cause", "stale") == "stale"


def test_an_empty_ledger_leaves_it_stale_and_says_what_to_do(store: LedgerStore, tmp_path: Path) -> None:
    reading = recall(LOAD, store, target(tmp_path), StoppedClock(NOW), run_id="run")
    assert isinstance(reading, Unobserved)
    verdict = judge(requirement(PEAK), JUDGEMENTS[PEAK], [reading], declared(), NOW)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == "stale"
    assert "run `duheng load peak`" in verdict.reason.en
    assert of_readings([reading], required_h=8500).loads == {}


def test_the_metrics_tell_the_newest_run_of_each_profile(store: LedgerStore, tmp_path: Path) -> None:
    keep(store, 40)
    keep(store, 10, complete=False, valid=False)
    keep(store, 60, profile="soak", steps={}, latency_ms={"p50": None, "p95": None, "p99": None, "max": None})
    reading = recall(LOAD, store, target(tmp_path), StoppedClock(NOW), run_id="run")
    told = of_readings([reading], required_h=8500)
    assert set(told.loads) == {"peak", "soak"}
    peak, soak = told.loads["peak"], told.loads["soak"]
    assert (peak.counts, peak.planned_per_s, peak.delivered_per_s) == (False, 5.0, 5.0)
    assert peak.latency_s["0.99"] == 0.16
    assert peak.failed_ratio == pytest.approx(3 / 60_000)
    assert (soak.counts, soak.failed_ratio, dict(soak.latency_s)) == (True, None, {})
    assert told.newest_s[LOAD] == (NOW - timedelta(hours=10)).timestamp()
