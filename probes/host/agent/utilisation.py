"""``utilisation``: how busy the host has been over the last 30 days, by whatever has been keeping watch."""

import math

from probes.host.agent import prometheus, sar, spool
from probes.host.agent.machine import Machine
from probes.host.agent.part import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Mapping, Tuple

    Point = Tuple[int, int, float, float]

WINDOW_S = 30 * 24 * 3600
MOST_GAPS = 50
MOST_SERIES = 120
_METERS = {
    "cpu": "cpu_percent",
    "memory": "memory_percent",
    "disk": "disk_percent",
    "disk_space": "disk_space_percent",
    "network": "network_percent",
    "network_bytes": "network_bytes_s",
}


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"window_s": 2592000, "sources": [{"name": "spool"|"sar"|"prometheus", "state": "read"} | {..., "why"}],
         "resources": {"cpu"|"memory"|"disk"|"disk_space"|"network"|"network_bytes": {"unit": "percent"|"bytes_s",
          "mean", "peak", "from_ms", "to_ms", "samples", "step_s", "covered_s", "gaps": [{"from_ms", "to_ms"}],
          "gaps_s", "source", "series": [[from_ms, mean, peak], ...]}}}

    Each resource is told by the source that covers most of it. ``disk`` is the time that the busiest disk was busy,
    ``network`` the fullest wire's share of its speed (missing where no speed is told: a virtual card),
    ``network_bytes`` all wires together. ``peak`` is the highest of the samples; ``step_s`` is the span of one.
    ``gaps``: the longest 50, between ``from_ms`` and ``to_ms``; ``gaps_s`` are all of them.
    """
    now_s = machine.now_ms() // 1000
    sources, resources = [], {}  # type: List[Dict[str, Any]], Dict[str, Any]
    for name, source in _SOURCES.items():
        told = part(lambda source=source: {"points": source(machine, now_s)})  # type: ignore[misc]
        for resource, points in told.pop("points", {}).items():
            found = summary([point for point in points if point[0] >= now_s - WINDOW_S])
            if found and found["covered_s"] > resources.get(resource, {"covered_s": 0})["covered_s"]:
                unit = "bytes_s" if resource == "network_bytes" else "percent"
                resources[resource] = dict(found, source=name, unit=unit)
        sources.append(dict(told, name=name))
        if resources and min(each["covered_s"] for each in resources.values()) > WINDOW_S * 0.95:
            break  # the rest could tell no more
    return {"window_s": WINDOW_S, "sources": sources, "resources": resources}


def summary(points: "List[Point]") -> "Any":
    """Return what the points (start, span, mean, peak, in order) add up to; None where there is none."""
    if not points:
        return None
    covered_s = sum(point[1] for point in points)
    step_s = sorted(point[1] for point in points)[len(points) // 2]
    gaps = _gaps(points, step_s)
    return {
        "mean": round(sum(point[1] * point[2] for point in points) / covered_s, 3),
        "peak": round(max(point[3] for point in points), 3),
        "from_ms": points[0][0] * 1000,
        "to_ms": (points[-1][0] + points[-1][1]) * 1000,
        "samples": len(points),
        "step_s": step_s,
        "covered_s": covered_s,
        "gaps": [
            {"from_ms": start * 1000, "to_ms": end * 1000}
            for start, end in sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[:MOST_GAPS])
        ],
        "gaps_s": sum(end - start for start, end in gaps),
        "series": _series(points),
    }


def _gaps(points: "List[Point]", step_s: int) -> "List[Tuple[int, int]]":
    """Return the spans without points; less than a step is the service's own dither."""
    ends = ((early[0] + early[1], late[0]) for early, late in zip(points, points[1:]))  # noqa: RUF007 - younger than 3.6
    return [(end, start) for end, start in ends if start - end >= max(step_s, 1)]


def _series(points: "List[Point]") -> "List[List[Any]]":
    """Return at most 120 spans of equal length: start, mean and peak; a span without points is left out."""
    start, end = points[0][0], points[-1][0] + points[-1][1]
    span_s = max(1, math.ceil((end - start) / MOST_SERIES))
    buckets = {}  # type: Dict[int, List[Point]]
    for point in points:
        buckets.setdefault((point[0] - start) // span_s, []).append(point)
    return [
        [
            (start + number * span_s) * 1000,
            round(sum(point[1] * point[2] for point in each) / sum(point[1] for point in each), 2),
            round(max(point[3] for point in each), 2),
        ]
        for number, each in sorted(buckets.items())
    ]


def _from_spool(machine: Machine, now_s: int) -> "Dict[str, List[Point]]":
    found = {name: [] for name in _METERS}  # type: Dict[str, List[Point]]
    for record in spool.records(machine, now_s - WINDOW_S):
        for name, meter in _METERS.items():
            index = spool.METERS.index(meter)
            if not math.isnan(record.means[index]) and record.covered_s:
                point = (record.start_s, record.covered_s, record.means[index], record.peaks[index])
                found[name].append(point)
    return found


def _from_sar(machine: Machine, now_s: int) -> "Dict[str, List[Point]]":  # noqa: ARG001 - sources are called alike
    return sar.read(machine)


def _from_prometheus(machine: Machine, now_s: int) -> "Dict[str, List[Point]]":  # noqa: ARG001 - sources are called alike
    return prometheus.read(now_s, WINDOW_S)


_SOURCES: "Mapping[str, Callable[[Machine, int], Dict[str, List[Point]]]]" = {
    "spool": _from_spool,
    "sar": _from_sar,
    "prometheus": _from_prometheus,
}
