"""Backups over the window of their catalogue: a lane a kind, and its longest gap beside its limit. Pure.

An hour is too small to be seen in a year: the lane shows where the longest gap lies, a bar beside it how long it is.
The time since the newest good backup is a gap like any other; an unverified backup does not end one.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from probes.observation import Observation
from reports import availability_words, backup_words, words
from reports.dossier import Dossier
from reports.formats.limits import limit
from reports.formats.reading_data import instant, mapping, number, rows, text, zone_of
from reports.verdict import Text

KIND: Final = "backup.catalogue"
MOST: Final = 12
"""Catalogues that are drawn."""
BINS: Final = 240
"""Columns of a lane: as many entries as fall into one are one mark, with the worst state among them."""
_LONG: Final = 160
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_HOURS: Final = {"h": 1.0, "d": 24.0, "min": 1 / 60}
_RANK: Final = tuple(backup_words.STATES)
_MOST_TICKS: Final = 6
_STEPS_H: Final = (1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 1440, 2160)
_UNDATED: Final = frozenset({"from-the-future", "no-start"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The longest gap of a kind.

    In percent of the lane (``at``, ``wide``, its middle ``pin``) and of the bar beside it (``bar``, ``limit_at``).
    """

    at: float
    wide: float
    pin: float
    bar: float
    limit_at: float | None
    said: Text
    limit: Text | None
    begin: str
    end: str
    still: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One kind: its marks as (column, columns, state), its longest gap, how many are good, the declared cycle."""

    kind: str
    name: Text
    marks: tuple[tuple[int, int, str], ...]
    gap: Gap | None
    good: int
    all: int
    cycle: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One catalogue. Without lanes it was not read (``cause``), or held nothing."""

    name: str
    tool: str
    place: Text
    site: str
    holds: Text
    lanes: tuple[Lane, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    window: str = ""
    zone: str = ""
    counts: tuple[tuple[str, Text, int], ...] = ()
    verified: Text | None = None
    notes: tuple[Text, ...] = ()
    cause: Text | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The catalogues that are drawn, and how many are not."""

    sheets: tuple[Sheet, ...]
    undrawn: int
    bins: int = BINS


def picture(dossier: Dossier) -> Picture | None:
    """Return the time lines of all declared backups; None where none was declared."""
    told = [each for each in dossier.readings if each.header.kind == KIND]
    if not any(isinstance(each, Observation) or each.cause != "settings" for each in told):
        return None
    limits = {kind: _limit_h(dossier, kind) for kind in backup_words.KINDS}
    made = []
    for each in told[:MOST]:
        if isinstance(each, Observation):
            made.append(_sheet(each, limits))
        else:
            nothing = Text(zh="", en="")
            made.append(
                Sheet(
                    name=text(each.header.subject, _LONG),
                    tool="",
                    place=nothing,
                    site="",
                    holds=nothing,
                    cause=backup_words.AWAY.get(each.cause, words.CAUSES[each.cause]),
                    why=each.detail,
                )
            )
    return Picture(sheets=tuple(made), undrawn=len(told[MOST:]))


def _limit_h(dossier: Dossier, kind: str) -> float | None:
    bound = limit(dossier, f"backup_interval_{kind}")
    return bound.value * _HOURS[bound.unit] if bound is not None and bound.unit in _HOURS else None


def _sheet(seen: Observation, limits: Mapping[str, float | None]) -> Sheet:
    data = seen.data
    schedule = mapping(data.get("schedule"))
    entries = tuple(_entries(data.get("backups")))
    end_ms = number(data.get("read_at_ms")) or 0.0
    begin_ms = _begin(entries, mapping(data.get("gaps")), end_ms)
    zone = zone_of(schedule.get("zone"))
    states = [state for _, _, state in entries]
    return Sheet(
        name=text(seen.header.subject, _LONG),
        tool=text(f"{data.get('tool') or ''} {data.get('version') or ''}".strip(), _LONG),
        place=availability_words.named(backup_words.PLACES, text(data.get("place"), _LONG)),
        site=text(data.get("site"), _LONG),
        holds=_listed(backup_words.DATA, data.get("holds")),
        lanes=tuple(_lanes(entries, data, limits, (begin_ms, end_ms), zone)),
        ticks=tuple(_ticks(begin_ms, end_ms, zone)),
        window=f"{instant(begin_ms, zone=zone)} – {instant(end_ms, zone=zone)}",
        zone=str(zone),
        counts=tuple(
            (state, said, states.count(state)) for state, said in backup_words.STATES.items() if state in states
        ),
        verified=_verified(mapping(data.get("verification"))),
        notes=tuple(_notes(data)),
    )


Entry = tuple[str, float, str]


def _entries(backups: Any) -> Iterator[Entry]:
    """Yield (kind, start in ms, state) of the entries that have a time."""
    for each in rows(backups):
        own = mapping(each)
        started = number(own.get("started_ms"))
        kind = str(own.get("kind"))
        if started is not None:
            yield kind if kind in backup_words.KINDS else "other", started, _state(own)


def _state(entry: Mapping[str, Any]) -> str:
    flaws, verified = frozenset(str(each) for each in rows(entry.get("flaws"))), mapping(entry.get("verified"))
    if entry.get("error") or flaws - _UNDATED or verified.get("ok") is False:
        return "bad"
    return "good" if entry.get("good") is True and not flaws else "unknown"


def _begin(entries: Sequence[Entry], gaps: Mapping[str, Any], end_ms: float) -> float:
    """Return where the drawing begins: with the oldest entry, at least a day before its end."""
    firsts = [number(mapping(gap).get("first_ms")) for gap in gaps.values()]
    starts = [*(started for _, started, _ in entries), *(first for first in firsts if first is not None)]
    return min([end_ms - _DAY_MS, *starts])


def _lanes(
    entries: Sequence[Entry],
    data: Mapping[str, Any],
    limits: Mapping[str, float | None],
    window: tuple[float, float],
    zone: tzinfo,
) -> Iterator[Lane]:
    schedule, goods, counts = (mapping(data.get(name)) for name in ("schedule", "good", "counts"))
    for kind, name in backup_words.KINDS.items():
        own = [(started, state) for each, started, state in entries if each == kind]
        cycle = number(schedule.get(f"{kind}_h"))
        if not own and kind not in counts and cycle is None:
            continue
        wide = mapping(mapping(data.get("gaps")).get(kind))
        yield Lane(
            kind=kind,
            name=name,
            marks=tuple(_marks(own, window)),
            gap=_gap(own, wide, limits.get(kind), window, zone),
            good=round(number(goods.get(kind)) or 0),
            all=round(number(counts.get(kind)) or 0),
            cycle=None if cycle is None else availability_words.span(round(cycle * _HOUR_MS)),
        )


def _marks(own: Iterable[tuple[float, str]], window: tuple[float, float]) -> Iterator[tuple[int, int, str]]:
    begin, end = window
    worst: dict[int, str] = {}
    for started, state in own:
        column = min(BINS - 1, max(0, math.floor(BINS * (started - begin) / (end - begin))))
        worst[column] = min(worst.get(column, state), state, key=_RANK.index)
    for state, group in itertools.groupby(sorted(worst.items()), key=lambda each: each[1]):
        for _, run in itertools.groupby(enumerate(group), key=lambda each: each[1][0] - each[0]):
            columns = [column for _, (column, _) in run]
            yield columns[0], len(columns), state


def _gap(
    own: Sequence[tuple[float, str]],
    wide: Mapping[str, Any],
    limit_h: float | None,
    window: tuple[float, float],
    zone: tzinfo,
) -> Gap | None:
    """Return the longest gap between good ones up to the reading; that of the whole catalogue where it is longer."""
    begin, end = window
    oldest = min([started for started, _ in own], default=None)
    if oldest is None:
        return None
    good = [started for started, state in own if state == "good"]
    stretches = [*_between(oldest, good, end)]
    known = [number(wide.get(key)) for key in ("from_ms", "to_ms")]
    if known[0] is not None and known[1] is not None:
        stretches.append((known[0], known[1]))
    starts, ends = max(stretches, key=lambda each: each[1] - each[0])
    kindly = max(_between(oldest, [started for started, state in own if state != "bad"], end), key=_length)
    length, limit_ms = ends - starts, None if limit_h is None else limit_h * _HOUR_MS
    longest = max(length, limit_ms or 0.0, 1.0) * 1.12
    return Gap(
        at=_share(starts - begin, end - begin),
        wide=_share(length, end - begin),
        pin=_share((starts + ends) / 2 - begin, end - begin),
        bar=_share(length, longest),
        limit_at=None if limit_ms is None else _share(limit_ms, longest),
        said=availability_words.span(round(length)),
        limit=None if limit_ms is None else availability_words.span(round(limit_ms)),
        begin=instant(starts, zone=zone),
        end=instant(ends, "%m-%d %H:%M" if ends - starts < _DAY_MS * _MONTH_H / _DAY_H else "%Y-%m-%d %H:%M", zone),
        still=ends >= end,
        state=_told(
            length, _length(kindly), limit_ms, record=end - oldest, doubtful=any(state == "unknown" for _, state in own)
        ),
    )


def _told(length: float, kindly: float, limit_ms: float | None, *, record: float, doubtful: bool) -> str:
    if limit_ms is None:
        return "free"
    if length <= limit_ms:
        return "within" if record >= limit_ms else "short"
    return "over" if kindly > limit_ms or not doubtful else "open"


def _between(first: float, starts: Iterable[float], end: float) -> list[tuple[float, float]]:
    points = [first, *sorted(each for each in starts if first <= each <= end), max(first, end)]
    return list(itertools.pairwise(points))


def _length(stretch: tuple[float, float]) -> float:
    return stretch[1] - stretch[0]


def _share(part: float, whole: float) -> float:
    return round(min(100.0, max(0.0, 100 * part / whole)), 2)


def _ticks(begin_ms: float, end_ms: float, zone: tzinfo) -> Iterator[tuple[float, str]]:
    """Yield where round times lie, in percent, and what they are."""
    whole_h = (end_ms - begin_ms) / _HOUR_MS
    step_h = next((each for each in _STEPS_H if whole_h / each <= _MOST_TICKS), _STEPS_H[-1])
    form = "%H:%M" if step_h < _DAY_H else "%m-%d" if step_h < _MONTH_H else "%Y-%m-%d"
    at = math.ceil(begin_ms / (step_h * _HOUR_MS)) * step_h * _HOUR_MS
    while at < end_ms:
        yield _share(at - begin_ms, end_ms - begin_ms), instant(at, form, zone)
        at += step_h * _HOUR_MS


_DAY_H, _MONTH_H = 24, 720


def _listed(table: Mapping[str, Text], names: Any) -> Text:
    said = [availability_words.named(table, text(each, _LONG)) for each in rows(names)[: len(table)]]
    return Text(zh="、".join(each.zh for each in said), en=", ".join(each.en for each in said))


def _verified(told: Mapping[str, Any]) -> Text | None:
    how = text("; ".join(str(each) for each in rows(told.get("how"))), _LONG)
    if not how:
        return Text(zh="没有校验过任何备份", en="no backup was verified")
    return Text(zh=f"校验方式：{how}", en=f"verified by: {how}")


def _notes(data: Mapping[str, Any]) -> Iterator[Text]:
    unread, out = number(data.get("unread")) or 0, number(data.get("left_out")) or 0
    if unread:
        yield Text(zh=f"有 {unread:g} 条记录无法读懂", en=f"{unread:g} entries could not be read")
    if out:
        yield Text(zh=f"另有 {out:g} 条更早的记录未计入", en=f"{out:g} older entries are left out")
    if data.get("locked") is True:
        yield Text(zh="读取时仓库被锁定", en="the repository was locked when it was read")
    why = text(mapping(data.get("verification")).get("why"), _LONG)
    if why:
        yield Text(zh=f"校验报告：{why}", en=f"its verification said: {why}")
