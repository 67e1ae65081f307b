"""The one table of tools whose catalogues are read."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.backups import borg, command, files, pgbackrest, restic
from probes.backups.asking import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "pgbackrest": pgbackrest.read,
        "restic": restic.read,
        "borg": borg.read,
        "files": files.read,
        "command": command.read,
    }
)
"""By the word of ``[[backups]] tool``."""
