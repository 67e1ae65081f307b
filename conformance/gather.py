"""Gathers the planned looks: side by side where they do not disturb each other, each kept before the next begins."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeAlias

from conformance.plan import PlannedLook
from probes.clock import Clock, Deadline
from probes.look import Look
from probes.observation import Reading
from probes.runner import deadline_of, run_probe

Outcome: TypeAlias = tuple[Reading, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One finished look: what was read, its attachments, and how long it took (seconds)."""

    planned: PlannedLook
    reading: Reading
    attachments: tuple[bytes, ...]
    elapsed_s: float


@dataclass(slots=True)
class _Running:
    planned: PlannedLook
    started_s: float


def gather(
    planned: Sequence[PlannedLook],
    look_at: Callable[[PlannedLook, Deadline], Look],
    *,
    run_id: str,
    clock: Clock,
    whole: Deadline,
    workers: int,
    keep: Callable[[Gathered], None],
) -> tuple[Gathered, ...]:
    """Run every planned look and hand each to ``keep`` as soon as it is over; returns them in the order of the plan.

    A look starts when all looks of its probe's ``after`` kinds are over (of a ``last`` one, all but others such) and
    none of its ``exclusive`` resources is in use. ``keep`` runs in the caller's thread; what it, or a look, raises
    (Ctrl-C too) ends the gathering: the running looks are called off, and are over with their next request at the
    latest.

    Raises:
        RuntimeError: the rest of the plan can never start (a bug of ours).
    """
    waiting = list(planned)
    running: dict[Future[Outcome], _Running] = {}
    over: dict[str, Gathered] = {}
    stop = threading.Event()
    whole = whole.unless(stop.is_set)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="look") as pool:
        try:
            while waiting or running:
                for item in _startable(waiting, [entry.planned for entry in running.values()], workers - len(running)):
                    waiting.remove(item)
                    look = look_at(item, deadline_of(item.probe, clock, whole))
                    future = pool.submit(run_probe, item.probe, look, run_id=run_id)
                    running[future] = _Running(item, clock.monotonic_s())
                if not running:
                    names = ", ".join(item.name for item in waiting)
                    raise RuntimeError(f"these looks wait for one another: {names}")
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    entry = running.pop(future)
                    reading, attachments = future.result()
                    gathered = Gathered(
                        planned=entry.planned,
                        reading=reading,
                        attachments=attachments,
                        elapsed_s=clock.monotonic_s() - entry.started_s,
                    )
                    over[entry.planned.name] = gathered
                    keep(gathered)
        finally:
            stop.set()
            for future in running:
                future.cancel()
    return tuple(over[item.name] for item in planned)


def _startable(waiting: Sequence[PlannedLook], running: Sequence[PlannedLook], room: int) -> Iterable[PlannedLook]:
    """Return the looks that may start now; those whose chain is longest come first."""
    unfinished = {item.probe.name for item in (*waiting, *running)}
    busy = {resource for item in running for resource in item.probe.exclusive}
    chosen: list[PlannedLook] = []
    only_last = all(item.probe.last for item in (*waiting, *running))
    ready = [
        item for item in waiting if not unfinished.intersection(item.probe.after) and (only_last or not item.probe.last)
    ]
    for item in sorted(ready, key=lambda one: -_followers(one, waiting)):
        if len(chosen) < room and not busy.intersection(item.probe.exclusive):
            busy |= item.probe.exclusive
            chosen.append(item)
    return chosen


def _followers(item: PlannedLook, waiting: Sequence[PlannedLook]) -> int:
    return sum(item.probe.name in other.probe.after for other in waiting)
