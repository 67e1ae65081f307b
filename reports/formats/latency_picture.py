"""Latencies over the last year: the percentiles of each day on a logarithmic scale; a gap stays a gap. Pure."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from reports import availability_words as words
from reports.formats.scales import log_height, log_span, log_ticks
from reports.formats.service_record import Calendar
from reports.verdict import Text

SERIES: Final = ("p50", "p95", "p99", "max")
HEIGHT: Final = 200
"""Units from the top of the scale to its foot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One percentile: the path in units of a tenth of a day and of ``HEIGHT``; its highest day."""

    series: str
    path: str
    highest: str
    highest_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in figures: its samples, the span of the daily medians, the highest of the other percentiles."""

    name: Text
    days: int
    samples: int
    medians: str
    highest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The latencies of one check; ``ticks`` are (place from the top, words)."""

    check: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    width: int
    months: tuple[Month, ...]
    days: int


Known = tuple[int, date, int, tuple[float, ...]]


def picture(name: str, rows: Sequence[Sequence[Any]], year: Calendar) -> Picture | None:
    """Return the picture of one check's days (day, count, p50, p95, p99, max in ms); None without any in the year."""
    numbers = {day.isoformat(): number for number, day in enumerate(year.days)}
    known = sorted(
        (numbers[day], year.days[numbers[day]], count, tuple(max(1.0, value) for value in values))
        for day, count, *values in rows
        if day in numbers and count and None not in values
    )
    if not known:
        return None
    low, high = _span(known)
    return Picture(
        check=name,
        lines=tuple(_line(series, number, known, low, high) for number, series in enumerate(SERIES)),
        ticks=tuple((log_height(value, low, high, HEIGHT), words.latency(value)) for value in log_ticks(low, high)),
        width=10 * len(year.days),
        months=tuple(_months(known)),
        days=len(known),
    )


def _span(known: Sequence[Known]) -> tuple[float, float]:
    return log_span(min(each[3][0] for each in known), max(max(each[3]) for each in known))


def _line(series: str, number: int, known: Sequence[Known], low: float, high: float) -> Line:
    points = [(each[0] * 10 + 5, log_height(each[3][number], low, high, HEIGHT)) for each in known]
    highest = max(known, key=lambda each: each[3][number])
    return Line(
        series=series,
        path="".join(_stretches(points)),
        highest=words.latency(highest[3][number]),
        highest_on=highest[1].isoformat(),
    )


def _stretches(points: Sequence[tuple[int, float]]) -> Iterator[str]:
    """Yield a path for each run of neighbouring days; a day alone is a dot (a line of no length with round ends)."""
    for _, group in itertools.groupby(enumerate(points), key=lambda each: each[1][0] - 10 * each[0]):
        stretch = [point for _, point in group]
        moves = [f"{x} {y:g}" for x, y in stretch]
        yield "M" + "L".join(moves) + ("h0" if len(moves) == 1 else "")


def _months(known: Sequence[Known]) -> Iterator[Month]:
    for (year, month), group in itertools.groupby(known, key=lambda each: (each[1].year, each[1].month)):
        own = list(group)
        medians = [each[3][0] for each in own]
        yield Month(
            name=words.month(date(year, month, 1), year=True),
            days=len(own),
            samples=sum(each[2] for each in own),
            medians=f"{words.latency(min(medians))} – {words.latency(max(medians))}",
            highest=tuple(words.latency(max(each[3][number] for each in own)) for number in range(1, len(SERIES))),
        )


def months_of(year: Calendar) -> tuple[tuple[float, Text], ...]:
    """Return where each month of the year begins, in percent of the width, and its name."""
    whole = len(year.days)
    firsts = [(number, day) for number, day in enumerate(year.days) if day.day == 1]
    return tuple((round(100 * number / whole, 2), words.month(day)) for number, day in firsts)
