"""What goes on beside the pressure: a backup that runs on is not waited for once the run is called off."""

import os
from pathlib import Path

import pytest

from conformance.loading.beside import Neighbours
from probes.backups.hot import HotBackup
from probes.clock import SystemClock
from probes.redaction import Redactor
from probes.target_file import read_target
from profiles.plan import LoadPlan, Stage
from tests.probes.target_faults import HEAD


def test_a_backup_is_waited_for_until_the_run_is_called_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUHENG_TEST_BACKUP", "a password")
    path = tmp_path / "duheng.toml"
    path.write_text(
        HEAD + '[[hosts]]\nname = "here"\naddress = "local"\n'
        '[[backups]]\nname = "orders"\ntool = "restic"\nhost = "here"\npassword_env = "DUHENG_TEST_BACKUP"\n'
        f'repository = "{tmp_path}"\nholds = ["trades"]\nplace = "local"\n'
        f'start = ["sh", "-c", "read _ < \'{tmp_path}/gate\'; exit 3"]\n',
        encoding="utf-8",
    )
    os.mkfifo(tmp_path / "gate")
    target, clock, redactor = read_target(path), SystemClock(), Redactor()
    plan = LoadPlan(
        run_id="r", platform_id="p", target_toml="", target_folder="", profile="peak", record="", trails="",
        stages=(Stage(rate_per_s=1, seconds=9),),
    )  # fmt: skip
    backup = HotBackup(target, "orders", clock=clock, redactor=redactor, most_s=60)
    beside = Neighbours(target=target, plan=plan, clock=clock, redactor=redactor, backup=backup)
    assert beside.backed_up(lambda: False) is None
    beside.second({"second": 0, "at_ms": 1_000})
    told = beside.backed_up(lambda: True)
    assert told is not None
    assert (told["ok"], told["stopped_ms"]) == (False, None)
    assert "may still run" in told["why"]
    (tmp_path / "gate").write_text("go on\n", encoding="ascii")
    ended = beside.backed_up(lambda: False)
    assert ended is not None
    assert "status 3" in ended["why"]
    assert ended["started_ms"] <= ended["stopped_ms"]
