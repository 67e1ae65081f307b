"""The fixed grid of planned starts: every so many milliseconds since the epoch, so that nothing drifts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The instants ``k * every_ms + phase_ms``, in ms since the epoch."""

    every_ms: int
    phase_ms: int = 0

    def at_or_after(self, instant_ms: int) -> int:
        """Return the first planned start that is not before the instant."""
        return instant_ms + (self.phase_ms - instant_ms) % self.every_ms

    def at_or_before(self, instant_ms: int) -> int:
        """Return the last planned start that is not after the instant."""
        return instant_ms - (instant_ms - self.phase_ms) % self.every_ms


def spread(intervals_ms: Sequence[int]) -> tuple[Grid, ...]:
    """Return a grid for each interval; those of one length start evenly spread over it, not all at once.

    The only one of its length starts on whole intervals since the epoch.
    """
    grids, seen = [], dict.fromkeys(intervals_ms, 0)
    for every_ms in intervals_ms:
        phase_ms = every_ms * seen[every_ms] // intervals_ms.count(every_ms)
        seen[every_ms] += 1
        grids.append(Grid(every_ms=every_ms, phase_ms=phase_ms))
    return tuple(grids)
