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
    if role.password_env is not None:
        password = environ.get(role.password_env, "")
        where = f"the environment variable {role.password_env}"
        if not password:
            raise NotSet(f"[roles.{role.name}]: {where} is not set; export it with the password of {role.username}")
    elif role.password_file is not None:
        password = _from_file(role.name, role.password_file)
        where = str(role.password_file)
    else:
        raise NotSet(f"[roles.{role.name}] names neither password_env nor password_file; add one of them")
    if len(password) < SHORTEST_SECRET:
        raise NotSet(
            f"[roles.{role.name}]: the password in {where} has {len(password)} characters and could not be kept out of"
            f" the evidence; take one of {SHORTEST_SECRET} or more"
        )
    redactor.add(password)
    return password


def _from_file(role: str, path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NotSet(f"[roles.{role}]: cannot read {path}: {error.strerror}") from error
    with os.fdopen(descriptor, encoding="utf-8") as file:
        # The mode of what was opened, not of what may stand there a moment later.
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotSet(f"[roles.{role}]: {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")
        try:
            password = file.read().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise NotSet(f"[roles.{role}]: cannot read {path}: {error}") from error
    if not password:
        raise NotSet(f"[roles.{role}]: {path} is empty; write the password into it")
    return password
