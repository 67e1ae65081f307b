"""The units, as `python -m conformance.operations` writes them, and what systemd says of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import main as program
from conformance.night.planned import KILLING_S, STOPPING_S
from conformance.operations import __main__ as copying
from conformance.operations.files import contents, copy
from probes.errors import SettingsError
from tests.conformance.operations.prometheus import tool
from tests.conformance.running import PATIENCE_S

ROOT = Path(__file__).parents[3] / "conformance/operations"
UNITS = sorted(path.name for path in (ROOT / "systemd").glob("duheng-*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The files, whose program is one that is there."""
    copy(contents(Path(sys.executable)), tmp_path)
    return tmp_path


def _verified(unit: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say_against_a_unit(written: Path, name: str) -> None:
    done = _verified(written / "systemd" / name.replace("@.", "@shop."))

    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_would_say_so(written: Path) -> None:
    unit = written / "systemd" / "duheng-watch@.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=", "ProtectSystm="), encoding="utf-8")

    assert "ProtectSystm" in _verified(written / "systemd" / "duheng-watch@shop.service").stderr


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_unit_starts_is_a_command_of_duheng(written: Path, name: str) -> None:
    lines = (written / "systemd" / name).read_text(encoding="utf-8").splitlines()
    started = next(line for line in lines if line.startswith("ExecStart=")).removeprefix("ExecStart=").split()
    words = ["127.0.0.1:9469" if word == "${LISTEN}" else word for word in started[1:]]

    assert started[0] == sys.executable
    assert program._parser(words[0]).parse_args(words).target is not None


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_has_no_more_rights_than_it_needs(name: str) -> None:
    lines = (ROOT / "systemd" / name).read_text(encoding="utf-8").splitlines()

    assert {"User=duheng", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(lines)


@pytest.mark.parametrize(("name", "hidden"), [("examine", False), ("night", False), ("watch", True), ("serve", True)])
def test_a_unit_that_reads_this_machine_sees_what_runs_on_it(name: str, hidden: bool) -> None:
    lines = (ROOT / f"systemd/duheng-{name}@.service").read_text(encoding="utf-8").splitlines()

    assert any(line.startswith("ProtectProc=") for line in lines) is hidden


def test_the_unit_of_the_night_waits_longer_than_the_night_for_its_step() -> None:
    unit = (ROOT / "systemd/duheng-night@.service").read_text(encoding="utf-8")
    (said,) = re.findall(r"(?m)^TimeoutStopSec=(\d+)min$", unit)

    assert 60 * int(said) >= STOPPING_S + 2 * KILLING_S


def test_files_are_copied_and_never_over_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new"

    assert copying.main([str(folder)]) == 0
    told = capsys.readouterr().out.split()
    shipped = {
        path.relative_to(ROOT) for part in ("grafana", "prometheus", "systemd") for path in (ROOT / part).iterdir()
    }
    assert {Path(line).relative_to(folder) for line in told} == shipped
    assert copying.main([str(folder)]) == 0  # the same again is no harm
    capsys.readouterr()

    edited = [folder / "systemd/duheng-watch@.service", folder / "prometheus/duheng.rules.yml"]
    for path in edited:
        path.write_text("mine\n", encoding="utf-8")
    assert copying.main([str(folder)]) == 64
    error = capsys.readouterr().err
    assert all(f"{path}: is there with another content" in error for path in edited)
    assert [path.read_text(encoding="utf-8") for path in edited] == ["mine\n", "mine\n"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(SettingsError, match="cannot be written"):
        copy({"a/b": ""}, tmp_path / "file")


def test_a_path_with_a_space_stays_one_word() -> None:
    unit = contents(Path("/opt/my tools/duheng"))["systemd/duheng-watch@.service"]

    assert '\nExecStart="/opt/my tools/duheng" watch --target' in unit
