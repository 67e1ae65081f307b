"""The newest run of each drill as a time line: fault, first failing journey, who acted when, back, taken out. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reports import availability_words, drill_words
from reports.formats.drill_record import Run
from reports.formats.reading_data import instant, mapping, number, rows, text
from reports.verdict import Text

MOST: Final = 12
"""Drills that are drawn: what came out badly or tells nothing first."""
_RANK: Final = ("over", "open", "untold", "within", "free")
_LONG: Final = 160
_MS: Final = 1000
_LEFT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One step after the fault: where its stretch lies (percent of the line), and how long after the fault it was."""

    step: str
    name: Text
    after: Text
    begin: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One drill: its newest run. ``limit_at`` and ``out_at`` are percent of the line, None where they lie outside."""

    run: Run
    ended: str
    parts: tuple[Part, ...]
    length: Text
    limit_at: float | None
    out_at: float | None
    out_by: Text | None
    effect: str
    healed: str
    journeys: tuple[tuple[Text, int, int], ...]
    left: tuple[str, ...]
    left_more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drills that are drawn, and how many are not."""

    sheets: tuple[Sheet, ...]
    undrawn: int


def picture(found: Sequence[Run]) -> Picture:
    """Return the time lines, of runs the newest first."""
    newest = {run.name: run for run in reversed(found)}
    ranked = sorted(newest.values(), key=lambda run: (_RANK.index(run.state), run.name))
    return Picture(sheets=tuple(_sheet(run) for run in ranked[:MOST]), undrawn=len(ranked[MOST:]))


def _sheet(run: Run) -> Sheet:
    begin = run.at_ms("injected")
    reached = [each for each in (run.at_ms(name) for name in _FIELDS.values()) if each is not None]
    end = max([*reached, *([run.reverted_ms] if run.reverted_ms is not None else [])], default=None)
    whole = 0.0 if begin is None or end is None else max(0.0, end - begin)
    left = [text(each, _LONG) for each in rows(run.data.get("left_behind"))]
    return Sheet(
        run=run,
        ended=instant(run.ended_ms),
        parts=tuple(_parts(run, begin or 0.0, whole)) if whole else (),
        length=availability_words.span(round(whole)),
        limit_at=_place(run.limit_s * _MS, whole) if run.limit_s is not None else None,
        out_at=_place(run.reverted_ms - begin, whole) if begin is not None and run.reverted_ms is not None else None,
        out_by=drill_words.BY.get(text(run.data.get("reverted_by"), _LONG)),
        effect=text(mapping(run.data.get("proof_of_effect")).get("how"), _LONG),
        healed=text(mapping(run.data.get("proof_of_revert")).get("how"), _LONG),
        journeys=tuple(_journeys(run)),
        left=tuple(left[:_LEFT]),
        left_more=len(left[_LEFT:]),
    )


_FIELDS: Final = {
    "failing": "first_failing",
    "detected": "detected",
    "decided": "decided",
    "acted": "acted",
    "good": "first_good",
    "verified": "verified",
}


def _parts(run: Run, begin: float, whole: float) -> Iterator[Part]:
    """Yield the known steps in the order of their instants; each reaches from the one before it."""
    told = [(at, step) for step, field in _FIELDS.items() if (at := run.at_ms(field)) is not None]
    upto = begin
    for at, step in sorted(told, key=lambda pair: pair[0]):
        end = min(max(at, upto), begin + whole)
        yield Part(
            step=step,
            name=drill_words.STEPS[step],
            after=availability_words.span(max(0, round(at - begin))),
            begin=round(100 * (upto - begin) / whole, 2),
            width=round(100 * (end - upto) / whole, 2),
        )
        upto = end


def _place(after_ms: float, whole: float) -> float | None:
    return round(100 * after_ms / whole, 2) if whole and 0 <= after_ms <= whole else None


_WHEN: Final = {
    "before": Text(zh="演练前", en="before"),
    "during": Text(zh="演练中", en="during"),
    "after": Text(zh="演练后", en="after"),
}


def _journeys(run: Run) -> Iterator[tuple[Text, int, int]]:
    """Yield (when, good, tried)."""
    told = mapping(run.data.get("journeys"))
    for name, words in _WHEN.items():
        tried, failed = (number(mapping(told.get(name)).get(key)) for key in ("tried", "failed"))
        if tried is not None and failed is not None:
            yield words, round(tried - failed), round(tried)
