"""Dumps with manifests: pg_dump and mysqldump as they are, damaged, half written, without one; and brought back."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.backups import files
from probes.backups.asking import Asked
from probes.backups.form import Backup, settled
from probes.backups.manifest import SUFFIX, manifest_of
from probes.backups.restoring import trial
from probes.errors import TargetAway
from tests.probes.backups.asking import asked, declared, flip, run
from tests.probes.backups.manifests import file_entry, rows, write_manifest
from tests.probes.backups.maria import Maria, maria
from tests.probes.backups.stanza import ACCOUNT, CUSTOMERS, PORT, Stanza
from tests.probes.backups.test_restoring import SETTINGS, scratch, tried

__all__ = ["scratch"]
pytestmark = pytest.mark.integration
TIMES = {"started": "2026-11-01T02:00:00+08:00", "stopped": "2026-11-01T02:03:00+08:00"}


@pytest.fixture(scope="module")
def database() -> Iterator[Maria]:
    with maria() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one dump and its manifest."""
    dump = tmp_path / "shop.sql"
    dump.write_text("-- a dump\n" * 50, encoding="ascii")
    write_manifest(tmp_path, "shop", {}, files=[file_entry(dump)], tool="pg_dump 15", format="pg_dump", **TIMES)
    return tmp_path


def _asked(place: Path, **values: str) -> Asked:
    return asked(declared("files", path=str(place), **values))


def backups(place: Path, **values: str) -> list[Backup]:
    question = _asked(place, **values)
    return list(settled(files.read(question).backups, now_ms=question.now_ms))


def test_a_dump_that_is_as_its_manifest_says_is_good(folder: Path) -> None:
    (backup,) = backups(folder)
    assert (backup.id, backup.kind, backup.good, backup.online, backup.bytes) == ("shop", "full", True, True, 500)
    assert (backup.stopped_ms or 0) - (backup.started_ms or 0) == 180_000


def test_one_flipped_byte_differs_from_the_manifest(folder: Path) -> None:
    flip(folder / "shop.sql")
    (backup,) = backups(folder)
    assert backup.verified is not None
    assert (backup.verified.ok, backup.verified.why) == (False, "differs: shop.sql")


def test_a_manifest_that_names_the_dump_of_an_older_backup_is_no_backup(folder: Path) -> None:
    dump = file_entry(folder / "shop.sql")
    later = {"started": "2026-11-02T02:00:00+08:00", "stopped": "2026-11-02T02:03:00+08:00"}
    write_manifest(folder, "again", {}, files=[dump], format="pg_dump", **later)
    old, new = sorted(backups(folder), key=lambda backup: backup.started_ms or 0)
    assert old.good
    assert new.verified is not None
    assert (new.verified.ok, new.verified.why) == (False, "the file of the older backup shop: shop.sql")


def test_a_dump_that_is_written_over_the_one_before_is_a_backup_and_of_that_one_nothing_is_known(folder: Path) -> None:
    dump = folder / "shop.sql"
    dump.write_text("-- the next night\n" * 50, encoding="ascii")
    later = {"started": "2026-11-02T02:00:00+08:00", "stopped": "2026-11-02T02:03:00+08:00"}
    write_manifest(folder, "next", {}, files=[file_entry(dump)], format="pg_dump", **later)
    told = {backup.id: backup.verified and (backup.verified.ok, backup.verified.why) for backup in backups(folder)}
    assert told == {"shop": (None, "written over by the newer backup next: shop.sql"), "next": (True, "")}
    assert [backup.id for backup in backups(folder) if backup.good] == ["next"]
    flip(dump)
    why = {backup.id: backup.verified and (backup.verified.ok, backup.verified.why) for backup in backups(folder)}
    assert why == dict.fromkeys(("shop", "next"), (False, "differs: shop.sql"))


def test_a_manifest_that_does_not_say_when_it_began_takes_no_dump_away(folder: Path) -> None:
    write_manifest(folder, "again", {}, files=[file_entry(folder / "shop.sql")], format="pg_dump")
    told = {backup.id: (backup.good, backup.flaws) for backup in backups(folder)}
    assert told["shop"] == (True, ())
    assert (told["again"][0], "no-start" in told["again"][1]) == (False, True)


def test_a_backup_may_name_the_files_of_what_it_depends_on(folder: Path) -> None:
    own = folder / "log"
    own.write_text("changes", encoding="ascii")
    later = {"started": "2026-11-02T02:00:00+08:00", "stopped": "2026-11-02T02:03:00+08:00"}
    named = [file_entry(folder / "shop.sql"), file_entry(own)]
    write_manifest(folder, "more", {}, files=named, kind="incremental", depends_on=["shop"], **later)
    assert all(backup.good for backup in backups(folder))


def test_a_dump_that_is_gone_is_missing(folder: Path) -> None:
    (folder / "shop.sql").unlink()
    (backup,) = backups(folder)
    assert backup.verified is not None
    assert (backup.verified.ok, backup.verified.why) == (False, "missing: shop.sql")


def test_an_empty_dump_is_none_though_its_checksum_is_right(folder: Path) -> None:
    dump = folder / "shop.sql"
    dump.write_bytes(b"")
    write_manifest(folder, "shop", {}, files=[file_entry(dump)], **TIMES)
    (backup,) = backups(folder)
    assert backup.verified is not None
    assert (backup.verified.ok, backup.verified.why) == (False, "every file of it is empty")


def test_a_dump_that_could_not_be_hashed_is_not_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = folder.parent / f"{folder.name}-bin"
    programs.mkdir()
    (programs / "sha256sum").write_text("#!/bin/sh\necho sha256sum: Permission denied >&2\nexit 1\n", encoding="ascii")
    (programs / "sha256sum").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    (backup,) = backups(folder)
    assert backup.verified is not None
    assert (backup.verified.ok, backup.verified.understood) == (None, False)
    assert "Permission denied" in backup.verified.why


def test_the_byte_is_flipped_in_the_very_backup_and_never_through_a_link(folder: Path, scratch: Path) -> None:
    (folder / "other.sql").write_text("-- a larger dump\n" * 500, encoding="ascii")
    old = {"started": "2026-10-01T02:00:00+08:00", "stopped": "2026-10-01T02:03:00+08:00"}
    write_manifest(folder, "other", {}, files=[file_entry(folder / "other.sql")], **old)
    write_manifest(folder, "shop", {}, files=[file_entry(folder / "shop.sql")], **TIMES)
    link = folder.parent / f"{folder.name}-link"
    link.symlink_to(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    data = tried(_asked(link), scratch)
    assert (data["flipped"]["refused"], data["flipped"]["file"]) == (True, "shop.sql")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_of_the_copy_that_is_a_link_is_not_flipped(folder: Path, scratch: Path) -> None:
    (folder / "part").mkdir()
    (folder / "part" / "shop.sql").write_text("-- a dump\n" * 50, encoding="ascii")
    (folder / "near").symlink_to(folder / "part")
    entry = file_entry(folder / "part" / "shop.sql") | {"path": "near/shop.sql"}
    question, copied = _asked(folder), Backup(id="shop", kind="full", started_ms=1, stopped_ms=2, bytes=10)
    write_manifest(folder, "shop", {}, files=[entry], **TIMES)
    told = trial(question, copied, str(scratch), token="t", settings=SETTINGS)["flipped"]
    assert (told["tried"], told["refused"]) == (False, None)
    assert (folder / "part" / "shop.sql").read_text(encoding="ascii").startswith("-- a dump\n-- a dump")


def test_a_dump_without_a_manifest_is_never_good_and_one_half_way_is_told(folder: Path) -> None:
    (folder / "loose.sql").write_text("x", encoding="ascii")
    (folder / "next night.sql.part").write_text("x", encoding="ascii")
    flaws = {backup.id: backup.flaws for backup in backups(folder) if not backup.good}
    assert flaws == {"loose.sql": ("no-manifest",), "next night.sql.part": ("no-manifest", "half-written")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": "other"}',
        '{"schema": "duheng/backup-manifest/v1"}',
        '{"schema": "duheng/backup-manifest/v1", "backup": "b", "kind": "full", "holds": {"trades": 5}}',
    ],
)
def test_a_manifest_that_is_none_is_counted_and_spoils_no_other(folder: Path, text: str) -> None:
    (folder / f"bad{SUFFIX}").write_text(text, encoding="ascii")
    question = _asked(folder)
    catalogue = files.read(question)
    assert catalogue.unread == 1
    assert [backup.id for backup in catalogue.backups] == ["shop"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "-rf", ""])
def test_a_manifest_names_no_file_outside_its_folder(path: str) -> None:
    told = {"schema": "duheng/backup-manifest/v1", "backup": "a", "kind": "full"}
    told["files"] = [{"path": path, "bytes": 1, "sha256": "0" * 64}]  # type: ignore[assignment]
    with pytest.raises(ValueError, match="inside the folder"):
        manifest_of(json.dumps(told))


@pytest.mark.parametrize("select", ["customers; DROP TABLE x", "a.b.c", "(SELECT 1)", ""])
def test_a_manifest_selects_tables_only_by_name(select: str) -> None:
    source = {"from": "table", "select": select, "database": "shop", "objects": 1, "sha256": "0" * 64}
    told = {"schema": "duheng/backup-manifest/v1", "backup": "a", "kind": "full", "holds": {"trades": [source]}}
    with pytest.raises(ValueError, match="selects a table"):
        manifest_of(json.dumps(told))


def test_local_times_need_the_declared_zone(folder: Path) -> None:
    dump = folder / "shop.sql"
    times = {"started": "2026-11-01T02:00:00", "stopped": "2026-11-01T02:03:00"}
    write_manifest(folder, "shop", {}, files=[file_entry(dump)], **times)
    assert backups(folder)[0].flaws == ("no-start",)
    (local,) = backups(folder, zone="Asia/Shanghai")
    assert local.started_ms == 1_793_469_600_000
    assert local.good


def test_an_incremental_without_its_base_is_not_good(folder: Path) -> None:
    dump = folder / "next.sql"
    dump.write_text("-- what changed\n", encoding="ascii")
    write_manifest(folder, "next", {}, files=[file_entry(dump)], depends_on=["gone"], **TIMES)
    flaws = {backup.id: (backup.flaws, backup.good) for backup in backups(folder)}
    assert flaws == {"shop": ((), True), "next": (("missing-base",), False)}


def test_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(TargetAway, match="no repository at the declared place"):
        files.read(_asked(tmp_path / "nowhere"))


@pytest.mark.parametrize("form", ["pg_dump", "pg_restore"])
def test_a_dump_of_postgresql_comes_back(shop_stanza: Stanza, tmp_path: Path, scratch: Path, form: str) -> None:
    command = ["pg_dump", "-h", str(shop_stanza.folder), "-p", PORT, "-d", "postgres"]
    raw = run([*command, "--format", "plain"], account=ACCOUNT).encode()
    dump = tmp_path / "shop.sql.gz"
    if form == "pg_dump":
        dump.write_bytes(gzip.compress(raw))
    else:
        dump = tmp_path / "shop.dump"
        packed = shop_stanza.folder / "shop.dump"
        run([*command, "--format", "custom", "--file", packed], account=ACCOUNT)
        dump.write_bytes(packed.read_bytes())
        packed.unlink()
    printed = shop_stanza.psql("COPY (SELECT * FROM customers) TO STDOUT")
    held = {"customers": [rows("shop", "public.customers", printed)], "trades": [rows("shop", "trades", "1\n")]}
    write_manifest(tmp_path, "nightly", held, files=[file_entry(dump)], format=form, **TIMES)
    data = tried(_asked(tmp_path), scratch)
    assert data["restored"], data["complaint"]
    assert (data["kinds"]["customers"]["found"], data["kinds"]["customers"]["equal"]) == (CUSTOMERS, True)
    assert (data["kinds"]["trades"]["found"], data["kinds"]["trades"]["equal"]) == (0, False)
    assert "does not exist" in data["kinds"]["trades"]["sources"][0]["why"]
    assert data["flipped"]["refused"] is True


def test_a_dump_of_mariadb_comes_back(database: Maria, tmp_path: Path, scratch: Path) -> None:
    dump = tmp_path / "shop.sql"
    dump.write_text(run(database.words("mysqldump", "--single-transaction", "shop")), encoding="utf-8")
    held = {"trades": [rows("shop", "trades", database.query("SELECT * FROM trades"))]}
    write_manifest(tmp_path, "nightly", held, files=[file_entry(dump)], format="mysqldump", **TIMES)
    data = tried(_asked(tmp_path), scratch)
    assert data["restored"], data["complaint"]
    assert (data["kinds"]["trades"]["found"], data["kinds"]["trades"]["equal"]) == (3, True)
    assert data["flipped"]["refused"] is True
    assert data["cleaned"]


def test_a_dump_cut_short_does_not_come_back(database: Maria, tmp_path: Path, scratch: Path) -> None:
    dump = tmp_path / "shop.sql"
    text = run(database.words("mysqldump", "shop"))
    held = {"trades": [rows("shop", "trades", database.query("SELECT * FROM trades"))]}
    dump.write_text(text[: text.index("INSERT INTO") + 20], encoding="utf-8")
    write_manifest(tmp_path, "nightly", held, files=[file_entry(dump)], format="mysqldump", **TIMES)
    data = tried(_asked(tmp_path), scratch)
    assert not data["restored"] or not data["kinds"]["trades"]["equal"]
