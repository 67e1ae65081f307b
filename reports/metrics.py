"""The exposition for Prometheus: a snapshot as metric families, by the conventions (base units, instants, not ages).

Pure but for the format: no clock, no ledger. Every series carries the platform's id. A value that is not known has no
series: unknown is never zero.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

from reports.history import STATES, State
from reports.metrics_families import by, gauge, one
from reports.metrics_nights import of_nights
from reports.metrics_runs import of_drills, of_loads
from reports.metrics_snapshot import MOST_PROFILES, Endurance, Snapshot, Watched, bounded, left_out
from reports.reliability import confidence_at_least, hours_needed, mtbf_lower_h, mtbf_upper_h
from reports.verdict import Word, word

CONFIDENCES: Final = (0.6, 0.8, 0.9)
VERDICTS: Final[tuple[Word, ...]] = get_args(Word)
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served now: the last snapshot, whether the ledger could be read last, and how often it was judged.

    ``readable`` is None before the first try; ``fault`` says in one sentence why the ledger cannot be read.
    """

    platform_id: str
    tool: str
    snapshot: Snapshot | None = None
    readable: bool | None = None
    fault: str = ""
    judgings: int = 0


def exposition(served: Served, accept: str, *, current: bool) -> tuple[bytes, str]:
    """Return the body of ``/metrics`` and its content type, in the format that ``accept`` asks for.

    ``current`` says whether the snapshot is of now. Where it is not, clauses are told as they last were, with the
    instant beside them, but nothing is told to be up or down: what happens meanwhile is unknown.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Served(served, current=current))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Served(Collector):
    """The collector: all families of what is served."""

    def __init__(self, served: Served, *, current: bool) -> None:
        self._served, self._current = served, current

    def collect(self) -> Iterable[Metric]:
        return families(self._served, current=self._current)


def families(served: Served, *, current: bool) -> Iterator[Metric]:
    """Yield every metric family of what is served; families without a known value are left out."""
    for metric in (*_of_server(served), *(_of_snapshot(served.snapshot, current=current) if served.snapshot else ())):
        for sample in metric.samples:
            sample.labels["platform"] = served.platform_id
        if metric.samples:
            yield metric


def _of_server(served: Served) -> Iterator[Metric]:
    yield gauge("build_info", "The version that serves; always 1.", ("version",), [((served.tool,), 1)])
    readable = None if served.readable is None else float(served.readable)
    yield one("ledger_readable", "Whether the ledger could be read when it was last tried (1) or not (0).", readable)
    counted = CounterMetricFamily("duheng_judgings", "Judgings of the ledger since the server started.", labels=())
    counted.add_metric((), served.judgings)
    yield counted


def _of_snapshot(told: Snapshot, *, current: bool) -> Iterator[Metric]:
    yield one("snapshot_timestamp_seconds", "When the ledger was last judged; all below is of then.", told.judged_s)
    yield from _of_clauses(told)
    yield from _of_checks(told, current=current)
    if told.endurance is not None:
        yield from _of_mtbf(told.endurance)
    yield from _of_evidence(told)
    yield from of_loads(bounded(told.loads, most=MOST_PROFILES))
    wounded = {name for name, run in told.drills.items() if run.healed is False}
    yield from of_drills(bounded(told.drills, first=wounded))
    yield from of_nights(told.nights)
    yield by("labels_dropped", "Label values that are not told because there are too many.", "label", left_out(told))


def _of_clauses(told: Snapshot) -> Iterator[Metric]:
    findings = {finding.requirement.id: finding for finding in told.findings}
    states = (
        ((name, state), float(word(finding.verdict) == state))
        for name, finding in findings.items()
        for state in VERDICTS
    )
    yield gauge(
        "clause_state", "The verdict on a requirement: 1 for its state, 0 for others.", ("requirement", "state"), states
    )
    waived = {name: float(finding.waiver is not None) for name, finding in findings.items()}
    yield by(
        "clause_waived", "Whether a waiver for the requirement is in force; it alters no state.", "requirement", waived
    )
    counts = {name: float(finding.counts) for name, finding in findings.items()}
    yield by("clause_counting", "Whether the requirement bears on the exit status.", "requirement", counts)


def _of_checks(told: Snapshot, *, current: bool) -> Iterator[Metric]:
    checks = bounded(told.checks, first=(told.service,))
    now: dict[str, State] = {name: check.state if current else "unknown" for name, check in checks.items()}
    yield one("availability_target_ratio", "The availability that is asked for, of known time.", told.target_ratio)
    if told.service in checks:
        states = (((state,), float(state == now[told.service])) for state in STATES)
        yield gauge(
            "service_state", "The service on which MTBF is judged: 1 for its state, 0 for others.", ("state",), states
        )
    each = (((name, state), float(state == seen)) for name, seen in now.items() for state in STATES)
    yield gauge(
        "check_state", "A check, all vantage points together: 1 for its state, 0 for others.", ("check", "state"), each
    )
    yield from _of_windows(checks)
    if current:
        yield from _of_incidents(checks)


def _of_incidents(checks: Mapping[str, Watched]) -> Iterator[Metric]:
    opened = {name: float(check.down_since_ms is not None) for name, check in checks.items()}
    yield by("incident_open", "Whether an outage of the check is open.", "check", opened)
    since = {name: check.down_since_ms / 1000 for name, check in checks.items() if check.down_since_ms is not None}
    yield by("incident_start_timestamp_seconds", "Since when the open outage of the check lasts.", "check", since)


def _of_windows(checks: Mapping[str, Watched]) -> Iterator[Metric]:
    spans = [((name, window), span) for name, check in checks.items() for window, span in check.windows.items()]
    known = ((labels, span.share) for labels, span in spans)
    yield gauge(
        "availability_ratio",
        "Up time by known time (up and down) in a rolling window; none where nothing is known.",
        ("check", "window"),
        ((labels, available) for labels, available in known if available is not None),
    )
    yield gauge(
        "unknown_ratio",
        "Time of the rolling window of which nothing is known, by its wall clock.",
        ("check", "window"),
        ((labels, span.unknown_share) for labels, span in spans),
    )
    yield gauge(
        "excluded_ratio",
        "Announced maintenance in the rolling window, by its wall clock.",
        ("check", "window"),
        ((labels, span.excluded_ms / span.wall_ms) for labels, span in spans),
    )


def _of_mtbf(told: Endurance) -> Iterator[Metric]:
    hours, failures, required = told.operating_h, told.failures, told.required_h
    yield one("operating_seconds", "Known operating time of the service, on which the MTBF stands.", hours * _HOUR_S)
    yield one("failures", "Relevant failures in the operating time.", failures)
    yield one("mtbf_required_seconds", "The MTBF that is asked for.", required * _HOUR_S)
    yield one(
        "mtbf_seconds",
        "Operating time by failures; none without a failure.",
        hours * _HOUR_S / failures if failures else None,
    )
    if hours > 0 and told.bounded:
        yield from _of_bounds(hours, failures, required)


def _of_bounds(hours: float, failures: int, required: float) -> Iterator[Metric]:
    by_side = {"lower": mtbf_lower_h, "upper": mtbf_upper_h}
    bounds = (
        ((side, f"{confidence:g}"), of(hours, failures, confidence) * _HOUR_S)
        for side, of in by_side.items()
        for confidence in CONFIDENCES
    )
    yield gauge(
        "mtbf_bound_seconds",
        "One-sided bound of the MTBF at a confidence; the upper one is infinite without a failure.",
        ("side", "confidence"),
        bounds,
    )
    needed = {
        f"{confidence:g}": max(0.0, hours_needed(required, failures, confidence) - hours) * _HOUR_S
        for confidence in CONFIDENCES
    }
    yield by(
        "mtbf_needed_seconds",
        "Operating time still needed, without a further failure, until the lower bound reaches what is asked for.",
        "confidence",
        needed,
    )
    confident = confidence_at_least(required, hours, failures)
    yield one("mtbf_confidence_ratio", "Confidence that the MTBF is at least what is asked for.", confident)


def _of_evidence(told: Snapshot) -> Iterator[Metric]:
    yield by("evidence_timestamp_seconds", "When the newest evidence of a kind was seen.", "kind", told.evidence_s)
    yield by(
        "evidence_age_limit_seconds",
        "How old evidence of a kind may be before a clause that needs it cannot be told.",
        "kind",
        told.evidence_limit_s,
    )
    yield by(
        "watcher_seen_timestamp_seconds",
        "The last heartbeat of the watcher at a vantage point.",
        "vantage",
        bounded(told.seen_s),
    )
    yield by(
        "certificate_expiry_timestamp_seconds",
        "When the first certificate of the endpoint's chain expires, as last seen.",
        "endpoint",
        bounded(told.expires_s),
    )
    yield one("examination_timestamp_seconds", "When the last examination ended.", told.examined_s)
    status = None if told.examined_exit is None else float(told.examined_exit)
    yield one("examination_exit_status", "Exit status of the last examination: 0, 1 or 2.", status)
