"""Long-run evidence: read from the ledger, never produced by an examination.

A recalled observation is gathered like any other: it enters the ledger and the bundle, so that its clauses are judged
again from it years later.
"""

import platform as machine
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from conformance.catalogue.load import load_catalogue
from conformance.drilling.recall import DRILLS, drill_runs
from conformance.judges.table import JUDGEMENTS
from conformance.loading.recall import LOAD, load_runs
from conformance.night.recall import NIGHTS, night_runs
from probes.canonical import freeze
from probes.clock import Clock, parse_rfc3339, rfc3339
from probes.errors import LookFailed, NotRecorded
from probes.observation import Header, Observation, Reading, Unobserved
from probes.target import Target
from reports import history_data
from reports.latencies import by_day
from reports.ledger.standing_record import standing
from reports.ledger.store import LedgerStore
from reports.verdict_record import verdict_records

HISTORY: Final = history_data.KIND
FUNCTIONS: Final = "ledger.functions"
FUNCTIONS_OF: Final = "SBT-3.2.1"
KEPT: Final = "SBT-3.2.1-kept"
FUNCTION_DAYS: Final = 90
SUBJECT: Final = "platform"
_VERSION: Final = "1"

Recall: TypeAlias = Callable[[LedgerStore, Target, datetime], Mapping[str, Any]]
"""What the ledger holds of a target up to an instant; raises ``NotRecorded`` where that is nothing."""


def history(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the standing record of the platform: ``reports.history_data`` says its shape.

    Raises:
        NotRecorded: nothing was watched, and nothing imported.
        EvidenceError: the ledger cannot be read.
    """
    platform_id, zone = target.platform.id, target.platform.timezone
    settings = history_data.Settings(
        zone=zone,
        service=target.declared("watch", "service"),
        at_least=int(target.declared("watch", "at_least") or 1),
        kinds={check["name"]: check.get("kind", "page") for check in target.declared("checks") or ()},
    )
    record = standing(store, platform_id)
    latencies = by_day(store, platform_id, ZoneInfo(zone))
    data = history_data.history_data(record, settings, now_ms=_ms(now), latencies=latencies)
    if data is None:
        raise NotRecorded(
            f"the ledger holds no standing record of {platform_id}: run `duheng watch`, or `duheng import` one"
        )
    return data


def functions(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return what earlier examinations of the last 90 days told of the functions of 3.2.1, one row an examination.

    ``{"days": [{"day", "run_id", "ended", "functions": {id: verdict}}], "window_days", "until", "expected": [id],
    "not_built": [id]}``: the day is that of the platform's zone; an examination that judged no function has no row.

    Raises:
        NotRecorded: no examination told anything of them.
        EvidenceError: the ledger cannot be read.
    """
    zone = ZoneInfo(target.platform.timezone)
    expected = [
        record.id
        for record in load_catalogue("SBT").requirements
        if record.parent == FUNCTIONS_OF and record.node == "check" and record.id != KEPT
    ]
    rows: list[dict[str, Any]] = []
    for record in verdict_records(store, target.platform.id):
        ended = parse_rfc3339(record.ended)
        told = {name: record.verdicts[name] for name in expected if name in record.verdicts}
        if told and now - timedelta(days=FUNCTION_DAYS) <= ended <= now:
            day = ended.astimezone(zone).date().isoformat()
            rows.append({"day": day, "run_id": record.run_id, "ended": record.ended, "functions": told})
    if not rows:
        raise NotRecorded(
            f"the ledger holds no examination of {target.platform.id} that judged a function of 3.2.1 in the last "
            f"{FUNCTION_DAYS} days: examine it every day (duheng examine --clauses 3.2.1)"
        )
    return {
        "days": sorted(rows, key=lambda row: (row["ended"], row["run_id"])),
        "window_days": FUNCTION_DAYS,
        "until": rfc3339(now),
        "expected": expected,
        "not_built": [name for name in expected if name not in JUDGEMENTS],
    }


RECALLS: Final[Mapping[str, Recall]] = MappingProxyType(
    {HISTORY: history, FUNCTIONS: functions, LOAD: load_runs, DRILLS: drill_runs}
)
"""Every kind of recalled observation that a judge needs."""

SHOWN: Final[Mapping[str, Recall]] = MappingProxyType({NIGHTS: night_runs})
"""What is recalled for the report and the metrics alone."""


def recall(kind: str, store: LedgerStore, target: Target, clock: Clock, *, run_id: str) -> Reading:
    """Return what the ledger holds of a kind now; ``Unobserved``, cause ``stale``, where nothing was recorded.

    Raises:
        EvidenceError: the ledger cannot be read.
        KeyError: nothing of that kind is recalled (a bug of ours).
    """
    now = clock.now()
    header = Header(
        platform_id=target.platform.id,
        kind=kind,
        subject=SUBJECT,
        observed_at=rfc3339(now),
        clock_offset_s=clock.offset_s,
        vantage=machine.node(),
        probe_version=_VERSION,
        run_id=run_id,
    )
    try:
        return Observation(header=header, data=freeze({**RECALLS, **SHOWN}[kind](store, target, now)))
    except LookFailed as failed:
        return Unobserved(header=header, cause=failed.cause, detail=failed.detail)


def recalled(
    kinds: Iterable[str], store: LedgerStore, target: Target, clock: Clock, *, run_id: str
) -> tuple[Reading, ...]:
    """Return a reading of each kind, in order.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    return tuple(recall(kind, store, target, clock, run_id=run_id) for kind in kinds)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
