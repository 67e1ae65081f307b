"""A run of load: prepare, push, read back, clean up, keep."""

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Final, Self

from conformance.exits import INTERRUPTED
from conformance.loading import business, telling
from conformance.loading.afterwards import afterwards, trails_of
from conformance.loading.beside import BACKUP_S, Neighbours
from conformance.loading.book import book_of
from conformance.loading.cleaning import NOTHING, time_for
from conformance.loading.keeping import keep, not_begun
from conformance.loading.lasting import longest_s, preparing_s
from conformance.loading.left_behind import left_behind
from conformance.loading.observed import Beside
from conformance.loading.preparing import Prepared, prepare
from conformance.loading.purchases import overlapped
from conformance.loading.screen import Screen
from conformance.loading.task import Task
from conformance.loading.venue import Venue, opened, trail_at
from conformance.turn import turn
from probes.errors import LookFailed
from probes.shop.clean import clean
from profiles.commands import LOOPBACK
from profiles.launch import run_load
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan

_CODES: Final = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def run(task: Task) -> int:
    """Run it, keep what came of it, say so, and return the exit status.

    Raises:
        SettingsError: another load run of the platform is under way.
        EvidenceError: the ledger, a trail or the record cannot be used.
    """
    screen, now = Screen(task.plan), task.clock.now()
    facts = {"tool": task.tool, "target_sha256": task.target.sha256, "load": task.plan.profile}
    platform_id, run_id = task.target.platform.id, task.plan.run_id
    backup_s = 0.0 if task.backup is None else BACKUP_S
    lasts_s = longest_s(task.target, task.plan, accounts=task.accounts, orders=task.orders) + backup_s
    # Two at once would put more on the platform than its ceiling allows, each being within it.
    own = turn(
        lambda: nullcontext(task.store),
        "load",
        platform_id,
        run_id=run_id,
        now=now,
        over_by=now + timedelta(seconds=lasts_s),
    )
    with own:
        task.store.start_run(run_id, facts)
        with Asking() as asking:
            status = _closed(task, screen, asking) if task.plan.closed is not None else _open(task, screen, asking)
        task.store.finish_run(run_id, {"exit": status})
    return status


@dataclass(slots=True)
class Asking:
    """SIGTERM and SIGINT end the run and keep its record; a second one ends this process as it would anyway."""

    stop: threading.Event = field(default_factory=threading.Event)
    why: str = ""
    _before: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Listen to them."""
        for number in _CODES:
            self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _asked(self, number: int, _: FrameType | None) -> None:
        for each, handler in self._before.items():  # whichever of them the second one is
            signal.signal(each, handler)
        self.why = _CODES[signal.Signals(number)]
        self.stop.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pushed:
    """What came of the pressure, and of what went on beside it."""

    plan: LoadPlan
    record: LoadRecord
    hosts: Sequence[Mapping[str, Any]]
    backup: dict[str, Any] | None


def _closed(task: Task, screen: Screen, asking: Asking) -> int:
    """Run a locustfile of the user's own: recorded, and never judged."""
    came = _push(task, task.plan, screen, asking)
    beside = Beside(business=business.nothing(), hosts=came.hosts, backup=came.backup, tidied=NOTHING)
    return keep(task, came.plan, came.record, beside, screen, attachments=())


def _open(task: Task, screen: Screen, asking: Asking) -> int:
    """Run our shoppers: prepare before, read back and clean up after, whatever came between."""
    assert task.adapter is not None, "a plan of ours is refused without"
    trail = trail_at(Path(task.plan.trails) / "run.jsonl", task.clock)
    with ExitStack() as stack:
        stack.enter_context(closing(trail))
        place = opened(
            task.target,
            task.adapter,
            clock=task.clock,
            redactor=task.redactor,
            run_id=task.plan.run_id,
            secret=task.secret,
            trail=trail,
        )
        try:
            venue = stack.enter_context(place)
        except LookFailed as failed:
            return not_begun(task, failed, screen)
        with _tidied_in_the_end(venue, screen):
            try:
                ready = _prepared(task, venue, screen)
            except LookFailed as failed:
                return not_begun(task, failed, screen)
            return INTERRUPTED if asking.stop.is_set() else _pushed(task, venue, ready, screen, asking)


@contextlib.contextmanager
def _tidied_in_the_end(venue: Venue, screen: Screen) -> Iterator[None]:
    """Take away what still stands on the run's own trail, where nobody came so far as to do that."""
    try:
        yield
    finally:
        if venue.trail.standing() and not venue.tidied.is_set():
            left = clean(venue.shop, venue.trail, deadline=venue.within(time_for(0))).left
            for each in left:
                screen.note(f"{each.entry.kind} {each.entry.id} stays: {each.why}")


def _prepared(task: Task, venue: Venue, screen: Screen) -> Prepared:
    screen.note(f"preparing {task.plan.profile} on {task.target.platform.name} ({task.target.platform.base_url})")
    for words in left_behind(venue, trails=Path(task.plan.trails).parent, plans=task.folder.parent):
        screen.note(words)
    deadline = venue.within(preparing_s(task.accounts))
    ready = prepare(venue, accounts=task.accounts, orders=task.orders, products=task.products, deadline=deadline)
    for remark in ready.remarks:
        screen.note(remark)
    return ready


def _pushed(task: Task, venue: Venue, ready: Prepared, screen: Screen, asking: Asking) -> int:
    urls = tuple(article.url for article in ready.articles)
    plan = replace(task.plan, accounts=ready.accounts, product_urls=urls, search_terms=ready.search_terms)
    came = _push(task, plan, screen, asking)
    contents, entries = trails_of(Path(plan.trails))
    book = book_of(entries)
    screen.note(f"reading back {telling.counted(book.acknowledged, 'order')}, then cleaning up")
    told, tidied = afterwards(venue, ready, came.record, book, folder=Path(plan.trails))
    if came.backup is not None:
        came.backup["purchases"] = overlapped(entries, came.backup, ended_ms=came.record.ended_ms)
    beside = Beside(business=told, hosts=came.hosts, backup=came.backup, tidied=tidied)
    return keep(task, plan, came.record, beside, screen, attachments=contents)


def _push(task: Task, plan: LoadPlan, screen: Screen, asking: Asking) -> _Pushed:
    """Let the shoppers come, the hosts being watched meanwhile."""
    path = task.folder / "plan.json"
    path.write_bytes(plan.encode())
    neighbours = Neighbours(target=task.target, plan=plan, clock=task.clock, redactor=task.redactor, backup=task.backup)

    def on_second(told: Mapping[str, Any]) -> None:
        screen.second(told)
        neighbours.second(told)

    screen.note(f"to end it: Ctrl-C, or touch {plan.stop_file}")
    if task.web_port is not None:
        screen.note(f"Locust's own page: http://{LOOPBACK}:{task.web_port}/")
    neighbours.begin()
    try:
        with screen.shown():
            record = run_load(
                path,
                secret=task.secret,
                on_second=on_second,
                stop=asking.stop,
                why=lambda: asking.why,
                web_port=task.web_port,
                host=task.target.platform.base_url,
                place=task.place,
            )
    finally:
        hosts = neighbours.hosts()
    if neighbours.backing_up and not asking.stop.is_set():
        screen.note("waiting for the backup to end")
    return _Pushed(plan=plan, record=record, hosts=hosts, backup=neighbours.backed_up(asking.stop.is_set))
