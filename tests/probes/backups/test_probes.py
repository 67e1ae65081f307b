"""The two probes over a target file: secrets, causes, what production forbids, and what is handed on."""

import json
import random
from pathlib import Path

import pytest

from probes.backups.catalogue import PROBE as CATALOGUE
from probes.backups.restoring import PROBE as RESTORE
from probes.look import Look
from probes.observation import Observation, Unobserved
from probes.redaction import Redactor
from probes.runner import run_probe
from probes.target_file import read_target
from tests.probes.backups.asking import PASSWORD, needs, run
from tests.probes.looking import looking

pytestmark = pytest.mark.integration

TARGET = """
[platform]
id = "x"
name = "X"
base_url = "https://shop.example"
environment = "{environment}"
authorised = {authorised}

[[hosts]]
name = "db1"
address = "local"

[[backups]]
name = "nightly"
tool = "restic"
host = "db1"
repository = "{folder}/repo"
password_env = "DUHENG_BACKUP_PASSWORD"
holds = ["pages"]
place = "remote"
site = "Beijing B"
medium = "bucket"
medium_state = "in-use"
full_h = 24
schedule = "0 3 * * *"
zone = "Asia/Shanghai"

[restore]
scratch = "{folder}/scratch"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a restic repository and a scratch place."""
    needs(("restic", "restic"))
    (tmp_path / "tree").mkdir()
    (tmp_path / "scratch").mkdir()
    (tmp_path / "tree" / "page.html").write_bytes(random.Random(5).randbytes(100_000))
    command: list[str | Path] = ["restic", "--no-cache", "--repo", tmp_path / "repo"]
    run([*command, "init"], RESTIC_PASSWORD=PASSWORD)
    run([*command, "backup", tmp_path / "tree"], RESTIC_PASSWORD=PASSWORD)
    monkeypatch.setenv("DUHENG_BACKUP_PASSWORD", PASSWORD)
    return tmp_path


def given(folder: Path, *, environment: str = "disposable", authorised: str = "true") -> Look:
    path = folder / "target.toml"
    text = TARGET.format(folder=folder, environment=environment, authorised=authorised)
    path.write_text(text, encoding="utf-8")
    return looking(read_target(path), "nightly", seconds=120, redactor=Redactor())


def test_the_catalogue_is_observed_and_its_newest_backup_brought_back(folder: Path) -> None:
    look = given(folder)
    assert CATALOGUE.subjects(look.target) == RESTORE.subjects(look.target) == ("nightly",)
    catalogue, _ = run_probe(CATALOGUE, look, run_id="r")
    restore, _ = run_probe(RESTORE, look, run_id="r")
    assert isinstance(catalogue, Observation)
    assert isinstance(restore, Observation)
    entry = catalogue.data["backups"][0]
    assert (entry["good"], entry["place"], entry["site"], entry["medium"], entry["medium_state"]) == (
        True,
        "remote",
        "Beijing B",
        "bucket",
        "in-use",
    )
    assert catalogue.data["counts"] == {"full": 1}
    assert catalogue.data["longest_gap_s"] == {"full": None}
    assert catalogue.data["schedule"]["full_h"] == 24
    assert restore.data["restored"]
    assert restore.data["flipped"]["refused"]
    assert list((folder / "scratch").iterdir()) == []


def test_the_password_stands_in_no_evidence(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    look = given(folder)
    for probe in (CATALOGUE, RESTORE):
        reading, _ = run_probe(probe, look, run_id="r")
        assert isinstance(reading, Observation)
        assert PASSWORD not in json.dumps(reading.data, default=dict)
    assert PASSWORD not in "".join(capfd.readouterr())


def test_a_password_that_is_not_set_is_a_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUHENG_BACKUP_PASSWORD")
    reading, _ = run_probe(CATALOGUE, given(folder), run_id="r")
    assert isinstance(reading, Unobserved)
    assert (reading.cause, "DUHENG_BACKUP_PASSWORD is not set" in reading.detail) == ("settings", True)


@pytest.mark.parametrize(
    ("environment", "authorised"), [("production", "true"), ("staging", "false"), ("production", "false")]
)
def test_nothing_is_restored_where_it_is_not_permitted(folder: Path, environment: str, authorised: str) -> None:
    look = given(folder, environment=environment, authorised=authorised)
    assert isinstance(run_probe(CATALOGUE, look, run_id="r")[0], Observation)  # reading is
    reading, _ = run_probe(RESTORE, look, run_id="r")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "permission"


def test_a_catalogue_that_could_not_be_read_is_the_restore_s_cause_too(folder: Path) -> None:
    look = given(folder)
    (folder / "repo").rename(folder / "burnt")
    for probe in (CATALOGUE, RESTORE):
        reading, _ = run_probe(probe, look, run_id="r")
        assert isinstance(reading, Unobserved)
        assert reading.cause == "target"
        assert "no repository at the declared place" in reading.detail


def test_where_no_backup_is_declared_that_is_a_setting(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text(TARGET.partition("[[hosts]]")[0].format(environment="disposable", authorised="true"), "utf-8")
    target = read_target(path)
    for probe in (CATALOGUE, RESTORE):
        (subject,) = probe.subjects(target)
        reading, _ = run_probe(probe, looking(target, subject), run_id="r")
        assert isinstance(reading, Unobserved)
        assert (reading.cause, reading.detail[:37]) == ("settings", "the target file declares no [[backups")
