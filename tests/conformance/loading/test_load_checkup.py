"""What `duheng doctor` says of load."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.cli import doctor
from conformance.judges.table import JUDGEMENTS
from conformance.loading import checkup
from conformance.loading.recall import LOAD
from probes.target import Target
from probes.target_file import read_target
from reports.ledger.location import open_ledger
from tests.conformance.recorded_runs import keep_load
from tests.conformance.running import duheng

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
HEAD = (
    '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
    'authorised = true\nadapter = "oscar"\n'
)
PEAK = "[load]\npeak_rate_per_s = 2\nmax_orders = 200\n"


def _target(folder: Path, text: str) -> Target:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    return read_target(path)


def _told(target: Target) -> dict[str, str]:
    return {lack.what.en: lack.remedy.en for lack in checkup.lacks(target, NOW)}


def _keep(target: Target, *, days: float, **differs: Any) -> None:
    with open_ledger(target.ledger_url, base=target.path.parent) as store:
        keep_load(store, "x", ended=NOW - timedelta(days=days), **differs)


def test_a_target_that_declares_no_peak_lacks_nothing_of_it(tmp_path: Path) -> None:
    assert _told(_target(tmp_path, HEAD)) == {}


def test_a_peak_that_the_ceilings_forbid_is_told_with_each_reason(tmp_path: Path) -> None:
    found = checkup.lacks(_target(tmp_path, HEAD + "[load]\npeak_rate_per_s = 20\n"), NOW)
    refused = [lack for lack in found if lack.what.en == "`duheng load peak` would be refused"]
    starts = [lack.remedy.en.partition(":")[0] for lack in refused]
    assert starts == ["[load] max_rate_per_s", "[load] max_orders"]
    assert all(lack.what.zh.startswith("duheng load peak 将被拒绝：") for lack in refused)


def test_a_valid_run_at_the_peak_is_wanted_and_grows_old(tmp_path: Path) -> None:
    target = _target(tmp_path, HEAD + PEAK)
    missing = "the ledger holds no valid load run at the declared peak of the last 7 days"
    assert _told(target) == {missing: "run `duheng load peak`"}
    assert not (tmp_path / "duheng.db").exists()
    (lack,) = checkup.lacks(target, NOW)
    assert set(lack.checks) == {name for name, judged in JUDGEMENTS.items() if LOAD in judged.needs} != set()

    _keep(target, days=8)
    assert missing in _told(target)
    _keep(target, days=3, valid=False, complete=False)
    assert missing in _told(target)
    _keep(target, days=2, planned={"peak_rate_per_s": 1, "held_s": 1800})
    assert missing in _told(target)
    _keep(target, days=2, planned={"peak_rate_per_s": 2, "held_s": 60})
    assert missing in _told(target)
    _keep(target, days=1.5, valid=False, complete=False, stopped="interrupted", invalid=[{"code": "stopped"}])
    assert missing in _told(target)
    _keep(target, days=1)
    assert _told(target) == {}


def test_doctor_says_it_in_both_languages(tmp_path: Path) -> None:
    _target(tmp_path, HEAD + PEAK)
    english = duheng("doctor", folder=tmp_path)
    assert english.returncode == doctor.MISSING
    assert "the ledger holds no valid load run at the declared peak" in " ".join(english.stdout.split())
    assert "达到所声明峰值的有效负载运行" in duheng("doctor", "--lang", "zh", folder=tmp_path).stdout
