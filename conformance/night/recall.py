"""``ledger.nights``: the nights that the ledger holds, and those that should have been; for pictures and metrics.

No judge needs it: what a night found out stands in records of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from conformance.night.course import settled
from conformance.night.schedule import DAYS, due
from conformance.windows import Span, joined, within
from probes.canonical import thaw
from probes.clock import rfc3339
from probes.errors import NotRecorded
from probes.observation import Observation
from probes.target import Target
from probes.target_night import Night, night_of
from reports.ledger.store import LedgerStore, reading_of
from reports.night_words import NO_WINDOW

NIGHTS: Final = "ledger.nights"
RUN: Final = "night.run"
SUBJECT: Final = "night"
MOST: Final = 2_000
"""So many readings are gone through backwards: some for each step of each night."""


def night_runs(store: LedgerStore, target: Target, now: datetime) -> Mapping[str, Any]:
    """Return the nights of the last 30 days, the newest first, and those that should have been and were not.

    ``{"nights": [data of ``night.run`` with "observed_at"], "missed": [{"starts_ms", "ends_ms", "why"}], "in_a_row":
    how many of the newest that were due were missed, or null where that is not known: it is not declared when they
    should be, or there was none yet, "window_days", "until"}``. Nothing is missed before the first night on record.
    ``why`` is empty, or says that no window was open.

    Raises:
        NotRecorded: no night is declared, and none on record.
        EvidenceError: the ledger cannot be read.
    """
    night = night_of(target)
    told = sorted(_told(store, target.platform.id, now), key=lambda run: -run["started_ms"])
    runs = [run for run in told if run["started_ms"] >= _ms(now - timedelta(days=DAYS))]
    if night is None and not runs:
        raise NotRecorded(f"the target file declares no night, and none of {target.platform.id} is on record")
    scheduled = night is not None and bool(told) and _scheduled(night, target)
    begun = [run["started_ms"] for run in told]
    expected = () if night is None or not told else tuple(_due(night, target, now, begun_ms=begun))
    # Of all runs, not of the last 30 days: the oldest night that is due may have begun before those, and ended in them.
    missed = [each for each in expected if not _seen(told, each[0])]
    kept = [each for each in expected if each not in missed]
    return {
        "nights": runs,
        "missed": [{"starts_ms": _ms(span.starts), "ends_ms": _ms(span.ends), "why": why} for span, why in missed],
        "in_a_row": (expected.index(kept[0]) if kept else len(expected)) if scheduled else None,
        "window_days": DAYS,
        "until": rfc3339(now),
    }


def _scheduled(night: Night, target: Target) -> bool:
    """Tell whether it is declared when nights should be, whether any was due or not."""
    return night.hours is not None or bool(target.windows) or target.platform.environment == "production"


def _due(night: Night, target: Target, now: datetime, *, begun_ms: Sequence[int]) -> Iterator[tuple[Span, str]]:
    """Yield the nights that were due, the newest first, and why none could be, where that is known.

    In production hours alone permit nothing: before the last declared window a night is due where one is open, and
    whoever leaves a night out declares none for it. After the last window, and after the newest night (``begun_ms``,
    the newest first), nobody decided that: the windows ran out.
    """
    spans = due(night, target.windows, ZoneInfo(target.platform.timezone), now)
    opened = tuple(joined(target.windows))
    for span in spans:
        if _ms(span.ends) <= begun_ms[-1]:
            continue
        if target.platform.environment != "production" or night.hours is None:
            yield span, ""
        elif opened and span.starts < opened[-1].ends:
            yield from ((part, "") for part in within((span,), target.windows))
        elif begun_ms[0] < _ms(span.starts):
            yield span, NO_WINDOW


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
