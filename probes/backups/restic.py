"""restic: ``snapshots --json``, and ``check --read-data``: without it a damaged pack goes unnoticed."""

import json
from collections.abc import Mapping
from typing import Any

from probes.backups.asking import Asked, Catalogue, too_long, verification_text
from probes.backups.form import KINDS, Backup, Kind, Verified, newest
from probes.backups.saved import saved_output
from probes.backups.times import instant_ms
from probes.backups.verifying import complaints, not_understood, told_of_all
from probes.errors import Garbage, LookFailed

HOW = "restic check --read-data"
_LABEL = "kind="
_WELL = "no errors were found"
_ALL_READ = "read all data"
_ILL = "repository contains errors"


def arguments(asked: Asked, *words: str) -> list[str]:
    """Return a command line that takes no lock and leaves no cache."""
    return ["restic", "--no-cache", "--no-lock", "--repo", asked.declared.repository, *words]


def read(asked: Asked) -> Catalogue:
    """Return the catalogue of a repository; see ``Reader``."""
    backups: list[Backup] = []
    text = asked.answer(arguments(asked, "snapshots", "--json"))
    try:
        json.loads(text or "[]", object_hook=lambda entry: _hooked(entry, backups, asked.declared.kind))
    except ValueError as error:
        raise Garbage(f"restic snapshots on {asked.shell.name} printed no JSON: {error}") from error
    locks = asked.answer(arguments(asked, "list", "locks")).split()
    kept, out = newest(backups, now_ms=asked.now_ms)
    return Catalogue(
        version=asked.version(["restic", "version"]).removeprefix("restic ").partition(" ")[0],
        backups=told_of_all(kept, verified(asked, locked=bool(locks))),
        locked=bool(locks),
        locked_by=f"{len(locks)} lock{'s' * (len(locks) > 1)} lie in the repository" if locks else "",
        left_out=out,
    )


def _hooked(entry: dict[str, Any], backups: list[Backup], kind: Kind | None) -> None:
    if "id" in entry and "time" in entry:
        backups.append(backup_of(entry, kind))


def backup_of(entry: Mapping[str, Any], kind: Kind | None = None) -> Backup:
    """Return one snapshot. It has one time, its start, and is listed only once it is whole: that is its stop too.

    The kind: a tag ``kind=full``, else as declared, else incremental where it was taken against a parent. Nothing is
    needed to restore it but itself.
    """
    at_ms = instant_ms(entry["time"], None)
    tags = [str(tag).removeprefix(_LABEL) for tag in entry.get("tags") or () if str(tag).startswith(_LABEL)]
    tagged = next((each for each in KINDS if each in tags), None)
    return Backup(
        id=str(entry["id"]),
        kind=tagged or kind or ("incremental" if entry.get("parent") else "full"),
        started_ms=at_ms,
        stopped_ms=at_ms,
    )


def verified(asked: Asked, *, locked: bool = False) -> Verified:
    """Return what ``check --read-data``, run now or kept, says of the repository."""
    try:
        if asked.declared.verification is not None:
            text, at_ms = saved_output(asked, asked.declared.verification)
            return understood(text, status=0 if _WELL in text else 1, at_ms=at_ms, locked=False)
        status, text = verification_text(asked, arguments(asked, "check", "--read-data"))
    except LookFailed as failed:
        return not_understood(HOW, None, too_long(failed))
    return understood(text, status=status, at_ms=asked.now_ms, locked=locked)


def understood(text: str, *, status: int, at_ms: int, locked: bool) -> Verified:
    """Return what the check's text says. Errors while somebody holds a lock may be a backup half way."""
    if _WELL in text and _ILL in text:
        return not_understood(HOW, at_ms, "it holds what several checks said, one well and one not")
    if status == 0 and _WELL in text and _ALL_READ in text:
        return Verified(how=HOW, at_ms=at_ms, ok=True, understood=True)
    if _ILL in text and not locked:
        why = complaints(text, "does not match", "error", "not found", "failed")
        return Verified(how=HOW, at_ms=at_ms, ok=False, understood=True, why=why)
    if _WELL in text and _ALL_READ not in text:
        return not_understood(HOW, at_ms, "the check did not read the data (--read-data)")
    return not_understood(HOW, at_ms, ("a lock was held meanwhile; " * locked) + f"status {status}: {text[-200:]}")
