"""A watcher on virtual time: clocks, probes and ledger by script, so that a year takes seconds."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

from conformance.watch.announcing import not_known
from conformance.watch.checks import Answer, Check
from conformance.watch.confirm import Outcome
from conformance.watch.grid import Grid
from conformance.watch.incidents import Rule
from conformance.watch.keeper import Keeper
from conformance.watch.moments import Gap, Moment
from conformance.watch.recorder import MOST_UNSAVED, Batch, Recorder
from conformance.watch.sign_of_life import Heartbeat
from conformance.watch.taking_up import take_up
from conformance.watch.watcher import Event, Watcher
from probes.errors import EvidenceError
from reports.ledger.memory import MemoryStore
from reports.standing import Maintenance, Seen

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class KilledError(Exception):
    """The watcher's process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seems:
    """What a probe finds, and how long it takes."""

    outcome: Outcome = "good"
    why: str = ""
    took_ms: int = 120


def check(name: str = "front", *, every_ms: int = 5 * MINUTE_MS, depth: str = "page") -> Check:
    return Check(name=name, kind="page", url="", shows=None, deadline_s=20, depth=depth, grid=Grid(every_ms=every_ms))


@dataclass(slots=True, kw_only=True)
class VirtualClock:
    """The machine's clocks; ``SystemClock`` for the store."""

    wall_ms: int
    monotonic_ms: int = 7_000
    boot_ms: int = 9_000
    offset_s: float | None = None

    def moment(self) -> Moment:
        return Moment(wall_ms=self.wall_ms, monotonic_ms=self.monotonic_ms, boot_ms=self.boot_ms)

    def run(self, ms: int) -> None:
        self.wall_ms += ms
        self.monotonic_ms += ms
        self.boot_ms += ms

    def sleep(self, ms: int) -> None:
        self.wall_ms += ms
        self.boot_ms += ms

    def step(self, ms: int) -> None:
        self.wall_ms += ms

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wall_ms / 1000, UTC)

    def monotonic_s(self) -> float:
        return self.monotonic_ms / 1000


class Ledger(MemoryStore):
    """A ledger that can be away: before it writes, or, with ``silent``, just after."""

    away = False
    silent = False

    def append(self, *args: object, **kwargs: object) -> tuple[int, ...]:
        self._refuse(not self.silent)
        positions = super().append(*args, **kwargs)  # type: ignore[arg-type]
        self._refuse(self.silent)
        return positions

    def notes(self, prefix: str = "") -> object:  # type: ignore[override]
        self._refuse(wanted=True)
        return super().notes(prefix)

    def _refuse(self, wanted: bool) -> None:
        if self.away and wanted:
            raise EvidenceError("the ledger is away")


@dataclass(slots=True, kw_only=True)
class Simulation:
    """``probe(check, planned_ms)`` says what is found; ``script`` holds instants of the wall clock and what happens."""

    clock: VirtualClock
    probe: Callable[[Check, int], Seems]
    zone: ZoneInfo
    checks: Sequence[Check] = field(default_factory=lambda: (check(),))
    script: list[tuple[int, Callable[["Simulation"], None]]] = field(default_factory=list)
    commit_ms: int = 6 * HOUR_MS
    rules: Sequence[Rule] = ()
    most_unsaved: int = MOST_UNSAVED
    store: Ledger = field(init=False)
    watcher: Watcher = field(init=False)
    gaps: list[Gap] = field(default_factory=list)
    told: list[tuple[str, str, int, str]] = field(default_factory=list)
    began: list[tuple[str, int, int]] = field(default_factory=list)
    recorder: Recorder = field(init=False)
    keeper: Keeper = field(init=False)
    _events: list[Event] = field(default_factory=list)
    _running: list[tuple[int, int, Answer]] = field(default_factory=list)
    _number: "count[int]" = field(default_factory=count)
    note_starts: bool = False
    pause: Callable[[float], None] = lambda _: None

    def __post_init__(self) -> None:
        self.store = Ledger(clock=self.clock)
        self.script.sort(key=lambda item: item[0])

    def live(self, until_ms: int) -> None:
        """Watch from now to an instant, and leave everything sealed; raises ``KilledError`` where the script kills."""
        number = next(self._number)
        own = replace(Heartbeat.own(f"life {number}", self.clock.wall_ms), place=f"machine {number}")
        self.keeper = Keeper(
            store=self.store, run_id=f"watch-{number}", platform_id="shop", vantage="here", heartbeat=own,
            pause=self.pause,
        )  # fmt: skip
        self.recorder = Recorder(platform_id="shop", vantage="here", zone=self.zone, most_unsaved=self.most_unsaved)
        self.recorder.cut_at(self.keeper.announced())
        now_ms = self.clock.wall_ms
        left = self.keeper.take_over()
        take_up(self.recorder, self.checks, left, self.keeper.recorded_to(now_ms), now_ms=now_ms)
        self._running, self._events = [], []
        self.watcher = Watcher(
            checks=self.checks, recorder=self.recorder, world=self, listener=self, rules=self.rules,
            commit_ms=self.commit_ms,
        )  # fmt: skip
        self.watcher.run(until_ms=until_ms)
        for event in self._events:
            self.recorder.saved(event.records, doubtful=event.doubtful)  # type: ignore[union-attr]
        last = self.keeper.save(self.recorder.take(), self.clock.wall_ms, last=True)
        self.recorder.saved(last.records, doubtful=last.doubtful)

    # --- the watcher's world

    def moment(self) -> Moment:
        return self.clock.moment()

    def begin(self, check: Check, planned_ms: int) -> None:
        seems, now_ms = self.probe(check, planned_ms), self.clock.wall_ms
        if self.note_starts:
            self.began.append((check.name, planned_ms, now_ms))
        answer = Answer(
            check=check.name, planned_ms=planned_ms, started_ms=now_ms, ended_ms=now_ms + seems.took_ms,
            elapsed_ms=seems.took_ms, outcome=seems.outcome, why=seems.why, depth=check.depth,
        )  # fmt: skip
        ready = self.clock.monotonic_ms + seems.took_ms
        heapq.heappush(self._running, (ready, next(self._number), answer))

    def keep(self, batch: Batch, now_ms: int) -> None:
        self._events.append(self.keeper.save(batch, now_ms))

    def wait(self, until_ms: int) -> Sequence[Event]:
        if self._events:
            events, self._events = self._events, []
            return events
        clock = self.clock
        left_ms = max(0, until_ms - clock.wall_ms)
        if self._running:
            left_ms = min(left_ms, max(0, self._running[0][0] - clock.monotonic_ms))
        if self.script and self.script[0][0] <= clock.wall_ms + left_ms:
            at_ms, happens = self.script[0]
            if at_ms > clock.wall_ms:  # up to there nothing is amiss: the watcher looks once more
                clock.run(at_ms - clock.wall_ms)
                return ()
            self.script.pop(0)
            happens(self)
            return ()
        clock.run(left_ms)
        answers: list[Event] = []
        while self._running and self._running[0][0] <= clock.monotonic_ms:
            answers.append(heapq.heappop(self._running)[2])
        return answers

    def tell(self, event: Event) -> None:
        self._events.append(event)

    # --- who is told

    def answered(self, answer: Answer) -> None:
        return

    def changed(self, check: str, state: Seen, at_ms: int, why: str) -> None:
        self.told.append((check, state, at_ms, why))

    def gap(self, gap: Gap) -> None:
        self.gaps.append(gap)

    # --- what a script says

    def announces(self, planned: Maintenance) -> tuple[Maintenance, ...]:
        return not_known((planned,), self.keeper.announced())


def kill(_: Simulation) -> None:
    raise KilledError
