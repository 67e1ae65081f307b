"""From the ledger's standing record to the data of a ``ledger.history`` reading, for ``reports.availability``. Pure.

``{"window": {"starts_ms", "ends_ms"}, "zone", "service", "front", "at_least", "checks": [{"name", "kind", "depth",
"every_ms", "slowest_ms", "fastest_ms", "vantages": [{"name", "sources", "runs": [[state, starts_ms, ends_ms, why]],
"days": [[day, tried, failed]]}]}], "maintenance": [[starts_ms, ends_ms, announced_ms, reason]], "incidents":
[{"check", "starts_ms", "class", "by", "why", "said_ms", "detected_ms", "decided_ms", "acted_ms", "verified_ms"}],
"latencies": {check: [[day, count, p50_ms, p95_ms, p99_ms, max_ms]]}}``
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from reports.availability import DEPTHS
from reports.ledger.standing_record import Standing
from reports.standing import IncidentWord, Interval, Maintenance

KIND: Final = "ledger.history"
FRONT: Final = "front"
DAYS_KEPT: Final = 400
"""Counts and latencies by day are told of so many days; runs of one state of the whole record."""

_PAYMENT: Final = "payment"
_KIND_OF_DEPTH: Final[Mapping[str, str]] = {"page": "page", _PAYMENT: _PAYMENT}
NOT_PAID: Final = "no payment was made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the target file says of the record: IANA zone, check to judge on (None: the deepest journey), k of n.

    ``kinds`` names the kind of each declared check; of others it follows from how deep they go.
    """

    zone: str
    service: str | None
    at_least: int
    kinds: Mapping[str, str]


def history_data(
    record: Standing, settings: Settings, *, now_ms: int, latencies: Mapping[str, Sequence[Sequence[Any]]]
) -> dict[str, Any] | None:
    """Return the data of the reading; None where nothing was recorded before ``now_ms``."""
    since = (datetime.fromtimestamp(now_ms / 1000, ZoneInfo(settings.zone)).date() - timedelta(DAYS_KEPT)).isoformat()
    known = [each for each in record.intervals if each.starts_ms < now_ms]
    if not known:
        return None
    planned = [each for each in record.maintenance if each.announced_ms < each.starts_ms]
    checks = [
        _check(name, group, settings, planned, now_ms=now_ms, since=since) for name, group in _grouped(known, _by_check)
    ]
    service = settings.service or deepest(checks)
    starts_ms, ends_ms = _window(known, service, now_ms)
    return {
        "window": {"starts_ms": starts_ms, "ends_ms": ends_ms},
        "zone": settings.zone,
        "service": service,
        "front": _front(checks),
        "at_least": settings.at_least,
        "checks": checks,
        "maintenance": [[each.starts_ms, each.ends_ms, each.announced_ms, each.reason] for each in record.maintenance],
        "incidents": [_word(each) for each in record.incidents],
        "latencies": {check: [list(row) for row in rows if row[0] >= since] for check, rows in latencies.items()},
    }


def _window(known: Sequence[Interval], service: str, now_ms: int) -> tuple[int, int]:
    """Return from when to when the record tells, or should: from its first probe until now.

    What is less than an interval of the service's probes is no gap in it: before its first one, when other checks
    had begun, and after its last one, when the next was not due, or not over.
    """
    own = [each for each in known if each.check == service]
    starts_ms, ends_ms = min(each.starts_ms for each in known), now_ms
    if own:
        first, last = min(own, key=lambda each: each.starts_ms), max(own, key=lambda each: each.ends_ms)
        starts_ms = first.starts_ms if first.starts_ms - starts_ms < first.every_ms else starts_ms
        ends_ms = last.ends_ms if 0 < now_ms - last.ends_ms < last.every_ms else now_ms
    return starts_ms, ends_ms


def deepest(checks: Iterable[Mapping[str, Any]]) -> str:
    """Return the journey that goes deepest, the first by name of equals; where there is none, the deepest check."""
    ranked = sorted(
        checks, key=lambda each: (each["kind"] != "journey", -DEPTHS.index(_known(each["depth"])), each["name"])
    )
    return str(ranked[0]["name"])


def _front(checks: Sequence[Mapping[str, Any]]) -> str:
    """Return the check of the shop front: the one of that name, else the first page by name."""
    names = [str(each["name"]) for each in checks]
    pages = [str(each["name"]) for each in checks if each["kind"] == "page"]
    return FRONT if FRONT in names or not pages else pages[0]


def _known(depth: str) -> str:
    return depth if depth in DEPTHS else DEPTHS[0]


def _by_check(interval: Interval) -> str:
    return interval.check


def _by_vantage(interval: Interval) -> str:
    return interval.vantage


def _grouped(intervals: Iterable[Interval], key: Any) -> list[tuple[str, list[Interval]]]:
    found: dict[str, list[Interval]] = {}
    for each in intervals:
        found.setdefault(key(each), []).append(each)
    return sorted(found.items())


def _check(
    name: str,
    intervals: Sequence[Interval],
    settings: Settings,
    planned: Sequence[Maintenance],
    *,
    now_ms: int,
    since: str,
) -> dict[str, Any]:
    kind = settings.kinds.get(name)
    if kind == _PAYMENT:
        intervals = [_paid(each) for each in intervals]
    # A record is no deeper than its shallowest part: what was never walked was not seen to work.
    seen = [each for each in intervals if each.state != "unknown"] or intervals
    depth = min((_known(each.depth) for each in seen), key=DEPTHS.index)
    return {
        "name": name,
        "kind": kind or _KIND_OF_DEPTH.get(depth, "journey"),
        "depth": depth,
        "every_ms": max(intervals, key=lambda each: each.ends_ms).every_ms,
        "slowest_ms": max(each.every_ms for each in intervals),
        "fastest_ms": min(each.every_ms for each in intervals),
        "vantages": [
            {
                "name": vantage,
                "sources": sorted({each.source for each in group}),
                "runs": _runs(group, now_ms),
                "days": _days([each for each in group if each.day >= since], planned),
            }
            for vantage, group in _grouped(intervals, _by_vantage)
        ],
    }


def _paid(interval: Interval) -> Interval:
    """Return an interval of a payment check; where it is up but went less deep, no payment was seen to come about."""
    if interval.state != "up" or interval.depth == _PAYMENT:
        return interval
    return replace(interval, state="unknown", tried=0, failed=0, why=NOT_PAID)


def _runs(intervals: Sequence[Interval], now_ms: int) -> list[list[Any]]:
    """Return neighbours of one state as one run; of time that is covered twice, what began first stands."""
    runs: list[list[Any]] = []
    for state, begin, end, why in _apart(intervals, now_ms):
        if runs and runs[-1][0] == state and runs[-1][2] == begin:
            runs[-1][2] = end
        else:
            runs.append([state, begin, end, why])
    return runs


def _apart(intervals: Iterable[Interval], now_ms: int) -> Iterator[tuple[str, int, int, str]]:
    upto = None
    for each in sorted(intervals, key=lambda one: one.starts_ms):
        begin = each.starts_ms if upto is None else max(upto, each.starts_ms)
        end = min(each.ends_ms, now_ms)
        if begin < end:
            yield each.state, begin, end, each.why
            upto = end


def _days(intervals: Iterable[Interval], planned: Sequence[Maintenance]) -> list[list[Any]]:
    counted: dict[str, tuple[int, int]] = {}
    for each in intervals:
        tried, failed = _outside(each, planned)
        before = counted.get(each.day, (0, 0))
        counted[each.day] = (before[0] + tried, before[1] + failed)
    return [[day, *counts] for day, counts in sorted(counted.items()) if counts[0]]


def _outside(interval: Interval, planned: Sequence[Maintenance]) -> tuple[int, int]:
    """Return the probes of an interval outside announced maintenance.

    A watch cuts its intervals at the edges that it knows. Where one lies partly inside all the same, its probes divide
    as its time does; failures of one that is up stay outside.
    """
    inside = sorted(
        (max(each.starts_ms, interval.starts_ms), min(each.ends_ms, interval.ends_ms))
        for each in planned
        if each.starts_ms < interval.ends_ms and interval.starts_ms < each.ends_ms
    )
    if not inside:
        return interval.tried, interval.failed
    covered, upto = 0, interval.starts_ms
    for begin, end in inside:
        covered += max(0, end - max(begin, upto))
        upto = max(upto, end)
    share = 1 - covered / (interval.ends_ms - interval.starts_ms)
    tried = round(interval.tried * share)
    failed = interval.failed if interval.state == "up" else round(interval.failed * share)
    return tried, min(tried, failed)


def _word(word: IncidentWord) -> dict[str, Any]:
    return {
        "check": word.check,
        "starts_ms": word.starts_ms,
        "class": word.incident_class,
        "by": word.by,
        "why": word.why,
        "said_ms": word.said_ms,
        "detected_ms": word.detected_ms,
        "decided_ms": word.decided_ms,
        "acted_ms": word.acted_ms,
        "verified_ms": word.verified_ms,
    }
