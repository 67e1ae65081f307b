"""Availability as intervals: what state a service was in, from when to when. Pure algebra, exact in whole milliseconds.

A history is a tuple of runs in order of time that do not overlap; between them nothing is known. ``window`` turns it
into one that covers a span without a gap: what no run covers is ``unknown``, never up and never down. For any window
up + down + unknown + excluded is the wall clock, exactly.

Instants are whole milliseconds since 1970-01-01T00:00:00Z; a run holds its first instant and not its last.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

State = Literal["up", "down", "unknown", "excluded"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One state from ``starts_ms`` up to, not including, ``ends_ms``."""

    state: State
    starts_ms: int
    ends_ms: int

    def __post_init__(self) -> None:
        """Refuse a run that does not last.

        Raises:
            ValueError: it ends before or where it starts.
        """
        if self.ends_ms <= self.starts_ms:
            raise ValueError(f"a run of {self.state} from {self.starts_ms} to {self.ends_ms} ms does not last")

    @property
    def duration_ms(self) -> int:
        """Return how long it lasted, in milliseconds."""
        return self.ends_ms - self.starts_ms


History: TypeAlias = tuple[Run, ...]


def history(runs: Iterable[Run]) -> History:
    """Return the runs in order of time, neighbours of one state put together.

    Raises:
        ValueError: two runs overlap: a service is in one state at a time.
    """
    joined: list[Run] = []
    for run in sorted(runs, key=lambda each: each.starts_ms):
        last = joined[-1] if joined else None
        if last is not None and run.starts_ms < last.ends_ms:
            raise ValueError(f"{run.state} from {run.starts_ms} ms overlaps {last.state} up to {last.ends_ms} ms")
        if last is not None and (last.state, last.ends_ms) == (run.state, run.starts_ms):
            joined[-1] = Run(state=last.state, starts_ms=last.starts_ms, ends_ms=run.ends_ms)
        else:
            joined.append(run)
    return tuple(joined)


def _clipped(runs: Iterable[Run], starts_ms: int, ends_ms: int) -> Iterator[Run]:
    for run in runs:
        begin, end = max(run.starts_ms, starts_ms), min(run.ends_ms, ends_ms)
        if begin < end:
            yield Run(state=run.state, starts_ms=begin, ends_ms=end)


def window(known: History, starts_ms: int, ends_ms: int) -> History:
    """Return what is known of a span, without a gap: what no run covers is unknown.

    Raises:
        ValueError: the span does not last.
    """
    filled: list[Run] = []
    at = starts_ms
    for run in _clipped(known, starts_ms, ends_ms):
        if run.starts_ms > at:
            filled.append(Run(state="unknown", starts_ms=at, ends_ms=run.starts_ms))
        filled.append(run)
        at = run.ends_ms
    if at < ends_ms or not filled:
        filled.append(Run(state="unknown", starts_ms=at, ends_ms=ends_ms))
    return history(filled)


def durations_ms(known: History) -> Mapping[State, int]:
    """Return the milliseconds in each state."""
    return {state: sum(run.duration_ms for run in known if run.state == state) for state in STATES}


def exclude(known: History, planned: Sequence[tuple[int, int]]) -> History:
    """Return the history with planned maintenance cut out: whatever was seen in it is ``excluded``, shown apart.

    ``planned`` holds (starts_ms, ends_ms) pairs, in any order; they may overlap. Time of which nothing was known
    stays unknown: maintenance that was planned need not have taken place.
    """
    edges = sorted({edge for pair in planned for edge in pair})
    return history(
        Run(state=_excluded(run, piece, planned), starts_ms=piece[0], ends_ms=piece[1])
        for run in known
        for piece in _pieces(run, edges)
    )


def _pieces(run: Run, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    inside = (edge for edge in edges if run.starts_ms < edge < run.ends_ms)
    return itertools.pairwise((run.starts_ms, *inside, run.ends_ms))


def _excluded(run: Run, piece: tuple[int, int], planned: Sequence[tuple[int, int]]) -> State:
    covered = any(begin <= piece[0] and piece[1] <= end for begin, end in planned)
    return "excluded" if covered and run.state in {"up", "down"} else run.state


def vote(vantages: Sequence[History], *, at_least: int, starts_ms: int, ends_ms: int) -> History:
    """Return what several vantage points together know of a span: down where at least k of them see it down.

    Up where even all those who do not know could not make it k; unknown between the two. Excluded where any of them
    says so: maintenance is planned for the service, not for one watcher.

    Raises:
        ValueError: k is below 1 or above the number of vantage points, or the span does not last.
    """
    if not 1 <= at_least <= len(vantages):
        raise ValueError(f"{at_least} of {len(vantages)} vantage points cannot be asked for")
    whole = [window(each, starts_ms, ends_ms) for each in vantages]
    if len(whole) == 1:
        return whole[0]
    edges = sorted({edge for each in whole for run in each for edge in (run.starts_ms, run.ends_ms)})
    seen = zip(*(_states(each, edges) for each in whole), strict=True)
    return history(
        Run(state=_voted(states, at_least), starts_ms=begin, ends_ms=end)
        for (begin, end), states in zip(itertools.pairwise(edges), seen, strict=True)
    )


def _states(whole: History, edges: Sequence[int]) -> Iterator[State]:
    """Yield the state from each edge to the next; the history leaves no gap, and its own edges are among them."""
    runs = iter(whole)
    run = next(runs)
    for begin, _ in itertools.pairwise(edges):
        if begin >= run.ends_ms:
            run = next(runs)
        yield run.state


def _voted(states: Sequence[State], at_least: int) -> State:
    if "excluded" in states:
        return "excluded"
    down, unknown = states.count("down"), states.count("unknown")
    if down >= at_least:
        return "down"
    return "up" if down + unknown < at_least else "unknown"
