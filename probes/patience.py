"""Waiting for what a platform does in its own time: notices come when they come, effects show when they show."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from probes.clock import Deadline
from probes.target import Target
from probes.target_keys import TABLES

ROUNDS = 4
"""How often is looked again within the declared patience."""

View = TypeVar("View")


def settle_s(target: Target, table: str) -> float:
    """Return the seconds of ``settle_s`` in a table of the target file, its default where that says nothing."""
    declared = target.declared(table, "settle_s")
    return float(TABLES[table].keys["settle_s"].default if declared is None else declared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the target file says that an effect may take to show (``settle_s``), within a look's deadline."""

    settle_s: float
    deadline: Deadline

    def rest(self, rounds: int, what: str) -> None:
        """Wait for a number of rounds; ``what`` is awaited.

        Raises:
            TimedOut: the look's time is over.
        """
        if rounds:
            left_s = self.deadline.check(what)
            threading.Event().wait(min(rounds * self.settle_s / ROUNDS, left_s))

    def until(self, ready: Callable[[View], bool], see: Callable[[], View], what: str) -> tuple[View, int]:
        """Look, and again until it is ready or the patience is over; return the last look and how many rounds it took.

        Raises:
            LookFailed: as ``see`` does, or the look's time is over.
        """
        for waited in range(ROUNDS):
            seen = see()
            if ready(seen):
                return seen, waited
            self.rest(1, what)
        return see(), ROUNDS
