"""Samples of one host's load added up: means, the highest 1-minute p99, a series for the picture, gaps. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

RESOURCES: Final[Mapping[str, str]] = {
    "cpu": "percent", "memory": "percent", "disk": "percent", "network_bytes": "bytes_s",
}  # fmt: skip
"""What is sampled, in the order of the agent's columns, with its unit."""

MOST_SERIES: Final = 600
MINUTE_MS: Final = 60_000
WHOLE: Final = 0.9
"""So much of a minute must be sampled for its percentile to be told."""

_P99: Final = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one host went through in a short span: when it began (ms since 1970, our clock), for how long, the means."""

    at_ms: int
    span_ms: int
    values: tuple[float | None, ...]


def samples_of(rows: Iterable[Sequence[Any]], *, ahead_ms: float) -> tuple[Sample, ...]:
    """Return the agent's rows as samples; its clock is ``ahead_ms`` ahead of ours.

    Raises:
        ValueError, TypeError: a row is of another form.
    """
    made = []
    for at_ms, span_ms, *values in rows:
        numbers = tuple(None if value is None else float(value) for value in values)
        if len(numbers) != len(RESOURCES):
            raise ValueError(f"a sample has {len(numbers)} values, not {len(RESOURCES)}")
        if span_ms > 0:
            made.append(Sample(at_ms=round(at_ms - ahead_ms), span_ms=int(span_ms), values=numbers))
    return tuple(made)


def since(samples: Iterable[Sample], from_ms: int | None) -> list[Sample]:
    """Return the samples in order, without those that were over before an instant; None leaves none out."""
    kept = (each for each in samples if from_ms is None or _end(each) > from_ms)
    return sorted(kept, key=lambda sample: sample.at_ms)


def added_up(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return ``from_ms``, ``to_ms``, ``samples``, ``step_s``, ``gaps_s`` and ``resources`` of samples in order.

    Raises:
        ValueError: there is none.
    """
    if not samples:
        raise ValueError("no sample adds up to nothing")
    spans = sorted(sample.span_ms for sample in samples)
    columns = {name: [(each, each.values[number]) for each in samples] for number, name in enumerate(RESOURCES)}
    told = {name: [(each, value) for each, value in column if value is not None] for name, column in columns.items()}
    return {
        "from_ms": samples[0].at_ms,
        "to_ms": _end(samples[-1]),
        "samples": len(samples),
        "step_s": spans[len(spans) // 2] / 1000,
        "gaps_s": sum(max(0, late.at_ms - _end(early)) for early, late in pairwise(samples)) / 1000,
        "resources": {name: _resource(RESOURCES[name], column) for name, column in told.items() if column},
    }


def grown(first: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """Return by what the agent's counters grew between two looks: ``interfaces``, ``softnet_dropped``, ``conntrack``.

    A counter that went back (a restart, an interface that came anew) is null: nothing is known of it. ``hardware``:
    whether there is a device behind an interface; None where the host did not say.
    """
    before, hardware = first.get("interfaces") or {}, last.get("hardware")
    return {
        "interfaces": [
            {
                "name": name,
                "hardware": None if hardware is None else name in hardware,
                **{key: _growth(before[name].get(key), value) for key, value in counters.items()},
            }
            for name, counters in sorted((last.get("interfaces") or {}).items())
            if name in before
        ],
        "softnet_dropped": _growth(first.get("softnet_dropped"), last.get("softnet_dropped")),
        "conntrack": None
        if not (first.get("conntrack") and last.get("conntrack"))
        else {key: _growth(first["conntrack"].get(key), value) for key, value in last["conntrack"].items()},
    }


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile by nearest rank: one that was seen.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("no value has no percentile")
    return sorted(values)[math.ceil(_P99 * len(values)) - 1]


def _end(sample: Sample) -> int:
    return sample.at_ms + sample.span_ms


def _growth(before: Any, after: Any) -> int | None:
    if not isinstance(before, int) or not isinstance(after, int) or after < before:
        return None
    return after - before


def _resource(unit: str, column: Sequence[tuple[Sample, float]]) -> dict[str, Any]:
    spent = sum(each.span_ms for each, _ in column)
    minutes = [minute for minute in _buckets(column, MINUTE_MS).values() if _covered(minute) >= WHOLE * MINUTE_MS]
    highest = max((p99([value for _, value in minute]) for minute in minutes), default=None)
    return {
        "unit": unit,
        "mean": round(sum(each.span_ms * value for each, value in column) / spent, 3),
        "peak": round(max(value for _, value in column), 3),
        "p99_minute_peak": None if highest is None else round(highest, 3),
        "minutes": len(minutes),
        "series": _series(column),
    }


def _buckets(column: Sequence[tuple[Sample, float]], span_ms: int) -> dict[int, list[tuple[Sample, float]]]:
    """Return the samples by spans of that length, counted from the first sample."""
    found: dict[int, list[tuple[Sample, float]]] = {}
    for each, value in column:
        found.setdefault((each.at_ms - column[0][0].at_ms) // span_ms, []).append((each, value))
    return found


def _covered(bucket: Sequence[tuple[Sample, float]]) -> int:
    return sum(each.span_ms for each, _ in bucket)


def _series(column: Sequence[tuple[Sample, float]]) -> list[list[float]]:
    begun_ms = column[0][0].at_ms
    span_ms = max(1000, math.ceil((_end(column[-1][0]) - begun_ms) / MOST_SERIES))
    return [
        [
            begun_ms + number * span_ms,
            round(sum(each.span_ms * value for each, value in bucket) / _covered(bucket), 2),
            round(max(value for _, value in bucket), 2),
        ]
        for number, bucket in sorted(_buckets(column, span_ms).items())
    ]
