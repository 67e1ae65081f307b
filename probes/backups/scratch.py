"""The scratch place of a trial restore: free space first, a new folder, never over anything, gone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from probes.backups.asking import Asked
from probes.clock import Deadline
from probes.errors import NotPermitted, NotSet, TargetAway
from probes.transports.command import Ran

CLEANING_S = 60.0
PREFIX = "duheng-restore-"


@dataclass(slots=True, kw_only=True)
class Scratch:
    """A new folder on the host of a backup. ``left`` tells afterwards whether it could not be taken away."""

    asked: Asked
    folder: str
    free_bytes: int
    account: str | None
    left: bool = field(default=False)

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", max_bytes: int = 1_000_000) -> Ran:
        """Run a command there, with the repository's password in its environment."""
        return self.asked.run(argv, stdin=stdin, max_bytes=max_bytes)

    def as_account(self, argv: Sequence[str]) -> list[str]:
        """Return a command for the account of scratch database servers, which refuse to run as root."""
        return list(argv) if self.account is None else ["runuser", "-u", self.account, "--", *argv]

    def make(self, name: str) -> str:
        """Return a new folder in it, which the servers' account owns.

        Raises:
            TargetAway: it cannot be made.
        """
        path = f"{self.folder}/{name}"
        self.must(["mkdir", "-m", "0700", "--", path])
        if self.account is not None:
            self.must(["chown", "--", self.account, path])
        return path

    def must(self, argv: Sequence[str], *, stdin: bytes = b"") -> str:
        """Return what a command printed.

        Raises:
            TargetAway: it failed.
        """
        ran = self.run(argv, stdin=stdin)
        if ran.status != 0:
            said = ran.complaint() or f"status {ran.status}"
            raise TargetAway(f"{argv[0]} in the scratch place on {self.asked.shell.name}: {said}")
        return ran.stdout.decode("utf-8", "replace")


@contextmanager
def scratch_folder(asked: Asked, place: str, *, token: str, needed_bytes: int, account: str) -> Iterator[Scratch]:
    """Yield a new folder in the declared place, where there is room for ``needed_bytes``; it is taken away afterwards.

    Raises:
        NotSet: the place is no folder (a link is none), is too small, or holds a folder of that name already.
        NotPermitted: nothing may be written there.
    """
    free_bytes = _free(asked, place)
    if free_bytes < needed_bytes:
        raise NotSet(
            f"[restore] scratch on {asked.shell.name} has {free_bytes} bytes free, and restoring "
            f"{asked.declared.name} asks for {needed_bytes}; declare a larger place"
        )
    folder = f"{place.rstrip('/')}/{PREFIX}{asked.declared.name}-{token}"
    ran = asked.run(["mkdir", "-m", "0711", "--", folder])
    if ran.status != 0:
        refused = NotSet if "exist" in ran.complaint().lower() else NotPermitted
        raise refused(f"the scratch folder on {asked.shell.name} cannot be made: {ran.complaint()}")
    root = asked.run(["id", "-u"]).stdout.strip() == b"0"
    scratch = Scratch(asked=asked, folder=folder, free_bytes=free_bytes, account=account if root else None)
    try:
        yield scratch
    finally:
        scratch.left = not _taken_away(asked, folder)


def _free(asked: Asked, place: str) -> int:
    kind = asked.run(["stat", "-c", "%F", "--", place])
    if kind.status != 0 or kind.stdout.strip() != b"directory":
        raise NotSet(f"[restore] scratch: {place} is no folder on {asked.shell.name}; make it, or declare another")
    lines = asked.answer(["df", "-P", "-B1", "--", place]).splitlines()
    fields = lines[-1].split() if lines else []
    if len(fields) < _FIELDS or not fields[3].isdecimal():
        raise TargetAway(f"df on {asked.shell.name} does not say how much is free")
    return int(fields[3])


_FIELDS = 6


def _taken_away(asked: Asked, folder: str) -> bool:
    """Take the folder away, also where the look's own time is over; tell whether it is gone."""
    after = replace(asked, deadline=Deadline.after(asked.deadline.clock, CLEANING_S))
    after.run(["rm", "-rf", "--one-file-system", "--", folder])
    return after.run(["test", "-e", folder]).status != 0
