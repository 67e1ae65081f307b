"""Trial restores of real backups: all comes back and is counted, one flipped byte is refused, nothing stays behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.backups.asking import Asked
from probes.backups.form import Backup, settled
from probes.backups.readers import READERS
from probes.backups.restoring import newest_whole, trial
from probes.errors import NotSet, TargetAway, TimedOut
from tests.probes.backups.asking import PASSWORD, asked, declared, flip, largest, needs, run
from tests.probes.backups.manifests import below, lines, rows, write_manifest
from tests.probes.backups.stanza import CUSTOMERS, Stanza

pytestmark = pytest.mark.integration
SETTINGS: Mapping[str, Any] = {"headroom": 1.1, "account": "postgres"}


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A scratch place with something of somebody else in it, which must stay."""
    folder = Path(tempfile.mkdtemp(prefix="duheng-s-"))
    folder.chmod(0o755)
    (folder / "theirs").write_text("keep", encoding="ascii")
    yield folder
    assert sorted(path.name for path in folder.iterdir()) == ["theirs"]  # whatever came of it
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's files: pages, and an export of its customers."""
    root = tmp_path_factory.mktemp("shop")
    (root / "pages").mkdir()
    for number in range(5):
        (root / "pages" / f"{number}.html").write_bytes(os.urandom(50_000))
    (root / "customers.csv").write_text("".join(f"{n},name {n}\n" for n in range(30)), encoding="utf-8")
    return root


def tried(question: Asked, scratch: Path, **settings: Any) -> dict[str, Any]:
    backups = settled(READERS[question.declared.tool](question).backups, now_ms=question.now_ms)
    return trial(question, newest_whole(backups), str(scratch), token="t", settings={**SETTINGS, **settings})


def holds(root: Path) -> dict[str, Any]:
    inside = f"{root}/".lstrip("/")
    return {
        "pages": [below(root, "pages/*") | {"select": f"{inside}pages/*", "sha256": _sum_under(root, "pages/*")}],
        "customers": [lines(root, "customers.csv") | {"select": f"{inside}customers.csv"}],
    }


def _sum_under(root: Path, pattern: str) -> str:
    """Return the checksum of files as they lie in what is restored: under their whole path."""
    return str(below(Path("/"), f"{str(root).lstrip('/')}/{pattern}")["sha256"]) if root != Path("/") else ""


@pytest.fixture(scope="module")
def restic_made(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A restic repository of the tree, and the folder of its manifests."""
    needs(("restic", "restic"))
    folder = tmp_path_factory.mktemp("restic")
    environ = {"RESTIC_PASSWORD": PASSWORD}
    command: list[str | Path] = ["restic", "--no-cache", "--repo", folder / "repo"]
    run([*command, "init"], **environ)
    run([*command, "backup", tree], **environ)
    snapshot = run([*command, "snapshots", "--json"], **environ).partition('"short_id":"')[2][:8]
    write_manifest(folder, snapshot, holds(tree))
    return folder / "repo", folder


def ask_restic(made: tuple[Path, Path], **values: Any) -> Asked:
    told = {"repository": str(made[0]), "path": str(made[1]), "holds": ("pages", "customers")} | values
    return asked(declared("restic", **told), secrets={"RESTIC_PASSWORD": PASSWORD})


def test_restic_comes_back_whole_and_refuses_a_flipped_byte(restic_made: tuple[Path, Path], scratch: Path) -> None:
    data = tried(ask_restic(restic_made, place="remote"), scratch)
    assert data["restored"]
    assert {name: (kind["found"], kind["equal"]) for name, kind in data["kinds"].items()} == {
        "pages": (5, True),
        "customers": (30, True),
    }
    assert data["checksums"] == {"all": 2, "equal": 2}
    assert (data["flipped"]["tried"], data["flipped"]["refused"]) == (True, True)
    assert data["flipped"]["before"]["ok"] is True
    assert (data["cleaned"], data["from_alone"], data["place"]) == (True, True, "remote")


def test_what_the_tool_does_not_restore_is_told_as_it_said_it(
    restic_made: tuple[Path, Path], scratch: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "repo"
    shutil.copytree(restic_made[0], copy)
    flip(largest(copy / "data"))
    data = tried(ask_restic((copy, restic_made[1])), scratch)
    assert not data["restored"]
    assert data["complaint"]
    assert data["kinds"] == {}


def test_a_backup_that_holds_less_than_its_manifest_is_not_equal(
    restic_made: tuple[Path, Path], scratch: Path, tmp_path: Path, tree: Path
) -> None:
    name = next(restic_made[1].glob("*.manifest.json")).name.partition(".")[0]
    told = holds(tree)
    told["customers"][0] |= {"objects": 31, "sha256": "0" * 64}
    told["trades"] = [{"from": "lines", "select": "srv/trades.csv", "objects": 4, "sha256": "1" * 64}]
    write_manifest(tmp_path, name, told)
    data = tried(ask_restic((restic_made[0], tmp_path)), scratch)
    assert {kind: told["equal"] for kind, told in data["kinds"].items()} == {
        "pages": True,
        "customers": False,
        "trades": False,
    }
    assert data["kinds"]["trades"]["found"] == 0


def test_without_a_manifest_nothing_is_compared(restic_made: tuple[Path, Path], scratch: Path) -> None:
    data = tried(ask_restic(restic_made, path=None), scratch)
    assert (data["restored"], data["manifest"]["found"], data["kinds"]) == (True, False, {})


def test_borg_comes_back_with_the_manifest_that_lies_in_it(tree: Path, scratch: Path, tmp_path: Path) -> None:
    needs(("borg", "borgbackup"))
    whole = tmp_path / "tree"
    shutil.copytree(tree, whole)
    inside = f"{whole}/".lstrip("/")
    told = {"customers": [lines(whole, "customers.csv") | {"select": f"{inside}customers.csv"}]}
    write_manifest(whole, "nightly", told)
    environ = {"BORG_PASSPHRASE": PASSWORD, "BORG_BASE_DIR": str(tmp_path / "borg")}
    run(["borg", "init", "--encryption", "repokey", tmp_path / "repo"], **environ)
    run(["borg", "create", f"{tmp_path}/repo::nightly", whole], **environ)
    question = asked(
        declared("borg", repository=str(tmp_path / "repo"), holds=("customers",)),
        secrets={"BORG_PASSPHRASE": PASSWORD},
    )
    data = tried(question, scratch)
    assert data["restored"], data
    assert data["kinds"]["customers"]["equal"]
    assert data["flipped"]["refused"] is True
    assert data["cleaned"]


def _stanza_asked(made: Stanza, folder: Path, repository: str) -> Asked:
    told = {"stanza": "shop", "config": str(made.config), "repository": repository, "path": str(folder)}
    return asked(declared("pgbackrest", **told, place="remote"))


def test_pgbackrest_comes_back_as_a_running_database_from_the_other_repository_alone(
    shop_stanza: Stanza, scratch: Path, tmp_path: Path
) -> None:
    printed = shop_stanza.psql("COPY (SELECT * FROM customers) TO STDOUT")
    question = _stanza_asked(shop_stanza, tmp_path, "2")
    newest = newest_whole(settled(READERS["pgbackrest"](question).backups, now_ms=question.now_ms))
    write_manifest(tmp_path, newest.id, {"customers": [rows("postgres", "public.customers", printed)]})
    hidden = shop_stanza.repository(1).with_name("burnt")
    shop_stanza.repository(1).rename(hidden)  # fire: the other place is gone
    try:
        data = tried(question, scratch)
    finally:
        hidden.rename(shop_stanza.repository(1))
    assert data["restored"], data["complaint"]
    assert (data["kinds"]["customers"]["found"], data["kinds"]["customers"]["equal"]) == (CUSTOMERS, True), data[
        "kinds"
    ]["customers"]["sources"][0]["why"]
    assert data["flipped"]["refused"] is True, data["flipped"]
    assert data["flipped"]["before"]["ok"] is True
    assert data["cleaned"]
    assert shop_stanza.psql("SELECT count(*) FROM customers").strip() == str(CUSTOMERS)  # the shop's own still runs


def test_a_place_that_is_too_small_is_told_before_anything_is_written(
    restic_made: tuple[Path, Path], scratch: Path
) -> None:
    with pytest.raises(NotSet, match=r"has \d+ bytes free, and restoring main asks for \d+"):
        tried(ask_restic(restic_made), scratch, headroom=1e15)


@pytest.mark.parametrize("kind", ["missing", "file", "link"])
def test_a_place_that_is_no_folder_is_refused(
    restic_made: tuple[Path, Path], scratch: Path, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "place"
    if kind == "file":
        place.touch()
    if kind == "link":
        place.symlink_to(scratch)
    with pytest.raises(NotSet, match="is no folder"):
        tried(ask_restic(restic_made), place)


def test_what_lies_there_already_is_never_written_over(restic_made: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "duheng-restore-main-t").mkdir()
    (tmp_path / "duheng-restore-main-t" / "mine").touch()
    with pytest.raises(NotSet, match="cannot be made"):
        tried(ask_restic(restic_made), tmp_path)
    assert (tmp_path / "duheng-restore-main-t" / "mine").exists()


def test_without_a_whole_backup_nothing_can_be_restored() -> None:
    with pytest.raises(TargetAway, match="no whole backup"):
        newest_whole([])


COPIED = Backup(id="/etc/hostname", kind="full", started_ms=1, stopped_ms=2, bytes=100)


def test_a_declared_command_restores_by_id_into_the_target(scratch: Path) -> None:
    question = asked(declared("command", command=("true",), restore_command=("cp", "{id}", "{target}")))
    data = trial(question, COPIED, str(scratch), token="t", settings=SETTINGS)
    assert data["restored"]
    assert data["flipped"]["tried"] is False


def test_nothing_stays_behind_where_a_restore_is_not_over_in_time(scratch: Path) -> None:
    words = ("sh", "-c", "touch '{target}/half'; exec sleep 60 # {id}")
    question = asked(declared("command", command=("true",), restore_command=words), seconds=2)
    with pytest.raises(TimedOut):
        trial(question, COPIED, str(scratch), token="t", settings=SETTINGS)
    assert sorted(path.name for path in scratch.iterdir()) == ["theirs"]


def test_a_size_that_nobody_knows_is_not_guessed(scratch: Path) -> None:
    question = asked(declared("command", command=("true",), restore_command=("cp", "{id}", "{target}")))
    with pytest.raises(NotSet, match="does not say the size"):
        trial(question, replace(COPIED, bytes=None), str(scratch), token="t", settings=SETTINGS)
