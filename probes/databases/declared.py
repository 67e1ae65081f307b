"""A declared database, as ``[[databases]]`` writes it, and what its client program is asked. Values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probes.redaction import Redactor
from probes.shop.credentials import Whereabouts, secret_at
from probes.target import Target
from probes.target_keys import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One entry of ``[[databases]]``."""

    name: str
    host: str
    kind: str
    account: str
    database: str
    log: str
    address: str = "127.0.0.1"
    port: int | None = None
    password_env: str | None = None
    password_file: str | None = None
    sudo: bool = False
    settle_s: float = float(TABLES["databases"].keys["settle_s"].default)

    def password(self, target: Target, redactor: Redactor) -> str | None:
        """Return the account's password, which the redactor learns first; None where none is declared.

        Raises:
            NotSet: it is not where the target file says.
        """
        if self.password_env is None and self.password_file is None:
            return None
        file = target.path.parent / self.password_file if self.password_file else None
        where = Whereabouts(table=f"databases.{self.name}", key="password", env=self.password_env, file=file)
        return secret_at(where, redactor, hint=f"with the password of {self.account}")


def declared_databases(target: Target) -> dict[str, Declared]:
    """Return the declared databases by name, in the order of the file."""
    return {entry["name"]: Declared(**dict(entry)) for entry in target.declared("databases") or ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the server itself says of the session: who, from where, which number, when; and its log settings.

    ``address`` None is a local socket. ``offset_s``: the zone in which the log writes times, seconds east of UTC.
    """

    account: str
    address: str | None
    port: int | None
    session: int
    at_ms: int
    offset_s: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How one kind's client program opens a session: the command, its environment, and how its answer is read.

    ``command`` is given the database; ``statement`` the mark, and gives what the client reads from standard input;
    ``variables`` the mark and the password; ``linked`` the session's number, and gives the texts by which a line of the
    log belongs to it. The mark never stands in the command: a log of commands would hold it, and prove no audit.
    """

    command: Callable[[Declared], Sequence[str]]
    statement: Callable[[str], str]
    variables: Callable[[str, str | None], Mapping[str, str]]
    read: Callable[[Mapping[str, Any]], Told]
    linked: Callable[[int], Sequence[str]]
    refused: Sequence[str]
