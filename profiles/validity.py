"""Whether a run tells anything: before any pass or fail, the generator itself is looked at.

A run is valid when this finds no reason against it. Reasons are codes with numbers, so that they can be kept as data
and said in any language (``profiles.validity_words``).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from probes.canonical import Frozen, freeze
from profiles.arrivals import planned_per_second
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan
from profiles.record import Second
from profiles.tally import LATE_S

RATE_OFF: Final = 0.01
"""Share of the planned arrivals by which those delivered may differ, over the held stages."""

EDGE: Final = 1
"""Arrivals that may fall into the second after the one they were planned in, however few there are."""

CPU_PERCENT: Final = 80.0
CPU_WINDOW_S: Final = 10
LATE_SHARE: Final = 0.005
"""Share of the arrivals that may start late: half of what lies beyond p99."""

LATEST_MS: Final = 1000.0
"""A generator that woke later than this once was not there."""

SKEW_MS: Final = 1000 * LATE_S
STEP_MS: Final = 1000.0
"""By so much the wall clock may drift against the seconds counted; by more it was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a run tells nothing: a code, and the numbers that show it."""

    code: str
    numbers: Mapping[str, Frozen]

    def as_json(self) -> dict[str, Any]:
        """Return ``{"code": ..., **numbers}``."""
        return {"code": self.code, **self.numbers}


def reasons_against(plan: LoadPlan, record: LoadRecord) -> tuple[Reason, ...]:
    """Return every reason why this record of this plan tells nothing; none means that the run is valid.

    Of a closed model, and of a run that ended before its second 0 did, only what ended it: the rest follows from that.
    """
    pushed = plan.model == record.header.model == "open" and record.seconds and _pushed_s(plan, record) > 0
    how_well = (_rate, _dropped, _cpu, _late, _clocks, _something) if pushed else ()
    return tuple(reason for look in (_whole, _same_plan, _workers, *how_well) for reason in look(plan, record))


def _reason(code: str, **numbers: Any) -> Reason:
    return Reason(code=code, numbers=freeze(numbers))


def _whole(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    if plan.model == "closed" or record.header.model == "closed":
        yield _reason("closed-model")
    if record.stopped is not None:
        yield _reason("stopped", why=record.stopped.why, detail=record.stopped.detail, second=record.stopped.second)
    elif record.footer is None:
        yield _reason("cut-off", second=len(record.seconds), torn_bytes=record.torn_bytes)
    elif record.footer.ended != "planned" and not record.lost:
        yield _reason("not-ended", ended=record.footer.ended)
    missing = math.ceil(plan.seconds) - len(record.seconds)
    if record.footer is not None and record.footer.ended == "planned" and missing > 0:
        yield _reason("seconds-missing", seconds=missing)
    for what in record.odd:
        yield _reason("inconsistent", what=what)
    if record.footer is not None and record.torn_bytes:
        yield _reason("inconsistent", what="a torn line follows the footer")


def _same_plan(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    if record.header.plan_sha256 != plan.sha256() or record.header.run_id != plan.run_id:
        yield _reason("other-plan", plan=plan.sha256(), record=record.header.plan_sha256)
    elif plan.model == "open":
        planned = planned_per_second(plan)
        told = [second.planned for second in record.seconds]
        length = min(len(planned), len(told))
        if told[:length] != planned[:length] or any(told[length:]):
            yield _reason("other-plan", plan=sum(planned[:length]), record=sum(told))


def _workers(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    for lost in record.lost:
        yield _reason("lost-worker", worker=lost.worker, second=lost.second, why=lost.why)
    if record.header.workers != plan.workers:
        yield _reason("workers", planned=plan.workers, there=record.header.workers)


def _rate(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    pushed_s, found = _pushed_s(plan, record), False
    for from_s, to_s, rate_per_s in plan.held:
        seconds = record.between(from_s, min(to_s, pushed_s))
        planned, started = (sum(getattr(second, name) for second in seconds) for name in ("planned", "started"))
        if _far(abs(started - planned), planned):
            found = True
            yield _off((from_s, to_s, rate_per_s), planned, started, abs(started - planned))
    if found or record.stopped is not None:
        return
    # Ramps, and stages of less than a second, are held to nothing else: whoever was to come came, or found no room.
    planned, started, dropped = (record.total(name) for name in ("planned", "started", "dropped"))
    off = max(planned - started - dropped, started - planned)
    if _far(off, planned):
        yield _off((0.0, plan.seconds, plan.peak_rate_per_s), planned, started, off)


def _far(off: int, planned: int) -> bool:
    return off > max(RATE_OFF * planned, EDGE)


def _off(span: tuple[float, float, float], planned: int, delivered: int, off: int) -> Reason:
    from_s, to_s, rate_per_s = span
    return _reason(
        "rate",
        from_s=from_s,
        to_s=to_s,
        rate_per_s=rate_per_s,
        planned=planned,
        delivered=delivered,
        off_percent=round(100 * off / planned, 2) if planned else 100.0,
    )


def _pushed_s(plan: LoadPlan, record: LoadRecord) -> float:
    """Return until when shoppers came: to the end of the stages, or to the second in which the run was stopped."""
    return plan.seconds if record.stopped is None else min(plan.seconds, record.stopped.second)


def _dropped(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    dropped, planned = record.total("dropped"), record.total("planned")
    if dropped > plan.budgets.dropped_share * planned:
        yield _reason(
            "dropped",
            dropped=dropped,
            planned=planned,
            percent=round(100 * dropped / planned, 3) if planned else 100.0,
            budget_percent=100 * plan.budgets.dropped_share,
        )


def _cpu(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    seconds = [second for second in record.seconds if second.second < _pushed_s(plan, record)]
    for worker in range(record.header.workers):
        told = [second.cpu_percent[worker] for second in seconds if worker < len(second.cpu_percent)]
        known = [percent for percent in told if percent is not None]
        if not known or len(known) < len(seconds) // 2:
            yield _reason("cpu-unknown", worker=worker)
            continue
        worst = max(_means(known, CPU_WINDOW_S))
        if worst >= CPU_PERCENT:
            yield _reason("cpu", worker=worker, percent=round(worst, 1), limit_percent=CPU_PERCENT)


def _late(_: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    late, came = record.total("late"), record.total("started") + record.total("dropped")
    worst_ms = max((second.late_ms_max for second in record.seconds), default=0.0)
    if late > max(LATE_SHARE * came, EDGE) or worst_ms >= LATEST_MS:
        yield _reason("late", late=late, arrivals=came, worst_ms=round(worst_ms), limit_ms=1000 * LATE_S)


def _clocks(_: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    for worker, skew_ms in enumerate(record.header.skew_ms):
        if skew_ms is None:
            yield _reason("clock-unknown", worker=worker)
        elif abs(skew_ms) > SKEW_MS:
            yield _reason("clock-skew", worker=worker, skew_ms=skew_ms, limit_ms=SKEW_MS)
    if len(record.header.skew_ms) < record.header.workers:
        yield _reason("clock-unknown", worker=len(record.header.skew_ms))
    stood = _stood_ms(record.header.started_ms, record.seconds)
    stepped_ms, behind_ms = max(stood) - min(stood), min(stood)
    if max(stepped_ms, -behind_ms) > STEP_MS:
        yield _reason("clock-stepped", by_ms=max(stepped_ms, -behind_ms))
    if behind_ms > STEP_MS:
        yield _reason("behind", by_ms=behind_ms)


def _stood_ms(started_ms: int, seconds: Sequence[Second]) -> list[int]:
    """Return by how much the wall clock was ahead of the seconds counted, in each ten of them.

    A second is noticed late now and then, but never early: so the earliest of each ten is where the clock stood.
    """
    ahead = [second.at_ms - started_ms - 1000 * (second.second + 1) for second in seconds]
    return [min(ahead[at : at + CPU_WINDOW_S]) for at in range(0, len(ahead), CPU_WINDOW_S)]


def _something(plan: LoadPlan, record: LoadRecord) -> Iterator[Reason]:
    # Users of a locustfile of somebody's own are not counted as arrivals.
    if not record.total("steps") or (plan.model == "open" and not record.total("started")):
        yield _reason("nothing", started=record.total("started"), steps=record.total("steps"))


def _means(values: Sequence[float], length: int) -> Iterator[float]:
    """Yield the mean of each run of so many values; of all where they are fewer."""
    length = min(length, len(values))
    for at in range(len(values) - length + 1):
        yield math.fsum(values[at : at + length]) / length
