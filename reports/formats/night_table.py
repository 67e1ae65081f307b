"""The nights of the last weeks, from the reading ``ledger.nights``: what ran, and which one was missed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from probes.observation import Observation
from reports import availability_words, night_words
from reports.dossier import Dossier
from reports.formats.reading_data import instant, mapping, number, rows, text, zone_of
from reports.verdict import Text

KIND: Final = "ledger.nights"
MOST: Final = 14
_LONG: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what ran, how it ended (a key of ``night_words.STEPS``), for how long, and why it was not done."""

    verb: Text
    name: str
    state: str
    took: Text | None
    cause: Text | None
    why: str
    record: str

    @property
    def explained(self) -> bool:
        """Whether the cause has words of its own in Chinese; ``why`` is English, as the program says it."""
        return self.cause is not None and self.cause.zh != self.cause.en

    @property
    def said(self) -> Text:
        """How it ended."""
        return availability_words.named(night_words.STEPS, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night, or (``state`` is missed, without steps) one that should have been, and ``why`` it could not be."""

    begins_ms: float
    begins: str
    ends: str
    state: str
    steps: tuple[Step, ...] = ()
    why: Text | None = None

    @property
    def said(self) -> Text:
        """How it went."""
        return availability_words.named(night_words.NIGHTS, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The newest nights, those that were missed among them; how many more there are, how many were missed in all."""

    nights: tuple[Night, ...]
    unlisted: int
    missed: int


def picture(dossier: Dossier) -> Picture | None:
    """Return the table; None where no night is declared, or nothing is known of any."""
    told = [each for each in dossier.readings if each.header.kind == KIND]
    if not told or not isinstance(told[-1], Observation):
        return None
    zone = zone_of(mapping(dossier.target.get("platform")).get("timezone"))
    data = told[-1].data
    missed = [_missed(mapping(each), zone) for each in rows(data.get("missed"))]
    nights = [*(_night(mapping(each), zone) for each in rows(data.get("nights"))), *missed]
    nights.sort(key=lambda night: -night.begins_ms)
    return Picture(nights=tuple(nights[:MOST]), unlisted=len(nights[MOST:]), missed=len(missed))


def _missed(window: Mapping[str, Any], zone: tzinfo) -> Night:
    begins, ends = number(window.get("starts_ms")) or 0.0, number(window.get("ends_ms")) or 0.0
    why = text(window.get("why"), _LONG)
    return Night(
        begins_ms=begins,
        begins=instant(begins, zone=zone),
        ends=instant(ends, "%H:%M", zone),
        state="missed",
        why=availability_words.named(night_words.MISSED, why) if why else None,
    )


def _night(data: Mapping[str, Any], zone: tzinfo) -> Night:
    begins, ended = number(data.get("started_ms")) or 0.0, number(data.get("ended_ms"))
    steps = tuple(_steps(data))
    state = text(data.get("ended"), _LONG)
    if state == "planned" and any(step.state != "done" for step in steps):
        state = "undone"
    return Night(
        begins_ms=begins,
        begins=instant(begins, zone=zone),
        ends="" if ended is None else instant(ended, "%H:%M", zone),
        state=state,
        steps=steps,
    )


def _steps(data: Mapping[str, Any]) -> Iterator[Step]:
    for each in map(mapping, rows(data.get("steps"))):
        verb, _, name = text(each.get("step"), _LONG).partition(":")
        begun, ended = number(each.get("started_ms")), number(each.get("ended_ms"))
        cause = text(each.get("cause"), _LONG)
        yield Step(
            verb=availability_words.named(night_words.VERBS, verb),
            name=name,
            state=text(each.get("ended"), _LONG),
            took=None if begun is None or ended is None else availability_words.span(round(ended - begun)),
            cause=availability_words.named(night_words.CAUSES, cause) if cause else None,
            why=text(each.get("why"), _LONG),
            record=text(each.get("record"), _LONG),
        )
