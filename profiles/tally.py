"""What one worker counts, second by second: the dispatcher and the shoppers write, the reporter takes.

Everything is counted in the second in which it happens. One thread only (or greenlets that don't switch within a call).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from probes.errors import EvidenceError
from profiles.histogram import Latencies, decode_latencies, merged

LATE_S: Final = 0.1
"""A generator that wakes later than this is late: what it then measures is its own lateness, not the shop's."""

MOST_KINDS: Final = 100
"""Kinds of failures that one worker tells apart in one second; the rest are counted together."""

OTHER: Final = "other failures"
_MOST_WHY: Final = 300  # characters of a reason


@dataclass(slots=True, kw_only=True)
class Step:
    """How a kind of step went: how often, how often badly, and how long it took (bad ones as well)."""

    count: int = 0
    failed: int = 0
    latencies: Latencies = field(default_factory=Latencies)

    def add(self, other: "Step") -> None:
        """Count all that another counted."""
        self.count += other.count
        self.failed += other.failed
        self.latencies.add(other.latencies)


@dataclass(slots=True, kw_only=True)
class Slice:
    """What a worker counted since the slice before: numbers of shoppers, steps by name, failures by step and reason.

    ``in_flight`` are those under way at its end; ``late`` were started more than ``LATE_S`` after their planned start,
    ``late_ms_max`` is the worst of it. ``left`` were under way when the run was over and did not come to their end.
    """

    started: int = 0
    dropped: int = 0
    done: int = 0
    failed: int = 0
    left: int = 0
    in_flight: int = 0
    late: int = 0
    late_ms_max: float = 0.0
    orders_acknowledged: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def latencies(self) -> Latencies:
        """Return the latencies of all its steps."""
        return merged(step.latencies for step in self.steps.values())

    def add(self, other: "Slice") -> None:
        """Count all that another slice counted: of another worker, or of another second."""
        self.started += other.started
        self.dropped += other.dropped
        self.done += other.done
        self.failed += other.failed
        self.left += other.left
        self.in_flight += other.in_flight
        self.late += other.late
        self.late_ms_max = max(self.late_ms_max, other.late_ms_max)
        self.orders_acknowledged += other.orders_acknowledged
        self.failures.update(other.failures)
        for name, step in other.steps.items():
            self.steps.setdefault(name, Step()).add(step)

    def as_json(self) -> dict[str, Any]:
        """Return the plain form, by which a worker sends it to the master."""
        return {
            "started": self.started,
            "dropped": self.dropped,
            "done": self.done,
            "failed": self.failed,
            "left": self.left,
            "in_flight": self.in_flight,
            "late": self.late,
            "late_ms_max": self.late_ms_max,
            "orders_acknowledged": self.orders_acknowledged,
            "steps": {
                name: {"count": step.count, "failed": step.failed, "latency": step.latencies.encode()}
                for name, step in self.steps.items()
            },
            "failures": [[step, why, count] for (step, why), count in self.failures.items()],
        }


def slice_of(values: Mapping[str, Any]) -> Slice:
    """Return the slice of its plain form.

    Raises:
        EvidenceError: it is none.
    """
    try:
        steps = {
            name: Step(
                count=int(step["count"]),
                failed=int(step["failed"]),
                latencies=decode_latencies(step["latency"], place=f"step {name}"),
            )
            for name, step in values["steps"].items()
        }
        return Slice(
            **{name: int(values[name]) for name in _COUNTS},
            late_ms_max=float(values["late_ms_max"]),
            steps=steps,
            failures=Counter({(step, why): int(count) for step, why, count in values["failures"]}),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"not what a worker of `duheng load` counts: {error!r}") from error


_COUNTS: Final = ("started", "dropped", "done", "failed", "left", "in_flight", "late", "orders_acknowledged")


class Tally:
    """The running count of one worker."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.in_flight = 0
        self._slice = Slice()

    def start(self, late_s: float) -> None:
        """Count a shopper who came in, so long after the planned start."""
        self.in_flight += 1
        self._slice.started += 1
        self._woke(late_s)

    def drop(self, late_s: float) -> None:
        """Count a shopper who found no room."""
        self._slice.dropped += 1
        self._woke(late_s)

    def step(self, name: str, seconds: float, why: str | None) -> None:
        """Count one step: how long it took, and why it failed (None where it did not)."""
        step = self._slice.steps.get(name)
        if step is None:
            step = self._slice.steps[name] = Step()
        step.count += 1
        step.latencies.record(seconds)
        if why is not None:
            step.failed += 1
            self.failure(name, why)

    def failure(self, name: str, why: str) -> None:
        """Count a reason why something went wrong, in a step (which counts itself) or outside of any."""
        kind = (name, why[:_MOST_WHY])
        known = kind in self._slice.failures or len(self._slice.failures) < MOST_KINDS
        self._slice.failures[kind if known else (name, OTHER)] += 1

    def order(self) -> None:
        """Count an order that the shop acknowledged."""
        self._slice.orders_acknowledged += 1

    def done(self) -> None:
        """Count a shopper whose steps all went well, and who is gone."""
        self.in_flight -= 1
        self._slice.done += 1

    def failed(self) -> None:
        """Count a shopper one of whose steps failed, and who is gone."""
        self.in_flight -= 1
        self._slice.failed += 1

    def left(self) -> None:
        """Count a shopper who was sent home before the end of the walk."""
        self.in_flight -= 1
        self._slice.left += 1

    def take(self) -> Slice:
        """Return what was counted since the last time, and begin anew."""
        taken, self._slice = self._slice, Slice()
        taken.in_flight = self.in_flight
        return taken

    def _woke(self, late_s: float) -> None:
        self._slice.late += late_s > LATE_S
        self._slice.late_ms_max = max(self._slice.late_ms_max, round(late_s * 1000, 3))
