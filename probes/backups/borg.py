"""Borg: ``list --json``, whose times are local and carry no zone (UTC is asked for), and ``check --verify-data``."""

import json
from collections.abc import Mapping
from typing import Any

from probes.backups.asking import (
    Asked,
    Catalogue,
    temporary_folder,
    too_long,
    verification_text,
)
from probes.backups.form import KINDS, Backup, Kind, Verified, newest
from probes.backups.saved import saved_output
from probes.backups.times import instant_ms
from probes.backups.verifying import complaints, not_understood, told_of_all
from probes.errors import Garbage, LookFailed

HOW = "borg check --verify-data"
ZONE = "UTC"
_LABEL = "kind="
_CHECKPOINT = ".checkpoint"
_WELL = ("full repository check, no problems found", "archive consistency check complete, no problems found")
_DATA_READ = "cryptographic data integrity verification"
_ILL = ("errors found", "integrity error", "problems found.")
_HARMLESS = ("no problems found.", "with 0 integrity errors")
_LOCKS = ("lock.exclusive", "lock.roster")


def variables(folder: str) -> dict[str, str]:
    """Return the environment in which Borg answers in UTC, asks nobody, and keeps its caches in ``folder``."""
    return {
        "TZ": ZONE,
        "BORG_CACHE_DIR": folder,
        "BORG_SECURITY_DIR": folder,
        "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }


def read(asked: Asked) -> Catalogue:
    """Return the catalogue of a repository; see ``Reader``."""
    with temporary_folder(asked) as folder:
        return _read(asked, folder)


def _read(asked: Asked, folder: str) -> Catalogue:
    repository, backups = asked.declared.repository, list[Backup]()
    listing = ["borg", "list", "--bypass-lock", "--consider-checkpoints", "--json", "--format", "{comment}{end}"]
    text = asked.answer([*listing, repository], variables=variables(folder))
    try:
        json.loads(text, object_hook=lambda entry: _hooked(entry, backups, asked.declared.kind))
    except ValueError as error:
        raise Garbage(f"borg list on {asked.shell.name} printed no JSON: {error}") from error
    locked = _held(asked)
    kept, out = newest(backups, now_ms=asked.now_ms)
    return Catalogue(
        version=asked.version(["borg", "--version"]).removeprefix("borg "),
        backups=told_of_all(kept, verified(asked, folder, locked=bool(locked))),
        locked=locked,
        locked_by="a lock lies in the repository" if locked else "",
        left_out=out,
    )


def _held(asked: Asked) -> bool | None:
    """Tell whether a lock lies in the repository; None where the repository is not on that host."""
    if not asked.declared.repository.startswith("/"):
        return None
    ran = asked.run(["ls", "-1", "--", asked.declared.repository], max_bytes=100_000)
    names = ran.stdout.decode("utf-8", "replace").split()
    return any(name in _LOCKS for name in names) if ran.status == 0 else None


def _hooked(entry: dict[str, Any], backups: list[Backup], kind: Kind | None) -> Any:
    if "archive" not in entry or "start" not in entry:
        return entry
    backups.append(backup_of(entry, kind))
    return None


def backup_of(entry: Mapping[str, Any], kind: Kind | None = None, zone: str = ZONE) -> Backup:
    """Return one archive; its times are local to ``zone``. A checkpoint is what an interrupted run left.

    The kind: ``kind=incremental`` in its comment, else as declared, else full: nothing else is needed to restore it.
    """
    name = str(entry["archive"])
    words = [word.removeprefix(_LABEL) for word in str(entry.get("comment", "")).split() if word.startswith(_LABEL)]
    said = next((each for each in KINDS if each in words), None)
    half = name.endswith(_CHECKPOINT) or f"{_CHECKPOINT}." in name
    return Backup(
        id=name,
        kind=said or kind or "full",
        started_ms=instant_ms(entry["start"], zone),
        stopped_ms=None if half else instant_ms(entry.get("end"), zone),
    )


def verified(asked: Asked, folder: str, *, locked: bool = False) -> Verified:
    """Return what ``check --verify-data``, run now or kept, says of the repository."""
    try:
        if asked.declared.verification is not None:
            text, at_ms = saved_output(asked, asked.declared.verification)
            return understood(text, status=None, at_ms=at_ms, locked=False)
        command = ["borg", "check", "--bypass-lock", "--verbose", "--verify-data", asked.declared.repository]
        status, text = verification_text(asked, command, variables(folder))
    except LookFailed as failed:
        return not_understood(HOW, None, too_long(failed))
    return understood(text, status=status, at_ms=asked.now_ms, locked=locked)


def understood(text: str, *, status: int | None, at_ms: int, locked: bool) -> Verified:
    """Return what the check's text says; ``status`` None where only the text was kept."""
    said = text.lower()
    well = all(words in said for words in _WELL)
    if well and status in {0, None}:
        if _DATA_READ in said:
            return Verified(how=HOW, at_ms=at_ms, ok=True, understood=True)
        return not_understood(HOW, at_ms, "the check did not read the data (--verify-data)")
    for words in _HARMLESS:
        said = said.replace(words, "")
    if any(words in said for words in _ILL) and not locked:
        why = complaints(text, "error", "mismatch", "missing", "corrupt")
        return Verified(how=HOW, at_ms=at_ms, ok=False, understood=True, why=why)
    return not_understood(HOW, at_ms, ("a lock was held meanwhile; " * locked) + f"status {status}: {text[-200:]}")
