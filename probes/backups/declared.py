"""A declared backup, as ``[[backups]]`` writes it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.backups.form import Kind
from probes.errors import NotSet
from probes.redaction import Redactor
from probes.shop.credentials import Whereabouts, secret_at
from probes.target import Target

NONE = "backups"
"""What is looked at, in vain, where no backup is declared."""

PASSWORD_VARIABLES: Mapping[str, str] = {
    "pgbackrest": "PGBACKREST_REPO{repository}_CIPHER_PASS",
    "restic": "RESTIC_PASSWORD",
    "borg": "BORG_PASSPHRASE",
    "files": "BACKUP_PASSWORD",
    "command": "BACKUP_PASSWORD",
}
"""In which variable each tool is given the repository's password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One entry of ``[[backups]]``."""

    name: str
    tool: str
    host: str
    holds: tuple[str, ...]
    place: str
    repository: str = ""
    stanza: str = ""
    config: str | None = None
    path: str | None = None
    command: tuple[str, ...] = ()
    restore_command: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    password_env: str | None = None
    password_file: str | None = None
    sudo: bool = False
    site: str | None = None
    medium: str | None = None
    medium_state: str | None = None
    kind: Kind | None = None
    incremental_h: float | None = None
    differential_h: float | None = None
    full_h: float | None = None
    kept_whole_h: float | None = None
    schedule: str | None = None
    zone: str | None = None
    verification: str | None = None

    @property
    def repository_number(self) -> str:
        """The number of the pgBackRest repository."""
        return self.repository or "1"

    def secrets(self, target: Target, redactor: Redactor) -> dict[str, str]:
        """Return the variables that hand the password to the tool; the redactor learns it first.

        Raises:
            NotSet: the password is not where the target file says.
        """
        if self.password_env is None and self.password_file is None:
            return {}
        file = target.path.parent / self.password_file if self.password_file else None
        where = Whereabouts(table=f"backups.{self.name}", key="password", env=self.password_env, file=file)
        hint = f"with the password of the repository of {self.name}"
        variable = PASSWORD_VARIABLES[self.tool].format(repository=self.repository_number)
        return {variable: secret_at(where, redactor, hint=hint)}

    def schedule_data(self) -> dict[str, Any]:
        """Return what is declared of its times, as JSON."""
        keys = ("schedule", "zone", "incremental_h", "differential_h", "full_h", "kept_whole_h")
        return {key: getattr(self, key) for key in keys}


def backup_named(target: Target, name: str) -> Declared:
    """Return the declared backup of that name.

    Raises:
        NotSet: the target file declares no backups at all.
    """
    declared = declared_backups(target)
    if not declared:
        raise NotSet("the target file declares no [[backups]]: no catalogue can be read, and nothing restored")
    return declared[name]


def declared_backups(target: Target) -> dict[str, Declared]:
    """Return the declared backups by name, in the order of the file."""
    entries = target.declared("backups") or ()
    return {
        entry["name"]: Declared(**{key: value for key, value in entry.items() if value is not None})
        for entry in entries
    }
