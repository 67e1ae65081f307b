"""What one drill is given, and how it may be told to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.drilling.declared import Drill
from conformance.drilling.hand import Hand
from conformance.drilling.lasting import after_s
from conformance.drilling.sendable import lacks
from conformance.windows import covered_until
from probes.clock import Clock
from probes.redaction import Redactor
from probes.shop.journey import Adapter
from probes.target import Target
from probes.target_drills import DrillLimits, drill_limits
from profiles.drills.refusals import Intent, refusals
from reports.ledger.store import LedgerStore

RECORDS: Final = "drills"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One drill of a target; ``out`` is the folder of records, ``say`` prints a line for people.

    ``redactor`` knows the declared passwords: what a host or the owner's own command prints may hold one.
    """

    target: Target
    adapter: Adapter
    drill: Drill
    store: LedgerStore
    out: Path
    tool: str
    clock: Clock
    say: Callable[[str], None]
    redactor: Redactor

    @property
    def limits(self) -> DrillLimits:
        """The ``[drill]`` table."""
        return drill_limits(self.target)

    @property
    def hand(self) -> Hand:
        """The hand on the host that is hit."""
        return hand_of(self.target, self.drill, self.clock)


def hand_of(target: Target, drill: Drill, clock: Clock) -> Hand:
    """Return the hand on the host that a drill hits."""
    return Hand(target=target, host=drill.host, root=bool(drill.entry["root"]), clock=clock)


def reasons_against(target: Target, drill: Drill, clock: Clock) -> tuple[str, ...]:
    """Return every reason why a drill must not begin that can be told without asking the host."""
    limits, now = drill_limits(target), clock.now()
    stop_file = limits.stop_file
    intent = Intent(
        fault=drill.fault,
        entry=drill.entry,
        now=now,
        lasts_s=drill.deadman_s + after_s(drill.entry, limits.max_orders),
        stop_file=str(stop_file) if stop_file is not None and stop_file.exists() else None,
        open_until=covered_until(target.windows, now),
    )
    return (*refusals(intent, target), *lacks(target, drill.fault.name, drill.entry))
