"""Load runs as time lines: planned and delivered rate, latencies, and what each host went through meanwhile. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from probes.observation import Observation, Reading
from reports import availability_words, load_words
from reports.formats.load_hosts_picture import Database, Hosts, databases_of, hosts_of
from reports.formats.reading_data import instant, mapping, number, rows, text
from reports.formats.scales import log_height, log_span, log_ticks, round_up
from reports.verdict import Text

KIND: Final = "ledger.load"
WIDTH, HEIGHT = 1_000, 120
"""Units of one drawing."""
MOST_DRAWN: Final = 3
MOST_LISTED: Final = 20
_STEPS_S: Final = (5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
_MOST_TICKS: Final = 8
_MINUTE_S, _HOUR_S = 60, 3_600
_COLUMNS: Final = 8
_LONGEST_S: Final = 8 * 86_400
_LONG: Final = 120
_MS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A path in units of ``WIDTH`` and ``HEIGHT``, and its highest value in words."""

    name: str
    path: str
    highest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One run. ``ticks`` stand in percent of the width; ``marks`` are (place, width, "dropped" or "failed")."""

    profile: str
    ended: str
    state: str
    why: str
    facts: tuple[tuple[Text, str], ...]
    ticks: tuple[tuple[float, str], ...]
    top: str
    rates: tuple[Line, ...]
    marks: tuple[tuple[float, float, str], ...]
    backup: tuple[float, float] | None
    latencies: tuple[Line, ...]
    levels: tuple[tuple[float, str], ...]
    hosts: Hosts
    databases: tuple[Database, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Runs that are drawn, those that are listed, and how many are neither; ``why`` where there is none."""

    sheets: tuple[Sheet, ...] = ()
    listed: tuple[Sheet, ...] = ()
    unlisted: int = 0
    why: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def picture(readings: Iterable[Reading], target: Mapping[str, Any]) -> Picture | None:
    """Return the picture of the recalled runs; None where the examination did not ask for them."""
    told = [each for each in readings if each.header.kind == KIND]
    if not told:
        return None
    last = told[-1]
    if not isinstance(last, Observation):
        return Picture(why=last.detail)
    sheets = [_sheet(mapping(each), mapping(target.get("utilisation"))) for each in rows(last.data.get("runs"))]
    drawn = [sheet for sheet in sheets if sheet.state != "invalid"] or sheets[:1]
    return Picture(
        sheets=tuple(drawn[:MOST_DRAWN]),
        listed=tuple(sheets[:MOST_LISTED]),
        unlisted=len(sheets[MOST_LISTED:]),
    )


def _sheet(run: Mapping[str, Any], declared: Mapping[str, Any]) -> Sheet:
    spans = tuple(_spans(run))
    whole_s = spans[-1].to_s if spans else 0.0
    begun_ms = number(run.get("started_ms")) or 0.0
    low, high = _levels(spans)
    state, why = _state(run)
    top = round_up(max((max(span.planned, span.delivered) for span in spans), default=1.0) or 1.0)
    return Sheet(
        profile=text(run.get("profile"), _LONG),
        ended=instant(number(run.get("ended_ms")) or 0.0),
        state=state,
        why=why,
        facts=tuple(_facts(run)),
        ticks=tuple(_ticks(whole_s)),
        top=f"{top:g}/s",
        rates=tuple(_rate(name, spans, whole_s, top) for name in ("planned", "delivered")) if spans else (),
        marks=tuple(_marks(spans, whole_s)),
        backup=_backup(run, begun_ms, whole_s),
        latencies=tuple(_latencies(spans, whole_s, low, high)),
        levels=tuple(
            (log_height(each, low, high, HEIGHT), availability_words.latency(each)) for each in log_ticks(low, high)
        ),
        hosts=hosts_of(rows(run.get("hosts")), declared, begun_ms, begun_ms + _MS * whole_s),
        databases=databases_of(rows(run.get("hosts"))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    from_s: float
    to_s: float
    planned: float
    delivered: float
    dropped: float
    failed: float
    percentiles: tuple[float | None, ...]


def _spans(run: Mapping[str, Any]) -> Iterator[_Span]:
    """Yield the spans of the time line; the last one is as long as those before it."""
    found = [[number(value) for value in rows(each)] for each in rows(run.get("timeline"))]
    whole = [
        each for each in found if len(each) == _COLUMNS and None not in each[:5] and 0 <= (each[0] or 0) < _LONGEST_S
    ]
    starts = [each[0] or 0.0 for each in whole]
    length = starts[1] - starts[0] if len(starts) > 1 else 1.0
    for each, start, end in zip(whole, starts, [*starts[1:], *([starts[-1] + length] if starts else [])], strict=True):
        _, planned, delivered, dropped, failed, *percentiles = each
        if end > start:
            seconds = end - start
            yield _Span(
                from_s=start,
                to_s=end,
                planned=(planned or 0.0) / seconds,
                delivered=(delivered or 0.0) / seconds,
                dropped=dropped or 0.0,
                failed=failed or 0.0,
                percentiles=tuple(percentiles),
            )


def _state(run: Mapping[str, Any]) -> tuple[str, str]:
    """Return whether a run counts, and the codes of what speaks against it."""
    codes = [text(mapping(each).get("code"), _LONG) for each in rows(run.get("invalid"))]
    if run.get("complete") is True and run.get("valid") is True and run.get("model") == "open":
        return "counts", ""
    if set(codes) == {"stopped"} and run.get("model") == "open":
        return "stopped", text(mapping(rows(run.get("invalid"))[0]).get("detail"), _LONG)
    return "invalid", ", ".join(dict.fromkeys(codes))


def _place(at_s: float, whole_s: float) -> float:
    return round(WIDTH * at_s / whole_s, 1) if whole_s else 0.0


def _rate(name: str, spans: Sequence[_Span], whole_s: float, top: float) -> Line:
    values = [span.planned if name == "planned" else span.delivered for span in spans]
    # In steps: a rate holds over its span.
    moves = [
        f"{_place(at, whole_s):g} {HEIGHT * (1 - value / top):.4g}"
        for span, value in zip(spans, values, strict=True)
        for at in (span.from_s, span.to_s)
    ]
    return Line(name=name, path="M" + "L".join(moves), highest=f"{max(values):.3g}/s")


def _marks(spans: Sequence[_Span], whole_s: float) -> Iterator[tuple[float, float, str]]:
    for span in spans:
        for name, value in (("dropped", span.dropped), ("failed", span.failed)):
            if value > 0:
                yield _place(span.from_s, whole_s), max(1.5, _place(span.to_s - span.from_s, whole_s)), name


def _backup(run: Mapping[str, Any], begun_ms: float, whole_s: float) -> tuple[float, float] | None:
    """Return place and width of the backup in the time line; None where there was none."""
    backup = mapping(run.get("backup"))
    edges = [number(backup.get(key)) for key in ("started_ms", "stopped_ms")]
    if edges[0] is None or not whole_s:
        return None
    first = min(max(0.0, (edges[0] - begun_ms) / _MS), whole_s)
    last = whole_s if edges[1] is None else min(max(first, (edges[1] - begun_ms) / _MS), whole_s)
    return _place(first, whole_s), max(1.5, _place(last - first, whole_s))


def _levels(spans: Sequence[_Span]) -> tuple[float, float]:
    known = [max(0.1, value) for span in spans for value in span.percentiles if value is not None]
    return log_span(min(known), max(known)) if known else (1.0, 10.0)


def _latencies(spans: Sequence[_Span], whole_s: float, low: float, high: float) -> Iterator[Line]:
    for index, name in enumerate(load_words.SERIES):
        points = [(span, span.percentiles[index]) for span in spans]
        known = [max(low, value) for _, value in points if value is not None]
        if known:
            path = "".join(_stretches(points, whole_s, low, high))
            yield Line(name=name, path=path, highest=availability_words.latency(max(known)))


def _stretches(points: Sequence[tuple[_Span, float | None]], whole_s: float, low: float, high: float) -> Iterator[str]:
    """Yield pieces of a path; spans in which no step ended are gaps."""
    drawing = False
    for span, value in points:
        if value is None:
            drawing = False
            continue
        at = _place((span.from_s + span.to_s) / 2, whole_s)
        yield f"{'L' if drawing else 'M'}{at:g} {log_height(max(low, value), low, high, HEIGHT):g}"
        if not drawing:
            yield "h.1"
        drawing = True


def _ticks(whole_s: float) -> Iterator[tuple[float, str]]:
    if whole_s <= 0:
        return
    step = next((each for each in _STEPS_S if whole_s / each <= _MOST_TICKS), _STEPS_S[-1])
    for number_of in range(int(whole_s // step) + 1):
        at = number_of * step
        yield round(100 * at / whole_s, 2), _after(at)


def _after(at_s: int) -> str:
    if at_s and at_s % _HOUR_S == 0:
        return f"{at_s // _HOUR_S} h"
    return f"{at_s // _MINUTE_S} min" if at_s and at_s % _MINUTE_S == 0 else f"{at_s} s"


def _facts(run: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    planned, delivered, latency = (mapping(run.get(key)) for key in ("planned", "delivered", "latency_ms"))
    steps = [mapping(each) for each in mapping(run.get("steps")).values()]
    business, generator = mapping(run.get("business")), mapping(run.get("generator"))
    orders, stock, backup = mapping(business.get("orders")), mapping(business.get("stock")), mapping(run.get("backup"))
    held_s = number(planned.get("held_s"))
    said = {
        "rate": f"{_figure(planned.get('peak_rate_per_s'))} / {_figure(delivered.get('rate_per_s'))} /s",
        "held": "—" if held_s is None else f"{held_s / _MINUTE_S:.3g} min",
        "arrivals": " / ".join(
            _figure(each) for each in (planned.get("arrivals"), delivered.get("arrivals"), delivered.get("dropped"))
        ),
        "steps": f"{_total(steps, 'count'):,.0f} ({_total(steps, 'failed'):,.0f})",
        "latency": " / ".join(_latency(latency.get(key)) for key in ("p50", "p95", "p99", "max")),
        "orders": _figure(orders.get("acknowledged")),
        "wrong": " / ".join(f"{len(rows(orders.get(key)))}" for key in ("lost", "doubled", "altered"))
        if orders
        else "—",
        "oversold": _figure(stock.get("oversold")),
        "generator": f"{_figure(generator.get('cpu_percent_max'))} %",
        "backup": _backup_said(backup),
    }
    yield from ((label, said[key]) for key, label in load_words.FACTS.items())


def _backup_said(backup: Mapping[str, Any]) -> str:
    if not backup:
        return "—"
    purchases = mapping(backup.get("purchases"))
    begun, *wrong = (_figure(purchases.get(f"{name}_during")) for name in ("begun", "failed", "unfinished"))
    return f"{text(backup.get('backup'), _LONG)}: {begun} ({', '.join(wrong)})"


def _total(steps: Iterable[Mapping[str, Any]], key: str) -> float:
    return sum(number(each.get(key)) or 0.0 for each in steps)


def _latency(value: Any) -> str:
    known = number(value)
    return "—" if known is None else availability_words.latency(known)


def _figure(value: Any) -> str:
    known = number(value)
    return "—" if known is None else f"{known:,.4g}" if known < WIDTH else f"{known:,.0f}"
