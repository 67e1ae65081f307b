"""A copy of the repository, in the scratch place, with one flipped byte: does the tool notice?

The copy is verified before the flip and after it: a tool that refuses both tells nothing. Only the copy is touched:
what the repository's address links to is copied, not the link, and the byte's file has to lie in the scratch place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from probes.backups import borg, files, pgbackrest, restic
from probes.backups.asking import Asked, temporary_folder
from probes.backups.form import Backup, Verified
from probes.backups.scratch import Scratch
from probes.errors import LookFailed, TargetAway

_LARGEST = """find "$1" -type f -printf '%s %p\\n' | LC_ALL=C sort -n | tail -n 1"""
_FULL = 0xFF


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """What is copied (from, and to where below the copy), what is then asked, and where a byte is flipped."""

    parts: tuple[tuple[str, str], ...]
    asked: Asked
    inside: str
    verify: Callable[[Asked, Backup], Verified | None]


def flipped(asked: Asked, backup: Backup, scratch: Scratch) -> dict[str, Any]:
    """Return what the tool said of a copy before and after one byte of it was flipped, as JSON."""
    try:
        return _flipped(_copy(asked, backup, f"{scratch.folder}/copy"), backup, scratch)
    except LookFailed as not_tried:
        return {"tried": False, "refused": None, "why": not_tried.detail}


def _flipped(copy: _Copy, backup: Backup, scratch: Scratch) -> dict[str, Any]:
    size = _copied(copy, scratch)
    before = copy.verify(copy.asked, backup)
    path, offset = _flip(copy.inside, scratch)
    after = copy.verify(copy.asked, backup)
    sound = before is not None and before.understood and before.ok is True
    return {
        "tried": True,
        "refused": after.ok is False if sound and after is not None and after.understood else None,
        "why": _said(after) if sound else f"the copy did not pass before the flip either: {_said(before)}",
        "how": after.how if after is not None else "",
        "before": before.data() if before is not None else None,
        "after": after.data() if after is not None else None,
        "file": path.removeprefix(f"{scratch.folder}/copy/"),
        "offset": offset,
        "copied_bytes": size,
    }


def _said(verified: Verified | None) -> str:
    return verified.why if verified is not None else "the tool said nothing of the copy"


def _copied(copy: _Copy, scratch: Scratch) -> int:
    size = sum(int(scratch.must(["du", "-sbD", "--", source]).split()[0]) for source, _ in copy.parts)
    free = int(scratch.must(["df", "-P", "-B1", "--", scratch.folder]).splitlines()[-1].split()[3])
    if free < size * 2:
        raise TargetAway(f"the scratch place has {free} bytes left, too few for a copy of {size} bytes")
    for source, target in copy.parts:
        scratch.must(["mkdir", "-p", "--", target.rpartition("/")[0]])
        scratch.must(["cp", "-a", "-H", "--", source, target])  # of a link only the link itself would be copied
    return size


def _flip(inside: str, scratch: Scratch) -> tuple[str, int]:
    size, _, path = scratch.must(["sh", "-c", _LARGEST, "sh", inside]).strip().partition(" ")
    if not path or not size.isdecimal() or int(size) == 0:
        raise TargetAway("the copy holds no file in which a byte could be flipped")
    inside_of, real = scratch.must(["readlink", "-e", "--", scratch.folder, path]).splitlines()
    if not real.startswith(f"{inside_of}/"):
        raise TargetAway("the copy leads out of the scratch place by a link: no byte was flipped")
    offset = int(size) // 2
    byte = int(scratch.must(["od", "-An", "-tu1", "-j", str(offset), "-N", "1", "--", path]))
    scratch.must(["chmod", "u+w", "--", path])
    write = ["dd", f"of={path}", "bs=1", f"seek={offset}", "count=1", "conv=notrunc"]
    scratch.must(write, stdin=bytes([byte ^ _FULL]))
    return path, offset


def _copy(asked: Asked, backup: Backup, copy: str) -> _Copy:
    declared = asked.declared
    if declared.tool == "pgbackrest":
        return _stanza(asked, backup, copy)
    if declared.tool == "files":
        other = replace(asked, declared=replace(declared, path=copy))
        inside = f"{copy}/{_largest_of(asked, backup)}"
        return _Copy(parts=((declared.path or "", copy),), asked=other, inside=inside, verify=_hashed)
    if declared.tool not in {"restic", "borg"}:
        raise TargetAway("no copy of this tool's repository can be made by us")
    if not declared.repository.startswith("/"):
        raise TargetAway("the repository is no folder on the host: no copy of it was made")
    other = replace(asked, declared=replace(declared, repository=copy, verification=None))
    verify = _restic if declared.tool == "restic" else _borg
    return _Copy(parts=((declared.repository, copy),), asked=other, inside=f"{copy}/data", verify=verify)


def _largest_of(asked: Asked, backup: Backup) -> str:
    """Return the largest file of this very backup: a flip in another's is nothing that it could notice."""
    manifest = files.manifests_in(asked, asked.declared.path or "")[0].get(backup.id)
    if manifest is None or not manifest.files:
        raise TargetAway(f"no manifest says which files {backup.id} is")
    return max(manifest.files, key=lambda file: file.bytes).path


def _restic(asked: Asked, _: Backup) -> Verified:
    return restic.verified(asked)


def _borg(asked: Asked, _: Backup) -> Verified:
    with temporary_folder(asked) as folder:
        return borg.verified(asked, folder)


def _hashed(asked: Asked, backup: Backup) -> Verified | None:
    return next((each.verified for each in files.read(asked).backups if each.id == backup.id), None)


def _stanza(asked: Asked, backup: Backup, copy: str) -> _Copy:
    stanza = asked.declared.stanza
    where = pgbackrest.configured(asked)
    repository = where.get("path", pgbackrest.DEFAULT_PATH)
    if "host" in where or asked.run(["test", "-d", f"{repository}/backup/{stanza}"]).status != 0:
        raise TargetAway("the repository is no folder on the host: no copy of it was made")
    base = backup.depends_on[0] if backup.depends_on else backup.id
    return _Copy(
        parts=tuple((f"{repository}/{part}/{stanza}", f"{copy}/{part}/{stanza}") for part in ("archive", "backup")),
        asked=replace(asked, repository_path=copy, declared=replace(asked.declared, verification=None)),
        inside=f"{copy}/backup/{stanza}/{base}/pg_data",
        verify=_verify,
    )


def _verify(asked: Asked, backup: Backup) -> Verified | None:
    return pgbackrest.verified(asked, (backup,))[0].verified
