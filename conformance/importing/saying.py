"""What an import says: samples or runs, made into up and down time with its probes counted. Pure.

Samples are read as the watch reads its own probes: two failed ones confirm an outage. A sample holds for one step at
most; only where the next one comes less than half a step late does it hold until then.
"""

import bisect
import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from conformance.watch.confirm import Confirmation, Step
from probes.errors import SettingsError
from reports.history import History, Run, State, history
from reports.standing import Seen

_FEW: Final = 3

Sample: TypeAlias = tuple[int, bool]
"""When it was taken (ms since the epoch), and whether all was well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The span that was asked for, and how far apart probes are; ms."""

    starts_ms: int
    ends_ms: int
    every_ms: int


class Told(Protocol):
    """What is said of a span."""

    @property
    def runs(self) -> History:
        """When it was up, and when down; all other time is unknown."""
        ...

    @property
    def undecided_ms(self) -> int | None:
        """When the last sample failed, if nothing after it confirms or refutes that: not imported."""
        ...

    def probes(self, run: Run) -> tuple[int, int]:
        """Return how many probes with a known answer were planned to start in a run, and how many of them failed."""
        ...


class Says(Protocol):
    """What a source says, before it is known how the record stands where it begins."""

    @property
    def begins_ms(self) -> int:
        """When the first of it is."""
        ...

    def told(self, span: Span, before: Seen) -> Told:
        """Return what is said of a span; ``before`` is the state that the record has just before it begins."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Up and down time with the starts of the probes that were answered, and of those that failed, in order."""

    runs: History
    undecided_ms: int | None
    tried: Sequence[int]
    failed: Sequence[int]

    def probes(self, run: Run) -> tuple[int, int]:
        """Return the probes of a run; see ``Told``."""
        return _within(self.tried, run), _within(self.failed, run)


def _within(starts: Sequence[int], run: Run) -> int:
    return bisect.bisect_left(starts, run.ends_ms) - bisect.bisect_left(starts, run.starts_ms)


@dataclass(frozen=True, slots=True)
class Samples:
    """Single answers, in order of time; not empty."""

    samples: Sequence[Sample]

    @property
    def begins_ms(self) -> int:
        """When the first was taken."""
        return self.samples[0][0]

    def told(self, span: Span, before: Seen) -> Counted:
        """Return what the samples within the span say; see ``Says``.

        Raises:
            SettingsError: they are not one step apart.
        """
        _refuse_other_steps(self.samples, span.every_ms)
        within = [sample for sample in self.samples if span.starts_ms <= sample[0] < span.ends_ms]
        state = Confirmation()
        state.state = before
        steps = list(_steps(state, within, span.every_ms))
        undecided_ms = state.undecided_ms
        known_to = min(within[-1][0] + span.every_ms, span.ends_ms) if within else span.starts_ms
        ends = [*(step.at_ms for step in steps[1:]), undecided_ms or known_to]
        return Counted(
            runs=history(
                Run(state=step.state, starts_ms=step.at_ms, ends_ms=end)
                for step, end in zip(steps, ends, strict=False)
                if step.state != "unknown"
            ),
            undecided_ms=undecided_ms,
            tried=[step.at_ms for step in steps if step.tried],
            failed=[step.at_ms for step in steps if step.failed],
        )


def _steps(state: Confirmation, samples: Sequence[Sample], every_ms: int) -> list[Step]:
    steps: list[Step] = []
    known_to = samples[0][0] if samples else 0
    for at_ms, good in samples:
        if at_ms >= known_to + every_ms // 2:
            steps += state.unknown(known_to, why="", depth="")
        steps += state.good(at_ms, depth="") if good else state.failed(at_ms, why="", depth="")
        known_to = at_ms + every_ms
    return steps


def _refuse_other_steps(samples: Sequence[Sample], every_ms: int) -> None:
    """Refuse samples that are mostly further apart than a step, or closer together: no failure could be confirmed.

    Raises:
        SettingsError: they are; the message says how far apart they are.
    """
    if len(samples) < _FEW:
        return
    usual_ms = statistics.median_low(later[0] - earlier[0] for earlier, later in itertools.pairwise(samples))
    if not 2 * every_ms < 3 * usual_ms < 4.5 * every_ms:
        raise SettingsError(
            f"--every {every_ms / 1000:g}: the samples are mostly {usual_ms / 1000:g} s apart; "
            f"give --every {usual_ms / 1000:g}; nothing was imported"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnGrid:
    """Up and down time, probed at the whole multiples of ``every_ms``; all probes of down time failed."""

    runs: History
    every_ms: int
    undecided_ms: None = None

    def probes(self, run: Run) -> tuple[int, int]:
        """Return the probes of a run; see ``Told``."""
        tried = -(-run.ends_ms // self.every_ms) + (-run.starts_ms // self.every_ms)
        return tried, tried if run.state == "down" else 0


@dataclass(frozen=True, slots=True)
class Runs:
    """States from when to when, in order of time; not empty."""

    runs: Sequence[Run]

    @property
    def begins_ms(self) -> int:
        """When the first begins."""
        return self.runs[0].starts_ms

    def told(self, span: Span, before: Seen) -> OnGrid:  # noqa: ARG002 - runs need no confirmation
        """Return what the runs say of the span; see ``Says``."""
        known: frozenset[State] = frozenset({"up", "down"})
        clipped = (
            (run.state, max(run.starts_ms, span.starts_ms), min(run.ends_ms, span.ends_ms))
            for run in self.runs
            if run.state in known
        )
        return OnGrid(
            runs=history(
                Run(state=state, starts_ms=begin, ends_ms=end) for state, begin, end in clipped if begin < end
            ),
            every_ms=span.every_ms,
        )
