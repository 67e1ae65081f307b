"""What a database's server counts, asked for before and after a load, and what its log adds to it. Values only."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

P95 = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One reading of a server's own counters; None stands for what it does not tell.

    ``statements`` counts no more statements than there were. ``durations_from_ms``: its log holds the duration of every
    statement that took so long, or longer; None: of none. ``slow``: statements that took ``slow_ms`` or longer.
    ``silent`` says why its log tells of no errors; empty where it does.
    """

    connections: int
    connections_max: int | None
    deadlocks: int | None
    statements: int | None
    refused: int | None = None
    durations_from_ms: float | None = None
    slow: int | None = None
    slow_ms: float | None = None
    silent: str = ""


@dataclass(slots=True, kw_only=True)
class Logged:
    """What the new lines of a log hold: errors, connections that were refused, durations in milliseconds.

    ``heard`` is whether anything of ours stands in them: without it, it may be a log that nobody writes any more.
    """

    heard: bool = False
    errors: int = 0
    refused: int = 0
    statements: int = 0
    durations_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How one kind of database is asked for its figures, and how its log is read."""

    statement: str
    figures: Callable[[Mapping[str, Any]], Figures]
    logged: Callable[[Iterable[str]], Logged]
    errors_of: Callable[[Figures, Logged], str]
    """Why the log told of no errors, by what stands in it; empty where it would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTimes:
    """Query times in milliseconds by nearest rank; ``p95_at_most`` where no more than a bound of it is known."""

    count: int | None = None
    p50: float | None = None
    p95: float | None = None
    max: float | None = None
    p95_at_most: float | None = None
    how: str = ""
    why: str = ""

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "count": self.count,
            "p50": self.p50,
            "p95": self.p95,
            "max": self.max,
            "p95_at_most": self.p95_at_most,
            "how": self.how,
            "why": self.why,
        }


def growth(before: int | None, after: int | None) -> int | None:
    """Return by how much a counter grew; None where it is not told, or went back (the server was started anew)."""
    return None if before is None or after is None or after < before else after - before


def refusals(first: Figures, last: Figures, logged: Logged | None) -> int | None:
    """Return how many connections were refused: by the server's counter; by its log where it has no such counter."""
    if first.refused is not None or last.refused is not None:
        return growth(first.refused, last.refused)
    return None if logged is None else logged.refused


def query_times(first: Figures, last: Figures, durations_ms: Sequence[float] | None) -> QueryTimes:
    """Return the query times between two readings; ``durations_ms`` is None where the log could not be read.

    Where only slow statements are written down, fewer than one in twenty of them bound the 95th percentile.
    """
    least_ms, statements = last.durations_from_ms, growth(first.statements, last.statements)
    if durations_ms is not None and least_ms == 0:
        return _all_logged(sorted(durations_ms))
    if durations_ms is not None and least_ms is not None and statements is not None:
        return _bounded(statements, sorted(durations_ms, reverse=True), least_ms, "its log and its counters")
    slow = growth(first.slow, last.slow)
    if slow is not None and last.slow_ms is not None and statements is not None:
        return _bounded(statements, [math.inf] * min(slow, statements), last.slow_ms, "its counters")
    return QueryTimes(why="it writes down no durations of statements")


def _all_logged(ordered: Sequence[float]) -> QueryTimes:
    if not ordered:
        return QueryTimes(count=0, how="its log")
    return QueryTimes(
        count=len(ordered), p50=_rank(ordered, 0.5), p95=_rank(ordered, P95), max=ordered[-1], how="its log"
    )


def _bounded(statements: int, slowest: Sequence[float], least_ms: float, how: str) -> QueryTimes:
    """Return the bound; ``slowest`` are all that took ``least_ms`` or longer, the slowest first."""
    above = statements - math.ceil(P95 * statements)
    bound = least_ms if len(slowest) <= above else slowest[above]
    most = slowest[0] if slowest and math.isfinite(slowest[0]) else None
    if math.isinf(bound):
        return QueryTimes(count=statements, how=how, why=f"more than 5 % of them took {least_ms:g} ms or longer")
    return QueryTimes(count=statements, p95_at_most=bound, max=most, how=how)


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]
