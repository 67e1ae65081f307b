"""Borg on a real repository: other zones, one damaged segment, a lock, an interrupted run, and what is not there."""

import shutil
import subprocess
from pathlib import Path

import pytest

from probes.backups import borg
from probes.backups.asking import Asked
from probes.backups.form import settled
from probes.errors import NotSet, TargetAway
from tests.probes.backups.asking import PASSWORD, asked, declared, flip, largest, needs, run

pytestmark = pytest.mark.integration
SECRETS = {"BORG_PASSPHRASE": PASSWORD}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two archives, made an hour ago and now."""
    needs(("borg", "borgbackup"))
    folder = tmp_path_factory.mktemp("borg")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "page.html").write_bytes(bytes(range(256)) * 2000)
    environ = SECRETS | {"BORG_BASE_DIR": str(folder)}
    run(["borg", "init", "--encryption", "repokey", folder / "repo"], **environ)
    create = ["borg", "create", "--comment", "nightly kind=incremental", "--timestamp", "2026-11-01T08:00:00"]
    run([*create, f"{folder}/repo::first", tree], **environ, TZ="Asia/Shanghai")
    run(["borg", "create", f"{folder}/repo::second", tree], **environ)
    return folder / "repo"


def _asked(repository: Path, secrets: dict[str, str] | None = None, **values: str) -> Asked:
    question = declared("borg", repository=str(repository), **values)
    return asked(question, secrets=SECRETS if secrets is None else secrets)


def test_archives_are_read_and_good_once_all_their_data_were_read(made: Path) -> None:
    question = _asked(made)
    catalogue = borg.read(question)
    backups = settled(catalogue.backups, now_ms=question.now_ms)
    assert [(backup.id, backup.kind, backup.good) for backup in backups] == [
        ("first", "incremental", True),
        ("second", "full", True),
    ]
    assert catalogue.version.startswith("1.")
    assert catalogue.locked is False


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "UTC"])
def test_times_are_the_same_whatever_the_zone_of_the_host(
    made: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    starts = {backup.id: backup.started_ms for backup in borg.read(_asked(made)).backups}
    told = run(["date", "-d", "2026-11-01T08:00:00Z", "+%s000"])
    assert starts["first"] == int(told)  # --timestamp is UTC


def test_a_time_without_zone_is_local_to_the_zone_that_is_declared() -> None:
    entry = {"archive": "a", "start": "2026-11-01T08:00:00.000000", "end": "2026-11-01T08:05:00.000000"}
    shanghai, utc = (borg.backup_of(entry, zone=zone) for zone in ("Asia/Shanghai", "UTC"))
    assert utc.started_ms is not None
    assert shanghai.started_ms == utc.started_ms - 8 * 3_600_000


def test_one_damaged_segment_is_found_and_nothing_is_good(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(made, copy)
    flip(largest(copy / "data"))
    question = _asked(copy)
    backups = settled(borg.read(question).backups, now_ms=question.now_ms)
    assert not any(backup.good for backup in backups)
    assert backups[0].verified is not None
    assert backups[0].verified.ok is False
    assert "checksum mismatch" in backups[0].verified.why


def test_a_lock_is_told_and_the_catalogue_read_all_the_same(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(made, copy)
    (copy / "lock.exclusive").mkdir()
    (copy / "lock.exclusive" / "elsewhere@1.1-0").touch()
    plain = subprocess.run(
        ["borg", "list", "--lock-wait", "0", copy],
        env=SECRETS | {"PATH": "/usr/bin:/bin", "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes", "HOME": str(tmp_path)},
        check=False, capture_output=True,
    )  # fmt: skip
    assert plain.returncode != 0
    catalogue = borg.read(_asked(copy))
    assert catalogue.locked is True
    assert len(catalogue.backups) == 2


def test_what_an_interrupted_run_left_is_half_written() -> None:
    entry = {"archive": "nightly.checkpoint", "start": "2026-11-01T08:00:00", "end": "2026-11-01T08:05:00"}
    (backup,) = settled([borg.backup_of(entry)], now_ms=1_795_314_690_731)
    assert backup.flaws == ("half-written",)


def test_a_wrong_password_is_a_setting(made: Path) -> None:
    with pytest.raises(NotSet, match="password of the repository is wrong"):
        borg.read(_asked(made, {"BORG_PASSPHRASE": "wrong"}))


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_repository_that_is_not_there_is_away(tmp_path: Path, place: str) -> None:
    needs(("borg", "borgbackup"))
    with pytest.raises(TargetAway, match="no repository at the declared place"):
        borg.read(_asked(tmp_path / place))


def test_nothing_is_left_behind_at_home_or_in_the_repository(made: Path, home: Path) -> None:
    before = sorted(made.rglob("*"))
    borg.read(_asked(made))
    assert sorted(home.rglob("*")) == []
    assert sorted(made.rglob("*")) == before
