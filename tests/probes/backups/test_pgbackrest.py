"""pgBackRest on a real cluster: all kinds, one damaged file, a log with a hole, a lock, and what is not there."""

import json
import shutil
from pathlib import Path

import pytest

from probes.backups import pgbackrest
from probes.backups.asking import Asked
from probes.backups.form import settled
from probes.backups.gaps import gaps_by_kind
from probes.errors import NotSet, TargetAway
from tests.probes.backups.asking import asked, declared, flip, largest
from tests.probes.backups.stanza import Stanza

pytestmark = pytest.mark.integration


def _asked(made: Stanza, **values: str) -> Asked:
    return asked(declared("pgbackrest", **({"stanza": "shop", "config": str(made.config)} | values)))


@pytest.fixture
def damaged(shop_stanza: Stanza, tmp_path: Path) -> Stanza:
    """The same stanza over a copy of its first repository in which a data file of the full backup is damaged."""
    tmp_path.chmod(0o755)
    shutil.copytree(shop_stanza.repository(1), tmp_path / "repo1")
    full = next(path for path in (tmp_path / "repo1/backup/shop").iterdir() if path.name.endswith("F"))
    flip(largest(full / "pg_data" / "base"))
    text = shop_stanza.config.read_text(encoding="ascii")
    made = Stanza(tmp_path)
    made.config.write_text(text.replace(f"repo1-path={shop_stanza.folder}", f"repo1-path={tmp_path}"), encoding="ascii")
    return made


def test_all_kinds_are_read_with_their_times_sizes_and_bases_and_each_is_good(shop_stanza: Stanza) -> None:
    catalogue = pgbackrest.read(_asked(shop_stanza))
    backups = settled(catalogue.backups, now_ms=_asked(shop_stanza).now_ms)
    assert [backup.kind for backup in backups] == ["full", "incremental", "differential"]
    assert all(backup.good for backup in backups)
    assert all((backup.stopped_ms or 0) >= (backup.started_ms or 1) for backup in backups)
    assert all((backup.bytes or 0) > 1_000_000 and backup.online for backup in backups)
    assert backups[1].depends_on == backups[2].depends_on == (backups[0].id,)
    assert catalogue.version.count(".") == 1
    assert catalogue.locked is False


def test_a_damaged_file_spoils_the_full_backup_and_all_that_stand_on_it(damaged: Stanza) -> None:
    question = _asked(damaged)
    backups = settled(pgbackrest.read(question).backups, now_ms=question.now_ms)
    assert [backup.verified.ok if backup.verified else None for backup in backups] == [False, False, False]
    assert not any(backup.good for backup in backups)
    assert backups[1].flaws == ("broken-base",)
    assert {gap.good for gap in gaps_by_kind(backups).values()} == {0}


def test_info_itself_says_nothing_of_the_damage(damaged: Stanza) -> None:
    question = _asked(damaged)
    said = json.loads(question.answer(pgbackrest.arguments(question, "info", "--output=json")))
    assert [backup["error"] for backup in said[0]["backup"]] == [False, False, False]


def test_a_hole_in_the_log_spoils_what_needs_it(shop_stanza: Stanza, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    shutil.copytree(shop_stanza.repository(1), tmp_path / "repo1")
    flip(largest(tmp_path / "repo1/archive/shop"))
    text = shop_stanza.config.read_text(encoding="ascii").replace(
        f"repo1-path={shop_stanza.folder}", f"repo1-path={tmp_path}"
    )
    (tmp_path / "pgbackrest.conf").write_text(text, encoding="ascii")
    question = _asked(Stanza(tmp_path))
    backups = settled(pgbackrest.read(question).backups, now_ms=question.now_ms)
    assert not any(backup.good for backup in backups)
    assert backups[0].verified is not None
    assert "of the log" in backups[0].verified.why


def test_the_other_repository_is_read_by_its_number(shop_stanza: Stanza) -> None:
    assert [backup.kind for backup in pgbackrest.read(_asked(shop_stanza, repository="2")).backups] == ["full"]


def test_output_that_a_job_kept_is_read_instead(shop_stanza: Stanza, tmp_path: Path) -> None:
    kept = tmp_path / "verify.txt"
    text = shop_stanza.pgbackrest("--repo=1", "--log-level-file=off", "verify", "--output=text", "--verbose")
    kept.write_text(text, encoding="ascii")
    question = _asked(shop_stanza, verification=str(kept))
    backups = settled(pgbackrest.read(question).backups, now_ms=question.now_ms)
    assert all(backup.good for backup in backups)
    assert backups[0].verified is not None
    assert backups[0].verified.at_ms == int(kept.stat().st_mtime) * 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stanza: shop\nstatus: fine\n",
        "P00 ERROR: [055]: unable to load info file",
        "stanza: shop\nstatus: ok\nstanza: shop\nstatus: error\n",
    ],
)
def test_a_verification_that_is_not_understood_makes_nothing_good(text: str) -> None:
    told = pgbackrest.understood(text, status=0, at_ms=0)
    assert not told[""].understood
    assert told[""].ok is None


def test_what_is_bad_while_a_backup_runs_is_not_taken_at_its_word() -> None:
    text = "stanza: shop\nstatus: error\n  backup: 1F, status: invalid, total files checked: 2, total valid files: 1\n"
    assert not pgbackrest.understood(text, status=0, at_ms=0, held=True)["1F"].understood
    assert pgbackrest.understood(text, status=0, at_ms=0)["1F"].ok is False


def test_a_stanza_that_is_not_there_is_away(shop_stanza: Stanza) -> None:
    with pytest.raises(TargetAway, match="missing stanza"):
        pgbackrest.read(_asked(shop_stanza, stanza="ship"))


def test_a_host_without_the_program_lacks_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSet, match="pgbackrest cannot be run on here"):
        pgbackrest.read(_asked(Stanza(tmp_path)))


def test_nothing_is_left_behind(shop_stanza: Stanza) -> None:
    before = sorted(path for path in shop_stanza.folder.rglob("*") if "data" not in path.parts)
    pgbackrest.read(_asked(shop_stanza))
    assert sorted(path for path in shop_stanza.folder.rglob("*") if "data" not in path.parts) == before
