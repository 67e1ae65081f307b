"""All pictures of the standing record for one page, from the reading ``ledger.history``. Pure."""

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from probes.observation import Observation
from reports import words as words_of
from reports.availability import Incident, Service
from reports.dossier import Dossier
from reports.finding import Finding
from reports.formats import availability_calendar, incident_timeline, latency_picture, mtbf_picture
from reports.formats.limits import limit
from reports.formats.service_record import KIND, Calendar, calendar, judged
from reports.verdict import Text

NOTHING: Final = Text(zh="", en="")
NAMED: Final = 8
"""Vantage points that are named."""
CLAUSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "calendar": ("SBT-3.1.1.1-availability", "SBT-3.1.1.2-daily-failure", "SBT-6-stable"),
        "incidents": ("SBT-3.1.1.2-sw-mttr", "SBT-3.1.1.2-hw-mttr"),
        "mtbf": ("SBT-3.1.1.2-mtbf",),
    }
)
"""What each picture bears on: these findings stand beside it."""
MOST: Final = 3
"""Checks that are drawn: those that clauses are judged on. The others stand in the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What the section shows. Where nothing was recorded there is no calendar, and ``why`` says what is known of it."""

    why: str = ""
    lede: Text = NOTHING
    months: tuple[tuple[float, Text], ...] = ()
    calendars: tuple[availability_calendar.Picture, ...] = ()
    undrawn: int = 0
    incidents: incident_timeline.Picture | None = None
    mtbf: mtbf_picture.Picture | None = None
    latencies: tuple[latency_picture.Picture, ...] = ()
    limit: str = ""
    clauses: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)


def pictures(dossier: Dossier) -> Pictures | None:
    """Return the pictures; None where the examination did not ask for the standing record."""
    told = [each for each in dossier.readings if each.header.kind == KIND]
    if not told:
        return None
    last = told[-1]
    if not isinstance(last, Observation):
        return Pictures(why=last.detail)
    shown = drawn(last.data, daily=_limit(dossier, "daily_failure_rate"), mtbf=_limit(dossier, "mtbf"))
    return replace(shown, clauses=_clauses(dossier))


def _clauses(dossier: Dossier) -> Mapping[str, tuple[Finding, ...]]:
    found = {finding.requirement.id: finding for finding in dossier.report.findings}
    return {name: tuple(found[each] for each in ids if each in found) for name, ids in CLAUSES.items()}


def drawn(data: Mapping[str, Any], *, daily: float | None, mtbf: float | None) -> Pictures:
    """Return the pictures of one record.

    ``daily`` is the clause's daily failure rate in percent (None: any failure is drawn as a violation), ``mtbf`` its
    hours (None: no picture of the bounds).
    """
    checks = judged(data)
    if not checks:
        return Pictures()
    year = calendar(data["zone"], data["window"]["ends_ms"])
    own = {check.name: check for check in checks}
    drawable = checks[:MOST]
    seen = (
        latency_picture.picture(check.name, data.get("latencies", {}).get(check.name, ()), year) for check in drawable
    )
    service = own.get(data["service"])
    return Pictures(
        lede=_lede(data, checks, year),
        months=latency_picture.months_of(year),
        calendars=tuple(availability_calendar.picture(check, year, (daily or 0.0) / 100) for check in drawable),
        limit="" if daily is None else f"{daily:g} %",
        undrawn=len(data["checks"]) - len(drawable),
        incidents=incident_timeline.picture(tuple(_outages(drawable)), year),
        mtbf=mtbf_picture.picture(service, mtbf) if service is not None and mtbf is not None else None,
        latencies=tuple(each for each in seen if each is not None),
    )


def _outages(checks: Sequence[Service]) -> Iterator[Incident]:
    """Yield the outages of the first check, and of the others those that fall in none of its own."""
    first, *others = checks
    yield from first.incidents
    starts = [each.starts_ms for each in first.incidents]
    for each in (incident for check in others for incident in check.incidents):
        before = bisect.bisect_left(starts, each.ends_ms) - 1
        if before < 0 or first.incidents[before].ends_ms <= each.starts_ms:
            yield each


def _lede(data: Mapping[str, Any], checks: Iterable[Service], year: Calendar) -> Text:
    vantages = sorted({name for check in checks for name in check.vantages})
    begin, end = (year.local(data["window"][edge]) for edge in ("starts_ms", "ends_ms"))
    k, n = min(data["at_least"], len(vantages)), len(vantages)
    return Text(
        zh=f"记录自 {begin} 至 {end}（{data['zone']}），观察点 {n} 个，至少 {k} 个看到停机才计为停机："
        f"{'、'.join(vantages[:NAMED])}{'……' if n > NAMED else ''}。未知的时间既不计为正常，也不计为停机。",
        en=f"Recorded from {begin} to {end} ({data['zone']}) at {words_of.counted(n, 'vantage point')}, of which {k} "
        f"must see it down: {', '.join(vantages[:NAMED])}{' …' if n > NAMED else ''}. "
        "Time of which nothing is known is neither up nor down.",
    )


def _limit(dossier: Dossier, metric: str) -> float | None:
    """Return the bound of a metric; None where none has it."""
    bound = limit(dossier, metric)
    return None if bound is None else bound.value
