"""The hand on the host: runs the texts of ``profiles/drills`` there, each over a connection of its own.

A connection is opened before the instant that is told of a text, and is never kept: a host that dies in the middle is
found when it is asked the next time, and may be back by then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from probes.clock import Clock, Deadline
from probes.errors import Garbage
from probes.host.reach import shell_on
from probes.target import Target
from probes.transports.command import Ran
from profiles.drills.deadman import OWN_TRIES, STEP_S

REACHED_S: Final = 20.0
"""A host that is not reached by then is away."""

GRACE_S: Final = 15.0
LONGEST_S: Final = OWN_TRIES * (2 * STEP_S + OWN_TRIES) + GRACE_S
"""Seconds for healing: as often as it is tried, taking out and proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a text printed, how it ended, and when it was sent: wall clock, and monotonic seconds."""

    ran: Ran
    sent_at: datetime
    ended_at: datetime
    sent_s: float

    @property
    def status(self) -> int:
        """The exit status."""
        return self.ran.status

    @property
    def said(self) -> str:
        """The last line of what it printed, else of its errors."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        return lines[-1].strip()[:400] if lines else self.ran.complaint()

    @property
    def text(self) -> str:
        """All that it printed."""
        return self.ran.stdout.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One declared host; ``root`` runs everything through ``sudo -n sh``."""

    target: Target
    host: str
    root: bool
    clock: Clock

    def run(self, text: str, *, seconds: float = STEP_S + GRACE_S) -> Answer:
        """Run a text of sh.

        Raises:
            LookFailed: the host cannot be reached, or sh was not over in time.
        """
        with shell_on(self.target, self.host, Deadline.after(self.clock, REACHED_S)) as shell:
            deadline = Deadline.after(self.clock, seconds)
            sent_at, sent_s = self.clock.now(), self.clock.monotonic_s()
            ran = shell.run(["sh", "-s"], stdin=text.encode(), sudo=self.root, deadline=deadline)
        if ran.cut:
            raise Garbage(f"{self.host} prints without end")
        return Answer(ran=ran, sent_at=sent_at, ended_at=self.clock.now(), sent_s=sent_s)
