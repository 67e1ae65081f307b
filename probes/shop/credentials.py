"""Passwords of declared roles: from the environment or an owner-only file, straight into the redactor."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probes.errors import NotSet
from probes.redaction import SHORTEST_SECRET, Redactor
from probes.target import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Username and password of one account; the password shows in no representation.

    ``account`` is the name under which the account was made, where its username has changed since.
    """

    username: str
    password: str = field(repr=False)
    account: str | None = None


def password_of(role: Role, redactor: Redactor, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of a declared role; the redactor learns it before anyone else.

    Raises:
        NotSet: the variable is not set, or the file is missing, empty, or readable by others; says what to do.
    """
    login = f"with the password of {role.username}"
    where = Whereabouts(table=f"roles.{role.name}", key="password", env=role.password_env, file=role.password_file)
    return secret_at(where, redactor, hint=login, environ=environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a secret lies, as ``[table]`` of the target file says it: in a variable, or an owner-only file."""

    table: str
    key: str
    env: str | None
    file: Path | None


def secret_at(
    where: Whereabouts, redactor: Redactor, *, hint: str = "", environ: Mapping[str, str] = os.environ
) -> str:
    """Return a secret; the redactor learns it before anyone else. ``hint`` tells what to export.

    Raises:
        NotSet: as ``password_of``.
    """
    if where.env is not None:
        secret = environ.get(where.env, "")
        place = f"the environment variable {where.env}"
        if not secret:
            raise NotSet(" ".join(f"[{where.table}]: {place} is not set; export it {hint}".split()))
    elif where.file is not None:
        secret = _from_file(where.table, where.key, where.file)
        place = str(where.file)
    else:
        raise NotSet(f"[{where.table}] names neither {where.key}_env nor {where.key}_file; add one of them")
    if len(secret) < SHORTEST_SECRET:
        raise NotSet(
            f"[{where.table}]: the {where.key} in {place} has {len(secret)} characters and could not be kept out of"
            f" the evidence; take one of {SHORTEST_SECRET} or more"
        )
    redactor.add(secret)
    return secret


def _from_file(table: str, key: str, path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NotSet(f"[{table}]: cannot read {path}: {error.strerror}") from error
    with os.fdopen(descriptor, encoding="utf-8") as file:
        # The mode of what was opened, not of what may stand there a moment later.
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotSet(f"[{table}]: {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")
        try:
            secret = file.read().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise NotSet(f"[{table}]: cannot read {path}: {error}") from error
    if not secret:
        raise NotSet(f"[{table}]: {path} is empty; write the {key} into it")
    return secret
