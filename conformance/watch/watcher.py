"""The standing loop: planned starts in, answers out, states into the record. It owns all state, in one thread.

Time, probes and the ledger are behind ``World``, so a scripted year runs in seconds and a real one in a year.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from conformance.watch.checks import Answer, Check
from conformance.watch.confirm import Confirmation, Step
from conformance.watch.incidents import Outage, Rule, word_on
from conformance.watch.moments import Gap, Moment, gap_between
from conformance.watch.recorder import Batch, Recorder
from reports.standing import Maintenance, Seen

WATCHER_LATE: Final = "watcher late"
COMMIT_MS: Final = 1_000
_LATE_MS = (500, 5_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """How many of the records that were handed over are kept, from the first on; ``whole``: all, and the open runs.

    The next ``doubtful`` ones may be kept or not: they must be handed over again as they are.
    """

    records: int
    whole: bool
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that ends the watch: a bug of ours, or another watcher that took our name."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody asked the watcher to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """The target file has changed: its maintenance and its rules hold from now on."""

    maintenance: tuple[Maintenance, ...]
    rules: tuple[Rule, ...]


Event: TypeAlias = Answer | Saved | Reread | Broken | Stop


class World(Protocol):
    """What the watcher asks of the world; all instants in ms."""

    def moment(self) -> Moment:
        """Return what the clocks say."""
        ...

    def begin(self, check: Check, planned_ms: int) -> None:
        """Begin a probe; its answer comes out of ``wait``."""
        ...

    def keep(self, batch: Batch, now_ms: int) -> None:
        """Begin to keep a batch; a ``Saved`` comes out of ``wait``."""
        ...

    def wait(self, until_ms: int) -> Sequence[Event]:
        """Return what has happened, as soon as something has, or nothing once the wall clock has come to an instant."""
        ...


class Listener(Protocol):
    """Who is told what goes on, as it does."""

    def answered(self, answer: Answer) -> None:
        """Take an answer that came."""
        ...

    def changed(self, check: str, state: Seen, at_ms: int, why: str) -> None:
        """Take it that a check is in another state since an instant."""
        ...

    def gap(self, gap: Gap) -> None:
        """Take it that this machine slept, or its clock was set."""
        ...


@dataclass(slots=True)
class _Track:
    check: Check
    confirmation: Confirmation
    late_ms: int
    due_ms: int
    running_ms: int | None = None
    lost_ms: int | None = None
    not_tried: int = 0
    outage: Outage | None = None
    told: tuple[Seen, str] | None = None

    def known_until(self, now_ms: int) -> int:
        """Return up to when the state that was last decided is known to hold."""
        undecided = self.confirmation.undecided_ms
        if undecided is None:
            undecided = self.due_ms if self.running_ms is None else self.running_ms
        return min(now_ms, undecided)

    def stood_still(self, now_ms: int) -> bool:
        """Tell whether a planned start passed unseen while a probe ran: what it finds says nothing of since then."""
        return self.lost_ms is None and now_ms - self.due_ms > self.late_ms


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Watches until it is stopped."""

    checks: Sequence[Check]
    recorder: Recorder
    world: World
    listener: Listener
    rules: Sequence[Rule] = ()
    commit_ms: int = COMMIT_MS
    _tracks: dict[str, _Track] = field(default_factory=dict)
    _heap: list[tuple[int, str]] = field(default_factory=list)
    _stopped: bool = False
    _saving: bool = False
    _last: Moment | None = None

    def run(self, *, until_ms: int | None = None) -> None:
        """Watch until an instant of the wall clock, or for ever; then put down what is known and seal it.

        A batch may still be on its way then, and what was sealed last is left in the recorder: the caller keeps it.

        Raises:
            BaseException: what ``Broken`` brought; nothing is sealed then.
        """
        now_ms = self._look_at_clocks()
        self._line_up(now_ms)
        commit_ms = now_ms + self.commit_ms
        while not self._stopped and (until_ms is None or now_ms < until_ms):
            self._begin_due(now_ms)
            if now_ms >= commit_ms or commit_ms - now_ms > self.commit_ms:  # or the clock was set back
                self._commit(now_ms)
                commit_ms = now_ms + self.commit_ms
            wake_ms = min(self._heap[0][0], commit_ms)
            for event in self.world.wait(wake_ms if until_ms is None else min(wake_ms, until_ms)):
                self._take(event)
            now_ms = self._look_at_clocks()
        self._settle(now_ms if until_ms is None else min(now_ms, until_ms))

    def not_tried(self) -> int:
        """Return how many planned starts were left out because the probe before was still running."""
        return sum(track.not_tried for track in self._tracks.values())

    def next_start_ms(self, check: str) -> int:
        """Return when the next probe of a check is planned to start; 0 before the watch has begun."""
        return self._tracks[check].due_ms if check in self._tracks else 0

    def _line_up(self, now_ms: int) -> None:
        for check in self.checks:
            least, most = _LATE_MS
            late_ms = max(least, min(check.grid.every_ms // 2, most))
            due_ms = check.grid.at_or_after(max(now_ms, self.recorder.recorded_to(check.name)))
            self._tracks[check.name] = _Track(check, Confirmation(), late_ms, due_ms)
            self._heap.append((due_ms, check.name))
        heapq.heapify(self._heap)

    def _look_at_clocks(self) -> int:
        moment, before = self.world.moment(), self._last
        self._last = moment
        gap = None if before is None else gap_between(before, moment)
        if before is not None and gap is not None:
            self.listener.gap(gap)
            for track in self._tracks.values():
                self._lose(track, gap.why, from_ms=before.wall_ms, now_ms=moment.wall_ms)
            self._heap = [(track.due_ms, name) for name, track in self._tracks.items()]
            heapq.heapify(self._heap)
        return moment.wall_ms

    def _lose(self, track: _Track, why: str, *, from_ms: int, now_ms: int) -> None:
        """Take nothing for known from the last sure instant to the next planned start; a probe under way is void."""
        known_ms = track.known_until(from_ms)
        if track.confirmation.undecided_ms is None:
            self.recorder.extend(track.check.name, known_ms)
        self._apply(track, track.confirmation.unknown(known_ms, why=why, depth=track.check.depth), now_ms)
        track.running_ms = track.lost_ms = None
        track.due_ms = track.check.grid.at_or_after(max(now_ms, self.recorder.recorded_to(track.check.name)))

    def _begin_due(self, now_ms: int) -> None:
        while self._heap[0][0] <= now_ms:
            track = self._tracks[self._heap[0][1]]
            self._start(track, now_ms)
            heapq.heapreplace(self._heap, (track.due_ms, track.check.name))

    def _start(self, track: _Track, now_ms: int) -> None:
        grid, due_ms = track.check.grid, track.due_ms
        if track.running_ms is not None:
            if track.stood_still(now_ms):
                track.lost_ms = due_ms
            track.due_ms = grid.at_or_before(now_ms) + grid.every_ms
            track.not_tried += (track.due_ms - due_ms) // grid.every_ms
        elif now_ms - due_ms > track.late_ms:
            self._miss(track, due_ms, now_ms)
            latest_ms = grid.at_or_before(now_ms)
            track.due_ms = latest_ms if now_ms - latest_ms <= track.late_ms else latest_ms + grid.every_ms
        else:
            track.running_ms, track.due_ms = due_ms, due_ms + grid.every_ms
            self.world.begin(track.check, due_ms)

    def _miss(self, track: _Track, planned_ms: int, now_ms: int) -> None:
        lost = track.confirmation.unknown(planned_ms, why=WATCHER_LATE, depth=track.check.depth)
        self._apply(track, lost, now_ms)

    def _take(self, event: Event) -> None:
        match event:
            case Answer():
                self._answered(event)
            case Saved():
                self._saving = False
                self.recorder.saved(event.records, doubtful=event.doubtful)
            case Broken(error=error):
                raise error
            case Reread(maintenance=maintenance, rules=rules):
                self.rules = rules
                for planned in maintenance:
                    self.recorder.say(planned)
            case Stop():
                self._stopped = True

    def _answered(self, answer: Answer) -> None:
        track = self._tracks[answer.check]
        if track.running_ms != answer.planned_ms:
            return  # void: the machine slept meanwhile, or its clock was set
        track.running_ms = None
        self.listener.answered(answer)
        confirmation, at_ms = track.confirmation, answer.planned_ms
        if answer.started_ms - at_ms > track.late_ms:
            steps = confirmation.unknown(at_ms, why=WATCHER_LATE, depth=answer.depth)
        elif answer.outcome == "good":
            steps = confirmation.good(at_ms, depth=answer.depth)
        elif answer.outcome == "failed":
            steps = confirmation.failed(at_ms, why=answer.why, depth=answer.depth)
        else:
            steps = confirmation.unknown(at_ms, why=answer.why, depth=answer.depth)
        self._apply(track, steps, answer.ended_ms)
        lost_ms, track.lost_ms = track.lost_ms, None
        if lost_ms is not None:
            self._miss(track, lost_ms, answer.ended_ms)

    def _apply(self, track: _Track, steps: Sequence[Step], now_ms: int) -> None:
        for step in steps:
            self.recorder.step(track.check.name, step)
            self._follow(track, step, now_ms)
            self._tell(track, step)

    def _tell(self, track: _Track, step: Step) -> None:
        now = (step.state, step.why if step.state == "unknown" else "")
        if now != track.told:
            track.told = now
            self.listener.changed(track.check.name, step.state, step.at_ms, step.why)

    def _follow(self, track: _Track, step: Step, now_ms: int) -> None:
        """Put down what the rules say when an outage begins, and when a good probe ends it."""
        outage = track.outage
        if step.state == "down" and outage is None:
            track.outage = Outage(check=track.check.name, starts_ms=step.at_ms, why=step.why, detected_ms=now_ms)
            self._say(track.outage, now_ms, verified_ms=None)
        elif step.state == "up" and outage is not None:
            track.outage = None
            self._say(outage, now_ms, verified_ms=step.at_ms)

    def _say(self, outage: Outage, now_ms: int, *, verified_ms: int | None) -> None:
        platform_id = self.recorder.platform_id
        self.recorder.say(word_on(outage, self.rules, platform_id=platform_id, said_ms=now_ms, verified_ms=verified_ms))

    def _commit(self, now_ms: int) -> None:
        self._extend(now_ms)
        if not self._saving:
            self._saving = True
            self.world.keep(self.recorder.take(), now_ms)

    def _extend(self, now_ms: int) -> None:
        for name, track in self._tracks.items():
            self.recorder.extend(name, track.known_until(now_ms))

    def _settle(self, now_ms: int) -> None:
        self._extend(now_ms)
        for name in self._tracks:
            self.recorder.close(name)
