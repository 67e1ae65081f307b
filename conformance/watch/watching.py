"""``duheng watch`` put together: take the name, take up what was left open, watch, and leave everything sealed."""

import contextlib
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final
from zoneinfo import ZoneInfo

from conformance.watch.announcing import not_known, planned_in
from conformance.watch.buyer import Buyer, buyers_for
from conformance.watch.canaries import Canaries
from conformance.watch.checks import Answer, Check, checks_of, rules_of, vantage_of, watch_value
from conformance.watch.fitness import refuse_unfit, remarks
from conformance.watch.keeper import Keeper
from conformance.watch.moments import Gap
from conformance.watch.opening import Opening
from conformance.watch.ordering import CANCELLING_S, Orders
from conformance.watch.probing import Prober
from conformance.watch.real import RealWorld, moment_now
from conformance.watch.recorder import Batch, Recorder
from conformance.watch.screen import Screen
from conformance.watch.sign_of_life import Heartbeat
from conformance.watch.taking_up import take_up
from conformance.watch.timings import Timings
from conformance.watch.watcher import Reread, Saved, Stop, Watcher
from probes.clock import Clock
from probes.errors import EvidenceError, SettingsError
from probes.shop.journey import Adapter
from probes.shop.mailbox import Mailbox
from probes.target import Target
from probes.target_file import read_target
from reports.ledger.store import LedgerStore
from reports.standing import Maintenance, Seen

LAST_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to watch: the target, its adapter, the open ledger, where trails go, for how long (None: for ever)."""

    target: Target
    adapter: Adapter | None
    store: LedgerStore
    trails: Path
    tool: str
    clock: Clock
    for_s: float | None = None


def watch(task: Task) -> None:
    """Watch until the time is over or a signal comes; everything is sealed and kept when this returns.

    Raises:
        SettingsError: the checks cannot be watched, or another watcher has our name.
        EvidenceError: the ledger cannot be used at the start, or did not take the last of the record at the end.
    """
    checks = checks_of(task.target)
    refuse_unfit(checks, task.adapter)
    with ExitStack() as stack:
        listen = task.target.mailbox_listen
        mail = stack.enter_context(Mailbox(listen)) if listen and task.adapter else None
        opening = (
            Opening(target=task.target, adapter=task.adapter, clock=task.clock, mail=mail) if task.adapter else None
        )
        _Watch(task=task, checks=checks, opening=opening).run()


@dataclass(slots=True, kw_only=True)
class _Watch:
    task: Task
    checks: Sequence[Check]
    opening: Opening | None
    keeper: Keeper = field(init=False)
    recorder: Recorder = field(init=False)
    timings: Timings = field(init=False)
    screen: Screen = field(init=False)
    world: RealWorld = field(init=False)
    watcher: Watcher = field(init=False)
    orders: Orders = field(init=False)
    buyers: dict[str, Buyer] = field(init=False)
    announced: tuple[Maintenance, ...] = ()
    _stamp: tuple[int, int] | None = None
    _away: bool = False

    def __post_init__(self) -> None:
        """Build the parts; nothing runs and nothing is written yet."""
        target, vantage = self.task.target, vantage_of(self.task.target)
        now_ms, zone = moment_now().wall_ms, ZoneInfo(target.platform.timezone)
        run_id = f"watch-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now_ms / 1000))}-{secrets.token_hex(3)}"
        self.keeper = Keeper(
            store=self.task.store,
            run_id=run_id,
            platform_id=target.platform.id,
            vantage=vantage,
            heartbeat=Heartbeat.own(secrets.token_hex(8), now_ms),
            pause=time.sleep,
        )
        self.recorder = Recorder(platform_id=target.platform.id, vantage=vantage, zone=zone)
        self.timings = Timings(
            self.checks,
            run_id=run_id,
            platform_id=target.platform.id,
            vantage=vantage,
            zone=zone,
            keep_days=int(watch_value(target, "latency_days")),
        )
        self.screen = Screen(self.checks, zone, self.next_start_ms)
        name = "".join(
            letter if letter.isalnum() or letter in "-." else "_" for letter in f"watch-{target.platform.id}-{vantage}"
        )
        self.orders = Orders(
            folder=self.task.trails,
            name=name,
            most_a_day=int(watch_value(target, "max_orders_a_day")),
            clock=self.task.clock,
        )
        journeys = [check.name for check in self.checks if check.kind != "page"]
        found = buyers_for(self.opening, self.task.trails, name, len(journeys)) if self.opening and journeys else ()
        self.buyers = dict(zip(journeys, found, strict=True))

    def run(self) -> None:
        """Watch from the first heartbeat to the last."""
        now_ms = moment_now().wall_ms
        left = self.keeper.take_over()
        self.announced = self.keeper.announced()
        self.recorder.cut_at(self.announced)
        take_up(self.recorder, self.checks, left, self.keeper.recorded_to(now_ms), now_ms=now_ms)
        target = self.task.target
        vantage = self.keeper.vantage
        self.task.store.start_run(
            self.keeper.run_id,
            {
                "tool": self.task.tool,
                "target_sha256": target.sha256,
                "vantage": vantage,
                "checks": [check.name for check in self.checks],
            },
        )
        self._stamp = self._stamped()
        for planned in self._new_maintenance(target, now_ms):
            self.recorder.say(planned)
        first = self.keeper.save(self.recorder.take(), now_ms)
        if not first.whole:
            raise EvidenceError(self.keeper.trouble)
        self.recorder.saved(first.records)
        self._introduce()
        if left:
            self.screen.took_over(max(run.ends_ms for run in left))
        self.task.trails.mkdir(parents=True, exist_ok=True)
        self._watch()

    def _introduce(self) -> None:
        names = ", ".join(
            f"{check.name} ({check.kind}{f' to {check.depth}' if check.kind != 'page' else ''}, every "
            f"{check.grid.every_ms / 1000:g} s)"
            for check in self.checks
        )
        platform = self.task.target.platform
        self.screen.note(f"watching {platform.name} ({platform.base_url}) from {self.keeper.vantage}: {names}")
        for remark in remarks(self.checks, self.task.target, self.task.clock.now()):
            self.screen.note(remark)

    def _watch(self) -> None:
        prober = Prober(
            target=self.task.target,
            clock=self.task.clock,
            canaries=Canaries(watch_value(self.task.target, "canaries"), self.task.clock),
            opening=self.opening,
            buyers=self.buyers,
            orders=self.orders,
        )
        self.world = RealWorld(probe=prober, save=self._save, chores=self._chores)
        self.watcher = Watcher(
            checks=self.checks,
            recorder=self.recorder,
            world=self.world,
            listener=self,
            rules=rules_of(self.task.target),
        )
        for words in self.orders.left_behind(self.opening):
            self.screen.note(words)
        try:
            with _signals(self.world.tell), self.screen.shown(), self._timer():
                self.watcher.run()
        finally:
            last = self.world.close()
        if last is not None:
            self.recorder.saved(last.records, doubtful=last.doubtful)
        self._leave()

    @contextlib.contextmanager
    def _timer(self) -> Iterator[None]:
        timer = threading.Timer(self.task.for_s or 0, self.world.tell, (Stop(),))
        timer.daemon = True
        if self.task.for_s is not None:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _leave(self) -> None:
        """Keep what was sealed last and end the run; then take away what was made on the platform for the watch.

        Raises:
            EvidenceError: the ledger did not take it; what stood in it before is untouched.
        """
        try:
            self._keep_the_last()
        finally:
            if any(check.places_orders for check in self.checks):
                self.world.probes_over_within(max(check.deadline_s for check in self.checks) + CANCELLING_S)
            for buyer in {id(each): each for each in self.buyers.values()}.values():
                if (words := buyer.leave()) is not None:
                    self.screen.note(words)
        left_out = self.watcher.not_tried()
        told = f"; {left_out} planned starts were left out, since the probe before them still ran" if left_out else ""
        self.screen.note(f"stopped; everything is sealed{told}")

    def _keep_the_last(self) -> None:
        for _ in range(LAST_TRIES):
            kept = self.keeper.save(self.recorder.take(), moment_now().wall_ms, last=True)
            self.recorder.saved(kept.records, doubtful=kept.doubtful)
            if kept.whole:
                break
        else:
            raise EvidenceError(
                f"{self.recorder.unsaved()} records could not be kept, and are unknown time from now on: "
                f"{self.keeper.trouble}"
            )
        self.timings.flush(self.task.store, moment_now().wall_ms)
        self.task.store.finish_run(self.keeper.run_id, {"not_tried": self.watcher.not_tried()})

    def next_start_ms(self, check: str) -> int:
        """Return when the next probe of a check is planned to start."""
        return self.watcher.next_start_ms(check)

    def answered(self, answer: Answer) -> None:
        """Take an answer (``Listener``)."""
        self.timings.answered(answer)
        self.screen.answered(answer)

    def changed(self, check: str, state: Seen, at_ms: int, why: str) -> None:
        """Take a change of state (``Listener``)."""
        self.screen.changed(check, state, at_ms, why)

    def gap(self, gap: Gap) -> None:
        """Take a gap (``Listener``)."""
        self.screen.gap(gap)

    def _save(self, batch: Batch, now_ms: int) -> Saved:
        saved = self.keeper.save(batch, now_ms)
        if saved.whole == self._away:
            self._away = not saved.whole
            waiting = len(batch.records)
            self.screen.note(
                f"the ledger is back; {waiting} records that waited are kept"
                if saved.whole
                else f"the ledger is away; watching goes on, what is found waits in memory: {self.keeper.trouble}"
            )
        return saved

    def _chores(self) -> None:
        now_ms = moment_now().wall_ms
        if not self._away:
            self.timings.flush_now_and_then(self.task.store, now_ms)
        stamp = self._stamped()
        if stamp is not None and stamp != self._stamp:
            self._stamp = stamp
            self._reread(now_ms)
        if self.orders.stays is not None and self.orders.told != self.orders.stays:
            self.orders.told = self.orders.stays
            self.screen.note(f"{self.orders.stays}; no more orders are placed until a person has looked")

    def _reread(self, now_ms: int) -> None:
        try:
            target = read_target(self.task.target.path)
        except SettingsError as error:
            self.screen.note(f"the target file has changed and is not taken: {error}")
            return
        fresh = self._new_maintenance(target, now_ms)
        self.world.tell(Reread(maintenance=fresh, rules=rules_of(target)))
        rest = "" if checks_of(target) == self.checks else "; the rest of it takes a new start"
        self.screen.note(f"the target file has changed: its maintenance and incident rules hold from now on{rest}")

    def _new_maintenance(self, target: Target, now_ms: int) -> tuple[Maintenance, ...]:
        fresh = not_known(planned_in(target, now_ms=now_ms), self.announced)
        self.announced = (*self.announced, *fresh)
        for planned in fresh:
            if planned.starts_ms <= now_ms:
                self.screen.note(
                    f"maintenance ({planned.reason}) was announced after it began: it counts as it is seen"
                )
        return fresh

    def _stamped(self) -> tuple[int, int] | None:
        try:
            state = self.task.target.path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size


@contextlib.contextmanager
def _signals(tell: Callable[[Stop], None]) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop the watch; a second one ends the process as it would anyway."""

    def stop(number: int, _: FrameType | None) -> None:
        signal.signal(number, before[number])
        tell(Stop())

    before = {int(number): signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
