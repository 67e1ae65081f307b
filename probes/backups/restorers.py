"""How each tool restores one backup into a scratch place, from its own repository alone. The one table."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from probes.backups import borg, pgbackrest, restic
from probes.backups.asking import Asked, temporary_folder
from probes.backups.contents import Tree
from probes.backups.dumps import dumped
from probes.backups.form import Backup
from probes.backups.manifest import Manifest
from probes.backups.restored import Restored, failed
from probes.backups.scratch import Scratch
from probes.backups.servers import DidNotStart, postgres, postgres_binaries
from probes.errors import NotSet, TargetAway
from probes.transports.command import Ran

SERVER_BYTES = 300_000_000
"""What an empty scratch database server takes."""

_UNPACKED = 10
_EXTRACT = 'cd -- "$1" && shift && exec "$@"'
_SUM = """ "$@" | awk '{ sum += $1 } END { printf "%.0f", sum }'"""


def restic_bytes(asked: Asked, backup: Backup, _: Manifest | None) -> int:
    """Return what a snapshot restores to."""
    text = asked.answer(restic.arguments(asked, "stats", "--mode", "restore-size", "--json", backup.id))
    found = re.search(r'"total_size":\s*(\d+)', text)
    if found is None:
        raise TargetAway(f"restic on {asked.shell.name} does not say the size of {backup.id}")
    return int(found[1])


@contextmanager
def restic_restored(asked: Asked, backup: Backup, _: Manifest | None, scratch: Scratch) -> Iterator[Restored]:
    """Restore a snapshot into a new folder."""
    root = scratch.make("data")
    ran = scratch.run(restic.arguments(asked, "restore", backup.id, "--target", root))
    yield _tree(scratch, root, ran)


def _tree(scratch: Scratch, root: str, ran: Ran) -> Restored:
    if ran.status != 0:
        return failed(ran)
    return Restored(ok=True, content=Tree(scratch=scratch, root=root), root=root)


def borg_bytes(asked: Asked, backup: Backup, _: Manifest | None) -> int:
    """Return what an archive restores to."""
    with temporary_folder(asked) as folder:
        listing = [
            "borg",
            "list",
            "--bypass-lock",
            "--format",
            "{size}{NL}",
            f"{asked.declared.repository}::{backup.id}",
        ]
        text = asked.answer(["sh", "-c", _SUM, "sh", *listing], variables=borg.variables(folder))
    if not text.strip().isdecimal() or int(text) == 0:  # what adds up hides that the listing failed
        raise TargetAway(f"borg on {asked.shell.name} does not say the size of {backup.id}")
    return int(text)


@contextmanager
def borg_restored(asked: Asked, backup: Backup, _: Manifest | None, scratch: Scratch) -> Iterator[Restored]:
    """Restore an archive into a new folder: Borg writes where it stands."""
    root = scratch.make("data")
    with temporary_folder(asked) as folder:
        extract = ["borg", "extract", "--bypass-lock", f"{asked.declared.repository}::{backup.id}"]
        ran = asked.run(["sh", "-c", _EXTRACT, "sh", root, *extract], variables=borg.variables(folder))
    yield _tree(scratch, root, ran)


@contextmanager
def command_restored(asked: Asked, backup: Backup, _: Manifest | None, scratch: Scratch) -> Iterator[Restored]:
    """Restore by the declared command into a new folder."""
    root = scratch.make("data")
    words = [word.replace("{id}", backup.id).replace("{target}", root) for word in asked.declared.restore_command]
    yield _tree(scratch, root, scratch.run(words))


@contextmanager
def pgbackrest_restored(asked: Asked, backup: Backup, _: Manifest | None, scratch: Scratch) -> Iterator[Restored]:
    """Restore a cluster to the end of the backup, and start a server of its own on it."""
    data = scratch.make("data")
    words = pgbackrest.arguments(asked, f"--pg1-path={data}", "--no-archive-async", "archive-get")
    alone = " ".join(_quoted(word) for word in words)
    options = [f"--pg1-path={data}", f"--set={backup.id}", "--type=immediate", "--target-action=promote"]
    options += ["--archive-mode=off", f"--tablespace-map-all={scratch.folder}/tablespaces"]
    options.append(f'--recovery-option=restore_command={alone} %f "%p"')
    ran = scratch.run(pgbackrest.arguments(asked, *options, "restore"))
    if ran.status != 0:
        yield failed(ran)
        return
    if scratch.account is not None:
        scratch.must(["chown", "-R", "--", scratch.account, data])
    version = scratch.must(["cat", "--", f"{data}/PG_VERSION"]).strip()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres(scratch, data, postgres_binaries(scratch, version)))
        except DidNotStart as spoilt:  # what came back is no database
            yield Restored(ok=False, complaint=spoilt.detail)
        else:
            yield Restored(ok=True, content=server, root=data)


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w./=,:-]+", word) else "'" + word.replace("'", "'\\''") + "'"


def _known_bytes(_: Asked, backup: Backup, __: Manifest | None) -> int:
    if backup.bytes is None:
        raise NotSet(f"the catalogue does not say the size of {backup.id}: how much room it takes cannot be told")
    return backup.bytes


def _database_bytes(asked: Asked, backup: Backup, manifest: Manifest | None) -> int:
    return _known_bytes(asked, backup, manifest) + SERVER_BYTES


def _dump_bytes(asked: Asked, backup: Backup, manifest: Manifest | None) -> int:
    server = SERVER_BYTES if manifest is not None and manifest.format != "tree" else 0
    return _known_bytes(asked, backup, manifest) * _UNPACKED + server


@dataclass(frozen=True, slots=True, kw_only=True)
class Restorer:
    """``restored`` gives what was restored while it can be counted; ``needed_bytes`` what that takes."""

    restored: Callable[[Asked, Backup, Manifest | None, Scratch], AbstractContextManager[Restored]]
    needed_bytes: Callable[[Asked, Backup, Manifest | None], int]


RESTORERS: Mapping[str, Restorer] = MappingProxyType(
    {
        "pgbackrest": Restorer(restored=pgbackrest_restored, needed_bytes=_database_bytes),
        "restic": Restorer(restored=restic_restored, needed_bytes=restic_bytes),
        "borg": Restorer(restored=borg_restored, needed_bytes=borg_bytes),
        "files": Restorer(restored=dumped, needed_bytes=_dump_bytes),
        "command": Restorer(restored=command_restored, needed_bytes=_known_bytes),
    }
)
"""By the word of ``[[backups]] tool``."""
