"""What the metrics tell of one platform: plain values, made once a judging, rendered at every scrape.

Label values are bounded: requirements and kinds come from the catalogue and the code; checks, vantage points and
endpoints are cut at ``MOST`` each, load profiles at ``MOST_PROFILES``, and how many were left out is told. So one
platform never has more than ``CEILING`` series, however long its ledger grows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeVar

from reports.availability import DAY_MS, Availability, Service, availability, exposure
from reports.finding import Finding
from reports.history import State
from reports.trending import is_significant, trend_of

MOST: Final = 32
"""Checks, vantage points and endpoints that are told, each."""

MOST_PROFILES: Final = 8
"""Load profiles that are told."""

CEILING: Final = 3_500
"""Series of one platform, at most."""

NIGHT_STATES: Final = ("done", "failed", "cut-short", "missed")
"""How a step of a night ended."""

FRESH_MS: Final = 120_000
WINDOWS: Final[Mapping[str, int]] = MappingProxyType(
    {"1d": DAY_MS, "7d": 7 * DAY_MS, "30d": 30 * DAY_MS, "365d": 365 * DAY_MS}
)
"""Rolling windows that end at the judging, in milliseconds."""

DEFAULT_TARGET: Final = 0.9986
"""Share of the time: MTBF 8500 h with recovery within 12 h (the reading of SBT-3.1.1.1-availability)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One check as it stands: its state now, its time by window, since when it is down (None: no outage is open)."""

    state: State
    windows: Mapping[str, Availability]
    down_since_ms: int | None


def watched(of: Service) -> Watched:
    """Return what a check's merged history tells at its end.

    Its state is that of the last moment of which anything is known, where that is as good as now: an open run grows
    each second, so what is older than two probes (and two minutes) is unknown. An outage is open until a good probe.
    """
    last = of.incidents[-1] if of.incidents else None
    return Watched(
        state=_state(of),
        windows={name: availability(of.known, of.ends_ms - span_ms, of.ends_ms) for name, span_ms in WINDOWS.items()},
        down_since_ms=last.starts_ms if last is not None and not last.over else None,
    )


def _state(of: Service) -> State:
    last = next((run for run in reversed(of.known) if run.state != "unknown"), None)
    if last is None or of.ends_ms - last.ends_ms > max(FRESH_MS, 2 * of.every_ms):
        return "unknown"
    return last.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """What the MTBF stands on: known operating time and relevant failures of the service, and the bound asked for.

    ``bounded`` is False where failures show a trend: bounds of a constant rate would then be wrong, and are not told.
    """

    operating_h: float
    failures: int
    required_h: float
    bounded: bool


def endurance(of: Service, *, required_h: float) -> Endurance:
    """Return what the MTBF of a service stands on, over its whole record."""
    stands_on = exposure(of)
    return Endurance(
        operating_h=stands_on.operating_h,
        failures=stands_on.failures,
        required_h=required_h,
        bounded=not is_significant(trend_of(stands_on)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The newest load run of a profile. ``counts``: it is whole and valid. None stands for what is not known.

    ``planned_per_s`` and ``delivered_per_s``: shoppers a second at its highest rate; ``latency_s`` by quantile.
    """

    ended_s: float
    counts: bool
    planned_per_s: float | None = None
    delivered_per_s: float | None = None
    failed_ratio: float | None = None
    latency_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """The newest run of a drill. ``counts``: it tells all that it could. None stands for what is not known.

    ``recovery_s`` is None where the platform did not recover by itself; ``degree_ratio`` is of acknowledged orders.
    """

    ended_s: float
    counts: bool
    healed: bool | None = None
    recovery_s: float | None = None
    limit_s: float | None = None
    degree_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """What the ledger tells of nights: when the newest that is over began and ended, and how its steps ended.

    ``steps`` has a count for each of ``NIGHT_STATES``; ``missed`` is how many of the newest nights that were due did
    not come about, one after the other. None stands for what is not known, or not declared.
    """

    began_s: float | None = None
    ended_s: float | None = None
    steps: Mapping[str, int] = field(default_factory=dict)
    missed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One platform as it was judged at ``judged_s``. All instants are seconds since 1970-01-01T00:00:00Z.

    ``service`` names the check of ``checks`` on which MTBF and the like are judged. ``evidence_s`` holds the newest
    evidence by kind, ``evidence_limit_s`` its age limit in seconds; ``seen_s`` each watcher's heartbeat by vantage
    point; ``expires_s`` when the first certificate of an endpoint's chain expires; ``examined`` instant and exit
    status of the last examination (None: not known); ``loads`` the newest load run of each profile, ``drills``
    the newest run of each drill, ``nights`` what is known of the nights.
    """

    platform_id: str
    judged_s: float
    findings: tuple[Finding, ...]
    service: str = ""
    target_ratio: float = DEFAULT_TARGET
    checks: Mapping[str, Watched] = field(default_factory=dict)
    endurance: Endurance | None = None
    evidence_s: Mapping[str, float] = field(default_factory=dict)
    evidence_limit_s: Mapping[str, float] = field(default_factory=dict)
    seen_s: Mapping[str, float] = field(default_factory=dict)
    expires_s: Mapping[str, float] = field(default_factory=dict)
    examined_s: float | None = None
    examined_exit: int | None = None
    loads: Mapping[str, Loaded] = field(default_factory=dict)
    drills: Mapping[str, Drilled] = field(default_factory=dict)
    nights: Nights = field(default_factory=Nights)


Value = TypeVar("Value")


def bounded(values: Mapping[str, Value], *, first: Collection[str] = (), most: int = MOST) -> Mapping[str, Value]:
    """Return at most so many of the values, those of ``first`` and then by name: the same ones at each scrape."""
    names = sorted(values, key=lambda name: (name not in first, name))[:most]
    return {name: values[name] for name in names}


def left_out(snapshot: Snapshot) -> Mapping[str, int]:
    """Return how many values of each bounded label are not told."""
    left = {
        "check": len(snapshot.checks) - MOST,
        "vantage": len(snapshot.seen_s) - MOST,
        "endpoint": len(snapshot.expires_s) - MOST,
        "profile": len(snapshot.loads) - MOST_PROFILES,
        "drill": len(snapshot.drills) - MOST,
    }
    return {label: max(0, count) for label, count in left.items()}
