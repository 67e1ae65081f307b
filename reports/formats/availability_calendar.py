"""The availability calendar: a cell a day of the last year, a column a week, in two halves side by side. Pure.

A day has one state, and its own pattern besides its colour. Nothing is green that was not known all day: what is
missing of a day shows, unless the day violates already by what is known of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from reports import availability_words as words
from reports.availability import Service, availability
from reports.daily import Day
from reports.formats.service_record import Calendar, days
from reports.verdict import Text

STATES: Final = tuple(words.DAYS)
PITCH, CELL = 14, 12
LEFT, TOP = 26, 18
_ROWS: Final = 7
_ROOM: Final = 3  # columns that a month's name takes
_WITH_YEAR: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day: its state, its place in units of the drawing, and all that is known of it in words."""

    day: date
    state: str
    x: int
    y: int
    weekday: Text
    says: Text
    maintained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One half of the year: its cells, the months above them, its width in units of the drawing."""

    cells: tuple[Cell, ...]
    months: tuple[tuple[int, Text], ...]
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in figures, for those who do not see the drawing; its whole days by state, and the sums of all of it."""

    name: Text
    days: Mapping[str, int]
    tried: int
    failed: int
    down: Text
    unknown: Text
    excluded: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The calendar of one check; ``maintained`` days had some planned maintenance besides what else they are."""

    check: Service
    halves: tuple[Half, ...]
    legend: tuple[tuple[str, Text, int], ...]
    months: tuple[Month, ...]
    available: str
    maintained: int
    height: int = TOP + _ROWS * PITCH


def picture(check: Service, year: Calendar, limit: float) -> Picture:
    """Return the calendar of a check; days whose share of failures reaches ``limit`` are those that violate."""
    known = days(check, year)
    states = [state(day, limit, check.every_ms, over=day is not known[-1] or not year.unfinished) for day in known]
    halves = tuple(_halves(year.days, known, states))
    counts = Counter(cell.state for half in halves for cell in half.cells)
    return Picture(
        check=check,
        halves=halves,
        maintained=sum(cell.maintained for half in halves for cell in half.cells),
        legend=tuple((name, words.DAYS[name], counts[name]) for name in STATES if counts[name]),
        months=tuple(_months(year.days, known, states)),
        available=_available(check, year),
    )


def state(day: Day, limit: float, every_ms: int, *, over: bool = True) -> str:
    """Return the one state of a day.

    What is known to violate outranks what is unknown; what is unknown outranks what is good. A gap shorter than one
    interval of the probes hides none of them.
    """
    spent = day.spent
    failing = day.failed > 0 or spent.down_ms > 0
    if not (spent.up_ms or spent.down_ms):
        return "excluded" if spent.excluded_ms > spent.unknown_ms else "unknown"
    share = day.rate if day.tried else spent.down_ms / (spent.up_ms + spent.down_ms)
    if failing and share >= limit:
        return "bad"
    if not over or spent.unknown_ms >= every_ms:
        return "partly"
    return "some" if failing else "good"


def _halves(days: Sequence[date], known: Sequence[Day], states: Sequence[str]) -> Iterator[Half]:
    monday = days[0] - timedelta(days=days[0].weekday())
    last = days[-1] + timedelta(days=_ROWS - 1 - days[-1].weekday())
    weeks = ((last - monday).days + 1) // _ROWS
    by_day = dict(zip(days, zip(known, states, strict=True), strict=True))
    half = (weeks + 1) // 2
    for first in (0, half):
        width = min(half, weeks - first)
        begin = monday + timedelta(weeks=first)
        shown = [begin + timedelta(days=number) for number in range(width * _ROWS)]
        yield Half(
            cells=tuple(_cell(each, (each - begin).days, by_day) for each in shown if each >= days[0]),
            months=tuple(_names(max(shown[0], days[0]), begin, width)),
            width=LEFT + half * PITCH,
        )


def _cell(day: date, number: int, by_day: Mapping[date, tuple[Day, str]]) -> Cell:
    column, row = divmod(number, _ROWS)
    known = by_day.get(day)
    return Cell(
        day=day,
        state=known[1] if known else "future",
        x=LEFT + column * PITCH,
        y=TOP + row * PITCH,
        weekday=words.WEEKDAYS[day.weekday()],
        says=_says(*known) if known else words.DAYS["future"],
        maintained=known is not None and known[0].spent.excluded_ms > 0 and known[1] != "excluded",
    )


def _names(first: date, begin: date, width: int) -> Iterator[tuple[int, Text]]:
    """Yield where the names of months stand: over the week of their first day, the year with the first that has room.

    The month with which a half begins is named where there is room for it.
    """
    days = (begin + timedelta(days=number) for number in range(width * _ROWS))
    firsts = [first, *(day for day in days if day.day == 1 and day > first)]
    columns = [(day - begin).days // _ROWS for day in firsts]
    dated = False
    for day, column, following in zip(firsts, columns, [*columns[1:], width], strict=True):
        room = following - column
        if room >= _ROOM:
            year = room >= _WITH_YEAR and (day.month == 1 or not dated)
            dated = dated or year
            yield LEFT + column * PITCH, words.month(day, year=year)


def _says(day: Day, told: str) -> Text:
    zh, en = ([words.DAYS[told].zh], [words.DAYS[told].en]) if told in {"good", "unknown", "partly"} else ([], [])
    spent = day.spent
    parts = (
        ("停机", "down", spent.down_ms),
        ("未知", "unknown", spent.unknown_ms),
        ("计划维护", "planned maintenance", spent.excluded_ms),
    )
    for zh_part, en_part, length in parts:
        if length and told != "unknown":
            zh.append(f"{zh_part} {words.span(length).zh}")
            en.append(f"{en_part} {words.span(length).en}")
    if day.tried:
        share = f"{100 * day.rate:.2f} %"
        zh.append(f"探测 {day.tried} 次，失败 {day.failed} 次" + (f"（{share}）" if day.failed else ""))
        en.append(f"{day.failed} of {day.tried} probes failed" + (f" ({share})" if day.failed else ""))
    return Text(zh="；".join(zh), en="; ".join(en))


def _months(days: Sequence[date], known: Sequence[Day], states: Sequence[str]) -> Iterator[Month]:
    told = zip(days, known, states, strict=True)
    for (year, month), group in groupby(told, key=lambda each: (each[0].year, each[0].month)):
        found = list(group)
        own = [each for _, each, _ in found]
        yield Month(
            name=words.month(date(year, month, 1), year=True),
            days=Counter(state for _, _, state in found),
            tried=sum(each.tried for each in own),
            failed=sum(each.failed for each in own),
            down=words.span(sum(each.spent.down_ms for each in own)),
            unknown=words.span(sum(each.spent.unknown_ms for each in own)),
            excluded=words.span(sum(each.spent.excluded_ms for each in own)),
        )


def _available(check: Service, year: Calendar) -> str:
    """Return the share of up time in the known time, rounded down: never 100 % beside an outage; a dash for nothing."""
    known = availability(check.known, year.edges_ms[0], year.ends_ms)
    up, down = known.up_ms, known.down_ms
    return f"{up * 100_000 // (up + down) / 1000:.3f} %" if up + down else "—"
