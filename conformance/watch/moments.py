"""What three clocks say at one moment, and what two moments tell: slept, stepped, or neither.

The wall clock is what the record is written in. It may be set; so it is compared with CLOCK_BOOTTIME, which no one
sets, and that with CLOCK_MONOTONIC, which stands still while the machine sleeps.
"""

from dataclasses import dataclass
from typing import Final

SUSPENDED: Final = "suspended"
STEPPED: Final = "clock stepped"
STEP_MS: Final = 1_000
"""A wall clock that is slewed is off by less than this from one second to the next; one that was set is off by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Milliseconds: the wall clock since the epoch, CLOCK_MONOTONIC, CLOCK_BOOTTIME."""

    wall_ms: int
    monotonic_ms: int
    boot_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why nothing is known of the time between two moments, and by how much the wall clock was set (0: it was not)."""

    why: str
    stepped_ms: int = 0


def gap_between(before: Moment, after: Moment) -> Gap | None:
    """Return what happened to this machine's time between two moments that follow on each other; None for nothing."""
    asleep_ms = (after.boot_ms - before.boot_ms) - (after.monotonic_ms - before.monotonic_ms)
    stepped_ms = (after.wall_ms - before.wall_ms) - (after.boot_ms - before.boot_ms)
    if abs(stepped_ms) > STEP_MS:
        return Gap(why=STEPPED, stepped_ms=stepped_ms)
    return Gap(why=SUSPENDED) if asleep_ms >= STEP_MS else None
