"""What in ``[[backups]]``, ``[[backup_plan]]`` and ``[restore]`` does not go together. Pure."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeAlias

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

NEEDED: Mapping[str, tuple[str, ...]] = {
    "pgbackrest": ("stanza",),
    "restic": ("repository",),
    "borg": ("repository",),
    "files": ("path",),
    "command": ("command",),
}
"""Which keys each tool cannot do without."""

_ONLY: Mapping[str, tuple[str, ...]] = {
    "stanza": ("pgbackrest",),
    "config": ("pgbackrest",),
    "repository": ("pgbackrest", "restic", "borg"),
    "command": ("command",),
    "restore_command": ("command",),
    "kind": ("restic", "borg", "files", "command"),
    "verification": ("pgbackrest", "restic", "borg"),
}
_TOP = 2
_SCRATCH_FORM = (
    "must be an absolute path below the top level, of letters, digits and . _ -, such as /var/tmp/duheng-scratch"
)
_SCRATCH = re.compile(r"/[\w./-]+")
_PLACEHOLDERS = ("{id}", "{target}")


def backup_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between keys of the backups' tables; values wrong in themselves are told elsewhere."""
    hosts = {host.get("name") for _, host in _entries(written, "hosts")}
    names: dict[str, int] = {}
    kept: dict[tuple[Any, Any], int] = {}
    for index, backup in _entries(written, "backups"):
        name = backup.get("name")
        if isinstance(name, str) and names.setdefault(name, index) != index:
            yield ("backups", index, "name"), f"is the name of number {names[name] + 1} too; each backup needs its own"
        output = (backup.get("host"), backup.get("verification"))
        if all(isinstance(each, str) for each in output) and kept.setdefault(output, index) != index:
            first = kept[output] + 1
            yield ("backups", index, "verification"), f"is the output of number {first} too; it tells of one repository"
        yield from ((("backups", index, key), what) for key, what in _backup(backup, hosts))
    yield from _plan(written)
    yield from _restore(written)


def _entries(written: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = written.get(name)
    return [pair for pair in enumerate(value if isinstance(value, list) else ()) if isinstance(pair[1], dict)]


def _backup(backup: Mapping[str, Any], hosts: set[Any]) -> Iterator[tuple[str, str]]:
    tool, host = backup.get("tool"), backup.get("host")
    if isinstance(host, str) and host not in hosts:
        known = f"known are: {', '.join(sorted(str(each) for each in hosts if each))}" if hosts else "there are none"
        yield "host", f"is no declared host; add it to [[hosts]] ({known})"
    if isinstance(tool, str) and tool in NEEDED:
        for key in NEEDED[tool]:
            if key not in backup:
                yield key, f"is missing: {tool} needs it"
        for key, tools in _ONLY.items():
            if key in backup and tool not in tools:
                yield key, f"is for {', '.join(tools)}; this is {tool}: leave it out"
    yield from _repository(backup)
    restoring = backup.get("restore_command")
    for placeholder in _PLACEHOLDERS if isinstance(restoring, list) else ():
        if not any(isinstance(word, str) and placeholder in word for word in restoring or ()):
            yield "restore_command", f"says nowhere {placeholder}"


def _repository(backup: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if {"password_env", "password_file"} <= backup.keys():
        yield "password_file", "stands beside password_env; give one of them"
    repository = backup.get("repository")
    if isinstance(repository, str) and ":" in repository.rpartition("@")[0].partition("//")[2]:
        yield "repository", "must not hold a password; it is kept with the evidence"
    if backup.get("tool") == "pgbackrest" and isinstance(repository, str) and not repository.isdecimal():
        yield "repository", 'must be the number of a pgBackRest repository, such as "2"'


def _plan(written: Mapping[str, Any]) -> Iterator[Fault]:
    seen: dict[tuple[Any, Any], int] = {}
    for index, entry in _entries(written, "backup_plan"):
        data, by = entry.get("data"), entry.get("by")
        if isinstance(data, str) and isinstance(by, str) and seen.setdefault((data, by), index) != index:
            first = seen[data, by] + 1
            yield ("backup_plan", index, "data"), f"{data} by {by} stands in number {first} already"


def _restore(written: Mapping[str, Any]) -> Iterator[Fault]:
    restore = written.get("restore")
    scratch = restore.get("scratch") if isinstance(restore, dict) else None
    if not isinstance(scratch, str) or not scratch.strip():
        return
    place = PurePosixPath(scratch)
    if not _SCRATCH.fullmatch(scratch) or ".." in place.parts or len(place.parts) <= _TOP:
        yield ("restore", "scratch"), _SCRATCH_FORM
        return
    for _, backup in _entries(written, "backups"):
        for key in ("path", "repository"):
            other = backup.get(key)
            if isinstance(other, str) and other.startswith("/") and _overlap(place, PurePosixPath(other)):
                yield ("restore", "scratch"), f"overlaps with the {key} of backup {backup.get('name')}; take another"


def _overlap(one: PurePosixPath, other: PurePosixPath) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
