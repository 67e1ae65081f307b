"""What goes on beside the pressure: the hosts are sampled, and a backup is started once shoppers come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from probes.backups.hot import HotBackup
from probes.clock import Clock, Deadline
from probes.host.meanwhile import Meanwhile
from probes.redaction import Redactor
from probes.target import Target
from profiles.plan import LoadPlan

STARTING_S: Final = 60.0
STOPPING_S: Final = 120.0
BACKUP_S: Final = 6 * 3600.0
"""Seconds after which a backup that still runs is ended."""


@dataclass(slots=True, kw_only=True)
class Neighbours:
    """Hosts and backup of one run, from ``begin`` to ``end``."""

    target: Target
    plan: LoadPlan
    clock: Clock
    redactor: Redactor
    backup: HotBackup | None
    _hosts: Meanwhile = field(init=False)
    _started: bool = False
    _first_ms: int | None = None

    def begin(self) -> None:
        """Sample the hosts from now on."""
        most_s = self.plan.seconds + self.plan.drain_s + STARTING_S + STOPPING_S
        self._hosts = Meanwhile(self.target, clock=self.clock, redactor=self.redactor, most_s=most_s)
        self._hosts.start(Deadline.after(self.clock, STARTING_S))

    def second(self, told: Mapping[str, Any]) -> None:
        """Take a second of the run: the backup is started as soon as shoppers come at the highest rate."""
        if self._first_ms is None:
            self._first_ms = int(told["at_ms"]) - 1000 * (int(told["second"]) + 1)
        if self.backup is None or self._started:
            return
        held = [from_s for from_s, _, rate in self.plan.held if rate >= self.plan.peak_rate_per_s]
        if int(told["second"]) + 1 > min(held, default=0.0):
            self._started = True
            self.backup.start()

    def hosts(self) -> Sequence[Mapping[str, Any]]:
        """Sample no more, and return what each host went through since the first shopper was due."""
        return self._hosts.stop(Deadline.after(self.clock, STOPPING_S), from_ms=self._first_ms)

    @property
    def backing_up(self) -> bool:
        """Whether a backup was started."""
        return self._started

    def backed_up(self, called_off: Callable[[], bool]) -> dict[str, Any] | None:
        """Return what came of the backup, waited for until it is over or called off; None where none was started."""
        if self.backup is None or not self._started:
            return None
        return self.backup.result(Deadline.after(self.clock, BACKUP_S).unless(called_off))
