"""What a run of load came to, in words and as an exit status. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.exits import INTERRUPTED
from conformance.loading.business import broken
from conformance.loading.observed import error_share
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan

FINE, FAILED, UNTOLD = 0, 1, 2
_MOST_TOLD = 5
_BY_HAND = frozenset({"interrupted", "terminated"})


def beyond_budget(record: LoadRecord, plan: LoadPlan) -> tuple[str, ...]:
    """Return in words which budgets the whole run went beyond."""
    told = []
    share, allowed = error_share(record), plan.budgets.error_share
    if share > allowed:
        told.append(f"{100 * share:.2f} % of the steps failed; {100 * allowed:g} % are allowed")
    p99_ms, limit_s = record.latencies().percentile_ms(99.0), plan.budgets.latency_p99_s
    if p99_ms is not None and limit_s is not None and p99_ms > 1000 * limit_s:
        told.append(f"p99 is {p99_ms:g} ms; {1000 * limit_s:g} ms are allowed")
    return tuple(told)


def untold(business: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what trade could not be told."""
    unread, why = business["orders"]["unread"], (business["payments"] or {}).get("unread")
    return (
        *((f"{unread} acknowledged orders could not be read back",) if unread else ()),
        *((f"the provider's list of payments could not be read: {why}",) if why else ()),
    )


def wrongs(
    record: LoadRecord, plan: LoadPlan, business: Mapping[str, Any], *, invalid: Sequence[Any]
) -> tuple[str, ...]:
    """Return in words what went wrong on the platform; budgets are told of a valid run alone."""
    return (*broken(business), *(() if invalid else beyond_budget(record, plan)))


def status(record: LoadRecord, *, invalid: Sequence[Any], wrong: Sequence[str], unknown: Sequence[str]) -> int:
    """Return the exit status: interrupted, gone wrong, tells nothing, or fine.

    What went wrong went wrong, however the run ended.
    """
    if record.stopped is not None and record.stopped.why in _BY_HAND:
        return INTERRUPTED
    if wrong:
        return FAILED
    return UNTOLD if invalid or unknown else FINE


def summary(record: LoadRecord, plan: LoadPlan) -> str:
    """Return in one line who came and how long steps took."""
    p50, p95, p99, most = record.latencies().percentiles_ms((50.0, 95.0, 99.0, 100.0))
    planned, started, dropped = (record.total(name) for name in ("planned", "started", "dropped"))
    came = f"{started} of {planned} planned shoppers came, {dropped} dropped; " if plan.closed is None else ""
    steps = f"{record.total('steps_failed')} of {record.total('steps')} steps failed"
    times = "" if p50 is None else f"; p50 {p50:g} ms, p95 {p95:g} ms, p99 {p99:g} ms, max {most:g} ms"
    return f"{plan.profile}: {came}{steps}{times}"


def counted(number: int, what: str) -> str:
    """Return ``1 order`` or ``2 orders``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def failures(record: LoadRecord) -> tuple[str, ...]:
    """Return the most frequent failures in words."""
    told = record.footer.failures[:_MOST_TOLD] if record.footer is not None else ()
    return tuple(f"{failure.count} x {failure.step}: {failure.why}" for failure in told)
