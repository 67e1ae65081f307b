"""Any command that prints the common form: the schema and the reader agree, and what is none is told."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import probes.backups
from probes.backups import command
from probes.backups.asking import Asked, Catalogue
from probes.errors import Garbage, NotSet, TargetAway
from tests.probes.backups.asking import asked, declared
from tests.probes.backups.test_form import NOW_MS

FOLDER = Path(probes.backups.__path__[0])
SCHEMA = json.loads((FOLDER / "catalogue.schema.json").read_text(encoding="utf-8"))
WHOLE: dict[str, Any] = {
    "id": "a",
    "kind": "image",
    "started": "2026-11-01T02:00:00+08:00",
    "stopped": "2026-11-01T02:03:00+08:00",
    "bytes": 12,
    "depends_on": [],
    "medium": "tape 12",
    "online": False,
    "verified": {"how": "crc", "at": "2026-11-01T03:00:00+08:00", "ok": True},
    "error": None,
}


def catalogue(*entries: Any, zone: str | None = None, **values: Any) -> Catalogue:
    text = json.dumps({"schema": command.SCHEMA, "tool": "t", "version": "1", "backups": entries} | values)
    return command.catalogue_of(text, kind=None, zone=zone, now_ms=NOW_MS, who="test")


def fits(entry: Any) -> bool:
    told = {"schema": command.SCHEMA, "backups": [entry]}
    return bool(jsonschema_rs.validator_for(SCHEMA).is_valid(told))


def test_a_whole_entry_is_read_as_it_is_written() -> None:
    (backup,) = catalogue(WHOLE).backups
    assert (backup.id, backup.kind, backup.bytes, backup.medium, backup.online) == ("a", "image", 12, "tape 12", False)
    assert (backup.stopped_ms or 0) - (backup.started_ms or 0) == 180_000
    assert backup.verified is not None
    assert (backup.verified.ok, backup.verified.understood) == (True, True)
    assert fits(WHOLE)


@pytest.mark.parametrize(
    "change",
    [{"kind": "half"}, {"id": 3}, {"id": ""}, {"bytes": -1}, {"bytes": "12"}, {"depends_on": "b"}, {"depends_on": [1]}],
)
def test_an_entry_of_another_form_is_counted_and_fits_no_schema(change: dict[str, Any]) -> None:
    read = catalogue(WHOLE | {"id": "sound"}, WHOLE | change)
    assert [backup.id for backup in read.backups] == ["sound"]
    assert read.unread == 1
    assert read.notes[0].startswith("an entry was not read:")
    assert not fits(WHOLE | change)


def test_of_two_entries_with_one_id_the_second_is_not_read() -> None:
    read = catalogue(WHOLE, WHOLE | {"started": "2026-11-02T02:00:00+08:00", "verified": None})
    assert [backup.verified is not None for backup in read.backups] == [True]
    assert read.unread == 1


def test_a_verification_that_says_half_is_not_understood() -> None:
    for verified in ({"how": "crc", "ok": True}, {"at": "2026-11-01T03:00:00Z", "ok": True}, {"how": "crc", "at": "x"}):
        (backup,) = catalogue(WHOLE | {"verified": verified}).backups
        assert backup.verified is not None
        assert not backup.verified.understood


def test_local_times_are_of_the_declared_zone() -> None:
    entry = WHOLE | {"started": "2026-11-01T02:00:00", "stopped": None}
    assert catalogue(entry).backups[0].started_ms is None
    assert catalogue(entry, zone="Asia/Shanghai").backups[0].started_ms == 1_793_469_600_000


DEEP = pytest.param("[" * 200_000, id="deep")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "duheng/backup-catalogue/v1"}', "no such thing", DEEP])
def test_what_is_no_catalogue_is_garbage(text: str) -> None:
    with pytest.raises(Garbage):
        command.catalogue_of(text, kind=None, zone=None, now_ms=NOW_MS, who="test")


def _asked(*words: str) -> Asked:
    return asked(declared("command", command=words))


def test_a_command_is_run_without_a_shell() -> None:
    text = json.dumps({"schema": command.SCHEMA, "locked": True, "backups": []})
    read = command.read(_asked("printf", "%s", text))
    assert (read.locked, read.backups) == (True, ())


def test_a_command_that_fails_or_is_not_there_is_told() -> None:
    with pytest.raises(TargetAway, match="failed with status 1"):
        command.read(_asked("false"))
    with pytest.raises(NotSet, match="cannot be run on here"):
        command.read(_asked("/nowhere/list-backups"))


def test_the_manifest_schema_accepts_what_the_reader_does() -> None:
    schema = json.loads((FOLDER / "manifest.schema.json").read_text(encoding="utf-8"))
    source = {"from": "table", "select": "trades", "objects": 1, "sha256": "0" * 64}
    told = {"schema": "duheng/backup-manifest/v1", "backup": "a", "kind": "full", "holds": {"trades": [source]}}
    validator = jsonschema_rs.validator_for(schema)
    assert not validator.is_valid(told)
    source["database"] = "shop"
    assert validator.is_valid(told)
