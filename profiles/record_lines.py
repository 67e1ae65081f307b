"""Reads the lines of a load record: strictly, since whoever judges by them must not be told what nobody wrote."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from probes.errors import EvidenceError
from profiles.fields import Fields, finite
from profiles.record import (
    ENDED,
    SCHEMA,
    SECOND_COUNTS,
    TOTALS,
    Failure,
    Footer,
    Header,
    Line,
    Lost,
    Second,
    StepTotal,
    Stopped,
)


def line_of(raw: bytes, *, place: str) -> Line:
    """Return one line of a record.

    Raises:
        EvidenceError: it is none; ``place`` names where it stands.
    """
    faults: list[str] = []
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{place}: not a line of a load record; the file was altered") from error
    fields = Fields(values, place=place, faults=faults)
    line = _READERS[fields.one_of("line", tuple(_READERS))](fields)
    fields.done()
    if faults:
        raise EvidenceError(f"{faults[0]}; the file was altered, or another version wrote it")
    return line


def _header(fields: Fields) -> Header:
    fields.one_of("schema", (SCHEMA,))
    tools = fields.table("tools")
    return Header(
        run_id=fields.text("run_id"),
        plan_sha256=fields.text("plan_sha256"),
        model="closed" if fields.one_of("model", ("open", "closed")) == "closed" else "open",
        workers=fields.whole("workers", least=1),
        started_ms=fields.whole("started_ms"),
        tools={name: tools.text(name) for name in tools.names()},
        skew_ms=_numbers(fields, "skew_ms"),
    )


def _second(fields: Fields) -> Second:
    return Second(
        **{name: fields.whole(name) for name in SECOND_COUNTS},
        late_ms_max=fields.number("late_ms_max", least=0),
        latency=fields.text("latency"),
        cpu_percent=_numbers(fields, "cpu_percent"),
    )


def _lost(fields: Fields) -> Lost:
    return Lost(worker=fields.whole("worker"), second=fields.whole("second"), why=fields.text("why", empty=True))


def _stopped(fields: Fields) -> Stopped:
    return Stopped(why=fields.text("why"), detail=fields.text("detail", empty=True), second=fields.whole("second"))


def _footer(fields: Fields) -> Footer:
    totals, steps = fields.table("totals"), fields.table("steps")
    found = {name: totals.whole(name) for name in TOTALS}
    totals.done()
    ended = fields.one_of("ended", ENDED)
    return Footer(
        ended_ms=fields.whole("ended_ms"),
        ended=next((known for known in ENDED if known == ended), "broken"),
        totals=found,
        steps={name: _step(steps.table(name)) for name in steps.names()},
        failures=tuple(_failure(each) for each in fields.tables("failures")),
    )


def _step(fields: Fields) -> StepTotal:
    step = StepTotal(count=fields.whole("count"), failed=fields.whole("failed"), latency=fields.text("latency"))
    fields.done()
    return step


def _failure(fields: Fields) -> Failure:
    failure = Failure(step=fields.text("step"), why=fields.text("why"), count=fields.whole("count", least=1))
    fields.done()
    return failure


def _numbers(fields: Fields, name: str) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for value in fields.items(name):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            fields.fault(name, "must be a list of numbers")
        elif value is not None and not finite(value):
            fields.fault(name, "must be a list of finite numbers")
        else:
            found.append(None if value is None else float(value))
    return tuple(found)


_READERS: Final[Mapping[str, Callable[[Fields], Line]]] = {
    "header": _header,
    "second": _second,
    "lost": _lost,
    "stopped": _stopped,
    "footer": _footer,
}
