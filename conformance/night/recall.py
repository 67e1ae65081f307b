"""``ledger.nights``: the nights that the ledger holds, and those that should have been; for pictures and metrics.

No judge needs it: what a night found out stands in records of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from conformance.night.course import settled
from conformance.night.schedule import DAYS, Span, due, within
from probes.canonical import thaw
from probes.clock import rfc3339
from probes.errors import NotRecorded
from probes.observation import Observation
from probes.target import Target
from probes.target_night import Night, night_of
from reports.ledger.store import LedgerStore, reading_of

NIGHTS: Final = "ledger.nights"
RUN: Final = "night.run"
SUBJECT: Final = "night"
MOST: Final = 2_000
"""So many readings are gone through backwards: some for each step of each night."""


def night_runs(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the nights of the last 30 days, the newest first, and those that should have been and were not.

    ``{"nights": [data of ``night.run`` with "observed_at"], "missed": [{"starts_ms", "ends_ms"}], "in_a_row": how many
    of the newest that were due were missed, or null where that is not known: it is not declared when they should be, or
    there was none yet, "window_days", "until"}``. Nothing is missed before the first night on record.

    Raises:
        NotRecorded: no night is declared, and none on record.
        EvidenceError: the ledger cannot be read.
    """
    night = night_of(target)
    told = sorted(_told(store, target.platform.id, now), key=lambda run: -run["started_ms"])
    runs = [run for run in told if run["started_ms"] >= _ms(now - timedelta(days=DAYS))]
    if night is None and not runs:
        raise NotRecorded(f"the target file declares no night, and none of {target.platform.id} is on record")
    expected = () if night is None or not told else _due(night, target, now, since_ms=told[-1]["started_ms"])
    missed = [span for span in expected if not _seen(runs, span)]
    kept = [span for span in expected if span not in missed]
    return {
        "nights": runs,
        "missed": [{"starts_ms": _ms(span.starts), "ends_ms": _ms(span.ends)} for span in missed],
        "in_a_row": (expected.index(kept[0]) if kept else len(expected)) if expected else None,
        "window_days": DAYS,
        "until": rfc3339(now),
    }


def _due(night: Night, target: Target, now: datetime, *, since_ms: int) -> tuple[Span, ...]:
    spans: Iterable[Span] = due(night, target.windows, ZoneInfo(target.platform.timezone), now)
    if target.platform.environment == "production":  # where hours alone permit nothing
        spans = within(tuple(spans), target.windows)
    return tuple(span for span in spans if _ms(span.ends) > since_ms)


def _seen(runs: Sequence[Mapping[str, Any]], span: Span) -> bool:
    return any(span.holds(datetime.fromtimestamp(run["started_ms"] / 1000, UTC)) for run in runs)


def _told(store: LedgerStore, platform_id: str, now: datetime) -> Iterator[dict[str, Any]]:
    told: set[str] = set()
    for entry in store.newest_entries(platform_id, RUN, most=MOST):
        reading = reading_of(entry)
        if not isinstance(reading, Observation):
            continue
        data: dict[str, Any] = thaw(reading.data)
        if data["run_id"] not in told and data["started_ms"] <= _ms(now):
            told.add(data["run_id"])
            yield {**settled(data, _ms(now)), "observed_at": reading.header.observed_at}


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
