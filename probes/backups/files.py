"""Dumps in a folder (``pg_dump``, ``mysqldump``, archives), each with a manifest; verified by hashing them again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from probes.backups.asking import Asked, Catalogue, refusal, too_long, within
from probes.backups.form import Backup, Verified, newest
from probes.backups.manifest import SUFFIX, Manifest, manifest_of
from probes.backups.verifying import not_understood
from probes.errors import Garbage, LookFailed

HOW = "sha256 of the files against the manifest"
_HEADER = re.compile(r"^==> (?P<path>.+) <==$")
_SUM = re.compile(r"^(?P<sha256>[0-9a-f]{64})[ *]{2}(?P<path>.*)$", re.DOTALL)
_UNFINISHED = (".part", ".partial", ".tmp", ".incomplete")


def read(asked: Asked) -> Catalogue:
    """Return the catalogue that the manifests of a folder make; see ``Reader``."""
    folder = asked.declared.path or ""
    manifests, unread = manifests_in(asked, folder)
    sizes = _sizes(asked, folder)
    kept, out = newest((each.as_backup() for each in manifests.values()), now_ms=asked.now_ms)
    named = {file.path for each in manifests.values() for file in each.files}
    strays = tuple(
        _stray(name, at_ms, size, asked) for name, (size, at_ms) in sorted(sizes.items()) if name not in named
    )
    try:
        sums, why = _sums(asked, folder)
    except LookFailed as failed:
        sums, why = {}, too_long(failed)
    before, over = _of_another(manifests), _written_over(manifests, sums)
    return Catalogue(
        version=next((each.tool for each in reversed(manifests.values()) if each.tool), ""),
        backups=(
            *(
                _checked(each, before[each.id], over[each.id] or _verified(manifests[each.id], sums, why, asked.now_ms))
                for each in kept
            ),
            *strays,
        ),
        left_out=out,
        unread=unread,
        notes=(f"{unread} manifests could not be read",) if unread else (),
    )


def manifests_in(asked: Asked, folder: str) -> tuple[dict[str, Manifest], int]:
    """Return the manifests of a folder by the id of their backup, and how many were none.

    Raises:
        LookFailed: the folder cannot be read.
    """
    command = ["find", _starting(folder), "-maxdepth", "1", "-type", "f", "-name", f"*{SUFFIX}"]
    ran = asked.run([*command, "-exec", "tail", "-v", "-n", "+1", "--", "{}", "+"])
    if ran.status != 0:
        raise refusal("find", asked.shell.name, ran)
    if ran.cut:
        raise Garbage(f"the manifests in {folder} are longer than is read")
    found: dict[str, Manifest] = {}
    unread = 0
    for text in _texts(ran.stdout.decode("utf-8", "replace")):
        try:
            manifest = manifest_of(text, zone=asked.declared.zone)
        except (ValueError, RecursionError):  # the latter: brackets without end
            unread += 1
        else:
            found[manifest.backup] = manifest
    return found, unread


def _starting(folder: str) -> str:
    return folder.rstrip("/") + "/"  # a symbolic link to the folder is followed


def _texts(output: str) -> list[str]:
    """Return the texts of the files that ``tail -v`` printed one after the other."""
    texts: list[list[str]] = []
    for line in output.split("\n"):
        if _HEADER.match(line):
            texts.append([])
        elif texts:
            texts[-1].append(line)
    return ["\n".join(lines) for lines in texts]


def _sizes(asked: Asked, folder: str) -> dict[str, tuple[int, int]]:
    """Return size and time of change (ms) of each file in the folder that is no manifest, by name."""
    command = ["find", _starting(folder), "-maxdepth", "1", "-type", "f", "!", "-name", f"*{SUFFIX}"]
    text = asked.answer([*command, "-printf", r"%s %T@ %P\0"])
    sizes = {}
    for entry in text.split("\0")[:-1]:
        size, at, name = entry.split(" ", 2)
        sizes[name] = (int(size), int(float(at) * 1000))
    return sizes


def _stray(name: str, at_ms: int, size: int, asked: Asked) -> Backup:
    """Return a file that no manifest names: it may be a dump half way, and nothing tells what it should be."""
    return Backup(
        id=name,
        kind=asked.declared.kind or "other",
        started_ms=at_ms,
        stopped_ms=None if name.endswith(_UNFINISHED) else at_ms,
        bytes=size,
        flaws=("no-manifest",),
    )


def _sums(asked: Asked, folder: str) -> tuple[dict[str, str], str]:
    """Return the SHA-256 of each file below the folder that is no manifest, by its path in it; why one may lack."""
    start = _starting(folder)
    command = ["find", start, "-type", "f", "!", "-name", f"*{SUFFIX}", "-exec", "sha256sum", "-z", "--", "{}", "+"]
    ran = asked.run(command, deadline=within(asked.deadline))
    if ran.cut:
        raise Garbage(f"the checksums of {folder} are longer than is read")
    lines = [_SUM.match(line) for line in ran.stdout.decode("utf-8", "replace").split("\0")]
    why = "" if ran.status == 0 else f"not every file could be hashed: {ran.complaint()}"
    return {line["path"].removeprefix(start): line["sha256"] for line in lines if line}, why


def _of_another(manifests: Mapping[str, Manifest]) -> dict[str, list[str]]:
    """Return by backup what is wrong with files that are an older backup's: a manifest alone is no new backup.

    A dump under a name that was there before is new where its content is. What a backup says it depends on it may name
    again. One that does not say when it began takes nothing away from those that do.
    """
    owners: dict[tuple[str, str], Manifest] = {}
    found: dict[str, list[str]] = {}
    for each in sorted(manifests.values(), key=_age):
        owned = [(file.path, owners.setdefault((file.path, file.sha256), each)) for file in each.files]
        found[each.backup] = [
            f"the file of the older backup {owner.backup}: {path}"
            for path, owner in owned
            if owner is not each and owner.backup not in each.depends_on
        ]
    return found


def _written_over(manifests: Mapping[str, Manifest], sums: Mapping[str, str]) -> dict[str, Verified | None]:
    """Return by backup what is told of one whose files a newer backup has taken the place of; None of all others.

    Nothing tells any more whether it was good: each night's dump may lie under the name of the one before.
    """
    newest = {(file.path, file.sha256): each for each in sorted(manifests.values(), key=_age) for file in each.files}
    found: dict[str, Verified | None] = {}
    for each in manifests.values():
        changed = [file for file in each.files if sums.get(file.path) != file.sha256]
        there = [newest.get((file.path, sums.get(file.path, "")), each) for file in changed]
        gone = bool(there) and all(_age(each) < _age(newer) for newer in there)
        why = f"written over by the newer backup {there[0].backup}: {changed[0].path}" if gone else ""
        found[each.backup] = not_understood(HOW, None, why) if gone else None
    return found


def _age(manifest: Manifest) -> tuple[bool, int, str]:
    return manifest.started_ms is None, manifest.started_ms or 0, manifest.backup


def _checked(backup: Backup, before: Sequence[str], hashed: Verified) -> Backup:
    """Return the backup as verified, not good where it has files of an older one, whatever their checksums are."""
    if before:
        why = [text for text in (*before, hashed.why) if text]
        hashed = replace(hashed, ok=False, understood=True, why="; ".join(why[:3]))
    return replace(backup, verified=hashed)


def _verified(manifest: Manifest, sums: Mapping[str, str], why: str, now_ms: int) -> Verified:
    missing = [file.path for file in manifest.files if file.path not in sums]
    changed = [file.path for file in manifest.files if sums.get(file.path, file.sha256) != file.sha256]
    if not manifest.files or (why and missing and not changed):
        return not_understood(HOW, None, why or "the manifest names no file")
    told = [*(f"missing: {path}" for path in missing if not why), *(f"differs: {path}" for path in changed)]
    if not any(file.bytes for file in manifest.files):
        told.append("every file of it is empty")
    return Verified(how=HOW, at_ms=now_ms, ok=not told, understood=True, why="; ".join(told[:3]))
