"""A backup started beside something else, with a real restic: found again in its catalogue, or told why not."""

import random
import shutil
from pathlib import Path

import pytest

from probes.backups.hot import HotBackup, startable
from probes.clock import Deadline, SystemClock
from probes.errors import NotSet
from probes.redaction import Redactor
from probes.target import Target
from probes.target_file import read_target
from tests.probes.backups.asking import PASSWORD, flip, largest, needs, run
from tests.probes.target_faults import HEAD

pytestmark = pytest.mark.integration


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one old snapshot, and what is backed up."""
    needs(("restic", "restic"))
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "page.html").write_bytes(random.Random(5).randbytes(200_000))
    command: list[str | Path] = ["restic", "--no-cache", "--repo", tmp_path / "repo"]
    run([*command, "init"], RESTIC_PASSWORD=PASSWORD)
    run([*command, "backup", "--time", "2026-01-01 00:00:00", folder], RESTIC_PASSWORD=PASSWORD)
    (folder / "order.txt").write_text("a new order", encoding="ascii")
    return folder


def target_of(folder: Path, *start: str) -> Target:
    words = ", ".join(f'"{word}"' for word in start)
    path = folder / "duheng.toml"
    path.write_text(
        HEAD + '[[hosts]]\nname = "here"\naddress = "local"\n'
        '[[backups]]\nname = "orders"\ntool = "restic"\nhost = "here"\npassword_env = "DUHENG_TEST_BACKUP"\n'
        f'repository = "{folder / "repo"}"\nholds = ["trades"]\nplace = "local"\n'
        + (f"start = [{words}]\n" if start else ""),
        encoding="utf-8",
    )
    return read_target(path)


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUHENG_TEST_BACKUP", PASSWORD)


def hot(target: Target, *, most_s: float = 60) -> HotBackup:
    return HotBackup(target, "orders", clock=SystemClock(), redactor=Redactor(), most_s=most_s)


def soon(seconds: float = 60) -> Deadline:
    return Deadline.after(SystemClock(), seconds)


def command(folder: Path, *words: str) -> tuple[str, ...]:
    return ("restic", "--no-cache", "--repo", str(folder / "repo"), *words)


def test_a_backup_that_came_about_is_found_in_its_catalogue(tree: Path) -> None:
    folder = tree.parent
    target = target_of(folder, *command(folder, "backup", str(tree)))
    assert startable(target) == ("orders",)
    backup = hot(target)
    backup.start()
    told = backup.result(soon())
    assert (told["backup"], told["ok"], told["why"]) == ("orders", True, "")
    listed = run([*command(folder), "snapshots", "--json"], RESTIC_PASSWORD=PASSWORD)
    assert told["id"] in listed
    assert listed.count('"time"') == 2
    assert told["started_ms"] <= told["stopped_ms"]
    assert PASSWORD not in str(told)


def test_a_command_that_makes_no_backup_is_no_backup(tree: Path) -> None:
    backup = hot(target_of(tree.parent, "true"))
    backup.start()
    told = backup.result(soon())
    assert (told["ok"], told["id"]) == (False, None)
    assert "no entry" in told["why"]


@pytest.mark.parametrize(
    ("start", "says"),
    [(("false",), "status 1"), (("/nowhere/backup",), "status 127"), (("sh", "-c", "echo full >&2; exit 7"), "full")],
)
def test_a_command_that_fails_says_how(tree: Path, start: tuple[str, ...], says: str) -> None:
    backup = hot(target_of(tree.parent, *start))
    backup.start()
    told = backup.result(soon())
    assert (told["ok"], told["id"]) == (False, None)
    assert says in told["why"]


def test_a_backup_into_a_damaged_repository_is_found_and_not_good(tree: Path) -> None:
    folder = tree.parent
    flip(largest(folder / "repo" / "data"))
    backup = hot(target_of(folder, *command(folder, "backup", str(tree))))
    backup.start()
    told = backup.result(soon())
    assert told["ok"] is False
    assert told["id"] is not None
    assert told["why"]


def test_one_that_is_not_over_is_not_waited_for_beyond_the_deadline(tree: Path) -> None:
    backup = hot(target_of(tree.parent, "sleep", "5"))
    backup.start()
    told = backup.result(soon(0.2))
    assert (told["ok"], told["stopped_ms"]) == (False, None)
    assert "may still run" in told["why"]


def test_a_repository_that_went_away_meanwhile_leaves_it_untold(tree: Path) -> None:
    folder = tree.parent
    target = target_of(folder, *command(folder, "backup", str(tree)))
    backup = hot(target)
    backup.start()
    assert backup.result(soon())["ok"]
    shutil.rmtree(folder / "repo")
    told = backup.result(soon())
    assert (told["ok"], told["id"]) == (False, None)
    assert told["stopped_ms"] is not None


def test_what_cannot_be_started_is_told_before_anything_begins(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSet, match="give it start"):
        hot(target_of(tree.parent))
    with pytest.raises(NotSet, match="declares no"):
        HotBackup(target_of(tree.parent), "other", clock=SystemClock(), redactor=Redactor(), most_s=1)
    assert startable(target_of(tree.parent)) == ()
    target = target_of(tree.parent, "true")
    assert hot(target).result(soon())["why"] == "it was not started"
    monkeypatch.delenv("DUHENG_TEST_BACKUP")
    with pytest.raises(NotSet, match="DUHENG_TEST_BACKUP"):
        hot(target)
