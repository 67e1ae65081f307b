"""Long-run evidence from a real ledger to a signed report: recalled, kept, judged, verified, and judged again."""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.replaying import open_replay
from probes.clock import SystemClock
from reports.ledger.entry import READING
from reports.ledger.sqlite import SqliteStore
from reports.verdict import Undetermined, Violates
from reports.verdict_record import verdict_records
from tests.conformance.judges.standing_script import Outage, Script
from tests.conformance.judges.standing_subjects import STANDING, Subject
from tests.conformance.running import duheng, recorded, report_of, verdicts_of
from tests.examining import examine
from tests.miniatures.shop.miniature import MiniatureShop

WATCHED = [name for name in STANDING if name.startswith("SBT-3.1.1")]


def keep(subject: Subject, file: Path) -> None:
    """Write a subject's record, which ends now, into a ledger of the miniature platform."""
    script = dataclasses.replace(subject.script, platform_id="miniature", ends=datetime.now(UTC))
    with SqliteStore(file, clock=SystemClock()) as store:
        dataclasses.replace(subject, script=script).keep(store)


def of_ledger(folder: Path) -> list[Any]:
    with recorded(folder / "duheng.db") as store:
        values = [entry.value() for entry in store.entries(kind=READING)]
    return [value for value in values if value["kind"].startswith("ledger.")]


@pytest.mark.integration
def test_a_year_on_record_is_judged_signed_verified_and_judged_again(
    running_shop: MiniatureShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    running_shop.target_toml(tmp_path)
    three = [Outage(hours_ago=2_000 * n, hours=0.1, incident_class="network") for n in (1, 2, 3)]
    keep(Subject(name="three", violates="", script=Script(hours=8_760.3, outages=three)), tmp_path / "duheng.db")
    before = len(running_shop.request_log)
    done = duheng("examine", "--clauses", "3.1.1", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert len(running_shop.request_log) == before  # nothing is produced: it is read
    told = verdicts_of(tmp_path)
    assert {name: told[name] for name in WATCHED} == {
        "SBT-3.1.1.1-availability": "conforms",
        "SBT-3.1.1.2-mtbf": "violates",
        "SBT-3.1.1.2-sw-mttr": "undetermined",
        "SBT-3.1.1.2-hw-mttr": "undetermined",
        "SBT-3.1.1.2-daily-failure": "conforms",
    }
    mtbf = next(each for each in report_of(tmp_path)["findings"] if each["id"] == "SBT-3.1.1.2-mtbf")
    assert mtbf["measured"]["metric"] == "mtbf"
    assert (mtbf["threshold"]["value"], mtbf["threshold"]["unit"]) == (8500, "h")
    assert "r = 3 failures" in json.dumps(mtbf)
    (reading,) = (each for each in of_ledger(tmp_path) if each["kind"] == "ledger.history")
    assert (reading["kind"], reading["platform_id"], reading["type"]) == ("ledger.history", "miniature", "observation")
    output = tmp_path / "duheng-out" / "latest"
    verified = duheng("verify", output, folder=tmp_path)
    assert verified.returncode == 0, verified.stdout
    replayed = duheng("replay", output, folder=tmp_path)
    assert (replayed.returncode, replayed.stderr) == (1, ""), replayed.stdout
    assert open_replay(output).differences() == ()


@pytest.mark.integration
def test_every_examination_keeps_its_verdicts_for_the_day_after(running_shop: MiniatureShop, tmp_path: Path) -> None:
    target = running_shop.target_toml(tmp_path)
    first = examine(target, tmp_path / "out", clauses="SBT-3.2.1-display,SBT-3.2.1-kept,SBT-3.2.5-page")
    kept = first.findings["SBT-3.2.1-kept"].verdict
    assert isinstance(kept, Undetermined)
    assert kept.cause == "stale"
    with recorded(tmp_path / "duheng.db") as store:
        (record,) = verdict_records(store, "miniature")
        assert not list(verdict_records(store, "another"))
    assert record.verdicts == {
        "SBT-3.2.1-display": "conforms",
        "SBT-3.2.1-kept": "undetermined",
        "SBT-3.2.5-page": "conforms",
    }
    assert record.run_id == first.folder.name
    second = examine(target, tmp_path / "out", clauses="SBT-3.2.1-kept").findings["SBT-3.2.1-kept"].verdict
    assert isinstance(second, Undetermined)
    assert "1 of 15 functions were seen to work" in second.reason.en
    assert "Not examined: SBT-3.2.1-register, SBT-3.2.1-cart, SBT-3.2.1-orders" in second.reason.en
    assert "11 have no judge in this version" in second.reason.en


@pytest.mark.integration
def test_a_function_that_failed_today_is_not_kept_up(tmp_path: Path) -> None:
    with MiniatureShop.with_defect("list-page-empty") as shop:
        target = shop.target_toml(tmp_path)
        examine(target, tmp_path / "out", clauses="SBT-3.2.1-display")
        found = examine(target, tmp_path / "out", clauses="SBT-3.2.1-kept").findings["SBT-3.2.1-kept"].verdict
    assert isinstance(found, Violates)
    assert "SBT-3.2.1-display (1 day in a row)" in found.reason.en


def test_a_ledger_without_a_record_leaves_the_long_run_untold(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        examined = examine(shop.target_toml(tmp_path), tmp_path / "out", clauses="3.1.1")
    reasons = {examined.findings[name].verdict.reason.en for name in WATCHED}
    assert all("the ledger holds no standing record of miniature" in reason for reason in reasons)
    assert {getattr(examined.findings[name].verdict, "cause", None) for name in WATCHED} == {"stale"}
    assert {value["cause"] for value in of_ledger(tmp_path)} == {"stale"}
