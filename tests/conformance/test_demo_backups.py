"""The demo's own backups: what its job writes is read, restored and counted by the probes; nothing stays behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.demo import backups, lifecycle
from conformance.demo.folder import Folder
from conformance.demo.lifecycle import Running
from conformance.plan import PlannedLook
from probes.backups import catalogue, restoring
from probes.backups.manifest import manifest_of
from probes.clock import Deadline, SystemClock
from probes.host import facts
from probes.target_file import read_target
from tests.conformance.looks import look_at

DATA = {"pages", "customers", "trades", "management", "merchants"}


def test_a_folder_whose_path_cannot_be_declared_has_no_scratch_place(tmp_path: Path) -> None:
    assert "[restore]" in backups.tables(Folder(root=tmp_path))
    assert "[restore]" not in backups.tables(Folder(root=tmp_path / "a folder"))


@pytest.mark.parametrize("name", ["plain", 'with "quotes" and a blank', "商店"])
def test_the_tables_are_a_target_file_whatever_the_folder_is_called(tmp_path: Path, name: str) -> None:
    folder = Folder(root=tmp_path / name)
    folder.root.mkdir()
    head = '[platform]\nid = "x"\nname = "x"\nbase_url = "https://127.0.0.1:1"\nenvironment = "disposable"\n'
    folder.target.write_text(head + backups.tables(folder), encoding="utf-8")
    target = read_target(folder.target)
    assert [host["address"] for host in target.declared("hosts")] == ["local"]
    assert [each["path"] for each in target.declared("backups")] == [str(folder.backups)]


def test_a_start_begins_a_new_record(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path)
    backups.fresh(folder)
    (folder.backups / "full-1.tar.gz").write_bytes(b"old")
    backups.fresh(folder)
    assert not list(folder.backups.iterdir())
    assert folder.backups.stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    pytest.importorskip("oscar", reason="the extra `demo` is not installed")
    root = tmp_path_factory.mktemp("demo") / "shop"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUHENG_DEMO_HASH_ROUNDS", "1000")
        running = lifecycle.start(root)
        yield running
        assert lifecycle.stop(root)


@pytest.mark.integration
def test_the_job_writes_a_full_and_an_incremental_backup_and_their_manifests(up: Running) -> None:
    found = sorted(up.folder.backups.glob("*.manifest.json"))
    full, incremental = (manifest_of(path.read_text(encoding="utf-8")) for path in found)
    assert (full.kind, incremental.kind) == ("full", "incremental")
    assert incremental.depends_on == (full.backup,)
    assert full.holds.keys() == incremental.holds.keys() == DATA
    assert all(source.objects > 0 for sources in full.holds.values() for source in sources)
    assert {path.name for path in up.folder.backups.iterdir()} == {
        *(path.name for path in found),
        *(file.path for file in incremental.files),
    }


@pytest.mark.integration
def test_no_password_of_the_shop_stands_in_a_backup(up: Running) -> None:
    kept = b"".join(path.read_bytes() for path in up.folder.backups.iterdir())
    assert kept
    for secret in (up.folder.root / "secrets").iterdir():
        assert secret.read_bytes().strip() not in kept


@pytest.mark.integration
def test_the_probes_read_the_catalogue_restore_the_newest_and_notice_a_flipped_byte(up: Running) -> None:
    target, clock = read_target(up.folder.target), SystemClock()
    make = look_at(target, clock)
    seen = {
        probe.name: probe.look(make(PlannedLook(probe=probe, subject=name), Deadline.after(clock, 120))).data
        for probe, name in ((facts.PROBE, backups.HOST), (catalogue.PROBE, "demo"), (restoring.PROBE, "demo"))
    }
    assert seen["host.facts"]["sections"]["system"]["state"] == "read"
    listed = seen["backup.catalogue"]
    assert listed["good"] == {"full": 1, "incremental": 1}
    restored = seen["backup.restore"]
    assert restored["restored"] is True
    assert {name for name, kind in restored["kinds"].items() if kind["equal"] and kind["found"]} == DATA
    assert restored["flipped"]["refused"] is True
    assert restored["cleaned"] is True
    assert not list(up.folder.scratch.iterdir())


@pytest.mark.integration
def test_a_job_that_fails_leaves_the_shop_running_and_its_reason_in_the_log(up: Running) -> None:
    kept = {path.name for path in up.folder.backups.iterdir()}
    (up.folder.backups / "work").mkdir()
    try:
        backups.take(up.folder, {"PATH": "/usr/bin:/bin"})
        assert {path.name for path in up.folder.backups.iterdir()} == {*kept, "work"}
        assert "DUHENG_DEMO_DIR" in up.folder.log.read_text(encoding="utf-8")
        assert all(process.runs() for process in up.processes)
    finally:
        (up.folder.backups / "work").rmdir()
