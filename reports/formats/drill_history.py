"""Recovery times over the months against their limits, and recovery degrees. Pure.

Times lie between a second and half a day: the scale is logarithmic, and says so. A run without a recovery is drawn at
the time that is known to have passed, by a figure of its own; one that tells nothing stands at the foot.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from reports import availability_words, drill_words
from reports.formats.drill_record import METRICS, Run
from reports.formats.reading_data import instant, mapping, number, rows, text
from reports.stock_moves import Moves, Untold, moves_in
from reports.verdict import Text

DAYS: Final = 400
MOST_MARKS: Final = 300
"""Marks of a lane, the newest; how many more there were is said."""
MOST_ROWS: Final = 60
HEIGHT: Final = 96
_TOP: Final = 10
_FOOT: Final = 12
_DAY_MS: Final = 86_400_000.0
_TICKS_S: Final = (1, 10, 60, 600, 3_600, 43_200)
_APART: Final = 15.0
"""Units between two ticks, at the least, so that their words do not touch."""
_IDS: Final = 3
_LONG: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One run: percent of the width, units from the top, how it came out, and what it says when pointed at."""

    at: float
    y: float
    state: str
    said: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The runs of one kind. ``limit_y`` is where the limit of the clause lies; ``ticks`` are (y, length of time)."""

    kind: str
    name: Text
    marks: tuple[Mark, ...]
    more: int
    limit: Text | None
    limit_y: float | None
    ticks: tuple[tuple[float, Text], ...]
    counts: tuple[tuple[str, Text, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degree:
    """What became of the acknowledged orders, payments or pieces (``of``) of one run.

    ``bad`` and ``open`` (what nobody could look at) are in percent of the bar, never too small to see.
    """

    of: Text
    acknowledged: int
    whole: int
    percent: str
    bad: float
    open: float
    unread: int
    wrong: tuple[tuple[Text, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run in the table."""

    run: Run
    ended: str
    degrees: tuple[Degree, ...]
    beside: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The lanes over the months, and the table of all runs."""

    lanes: tuple[Lane, ...]
    months: tuple[tuple[float, Text], ...]
    rows: tuple[Row, ...]
    unlisted: int
    height: int = HEIGHT


def picture(found: Sequence[Run], limits: Mapping[str, float], ends_ms: float, zone: tzinfo) -> Picture:
    """Return the picture of runs, the newest first, over the 400 days up to an instant."""
    begin_ms = ends_ms - DAYS * _DAY_MS
    own = [run for run in found if begin_ms <= run.ended_ms <= ends_ms]
    lanes = (_lane(kind, [run for run in own if run.kind == kind], limits.get(kind), begin_ms) for kind in METRICS)
    return Picture(
        lanes=tuple(lane for lane in lanes if lane is not None),
        months=tuple(_months(begin_ms, ends_ms, zone)),
        rows=tuple(
            Row(run=run, ended=instant(run.ended_ms, zone=zone), degrees=tuple(degrees(run)), beside=beside(run))
            for run in own[:MOST_ROWS]
        ),
        unlisted=len(own[MOST_ROWS:]),
    )


def _lane(kind: str, own: Sequence[Run], limit_s: float | None, begin_ms: float) -> Lane | None:
    if not own:
        return None
    times = [run.took_s for run in own if run.took_s is not None]
    low, high = _scale([*times, *([limit_s] if limit_s else [])])
    states = [run.state for run in own]
    return Lane(
        kind=kind,
        name=drill_words.KINDS[kind],
        marks=tuple(_mark(run, low, high, begin_ms) for run in own[:MOST_MARKS]),
        more=len(own[MOST_MARKS:]),
        limit=None if limit_s is None else availability_words.span(round(limit_s * 1000)),
        limit_y=None if limit_s is None else _height(limit_s, low, high),
        ticks=tuple(_ticks(low, high)),
        counts=tuple(
            (state, words, states.count(state)) for state, words in drill_words.STATES.items() if state in states
        ),
    )


def _ticks(low: float, high: float) -> Iterator[tuple[float, Text]]:
    """Yield the ticks that have room, from the foot up."""
    last: float = HEIGHT - _FOOT
    for each in _TICKS_S:
        y = _height(each, low, high)
        if low < each < high and last - y >= _APART:
            last = y
            yield y, availability_words.span(each * 1000)


def _scale(times: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and the highest of the scale in seconds: whole powers of ten around all that is drawn."""
    least, most = min([1.0, *(each for each in times if each > 0)]), max([10.0, *times])
    return 10.0 ** math.floor(math.log10(max(least, 0.1))), most * 2


def _height(seconds: float, low: float, high: float) -> float:
    part = (math.log10(max(seconds, low)) - math.log10(low)) / (math.log10(high) - math.log10(low))
    return round(HEIGHT - _FOOT - (HEIGHT - _FOOT - _TOP) * min(1.0, part), 1)


def _mark(run: Run, low: float, high: float, begin_ms: float) -> Mark:
    day, took = instant(run.ended_ms, "%Y-%m-%d"), run.took
    length = Text(zh=took.zh, en=took.en) if took is not None else Text(zh="—", en="—")
    why = run.why or run.state_words
    return Mark(
        at=round(100 * (run.ended_ms - begin_ms) / (DAYS * _DAY_MS), 2),
        y=HEIGHT - _FOOT if run.took_s is None else _height(run.took_s, low, high),
        state=run.state,
        said=Text(zh=f"{day} {run.name}：{length.zh}，{why.zh}", en=f"{day} {run.name}: {length.en}, {why.en}"),
    )


def _months(begin_ms: float, ends_ms: float, zone: tzinfo) -> Iterator[tuple[float, Text]]:
    """Yield (percent of the width, name) of the first of each month."""
    first = datetime.fromtimestamp(begin_ms / 1000, UTC).astimezone(zone)
    day = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(DAYS // 28 + 1):
        day = (day + timedelta(days=32)).replace(day=1)
        at_ms = day.timestamp() * 1000
        if at_ms >= ends_ms:
            return
        if at_ms >= begin_ms:
            yield round(100 * (at_ms - begin_ms) / (ends_ms - begin_ms), 2), availability_words.month(day.date())


_WRONG: Final[Mapping[str, Text]] = {
    "lost": Text(zh="丢失", en="lost"),
    "doubled": Text(zh="重复", en="doubled"),
    "altered": Text(zh="被改动", en="altered"),
}


_ORDERS: Final = Text(zh="订单", en="orders")
_PAYMENTS: Final = Text(zh="支付", en="payments")
_STOCK: Final = Text(zh="售出商品的库存", en="pieces off the stock")


def degrees(run: Run) -> Iterator[Degree]:
    """Yield what became of a run's orders, payments and stock, each where it was compared."""
    for of, key in ((_ORDERS, "orders"), (_PAYMENTS, "payments")):
        if (found := _counted(of, mapping(run.data.get(key)))) is not None:
            yield found
    moves = moves_in(mapping(run.data.get("stock")))
    if isinstance(moves, Moves):
        yield _moved(moves)


def beside(run: Run) -> Text | None:
    """Return why the stock was not compared, where the drill tells."""
    told = mapping(run.data.get("stock"))
    moves = moves_in(told) if told else None
    if not isinstance(moves, Untold):
        return None
    return Text(zh=f"库存未比对：{moves.why.zh}", en=f"stock not compared: {moves.why.en}")


def _moved(moves: Moves) -> Degree:
    bad = moves.bad
    counts = ((_NOT_TAKEN, moves.lost), (_TAKEN_TWICE, moves.doubled))
    return Degree(
        of=_STOCK,
        acknowledged=moves.sold,
        whole=moves.sold - bad,
        percent=_percent(moves.sold - bad, moves.sold),
        bad=_shown(bad, moves.sold),
        open=0.0,
        unread=0,
        wrong=tuple((words, count, text(moves.goods, _LONG)) for words, count in counts if count),
    )


_NOT_TAKEN: Final = Text(zh="未扣减", en="not taken off")
_TAKEN_TWICE: Final = Text(zh="多扣减", en="too many taken off")


def _shown(count: int, of: int) -> float:
    """Return the share of the bar that a count takes, in percent: enough to be seen."""
    return round(min(100.0, max(100 * count / of, 1.5)), 2) if count else 0.0


def _counted(of: Text, told: Mapping[str, Any]) -> Degree | None:
    acknowledged, found = (_count(told, key) for key in ("acknowledged", "found"))
    if not acknowledged or acknowledged < 0 or found is None:
        return None
    unread = _count(told, "unread") or 0
    ids = {name: [text(each, _LONG) for each in rows(told.get(name))] for name in _WRONG}
    bad = max(0, acknowledged - found - unread) + len({*ids["doubled"], *ids["altered"]} - {*ids["lost"]})
    whole = max(0, acknowledged - bad - unread)
    return Degree(
        of=of,
        acknowledged=acknowledged,
        whole=whole,
        percent=_percent(whole, acknowledged),
        bad=_shown(bad, acknowledged),
        open=min(_shown(unread, acknowledged), 100.0 - _shown(bad, acknowledged)),
        unread=unread,
        wrong=tuple((_WRONG[name], len(each), _named(each)) for name, each in ids.items() if each),
    )


def _count(told: Mapping[str, Any], key: str) -> int | None:
    value = number(told.get(key))
    return None if value is None else round(value)


def _percent(whole: int, of: int) -> str:
    """Return a share in percent, never rounded up to a whole that it is not."""
    return "100 %" if whole == of else f"{math.floor(10_000 * whole / of) / 100:.2f} %"


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_IDS]) + (" …" if len(ids) > _IDS else "")
