"""pgBackRest: ``info --output=json``, and ``verify``, whose exit status is 0 on corruption: its text is what counts."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from probes.backups.asking import Asked, Catalogue, refusal, too_long, verification_text
from probes.backups.form import Backup, Kind, Verified, newest
from probes.backups.saved import saved_output
from probes.backups.verifying import not_understood
from probes.errors import Garbage, LookFailed, TargetAway

HOW = "pgbackrest verify"
DEFAULT_PATH = "/var/lib/pgbackrest"
_KINDS: Mapping[str, Kind] = {"full": "full", "incr": "incremental", "diff": "differential"}
_OF_BACKUP = re.compile(r"^\s+backup: (?P<label>\S+), status: (?P<status>[^,]+),", re.MULTILINE)
_STATUS = re.compile(r"^status: (?P<status>\S+)", re.MULTILINE)
_INVALID_WAL = re.compile(
    r"^\s+archiveId: \S+, total WAL checked: (?P<all>\d+), total valid WAL: (?P<valid>\d+)", re.MULTILINE
)


def arguments(asked: Asked, *words: str) -> list[str]:
    """Return a command line that names one repository only, and writes no log."""
    declared, number = asked.declared, asked.declared.repository_number
    options = ["--log-level-file=off", f"--stanza={declared.stanza}", f"--repo={number}"]
    if declared.config is not None:
        options.insert(0, f"--config={declared.config}")
    if asked.repository_path is not None:
        options.append(f"--repo{number}-path={asked.repository_path}")
    return ["pgbackrest", *options, *words]


def configured(asked: Asked) -> dict[str, str]:
    """Return where the configuration file puts the repository: host, type, path, s3-endpoint, sftp-host, where given.

    Only these lines are read of the file: others may hold a password.

    Raises:
        LookFailed: the file cannot be read.
    """
    config = asked.declared.config or "/etc/pgbackrest/pgbackrest.conf"
    keys = rf"repo{asked.declared.repository_number}-\(host\|type\|path\|s3-endpoint\|sftp-host\)"
    command = ["sed", "-n", rf"s/^[[:space:]]*{keys}[[:space:]]*=[[:space:]]*/\1=/p", "--", config]
    ran = asked.run(command, max_bytes=100_000)
    if ran.status != 0:
        raise refusal("sed", asked.shell.name, ran)
    lines = ran.stdout.decode("utf-8", "replace").splitlines()
    return {key: value.strip() for key, _, value in (line.partition("=") for line in lines)}


def read(asked: Asked) -> Catalogue:
    """Return the catalogue of a stanza in one repository; see ``Reader``."""
    backups: list[Backup] = []
    text = asked.answer(arguments(asked, "info", "--output=json"))
    try:
        stanzas = json.loads(text, object_hook=lambda entry: _hooked(entry, backups))
        stanza = next(each for each in stanzas if each.get("name") == asked.declared.stanza)
        status, held = stanza["status"], stanza["status"]["lock"]["backup"]["held"]
        usable = status["code"] in _USABLE
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise Garbage(f"pgbackrest info on {asked.shell.name} printed no catalogue of the stanza: {error!r}") from error
    if not usable:
        raise TargetAway(f"pgbackrest on {asked.shell.name} says of the stanza: {status.get('message')}")
    kept, out = newest(backups, now_ms=asked.now_ms)
    return Catalogue(
        version=asked.version(["pgbackrest", "version"]).removeprefix("pgBackRest "),
        backups=verified(asked, kept, held=bool(held)),
        locked=bool(held),
        locked_by="a backup or expire command is running" if held else "",
        left_out=out,
    )


_USABLE = (0, 2)
"""Codes of a stanza's status: ok, and no valid backups."""


def _hooked(entry: dict[str, Any], backups: list[Backup]) -> Any:
    """Keep a backup's entry as soon as it is read, and nothing of its text: 100,000 of them are 70 MB of JSON."""
    if "label" not in entry or "timestamp" not in entry:
        return entry
    backups.append(backup_of(entry))
    return None


def backup_of(entry: Mapping[str, Any]) -> Backup:
    """Return one backup of ``info``'s JSON."""
    base = tuple(entry.get("reference") or ())
    prior = entry.get("prior")
    return Backup(
        id=str(entry["label"]),
        kind=_KINDS.get(entry.get("type", ""), "other"),
        started_ms=_ms(entry["timestamp"].get("start")),
        stopped_ms=_ms(entry["timestamp"].get("stop")),
        bytes=entry.get("info", {}).get("size"),
        depends_on=tuple(dict.fromkeys((*base, *((prior,) if prior else ())))),
        online=(entry.get("lsn") or {}).get("start") is not None,
        error="pgbackrest found invalid page checksums in it" if entry.get("error") else None,
    )


def _ms(seconds: Any) -> int | None:
    return seconds * 1000 if isinstance(seconds, int) else None


def verified(asked: Asked, backups: tuple[Backup, ...], *, held: bool = False) -> tuple[Backup, ...]:
    """Return the backups with what ``verify``, run now or kept, says of each."""
    at_ms = asked.now_ms
    try:
        if asked.declared.verification is not None:
            text, at_ms = saved_output(asked, asked.declared.verification)
            status = 0
        else:
            status, text = verification_text(asked, arguments(asked, "verify", "--output=text", "--verbose"))
    except LookFailed as failed:
        return tuple(replace(each, verified=not_understood(HOW, None, too_long(failed))) for each in backups)
    told = understood(text, status=status, at_ms=at_ms, held=held)
    silent = not_understood(HOW, at_ms, "verify did not name this backup")
    return tuple(replace(each, verified=told.get(each.id, told.get("", silent))) for each in backups)


def understood(text: str, *, status: int, at_ms: int, held: bool = False) -> dict[str, Verified]:
    """Return what ``verify``'s verbose text says by label; under ``""`` what holds for every backup.

    A log of write-ahead records with holes spoils every backup: an online backup is nothing without them.
    """
    overall = _STATUS.search(text)
    if overall is None or status != 0:
        return {"": not_understood(HOW, at_ms, f"status {status}: {text.strip()[-200:]}")}
    if len(_STATUS.findall(text)) > 1:
        return {"": not_understood(HOW, at_ms, "it holds what several verifications said")}
    logs = [(int(found["all"]), int(found["valid"])) for found in _INVALID_WAL.finditer(text)]
    damaged_logs = sum(all_ - valid for all_, valid in logs)
    told = {}
    for found in _OF_BACKUP.finditer(text):
        ok = found["status"] == "valid" and damaged_logs == 0
        if not ok and held:
            told[found["label"]] = not_understood(HOW, at_ms, "a backup was running meanwhile")
            continue
        why = f"{damaged_logs} files of the log are not valid" if damaged_logs else f"status: {found['status']}"
        told[found["label"]] = Verified(how=HOW, at_ms=at_ms, ok=ok, understood=True, why="" if ok else why)
    if overall["status"] not in {"ok", "error"}:
        return {"": not_understood(HOW, at_ms, f"verify says: {overall['status']}")}
    if overall["status"] == "error" and all(each.ok for each in told.values()):
        return {"": Verified(how=HOW, at_ms=at_ms, ok=False, understood=True, why="status: error")}
    return told
