"""What hosts and databases went through during a load run: a panel a resource, a row a database. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from reports import load_words
from reports.formats.reading_data import mapping, number, rows, text
from reports.formats.scales import round_up
from reports.verdict import Text

WIDTH, HEIGHT = 300, 60
"""Units of one drawing."""
MOST_HOSTS: Final = 8
MOST_DATABASES: Final = 20
_MOST_POINTS: Final = 600
_MBIT_S: Final = 125_000.0  # bytes a second
_PERCENT: Final = 100.0
_APART: Final = 3  # times the usual step: a gap is not drawn over
_LONG: Final = 120
_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cpu": "peak_cpu_percent",
        "memory": "peak_memory_percent",
        "disk": "peak_disk_percent",
        "network_bytes": "peak_network_mbit_s",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One resource of one host; ``state`` is "over" or ""; ``p99`` is a dash where no minute was sampled whole."""

    resource: Text
    p99: str
    mean: str
    bound: str
    bound_at: float | None
    band: str
    line: str
    top: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host that was sampled; ``gaps`` says for how many seconds it was not."""

    name: str
    panels: tuple[Panel, ...]
    gaps: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Hosts that are drawn, hosts that were not sampled with the reason, and how many are neither."""

    drawn: tuple[Host, ...]
    unread: tuple[tuple[str, str], ...]
    more: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database in figures; ``why`` where it was not read."""

    name: str
    figures: tuple[str, ...]
    why: str


def hosts_of(told: Sequence[Any], declared: Mapping[str, Any], from_ms: float, to_ms: float) -> Hosts:
    """Return the hosts of a run that lasted from and to these instants; ``declared`` is ``[utilisation]``."""
    seen = [mapping(each) for each in told]
    read = [each for each in seen if each.get("state") == "read"]
    unread = [
        (text(each.get("host"), _LONG), text(each.get("why"), _LONG)) for each in seen if each.get("state") != "read"
    ]
    drawn = [_host(each, declared, from_ms, to_ms) for each in read[:MOST_HOSTS]]
    return Hosts(drawn=tuple(drawn), unread=tuple(unread[:MOST_HOSTS]), more=len(read[MOST_HOSTS:]))


def databases_of(told: Sequence[Any]) -> tuple[Database, ...]:
    """Return the databases of all hosts: errors, refused, deadlocks, connections, p95."""
    found = [mapping(entry) for each in told for entry in rows(mapping(each).get("databases"))]
    return tuple(_database(entry) for entry in found[:MOST_DATABASES])


def _host(told: Mapping[str, Any], declared: Mapping[str, Any], from_ms: float, to_ms: float) -> Host:
    resources, gaps = mapping(told.get("resources")), number(told.get("gaps_s"))
    panels = [_panel(name, mapping(resources.get(name)), declared, from_ms, to_ms) for name in load_words.RESOURCES]
    return Host(
        name=text(told.get("host"), _LONG),
        panels=tuple(panel for panel in panels if panel is not None),
        gaps=f"{gaps:.3g} s" if gaps else "",
        lost=f"{_lost(told):,.0f}" if _lost(told) else "",
    )


def _lost(told: Mapping[str, Any]) -> float:
    """Return the packets that the host's interfaces and kernel dropped."""
    keys = ("rx_dropped", "tx_dropped", "rx_fifo", "tx_fifo", "rx_missed", "rx_over")
    counted = [number(mapping(each).get(key)) for each in rows(told.get("interfaces")) for key in keys]
    tracked = [number(value) for value in mapping(told.get("conntrack")).values()]
    return sum(value or 0.0 for value in (*counted, *tracked, number(told.get("softnet_dropped"))))


def _panel(
    name: str, found: Mapping[str, Any], declared: Mapping[str, Any], from_ms: float, to_ms: float
) -> Panel | None:
    mean, p99 = number(found.get("mean")), number(found.get("p99_minute_peak"))
    if mean is None or to_ms <= from_ms:
        return None
    scale = _MBIT_S if name == "network_bytes" else 1.0
    bound = number(declared.get(_KEYS[name]))
    points = _points(found.get("series"), from_ms, to_ms, scale)
    highest = max([mean / scale, *(peak for _, _, peak in points), *([] if bound is None else [bound]), 0.001])
    top = round_up(highest) if name == "network_bytes" else _PERCENT
    return Panel(
        resource=load_words.RESOURCES[name],
        p99="—" if p99 is None else _said(name, p99 / scale),
        mean=_said(name, mean / scale),
        bound="" if bound is None else _said(name, bound),
        bound_at=None if bound is None else _height(bound, top),
        band=_drawn(points, top, band=True),
        line=_drawn(points, top, band=False),
        top=f"{top:,.3g}",
        state="over" if bound is not None and p99 is not None and p99 / scale > bound else "",
    )


def _said(name: str, value: float) -> str:
    return f"{value:,.3g} Mbit/s" if name == "network_bytes" else f"{value:.3g} %"


def _height(value: float, top: float) -> float:
    return round(HEIGHT * (1 - min(1.0, max(0.0, value / top))), 1)


Point = tuple[float, float, float]


def _points(series: Any, from_ms: float, to_ms: float, scale: float) -> list[Point]:
    """Return (place, mean, peak) of what was sampled during the run."""
    found: list[Point] = []
    for each in rows(series)[:_MOST_POINTS]:
        at, mean, peak, *_ = (*(number(value) for value in rows(each)), None, None, None)
        if at is not None and mean is not None and peak is not None and from_ms <= at <= to_ms:
            found.append((round(WIDTH * (at - from_ms) / (to_ms - from_ms), 1), mean / scale, peak / scale))
    return found


def _drawn(points: Sequence[Point], top: float, *, band: bool) -> str:
    return "".join(_path(run, top, band=band) for run in _runs(points))


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Return stretches of points that follow each other closely."""
    steps = sorted(late[0] - early[0] for early, late in pairwise(points))
    usual = max(steps[len(steps) // 2] if steps else 0.0, 0.5)
    found: list[list[Point]] = []
    for point in points:
        if not found or point[0] - found[-1][-1][0] > _APART * usual:
            found.append([])
        found[-1].append(point)
    return found


def _path(run: Sequence[Point], top: float, *, band: bool) -> str:
    means = [f"{at:g} {_height(mean, top):g}" for at, mean, _ in run]
    if not band:
        return "M" + "L".join(means) + ("h.1" if len(run) == 1 else "")
    return "M" + "L".join([*(f"{at:g} {_height(peak, top):g}" for at, _, peak in run), *reversed(means)]) + "z"


def _database(entry: Mapping[str, Any]) -> Database:
    query = mapping(entry.get("query_ms"))
    exact, most = number(query.get("p95")), number(query.get("p95_at_most"))
    p95 = f"{exact:.4g} ms" if exact is not None else f"≤ {most:.4g} ms" if most is not None else "—"
    connections = " / ".join(_count(entry.get(key)) for key in ("connections_peak", "connections_max"))
    counted = [_count(entry.get(key)) for key in ("errors", "refused", "deadlocks")]
    return Database(
        name=text(entry.get("name"), _LONG),
        figures=() if entry.get("state") == "unread" else (*counted, connections, _count(query.get("count")), p95),
        why=text(entry.get("why"), _LONG),
    )


def _count(value: Any) -> str:
    known = number(value)
    return "—" if known is None else f"{known:,.0f}"
