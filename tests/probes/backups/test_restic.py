"""restic on a real repository: kinds, one damaged pack, a lock, a wrong password, and what is not there."""

import json
import random
import shutil
from pathlib import Path

import pytest

from probes.backups import restic
from probes.backups.asking import Asked
from probes.backups.form import settled
from probes.errors import Garbage, NotSet, TargetAway
from tests.probes.backups.asking import PASSWORD, asked, declared, flip, largest, needs, run

pytestmark = pytest.mark.integration
SECRETS = {"RESTIC_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two snapshots, the second taken against the first."""
    needs(("restic", "restic"))
    folder = tmp_path_factory.mktemp("restic")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "page.html").write_bytes(random.Random(5).randbytes(200_000))
    command: list[str | Path] = ["restic", "--no-cache", "--repo", folder / "repo"]
    run([*command, "init"], **SECRETS)
    run([*command, "backup", tree], **SECRETS)
    (tree / "more.html").write_text("more", encoding="ascii")
    run([*command, "backup", "--tag", "green", tree], **SECRETS)
    return folder / "repo"


def _asked(repository: Path, secrets: dict[str, str] | None = None, **values: str) -> Asked:
    question = declared("restic", repository=str(repository), **values)
    return asked(question, secrets=SECRETS if secrets is None else secrets)


def test_snapshots_are_read_and_good_once_all_their_data_were_read(made: Path) -> None:
    question = _asked(made)
    catalogue = restic.read(question)
    backups = settled(catalogue.backups, now_ms=question.now_ms)
    assert [backup.kind for backup in backups] == ["full", "incremental"]
    assert all(backup.good for backup in backups)
    assert [backup.verified.how for backup in backups if backup.verified] == [restic.HOW] * 2
    assert catalogue.version[:1].isdecimal()
    assert catalogue.locked is False


def test_the_kind_is_as_declared(made: Path) -> None:
    assert {backup.kind for backup in restic.read(_asked(made, kind="image")).backups} == {"image"}


def test_a_tag_says_the_kind() -> None:
    entry = {"id": "a", "time": "2026-11-22T10:31:30.730531725+08:00", "tags": ["x", "kind=differential"]}
    backup = restic.backup_of(entry, "full")
    assert backup.kind == "differential"
    assert backup.started_ms == 1_795_314_690_731


def test_one_damaged_pack_is_found_and_nothing_is_good(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(made, copy)
    flip(largest(copy / "data"))
    plain = run(["restic", "--no-cache", "--no-lock", "--repo", copy, "check"], **SECRETS)
    assert "no errors were found" in plain  # without --read-data the tool itself does not notice
    question = _asked(copy)
    backups = settled(restic.read(question).backups, now_ms=question.now_ms)
    assert not any(backup.good for backup in backups)
    assert backups[0].verified is not None
    assert backups[0].verified.ok is False
    assert "does not match" in backups[0].verified.why


def test_a_lock_is_told_and_the_catalogue_read_all_the_same(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(made, copy)
    shutil.copy(next((copy / "keys").iterdir()), copy / "locks" / ("a" * 64))
    catalogue = restic.read(_asked(copy))
    assert catalogue.locked is True
    assert "1 lock" in catalogue.locked_by
    assert len(catalogue.backups) == 2


def test_a_pack_half_written_is_no_error_of_the_repository(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(made, copy)
    flip(largest(copy / "data"))
    shutil.copy(next((copy / "keys").iterdir()), copy / "locks" / ("a" * 64))
    verified = restic.read(_asked(copy)).backups[0].verified
    assert verified is not None
    assert not verified.understood
    assert "lock" in verified.why


def test_a_wrong_password_is_a_setting(made: Path) -> None:
    with pytest.raises(NotSet, match="password of the repository is wrong"):
        restic.read(_asked(made, {"RESTIC_PASSWORD": "wrong"}))


def test_a_repository_that_is_not_there_is_away(tmp_path: Path) -> None:
    needs(("restic", "restic"))
    with pytest.raises(TargetAway, match="no repository at the declared place"):
        restic.read(_asked(tmp_path / "nowhere"))


def test_a_check_that_read_no_data_is_not_understood() -> None:
    verified = restic.understood("check all packs\nno errors were found\n", status=0, at_ms=0, locked=False)
    assert not verified.understood


def test_a_log_of_several_checks_is_not_understood() -> None:
    text = "read all data\nno errors were found\nread all data\nFatal: repository contains errors\n"
    assert not restic.understood(text, status=0, at_ms=0, locked=False).understood


def test_what_is_no_catalogue_is_garbage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "restic"
    program.write_text("#!/bin/sh\necho '[{'\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Garbage, match="printed no JSON"):
        restic.read(_asked(tmp_path))


def test_a_check_that_is_not_over_in_time_verifies_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots = json.dumps([{"id": "a", "time": "2026-11-22T10:31:30+08:00"}])
    program = tmp_path / "restic"
    slow = f"case \"$*\" in *snapshots*) echo '{snapshots}';; *check*) exec sleep 60;; esac\n"
    program.write_text(f"#!/bin/sh\n{slow}", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    question = asked(declared("restic", repository="r"), seconds=7)
    verified = restic.read(question).backups[0].verified
    assert verified is not None
    assert (verified.understood, verified.why) == (False, "it was not over in time")
