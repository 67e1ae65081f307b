"""Utilisation over the window: what each host's resources did, their mean and peak, and the declared bound. Pure.

The window is drawn whole: time that nobody sampled is hatched, and never looks idle.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from probes.observation import Observation, Reading
from reports import availability_words, host_words
from reports.formats.host_table import KIND
from reports.formats.reading_data import instant, mapping, number, rows, text
from reports.formats.scales import round_up
from reports.verdict import Text

WIDTH, HEIGHT = 300, 60
"""Units of one drawing."""
MOST_DRAWN: Final = 10
"""Hosts that are drawn, those nearest their bounds first; the figures of the others stand in a table."""
MOST_LISTED: Final = 100
MOST_POINTS: Final = 240
UNKNOWN_ALLOWED: Final = 0.01
"""So much of the window may be unknown without a word on it."""
_PERCENT: Final = 100.0
_MBIT_S: Final = 125_000.0  # bytes a second
_KEYS: Final[Mapping[str, tuple[str, float]]] = MappingProxyType(
    {
        "cpu": ("cpu_percent", 1.0),
        "memory": ("memory_percent", 1.0),
        "disk": ("disk_percent", 1.0),
        "disk_space": ("", 1.0),
        "network": ("network_mbit_s", _MBIT_S),
    }
)
_LONG: Final = 120
_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One resource of one host. Heights are from the top of ``HEIGHT``; ``state`` is "over", "short" or ""."""

    resource: Text
    mean: str
    peak: str
    bound: str
    bound_at: float | None
    mean_at: float
    band: str
    line: str
    unknown: tuple[tuple[float, float], ...]
    top: str
    known: str
    source: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The panels of one host, by resource; None where it was not sampled. ``near`` is how near its bounds it comes."""

    host: str
    panels: tuple[Panel | None, ...]
    from_day: str
    to_day: str
    near: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Sheets that are drawn, those that are listed, and hosts of which nothing is known."""

    resources: tuple[Text, ...]
    sheets: tuple[Sheet, ...]
    listed: tuple[Sheet, ...]
    unlisted: int
    without: tuple[str, ...]
    more_without: int
    bounded: bool
    width: int = WIDTH
    height: int = HEIGHT


def picture(readings: Iterable[Reading], target: Mapping[str, Any]) -> Picture | None:
    """Return the picture of the hosts whose ``utilisation`` was read; None where there is none."""
    seen = [each for each in readings if isinstance(each, Observation) and each.header.kind == KIND]
    declared = mapping(target.get("utilisation"))
    made = [(each, _sheet(each, declared)) for each in seen]
    known = [sheet for _, sheet in made if sheet is not None]
    if not known:
        return None
    without = [text(each.header.subject, _LONG) for each, sheet in made if sheet is None]
    nearest = sorted(known, key=lambda sheet: -sheet.near)
    return Picture(
        resources=tuple(host_words.RESOURCES.values()),
        sheets=tuple(nearest[:MOST_DRAWN]),
        listed=tuple(known[:MOST_LISTED]),
        unlisted=len(known[MOST_LISTED:]),
        without=tuple(without[:MOST_DRAWN]),
        more_without=len(without[MOST_DRAWN:]),
        bounded=any(key and number(declared.get(key)) is not None for key, _ in _KEYS.values()),
    )


def _sheet(seen: Observation, declared: Mapping[str, Any]) -> Sheet | None:
    section = mapping(mapping(mapping(seen.data.get("sections")).get("utilisation")).get("data"))
    found, window_s = mapping(section.get("resources")), number(section.get("window_s"))
    end_ms = number(seen.data.get("at_ms"))
    if not found or not window_s or window_s <= 0 or end_ms is None:
        return None
    begin_ms = end_ms - window_s * _MS
    made = [_panel(name, mapping(found.get(name)), declared, begin_ms, end_ms) for name in host_words.RESOURCES]
    if not any(made):
        return None
    return Sheet(
        host=text(seen.header.subject, _LONG),
        panels=tuple(panel for panel, _ in (each or (None, 0.0) for each in made)),
        from_day=instant(begin_ms, "%Y-%m-%d"),
        to_day=instant(end_ms, "%Y-%m-%d"),
        near=max(near for _, near in (each or (None, 0.0) for each in made)),
    )


def _panel(
    name: str, found: Mapping[str, Any], declared: Mapping[str, Any], begin_ms: float, end_ms: float
) -> tuple[Panel, float] | None:
    mean, peak = number(found.get("mean")), number(found.get("peak"))
    if mean is None or peak is None:
        return None
    key, scale = _KEYS[name]
    bound = number(declared.get(key)) if key else None
    points = tuple(_points(found.get("series"), begin_ms, end_ms))
    highest = max([mean, peak, *(point[2] for point in points), *([bound * scale] if bound is not None else [])])
    top = _PERCENT if found.get("unit") == "percent" else round_up(highest / scale) * scale
    share = _known(found, (end_ms - begin_ms) / _MS)
    unknown = tuple(_unknown(points, number(found.get("step_s")), found, begin_ms, end_ms))
    over = bound is not None and mean * share > bound * scale
    panel = Panel(
        resource=host_words.RESOURCES[name],
        mean=_said(name, mean / scale),
        peak=_said(name, peak / scale),
        bound="" if bound is None else _said(name, bound),
        bound_at=None if bound is None else _height(bound * scale, top),
        mean_at=_height(mean, top),
        band=_band(points, top),
        line=_line(points, top),
        unknown=unknown,
        top=f"{top / scale:,.3g}",
        known=availability_words.share(share),
        source=text(found.get("source"), _LONG),
        state="over" if over else "short" if 1 - share > UNKNOWN_ALLOWED else "",
    )
    return panel, 0.0 if bound is None or not bound else mean / scale / bound


def _said(name: str, value: float) -> str:
    """Return ``34.2 %`` or ``118 Mbit/s``, with three figures."""
    return f"{value:,.3g} Mbit/s" if name == "network" else f"{value:.3g} %"


def _known(found: Mapping[str, Any], window_s: float) -> float:
    covered = number(found.get("covered_s"))
    return 0.0 if covered is None or covered < 0 else min(1.0, covered / window_s)


Point = tuple[float, float, float]


def _points(series: Any, begin_ms: float, end_ms: float) -> Iterator[Point]:
    """Yield (place in the drawing, mean, peak) of what lies in the window."""
    for each in rows(series)[-MOST_POINTS:]:
        at, mean, peak, *_ = (*(number(value) for value in rows(each)), None, None, None)
        if at is not None and mean is not None and peak is not None and begin_ms <= at <= end_ms:
            yield round(WIDTH * (at - begin_ms) / (end_ms - begin_ms), 1), mean, peak


def _height(value: float, top: float) -> float:
    return round(HEIGHT * (1 - min(1.0, max(0.0, value / top))), 1) if top else float(HEIGHT)


def _unknown(
    points: Sequence[Point], step_s: float | None, found: Mapping[str, Any], begin_ms: float, end_ms: float
) -> Iterator[tuple[float, float]]:
    """Yield (place, width) of the stretches of the window of which nothing is known."""
    whole = end_ms - begin_ms
    edges = [number(found.get("from_ms")), number(found.get("to_ms"))]
    first, last = (begin_ms if edges[0] is None else edges[0]), (end_ms if edges[1] is None else edges[1])
    stretches = [(begin_ms, first), (last, end_ms)]
    for gap in rows(found.get("gaps"))[:MOST_POINTS]:
        starts, ends = number(mapping(gap).get("from_ms")), number(mapping(gap).get("to_ms"))
        if starts is not None and ends is not None:
            stretches.append((starts, ends))
    if not points:
        stretches = [(begin_ms, end_ms)]
    least_ms = max(_MS * (step_s or 0) * 2, whole / WIDTH)
    for starts, ends in sorted(stretches):
        one, other = max(starts, begin_ms), min(ends, end_ms)
        if other - one > least_ms:
            yield round(WIDTH * (one - begin_ms) / whole, 1), round(WIDTH * (other - one) / whole, 1)


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield stretches of points that follow each other closely: a gap is not drawn over."""
    steps = sorted(after[0] - before[0] for before, after in itertools.pairwise(points))
    usual = steps[len(steps) // 2] if steps else 0.0
    run: list[Point] = []
    for point in points:
        if run and point[0] - run[-1][0] > 2.5 * max(usual, 0.5):
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _line(points: Sequence[Point], top: float) -> str:
    paths = (
        "M" + "L".join(f"{at:g} {_height(mean, top):g}" for at, mean, _ in run) + ("h.1" if len(run) == 1 else "")
        for run in _runs(points)
    )
    return "".join(paths)


def _band(points: Sequence[Point], top: float) -> str:
    """Return the path of the area between means and peaks."""
    return "".join(
        "M"
        + "L".join(f"{at:g} {_height(peak, top):g}" for at, _, peak in run)
        + "L"
        + "L".join(f"{at:g} {_height(mean, top):g}" for at, mean, _ in reversed(run))
        + "z"
        for run in _runs(points)
    )
