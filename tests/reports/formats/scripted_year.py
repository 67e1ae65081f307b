"""A year of a shop as ``ledger.history`` tells it: outages of every class, flapping, unknown days, the rest.

Three vantage points watch the front and the buying journey; one does a payment every ten minutes. All is scripted, so
that a test can say what a day must look like.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
MINUTE, HOUR = 60_000, 3_600_000
BEGAN, ENDED = "2025-03-20 00:00", "2026-03-14 10:14"
VANTAGES = ("beijing", "shanghai", "guangzhou")
AWAY = (("2025-06-14 09:00", "2025-06-17 12:00"), ("2025-12-24 08:00", "2025-12-24 15:00"))
LOST_VANTAGE = ("2026-01-05 00:00", "2026-02-10 00:00")
MAINTENANCE = (
    ("2025-07-15 01:00", "2025-07-15 05:00", "2025-07-08 10:00", "数据库升级 / database upgrade"),
    ("2025-10-18 00:00", "2025-10-19 00:00", "2025-10-01 09:00", "机房搬迁 / the machines move house"),
    ("2026-02-03 03:00", "2026-02-03 04:00", "2026-02-03 03:30", "announced too late"),
)
OUTAGES = (
    ("2025-05-06 02:10", 47, "HTTP 502", "software", "rule bad-gateway"),
    ("2025-07-15 01:20", 180, "HTTP 503", "", ""),
    ("2025-08-19 14:00", 690, "connection refused", "hardware", "王敏"),
    ("2025-10-02 20:15", 20, "no route to host", "network", "李雷"),
    ("2025-10-18 02:00", 900, "HTTP 503", "", ""),
    ("2025-11-11 00:03", 33, "no whole answer within 20 s", "", ""),
    ("2026-02-03 03:00", 60, "HTTP 503", "software", "李雷"),
    ("2026-03-14 09:40", 60, "HTTP 500 <b>oops</b>", "", ""),
)
FLAPPING, FLAPS = "2025-09-09 10:00", 10
SPRINKLED = 6  # on every sixth day a few probes fail, one at a time: no outage
DAY_MS = 24 * HOUR


def at(local: str, zone: str = ZONE) -> int:
    """Return the instant of a local time, in ms."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def outages() -> list[tuple[int, int, str]]:
    """Return every outage of the year, those in maintenance too: (starts_ms, ends_ms, why) in order."""
    single = [(at(start), at(start) + minutes * MINUTE, why) for start, minutes, why, _, _ in OUTAGES]
    flaps = [(at(FLAPPING) + n * 6 * MINUTE, at(FLAPPING) + (n * 6 + 3) * MINUTE, "HTTP 504") for n in range(FLAPS)]
    return sorted((start, min(end, at(ENDED)), why) for start, end, why in [*single, *flaps])


def runs(vantage: str = VANTAGES[0]) -> list[list[Any]]:
    """Return the runs of one vantage point, in order, without a gap but where it was away."""
    away = [(at(begin), at(end)) for begin, end in AWAY]
    if vantage == VANTAGES[-1]:
        away.append((at(LOST_VANTAGE[0]), at(LOST_VANTAGE[1])))
    spans = [("down", *each) for each in outages()]
    spans += [("unknown", begin, end, "watcher away") for begin, end in away]
    return list(_filled(sorted(spans, key=lambda each: each[1]), at(BEGAN), at(ENDED)))


def _filled(spans: Sequence[tuple[str, int, int, str]], begin: int, end: int) -> Iterator[list[Any]]:
    now = begin
    for state, starts, ends, why in spans:
        if starts > now:
            yield ["up", now, starts, ""]
        if ends > max(now, starts):
            yield [state, max(now, starts), ends, why]
        now = max(now, ends)
    if now < end:
        yield ["up", now, end, ""]


def days(known: Sequence[Sequence[Any]], every_ms: int) -> list[list[Any]]:
    """Return the probes of each day: tried and failed, a few failing alone on every sixth day."""
    told = []
    known = [piece for run in known for piece in _outside(run)]
    first = date.fromisoformat(BEGAN[:10])
    for number in range((date.fromisoformat(ENDED[:10]) - first).days + 1):
        begin = at(BEGAN) + number * DAY_MS
        tried = sum(_probes(run, begin, every_ms) for run in known if run[0] != "unknown")
        failed = sum(_probes(run, begin, every_ms) for run in known if run[0] == "down")
        alone = number % 9 if number % SPRINKLED == 0 and not failed and tried == DAY_MS // MINUTE else 0
        if tried:
            told.append([(first + timedelta(days=number)).isoformat(), tried, failed + alone])
    return told


def _outside(run: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield what of a run lies outside announced maintenance: probes within it are not counted."""
    state, now, ends, why = run
    for begin, end in ((at(begin), at(end)) for begin, end, told, _ in MAINTENANCE if told < begin):
        if begin < ends and now < end:
            if now < begin:
                yield [state, now, begin, why]
            now = end
    if now < ends:
        yield [state, now, ends, why]


def _probes(run: Sequence[Any], begin: int, every_ms: int) -> int:
    starts, ends = max(int(run[1]), begin), min(int(run[2]), begin + DAY_MS)
    return max(0, math.ceil(ends / every_ms) - math.ceil(starts / every_ms))


def incidents() -> list[dict[str, Any]]:
    """Return the words on the outages; of the first every step of the recovery is known."""
    words = []
    for start, minutes, why, incident_class, by in OUTAGES:
        if incident_class:
            begin = at(start)
            steps = {"detected_ms": begin + MINUTE, "decided_ms": None, "acted_ms": None, "verified_ms": None}
            if by == "王敏" or incident_class == "software":
                steps |= {
                    f"{step}_ms": begin + share * minutes * MINUTE // 100
                    for step, share in (("decided", 15), ("acted", 40), ("verified", 100))
                }
            words.append(
                {"check": "buying", "starts_ms": begin, "class": incident_class, "by": by, "why": why}
                | {"said_ms": begin + HOUR}
                | steps
            )
    return words


def latencies(known: Sequence[Sequence[Any]], median_ms: float) -> list[list[Any]]:
    """Return count, p50, p95, p99 and max of each day that has probes, slow before the outage of August."""
    told = []
    for number, (day, tried, _) in enumerate(known):
        slow = 1 + 2.5 * math.exp(-(((number - 150) / 6) ** 2)) + 0.15 * math.sin(number / 9)
        wave = 1 + 0.2 * math.sin(number * 2.4)
        middle = round(median_ms * slow, 1)
        told.append([day, tried, middle, middle * 2.2, middle * 3.9 * wave, middle * (9 + 40 * (number % 31 == 0))])
    return told


def check(name: str, kind: str, depth: str, every_ms: int, vantages: Sequence[str]) -> dict[str, Any]:
    """Return one check as the reading has it."""
    seen = [(vantage, runs(vantage)) for vantage in vantages]
    return {
        "name": name,
        "kind": kind,
        "depth": depth,
        "every_ms": every_ms,
        "vantages": [
            {"name": vantage, "sources": ["watch"], "runs": known, "days": days(known, every_ms)}
            for vantage, known in seen
        ],
    }


def year() -> dict[str, Any]:
    """Return the data of the reading."""
    checks = [
        check("front", "page", "page", MINUTE, VANTAGES),
        check("buying", "journey", "checkout", MINUTE, VANTAGES),
        check("pay", "payment", "payment", 10 * MINUTE, VANTAGES[:1]),
    ]
    return {
        "window": {"starts_ms": at(BEGAN), "ends_ms": at(ENDED)},
        "zone": ZONE,
        "service": "buying",
        "front": "front",
        "at_least": 2,
        "checks": checks,
        "maintenance": [[at(begin), at(end), at(told), why] for begin, end, told, why in MAINTENANCE],
        "incidents": incidents(),
        "latencies": {
            "front": latencies(checks[0]["vantages"][0]["days"], 85.0),
            "buying": latencies(checks[1]["vantages"][0]["days"], 640.0),
        },
    }


def decade(changes: int = 40_000) -> dict[str, Any]:
    """Return ten years with so many changes of state: what the page must stay small and quick with."""
    end = at(ENDED)
    begin = end - 3652 * DAY_MS
    step = (end - begin) // changes
    edges = [begin + number * step for number in range(changes)] + [end]
    states = itertools.cycle((("up", ""), ("down", "HTTP 502"), ("up", ""), ("unknown", "watcher away")))
    spans = zip(states, itertools.pairwise(edges), strict=False)
    known = [[state, start, stop, why] for (state, why), (start, stop) in spans]
    first = date(2016, 3, 13)
    counted = [[(first + timedelta(days=number)).isoformat(), 1440, 300] for number in range(3653)]
    whole = year()
    for each in whole["checks"]:
        for vantage in each["vantages"]:
            vantage |= {"runs": known, "days": counted}
    whole["window"] = {"starts_ms": begin, "ends_ms": end}
    whole["latencies"] = {"buying": [[day, 1440, 640.0, 900.0, 2000.0, 9000.0] for day, _, _ in counted]}
    return whole
