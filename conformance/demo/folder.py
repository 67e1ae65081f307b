"""The demo's folder: what lies where, and how secrets are written."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

STAFF = ("operator", "seller_a", "seller_b")
PASSWORD_BYTES = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Paths below the folder that ``duheng demo start --dir`` names; ``root`` is absolute."""

    root: Path

    @property
    def target(self) -> Path:
        """The target file, ready for ``duheng examine --target``."""
        return self.root / "duheng.toml"

    @property
    def defects(self) -> Path:
        """Names of the defects that are switched on, one a line; read by the shop at each request."""
        return self.root / "defects"

    @property
    def database(self) -> Path:
        """The shop's SQLite database."""
        return self.root / "shop.sqlite3"

    @property
    def tls(self) -> Path:
        """Certificates of this start."""
        return self.root / "tls"

    @property
    def backups(self) -> Path:
        """The backups of this start, with their manifests."""
        return self.root / "backups"

    @property
    def scratch(self) -> Path:
        """Where an examination restores a backup for a trial; empty otherwise."""
        return self.root / "scratch"

    @property
    def state(self) -> Path:
        """Which processes run, on which ports."""
        return self.root / "running.json"

    @property
    def log(self) -> Path:
        """What the servers wrote to their standard error."""
        return self.root / "shop.log"

    def password(self, role: str) -> Path:
        """The owner-only file that holds the password of a role."""
        return self.root / "secrets" / f"{role}.password"


def prepare(
    root: Path, *, roles: tuple[str, ...] = STAFF, key: str = "django.key", folders: tuple[str, ...] = ("mail", "media")
) -> Folder:
    """Make the folder and, where they are missing, its secrets; what is already there is kept.

    Args:
        root: the folder.
        roles: whose passwords are made up.
        key: the file of the key that the shop itself keeps.
        folders: further ones that the shop wants.
    """
    folder = Folder(root=root.resolve())
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    hidden = folder.root / "secrets"
    hidden.mkdir(mode=0o700, exist_ok=True)
    for name in (*(f"{role}.password" for role in roles), key):
        if not (hidden / name).exists():
            write_secret(hidden / name, secrets.token_urlsafe(PASSWORD_BYTES * (3 if name == key else 1)))
    for name in folders:
        (folder.root / name).mkdir(exist_ok=True)
    return folder


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first moment on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
