"""Merged runs in columns: ten years of a check are a few thousand runs, and any window of them is two look-ups. Pure.

Neighbours of one state are one run, across midnights and seals. Beside each run stands how much up and down time, and
how many down runs, came before it: the sums of a window are differences, however long the window is.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from reports.history import History, Run
from reports.standing import Interval, Seen

_STATES: Final[tuple[Seen, ...]] = ("up", "down", "unknown")
_UP, _DOWN, _UNKNOWN = range(3)
_FORMAT: Final = b"duheng-runs/1\n"
_COLUMNS: Final = 6
_WIDTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a window of one series comes to: milliseconds in each state, and the down runs that began in it.

    ``up_ms + down_ms + unknown_ms`` is the length of the window.
    """

    up_ms: int
    down_ms: int
    unknown_ms: int
    downs: int

    @property
    def availability(self) -> float | None:
        """Return up time as a share of known time; None where nothing is known."""
        known_ms = self.up_ms + self.down_ms
        return self.up_ms / known_ms if known_ms else None


class MergedRuns:
    """The runs of one series, in order of time, without overlaps; what no run covers is unknown."""

    def __init__(self) -> None:
        """Begin without any run."""
        self._starts, self._ends, self._states, self._up, self._down, self._downs = (
            array("q") for _ in range(_COLUMNS)
        )

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self._starts)

    def add(self, interval: Interval) -> None:
        """Take in an interval; of time that is covered already, what was recorded first stands."""
        state = _STATES.index(interval.state)
        if not self._ends or interval.starts_ms >= self._ends[-1]:
            self._push(state, interval.starts_ms, interval.ends_ms)
            return
        runs = list(zip(self._starts, self._ends, self._states, strict=True))
        runs += [(begin, end, state) for begin, end in self._uncovered(interval.starts_ms, interval.ends_ms)]
        self.__init__()  # type: ignore[misc] # seldom: what comes late is sorted in by building anew
        for begin, end, kept in sorted(runs):
            self._push(kept, begin, end)

    def _uncovered(self, starts_ms: int, ends_ms: int) -> Iterator[tuple[int, int]]:
        at = starts_ms
        for index in range(bisect_right(self._ends, starts_ms), bisect_left(self._starts, ends_ms)):
            if at < self._starts[index]:
                yield at, self._starts[index]
            at = self._ends[index]
        if at < ends_ms:
            yield at, ends_ms

    def _push(self, state: int, starts_ms: int, ends_ms: int) -> None:
        if self._ends and (self._states[-1], self._ends[-1]) == (state, starts_ms):
            self._ends[-1] = ends_ms
            return
        up_ms, down_ms, downs = self._before(starts_ms)
        for column, value in zip(self._columns, (starts_ms, ends_ms, state, up_ms, down_ms, downs), strict=True):
            column.append(value)

    @property
    def _columns(self) -> tuple["array[int]", ...]:
        return self._starts, self._ends, self._states, self._up, self._down, self._downs

    def _before(self, instant_ms: int) -> tuple[int, int, int]:
        index = bisect_left(self._starts, instant_ms) - 1
        if index < 0:
            return 0, 0, 0
        inside = min(instant_ms, self._ends[index]) - self._starts[index]
        state = self._states[index]
        return (
            self._up[index] + inside * (state == _UP),
            self._down[index] + inside * (state == _DOWN),
            self._downs[index] + (state == _DOWN),
        )

    def tally(self, starts_ms: int, ends_ms: int) -> Tally:
        """Return the sums of a window, in the time of two look-ups.

        Raises:
            ValueError: the window does not last.
        """
        if ends_ms <= starts_ms:
            raise ValueError(f"a window from {starts_ms} to {ends_ms} ms does not last")
        first, last = self._before(starts_ms), self._before(ends_ms)
        up_ms, down_ms, downs = (after - before for before, after in zip(first, last, strict=True))
        return Tally(up_ms=up_ms, down_ms=down_ms, unknown_ms=ends_ms - starts_ms - up_ms - down_ms, downs=downs)

    def history(self) -> History:
        """Return the runs for the algebra of ``reports.history``."""
        columns = zip(self._states, self._starts, self._ends, strict=True)
        return tuple(Run(state=_STATES[state], starts_ms=begin, ends_ms=end) for state, begin, end in columns)

    def to_bytes(self) -> bytes:
        """Return the bytes to keep: the format's name, then the columns, 8 bytes a number, little-endian."""
        return _FORMAT + b"".join(_little(column).tobytes() for column in self._columns)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Return the runs that the bytes keep.

        Raises:
            ValueError: they are cut off, or of another format.
        """
        body = memoryview(kept)[len(_FORMAT) :]
        size = len(body) // _COLUMNS
        if not kept.startswith(_FORMAT) or len(body) != size * _COLUMNS or size % _WIDTH:
            raise ValueError("these are no merged runs")
        runs = cls()
        for number, column in enumerate(runs._columns):
            column.frombytes(body[number * size : (number + 1) * size])
            if sys.byteorder == "big":
                column.byteswap()
        return runs


def _little(column: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return column
    swapped = array("q", column)
    swapped.byteswap()
    return swapped
