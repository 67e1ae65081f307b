"""Asking a backup tool through the shell of its host, and what its refusals mean. Reads only.

Tools are asked without their locks: a lock of ours would turn away the backup that starts meanwhile. Whether somebody
else holds one is looked at, and what a verification complains of meanwhile is not taken at its word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from probes.backups.declared import Declared
from probes.backups.form import Backup
from probes.clock import Deadline
from probes.errors import Garbage, LookFailed, NotPermitted, NotSet, TargetAway, TimedOut
from probes.transports.command import NOT_FOUND, Ran, Shell

MOST_BYTES = 160_000_000
"""What is read of one catalogue: 100,000 entries of the wordiest tool are 70 MB."""

_NOT_RUNNABLE = 126
_REFUSALS: tuple[tuple[re.Pattern[str], type[LookFailed], str], ...] = (  # in small letters
    (re.compile(r"wrong password|passphrase supplied in .* is incorrect|no key found|unable to decrypt"),
     NotSet, "the password of the repository is wrong or missing; see password_env or password_file"),
    (re.compile(r"permission denied|operation not permitted|a password is required|not allowed to execute"),
     NotPermitted, "the account may not read the repository; grant it, or say sudo = true"),
    (re.compile(r"unable to open config file|does not exist|is not a valid repository|no such file|missing stanza"),
     TargetAway, "there is no repository at the declared place"),
    (re.compile(r"failed to create/acquire the lock|already locked|unable to acquire lock"),
     TargetAway, "the repository is locked by somebody else"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader is given: the declared backup, its host's shell, the deadline, secrets and the clock's time.

    ``repository_path`` is where a copy of a pgBackRest repository lies, asked instead of the configured place.
    """

    declared: Declared
    shell: Shell
    deadline: Deadline
    now_ms: int
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    repository_path: str | None = None

    def run(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        max_bytes: int = MOST_BYTES,
        deadline: Deadline | None = None,
        stdin: bytes = b"",
    ) -> Ran:
        """Run a command where the repository is read from, with the repository's password in its environment."""
        return self.shell.run(
            argv,
            deadline=deadline or self.deadline,
            stdin=stdin,
            sudo=self.declared.sudo,
            secrets={**self.secrets, **(variables or {})},
            max_bytes=max_bytes,
        )

    def answer(self, argv: Sequence[str], *, variables: Mapping[str, str] | None = None) -> str:
        """Return what a command printed.

        Raises:
            LookFailed: the tool is not there, refused, or printed more than is read; with the cause.
        """
        ran = self.run(argv, variables=variables)
        if ran.cut:
            raise Garbage(f"{argv[0]} on {self.shell.name} printed more than {MOST_BYTES} bytes")
        if ran.status != 0:
            raise refusal(argv[0], self.shell.name, ran)
        return ran.stdout.decode("utf-8", "replace")

    def version(self, argv: Sequence[str]) -> str:
        """Return the first line that a tool says of its version; empty where it does not say."""
        ran = self.run(argv, max_bytes=10_000)
        lines = ran.stdout.decode("utf-8", "replace").splitlines()
        return lines[0].strip()[:100] if ran.status == 0 and lines else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a reader brought home. ``locked`` None: cannot be told; ``unread`` entries had no usable form.

    ``locked_by`` and ``notes`` are plain sentences; ``left_out`` entries were older than the window or too many.
    """

    version: str
    backups: tuple[Backup, ...]
    locked: bool | None = None
    locked_by: str = ""
    left_out: int = 0
    unread: int = 0
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads one tool's own catalogue, and what a verification said of each entry."""

    def __call__(self, asked: Asked) -> Catalogue:
        """Return the catalogue.

        Raises:
            LookFailed: it could not be read, with the cause.
        """
        ...


def refusal(tool: str, host: str, ran: Ran) -> LookFailed:
    """Return what a command's failure means, as the error with its cause."""
    if ran.status in {NOT_FOUND, _NOT_RUNNABLE}:
        return NotSet(f"{tool} cannot be run on {host}; install it there, or correct [[backups]]")
    said = ran.stderr.decode("utf-8", "replace") + ran.stdout[:2000].decode("utf-8", "replace")
    for pattern, kind, meaning in _REFUSALS:
        if pattern.search(said.lower()):
            return kind(f"{meaning} ({tool} on {host}: {ran.complaint()})")
    return TargetAway(f"{tool} on {host} failed with status {ran.status}: {ran.complaint()}")


_KEPT_S = 5.0
"""Seconds of a look that a long verification leaves to those who write down what was seen."""


def within(deadline: Deadline) -> Deadline:
    """Return the deadline of a verification: a little before the look's own."""
    return deadline.sooner(max(0.0, deadline.remaining_s() - _KEPT_S))


def verification_text(asked: Asked, argv: Sequence[str], variables: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a verification and return its status and all that it said, errors last.

    Raises:
        TimedOut: it was not over in time.
        LookFailed: it could not be run.
    """
    ran = asked.run(argv, variables=variables, deadline=within(asked.deadline))
    if ran.status in {NOT_FOUND, _NOT_RUNNABLE}:
        raise refusal(argv[0], asked.shell.name, ran)
    return ran.status, (ran.stdout + b"\n" + ran.stderr).decode("utf-8", "replace")


def too_long(failed: LookFailed) -> str:
    """Return why a verification told nothing."""
    return "it was not over in time" if isinstance(failed, TimedOut) else failed.detail


@contextmanager
def temporary_folder(asked: Asked) -> Iterator[str]:
    """Yield a new folder on the host for a tool's caches; it is gone afterwards.

    Raises:
        LookFailed: none can be made.
    """
    ran = asked.shell.run(["mktemp", "-d"], deadline=asked.deadline, sudo=asked.declared.sudo)
    folder = ran.stdout.decode("utf-8", "replace").strip()
    if ran.status != 0 or not folder.startswith("/"):
        raise TargetAway(f"no temporary folder can be made on {asked.shell.name}: {ran.complaint()}")
    try:
        yield folder
    finally:
        after = Deadline.after(asked.deadline.clock, 30)  # also where the look's own time is over
        asked.shell.run(["rm", "-rf", "--one-file-system", "--", folder], deadline=after, sudo=asked.declared.sudo)
