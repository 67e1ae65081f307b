"""``backup.restore``: would the newest backup really come back, and would the tool notice one flipped byte?

Subject: the name of a declared backup. The newest backup that its catalogue calls whole is restored into a new folder
of the ``[restore] scratch`` place on its host, from its own repository alone; what came back is counted and hashed
against the manifest that was taken at backup time; a copy of the repository gets one flipped byte. All is taken away.
Data::

    {"tool", "host", "holds": [...], "place", "site", "medium",
     "backup": {see backup.catalogue}, "from_alone": true | null,      null: what a declared command reads is not known
     "scratch": {"free_bytes", "needed_bytes"}, "restored": bool, "complaint": text,
     "manifest": {"found": bool, "stopped_ms": int | null, "why": text},
     "kinds": {kind: {"expected": int, "found": int, "equal": bool, "sources": [
         {"from": "table|files|lines", "select", "database", "expected", "found", "sha256_expected",
          "sha256_found": hex | null, "why"}]}},
     "checksums": {"all": int, "equal": int},
     "flipped": {"tried": bool, "refused": bool | null, "why", "how", "before": verified, "after": verified,
                 "file", "offset", "copied_bytes"},
     "cleaned": bool, "restored_at_ms": int}

That the tool did not restore is data; that we could not try (no scratch place, no room, host away) is not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from probes.backups.asking import Asked
from probes.backups.contents import compared
from probes.backups.declared import NONE, backup_named, declared_backups
from probes.backups.files import manifests_in
from probes.backups.flipping import flipped
from probes.backups.form import Backup
from probes.backups.manifest import SUFFIX, Manifest, manifest_of
from probes.backups.restored import Restored
from probes.backups.restorers import RESTORERS
from probes.backups.scratch import Scratch, scratch_folder
from probes.errors import LookFailed, NotSet, TargetAway
from probes.host.reach import shell_on
from probes.look import Look, Probe, Seen
from probes.target import Target
from probes.target_keys import TABLES

_SHORT_ID = 8


def look(given: Look) -> Seen:
    """Restore the newest backup of one declared repository, count it, and let its tool find a flipped byte."""
    declared = backup_named(given.target, given.subject)
    place = given.target.declared("restore", "scratch")
    if not place:
        raise NotSet("the target file declares no [restore] scratch place: nothing is restored")
    backup = newest_whole(given.scene.get(f"backup.catalogue/{declared.name}"))
    if declared.tool == "command" and not declared.restore_command:
        raise NotSet(f"{declared.name}: restore_command says how a backup is restored; it is not declared")
    now_ms = round(given.clock.now().timestamp() * 1000)
    secrets = declared.secrets(given.target, given.redactor)
    with shell_on(given.target, declared.host, given.deadline) as shell:
        asked = Asked(declared=declared, shell=shell, deadline=given.deadline, now_ms=now_ms, secrets=secrets)
        data = trial(asked, backup, str(place), token=given.scene.run_token, settings=_settings(given.target))
    return Seen(data=data)


def newest_whole(backups: Iterable[Backup]) -> Backup:
    """Return the newest backup that the catalogue calls whole, verified or not: restoring is what tells.

    Raises:
        TargetAway: there is none.
    """
    whole = [each for each in backups if each.error is None and not each.flaws]
    if not whole:
        raise TargetAway("the catalogue holds no whole backup that could be restored")
    return max(whole, key=lambda each: each.started_ms or 0)


def _settings(target: Target) -> Mapping[str, Any]:
    keys, declared = TABLES["restore"].keys, target.declared("restore") or {}
    return {key: declared.get(key, keys[key].default) for key in ("headroom", "account")}


def trial(asked: Asked, backup: Backup, place: str, *, token: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Restore one backup into a new folder of ``place``, and return the observation's data.

    Raises:
        LookFailed: it could not be tried, with the cause.
    """
    declared, restorer = asked.declared, RESTORERS[asked.declared.tool]
    manifest, why = _manifest(asked, backup)
    needed = round(restorer.needed_bytes(asked, backup, manifest) * settings["headroom"])
    account = str(settings["account"])
    with scratch_folder(asked, place, token=token, needed_bytes=needed, account=account) as scratch:
        with restorer.restored(asked, backup, manifest, scratch) as restored:
            if manifest is None and restored.ok:
                manifest, why = _inside(scratch, restored, why)
            kinds = (
                compared(manifest, restored.content) if manifest is not None and restored.content is not None else {}
            )
        data = {
            "tool": declared.tool,
            "host": declared.host,
            "holds": list(declared.holds),
            "place": declared.place,
            "site": declared.site,
            "medium": backup.medium or declared.medium,
            "backup": backup.data(),
            "from_alone": True if declared.tool != "command" else None,
            "scratch": {"free_bytes": scratch.free_bytes, "needed_bytes": needed},
            "restored": restored.ok,
            "complaint": restored.complaint,
            "manifest": {
                "found": manifest is not None,
                "stopped_ms": manifest.stopped_ms if manifest else None,
                "why": why,
            },
            "kinds": kinds,
            "checksums": _checksums(kinds),
            "flipped": flipped(asked, backup, scratch),
            "restored_at_ms": asked.now_ms,
        }
    return {**data, "cleaned": not scratch.left}


def _checksums(kinds: Mapping[str, Any]) -> dict[str, int]:
    sources = [source for kind in kinds.values() for source in kind["sources"]]
    equal = sum(source["sha256_expected"] == source["sha256_found"] for source in sources)
    return {"all": len(sources), "equal": equal}


def _manifest(asked: Asked, backup: Backup) -> tuple[Manifest | None, str]:
    """Return the manifest that was taken at backup time and lies beside the repository, or why there is none."""
    if asked.declared.path is None:
        return None, "no folder of manifests is declared ([[backups]] path)"
    try:
        found, _ = manifests_in(asked, asked.declared.path)
    except LookFailed as failed:
        return None, failed.detail
    manifest = found.get(backup.id) or found.get(backup.id[:_SHORT_ID])
    return manifest, "" if manifest else f"no manifest in {asked.declared.path} names {backup.id}"


def _inside(scratch: Scratch, restored: Restored, why: str) -> tuple[Manifest | None, str]:
    """Return the one manifest that came back with the files, where there is one."""
    command = ["find", restored.root or "", "-name", f"*{SUFFIX}", "-type", "f", "-exec", "cat", "--", "{}", "+"]
    if restored.root is None or scratch.asked.declared.tool == "pgbackrest":
        return None, why
    ran = scratch.run(command, max_bytes=8_000_000)
    try:
        return manifest_of(ran.stdout.decode("utf-8", "replace"), zone=scratch.asked.declared.zone), ""
    except (ValueError, RecursionError):
        return None, f"{why}; and what came back holds no manifest, or several"


def subjects(target: Target) -> tuple[str, ...]:
    """Return the names of the declared backups."""
    return tuple(declared_backups(target)) or (NONE,)


PROBE = Probe(
    name="backup.restore",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=600,
    after=("backup.catalogue",),
    exclusive=frozenset({"scratch"}),
    writes=True,
)
