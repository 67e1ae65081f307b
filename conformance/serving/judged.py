"""One judging: from what the ledger holds now to the snapshot that the metrics tell. It never touches the platform."""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

from conformance.catalogue.load import Catalogue, judged_records
from conformance.judges.table import JUDGEMENTS
from conformance.judging import findings_of, verdict_on
from conformance.recalling import RECALLS, recalled
from conformance.serving.latest import LatestReadings
from conformance.serving.nights import nights
from conformance.serving.recorded import of_readings
from conformance.stricter import tightened
from probes.clock import Clock, parse_rfc3339
from probes.observation import Observation, Reading, to_record
from probes.target import Target
from probes.tcp import place_of
from reports.finding import Finding
from reports.ledger.standing_record import key_prefix
from reports.ledger.store import LedgerStore
from reports.metrics_snapshot import DEFAULT_TARGET, Snapshot
from reports.verdict import Requirement
from reports.verdict_record import VerdictRecord, verdict_records

MTBF: Final = "SBT-3.1.1.2-mtbf"
RUN_ID: Final = "serve"
"""In the header of what is recalled for a judging and kept nowhere."""

RETIRED_S: Final = timedelta(days=30).total_seconds()
"""A watcher that was silent for so long is no longer told of: it was renamed or taken away."""


def judged(store: LedgerStore, target: Target, catalogue: Catalogue, latest: LatestReadings, clock: Clock) -> Snapshot:
    """Return the platform as what the ledger holds tells it now.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    readings = (*latest.follow(store), *recalled(RECALLS, store, target, clock, run_id=RUN_ID))
    now = clock.now()
    examined = last_examination(store, target.platform.id)
    recorded = of_readings(readings, required_h=_required_h(catalogue, target))
    return Snapshot(
        platform_id=target.platform.id,
        judged_s=now.timestamp(),
        findings=_findings(catalogue, target, readings, now),
        service=recorded.service,
        target_ratio=_target_ratio(target),
        checks=recorded.checks,
        endurance=recorded.endurance,
        evidence_s={**_newest(readings), **recorded.newest_s},
        evidence_limit_s=limits_s(catalogue.requirements),
        seen_s=_heartbeats(store, target.platform.id, now.timestamp()),
        expires_s=dict(_expiries(readings)),
        examined_s=parse_rfc3339(examined.ended).timestamp() if examined else None,
        examined_exit=examined.exit if examined else None,
        loads=recorded.loads,
        drills=recorded.drills,
        nights=nights(store, target, clock),
    )


def last_examination(store: LedgerStore, platform_id: str) -> VerdictRecord | None:
    """Return what the platform's last examination left; None where there was none."""
    return functools.reduce(lambda _, record: record, verdict_records(store, platform_id), None)


def _required_h(catalogue: Catalogue, target: Target) -> float:
    requirement = tightened(catalogue.by_id[MTBF], target.declarations())
    return next(bound.value for bound in requirement.thresholds if bound.metric == "mtbf")


def _target_ratio(target: Target) -> float:
    declared = target.declared("availability", "target_percent")
    return DEFAULT_TARGET if declared is None else float(declared) / 100


def told_records(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return the records whose state is served: checks with a judge, and ``any`` groups above such a check."""
    given = tuple(requirements)
    by_id = {record.id: record for record in given}
    told = {record.id for record in given if record.id in JUDGEMENTS}
    for record in [by_id[name] for name in told]:
        above = record.parent
        while above is not None and above in by_id:
            told.add(above)
            above = by_id[above].parent
    return tuple(record for record in judged_records(given) if record.id in told)


def _findings(
    catalogue: Catalogue, target: Target, readings: tuple[Reading, ...], now: datetime
) -> tuple[Finding, ...]:
    declared = target.declarations()
    verdicts = {
        record.id: verdict_on(record, readings, declared, now)
        for record in catalogue.requirements
        if record.node == "check"
    }
    told = {record.id for record in told_records(catalogue.requirements)}
    findings = findings_of(catalogue.requirements, verdicts, declared, now)
    return tuple(finding for finding in findings if finding.requirement.id in told)


def limits_s(requirements: Iterable[Requirement]) -> Mapping[str, float]:
    """Return by kind of evidence the shortest age limit of the requirements that need it, in seconds."""
    found: dict[str, float] = {}
    for requirement in requirements:
        for kind in JUDGEMENTS[requirement.id].needs if requirement.id in JUDGEMENTS else ():
            found[kind] = min(requirement.age_limit_s, found.get(kind, requirement.age_limit_s))
    return found


def _newest(readings: Iterable[Reading]) -> dict[str, float]:
    found: dict[str, float] = {}
    for reading in readings:
        # What could not be looked at is no evidence, however new.
        if isinstance(reading, Observation) and reading.header.kind not in RECALLS:
            seen = parse_rfc3339(reading.header.observed_at).timestamp()
            found[reading.header.kind] = max(seen, found.get(reading.header.kind, seen))
    return found


def _heartbeats(store: LedgerStore, platform_id: str, now_s: float) -> dict[str, float]:
    seen: dict[str, float] = {}
    for name, content in store.notes(key_prefix("watcher", platform_id)).items():
        # A note that is no heartbeat is as good as none: the watcher is told as silent by the age of its evidence.
        with suppress(ValueError, KeyError, TypeError):
            seen[unquote(name.rpartition("/")[2])] = float(json.loads(content)["seen_ms"]) / 1000
    return {vantage: at for vantage, at in seen.items() if now_s - at <= RETIRED_S}


def _expiries(readings: Iterable[Reading]) -> Iterator[tuple[str, float]]:
    for reading in readings:
        if isinstance(reading, Observation) and reading.header.kind == "net.tls" and reading.data.get("chain"):
            host, port = place_of(reading.header.subject)
            # Read back from its canonical record: a plain list again.
            chain = to_record(reading)["data"]["chain"]
            yield f"{host}:{port}", min(parse_rfc3339(sent["not_after"]).timestamp() for sent in chain)
