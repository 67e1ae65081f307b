"""Outages: when, how long, of which class, by whose word, and how the recovery divides. Pure.

The line is bounded by its width: what falls together is drawn together. The list holds at most ``ROWS`` outages, those
that are open and the longest; how many more there were is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reports import availability_words as words
from reports.availability import Incident
from reports.formats.service_record import Calendar
from reports.verdict import Text

ROWS: Final = 40
WIDTH: Final = 1000
"""Units of the line; a day is about 2.7 of them."""
_LEAST: Final = 4
CLASSES: Final = tuple(words.CLASSES)
STEPS: Final = tuple(words.STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The outages of one class on the line: (x, width) in units of ``WIDTH``, in order, none touching the next."""

    incident_class: str
    name: Text
    bars: tuple[tuple[int, int], ...]
    count: int

    @property
    def titled(self) -> Text:
        """The class and how many."""
        return Text(zh=f"{self.name.zh} {self.count}", en=f"{self.name.en} {self.count}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One step of a recovery: how long after the first failing probe, and its part of the outage in percent."""

    step: str
    name: Text
    after: Text
    begin: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outage in the list; ``length`` of an open one is how long it has lasted."""

    check: str
    starts: str
    length: Text
    is_open: bool
    incident_class: str
    name: Text
    by: str
    why: str
    said: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The line and the list; ``more`` outages are not in the list, ``more_length`` is what they last together."""

    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    count: int
    open_count: int
    more: int
    more_length: Text


def picture(outages: Sequence[Incident], year: Calendar) -> Picture:
    """Return the picture of the outages that touch the year."""
    own = [each for each in outages if each.ends_ms > year.edges_ms[0]]
    ranked = sorted(own, key=lambda each: (each.over, -each.lasted_ms))
    listed = sorted(ranked[:ROWS], key=lambda each: each.starts_ms, reverse=True)
    return Picture(
        lanes=tuple(_lane(name, [each for each in own if each.incident_class == name], year) for name in CLASSES),
        rows=tuple(_row(each, year) for each in listed),
        count=len(own),
        open_count=sum(not each.over for each in own),
        more=len(ranked[ROWS:]),
        more_length=words.span(sum(each.lasted_ms for each in ranked[ROWS:])),
    )


def _lane(name: str, outages: Iterable[Incident], year: Calendar) -> Lane:
    own = list(outages)
    unit = WIDTH / len(year.days)
    spans = sorted((round(year.place(each.starts_ms) * unit), round(year.place(each.ends_ms) * unit)) for each in own)
    return Lane(incident_class=name, name=words.CLASSES[name], bars=tuple(_joined(spans)), count=len(own))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    bars: list[tuple[int, int]] = []
    for first, last in spans:
        begin = min(first, WIDTH - _LEAST)
        end = max(last, begin + _LEAST)
        if bars and begin <= bars[-1][1] + 1:
            bars[-1] = (bars[-1][0], max(bars[-1][1], end))
        else:
            bars.append((begin, end))
    return ((begin, end - begin) for begin, end in bars)


def _row(outage: Incident, year: Calendar) -> Row:
    return Row(
        check=outage.check,
        starts=year.local(outage.starts_ms),
        length=words.span(outage.lasted_ms),
        is_open=not outage.over,
        incident_class=outage.incident_class,
        name=words.named(words.CLASSES, outage.incident_class),
        by="" if outage.word is None else outage.word.by,
        why=outage.why,
        said="" if outage.word is None else outage.word.why,
        parts=tuple(_parts(outage)),
    )


def _parts(outage: Incident) -> Iterator[Part]:
    """Yield the known steps; each reaches from the known instant before it, the first from the first failing probe."""
    word, at = outage.word, outage.starts_ms
    for step in STEPS if word is not None else ():
        instant = getattr(word, f"{step}_ms")
        if instant is not None:
            end = min(max(instant, at), outage.ends_ms)
            yield Part(
                step=step,
                name=words.STEPS[step],
                after=words.span(max(0, instant - outage.starts_ms)),
                begin=100 * (at - outage.starts_ms) / outage.lasted_ms,
                width=100 * (end - at) / outage.lasted_ms,
            )
            at = end
