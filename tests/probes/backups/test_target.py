"""Faults of ``[[backups]]``, ``[[backup_plan]]`` and ``[restore]``, each with its place."""

from pathlib import Path

import pytest

from probes.backups.declared import declared_backups
from probes.errors import SettingsError
from probes.target_file import read_target

HEAD = """[platform]
id = "x"
name = "X"
base_url = "https://shop.example"
[[hosts]]
name = "db1"
address = "local"
"""
BACKUP = """[[backups]]
name = "nightly"
host = "db1"
holds = ["customers"]
place = "local"
"""
SCRATCH = "must be an absolute path below the top level, of letters, digits and . _ -, such as /var/tmp/duheng-scratch"
FAULTS = {
    BACKUP: "8: [[backups]] number 1 tool: is missing",
    BACKUP + 'tool = "tar"': ("13: [[backups]] number 1 tool: must be one of pgbackrest, restic, borg, files, command"),
    BACKUP + 'tool = "restic"': "8: [[backups]] number 1 repository: is missing: restic needs it",
    BACKUP + 'tool = "pgbackrest"': "8: [[backups]] number 1 stanza: is missing: pgbackrest needs it",
    BACKUP + 'tool = "command"': "8: [[backups]] number 1 command: is missing: command needs it",
    BACKUP + 'tool = "files"\npath = "/srv"\nstanza = "a"': (
        "15: [[backups]] number 1 stanza: is for pgbackrest; this is files: leave it out"
    ),
    BACKUP + 'tool = "pgbackrest"\nstanza = "a"\nrepository = "/srv"': (
        '15: [[backups]] number 1 repository: must be the number of a pgBackRest repository, such as "2"'
    ),
    BACKUP + 'tool = "restic"\nrepository = "rest:https://u:pw@h/"': (
        "14: [[backups]] number 1 repository: must not hold a password; it is kept with the evidence"
    ),
    BACKUP + 'tool = "restic"\nrepository = "/r"\npassword = "x"': (
        "15: [[backups]] number 1 password: a password never stands in the target file; name an environment variable "
        "with password_env, or an owner-only file with password_file"
    ),
    BACKUP + 'tool = "restic"\nrepository = "/r"\npassword_env = "A"\npassword_file = "b"': (
        "16: [[backups]] number 1 password_file: stands beside password_env; give one of them"
    ),
    BACKUP + 'tool = "files"\npath = "/srv"\nschedule = "nightly"': (
        '15: [[backups]] number 1 schedule: must be a cron line, such as "0 */2 * * *", or a timer, such as '
        '"backup.timer"'
    ),
    BACKUP + 'tool = "command"\ncommand = "list"': (
        '14: [[backups]] number 1 command: must be a program and its arguments, such as ["backup", "list"]'
    ),
    BACKUP + 'tool = "command"\ncommand = ["l"]\nrestore_command = ["r", "{id}"]': (
        "15: [[backups]] number 1 restore_command: says nowhere {target}"
    ),
    BACKUP.replace("db1", "db2") + 'tool = "files"\npath = "/srv"': (
        "10: [[backups]] number 1 host: is no declared host; add it to [[hosts]] (known are: db1)"
    ),
    BACKUP.replace("customers", "buyers") + 'tool = "files"\npath = "/srv"': (
        "11: [[backups]] number 1 holds: must be a list of these kinds of data: pages, customers, trades, management, "
        "merchants"
    ),
    (BACKUP + 'tool = "files"\npath = "/srv"\n') * 2: (
        "16: [[backups]] number 2 name: is the name of number 1 too; each backup needs its own"
    ),
    (
        (BACKUP + 'tool = "restic"\nrepository = "/r"\nverification = "/v"\n')
        + (BACKUP.replace("nightly", "weekly") + 'tool = "restic"\nrepository = "/s"\nverification = "/v"\n')
    ): "23: [[backups]] number 2 verification: is the output of number 1 too; it tells of one repository",
    '[[backup_plan]]\ndata = "trades"\nby = "flow"\nrank = 1\ncycle_h = 2\n' * 2: (
        "14: [[backup_plan]] number 2 data: trades by flow stands in number 1 already"
    ),
    '[restore]\nscratch = "/"': f"9: [restore] scratch: {SCRATCH}",
    '[restore]\nscratch = "/tmp"': f"9: [restore] scratch: {SCRATCH}",
    '[restore]\nscratch = "/srv/../etc"': f"9: [restore] scratch: {SCRATCH}",
    '[restore]\nscratch = "/var/tmp/a b"': f"9: [restore] scratch: {SCRATCH}",
    BACKUP + 'tool = "files"\npath = "/srv/dumps"\n[restore]\nscratch = "/srv/dumps/trial"': (
        "16: [restore] scratch: overlaps with the path of backup nightly; take another"
    ),
}


@pytest.mark.parametrize("written", FAULTS)
def test_each_fault_is_told_with_its_place(written: str, tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(HEAD + written + "\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_target(path)
    assert f"t.toml:{FAULTS[written]}" in caught.value.faults


def test_a_sound_entry_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    more = 'tool = "pgbackrest"\nstanza = "shop"\nincremental_h = 2\nschedule = "backup.timer"\n'
    path.write_text(HEAD + BACKUP + more, encoding="utf-8")
    declared = declared_backups(read_target(path))["nightly"]
    assert (declared.tool, declared.stanza, declared.repository_number, declared.incremental_h) == (
        "pgbackrest",
        "shop",
        "1",
        2,
    )
    assert declared.holds == ("customers",)
