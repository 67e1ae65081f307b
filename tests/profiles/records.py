"""Records of runs that never were: a good one for any plan, to be spoiled in one way at a time."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from probes.canonical import canonical_bytes
from profiles.arrivals import planned_per_second
from profiles.outcome import LoadRecord, read_record
from profiles.plan import LoadPlan, Stage
from profiles.record import Footer, Header, Line, Second
from profiles.tally import Slice, Tally
from tests.profiles.plans import plan

STARTED_MS = 1_790_000_000_000
TWENTY_S = (Stage(rate_per_s=10, seconds=20),)


def twenty(**changed: Any) -> LoadPlan:
    """Return a plan of ten arrivals a second for twenty seconds."""
    return plan(**{"stages": TWENTY_S, **changed})


def good(of: LoadPlan, *, latency_s: float = 0.147) -> list[Line]:
    """Return the lines of a run that went as planned: each shopper takes one step, in its second."""
    return recorded(of, [second_of(planned, latency_s) for planned in planned_per_second(of)])


def recorded(of: LoadPlan, slices: Iterable[Slice]) -> list[Line]:
    """Return the lines of a run of which this was counted, second by second."""
    total, seconds = Slice(), list[Second]()
    planned_in = dict(enumerate(planned_per_second(of)))
    for number, counted in enumerate(slices):
        total.add(counted)
        planned = planned_in.get(number, 0)
        cpu = tuple(12.5 for _ in range(of.workers))
        at_ms = STARTED_MS + 1000 * (number + 1) + 20
        seconds.append(Second.of(counted, second=number, at_ms=at_ms, planned=planned, cpu_percent=cpu))
    header = Header(
        run_id=of.run_id,
        plan_sha256=of.sha256(),
        model=of.model,
        workers=of.workers,
        started_ms=STARTED_MS,
        tools={"locust": "2.47.0"},
        skew_ms=(0.0,) * of.workers,
    )
    ended_ms = STARTED_MS + 1000 * len(seconds) + 100
    planned = sum(second.planned for second in seconds)
    return [header, *seconds, Footer.of(total, ended_ms=ended_ms, ended="planned", planned=planned)]


def second_of(shoppers: int, latency_s: float, *, failed: int = 0) -> Slice:
    """Return what a worker counts of so many shoppers who take one step each."""
    tally = Tally()
    for number in range(shoppers):
        tally.start(0.0)
        bad = number < failed
        tally.step("browse", latency_s, "502 Bad Gateway" if bad else None)
        if bad:
            tally.failed()
        else:
            tally.done()
    return tally.take()


def raw(lines: Iterable[Line]) -> bytes:
    """Return the bytes of a record."""
    return b"".join(canonical_bytes(line.as_json()) + b"\n" for line in lines)


def read(lines: Iterable[Line]) -> LoadRecord:
    """Return the record as read from its bytes."""
    return read_record(raw(lines), name="record.jsonl")


def changed(lines: Iterable[Line], *seconds: int, **fields: Any) -> list[Line]:
    """Return the lines with something else in these seconds, and a footer that knows it."""
    found = [replace(line, **fields) if isinstance(line, Second) and line.second in seconds else line for line in lines]
    return refooted(found)


def refooted(lines: Iterable[Line], **fields: Any) -> list[Line]:
    """Return the lines with a footer whose totals are those of the seconds, and with other fields."""
    found = list(lines)
    seconds = [line for line in found if isinstance(line, Second)]
    return [
        replace(
            line,
            totals={name: sum(int(getattr(second, name)) for second in seconds) for name in line.totals},
            **fields,
        )
        if isinstance(line, Footer)
        else line
        for line in found
    ]
