"""Planned maintenance from the target file into the chain: put down when it is first read, and never again."""

from collections.abc import Iterable
from datetime import datetime

from probes.target import Target
from reports.standing import Maintenance


def planned_in(target: Target, *, now_ms: int) -> tuple[Maintenance, ...]:
    """Return the maintenance that a target file announces, as read at an instant."""
    return tuple(
        Maintenance(
            platform_id=target.platform.id,
            starts_ms=_ms(entry["starts"]),
            ends_ms=_ms(entry["ends"]),
            announced_ms=now_ms,
            reason=entry["reason"],
        )
        for entry in target.declared("maintenance") or ()
    )


def not_known(planned: Iterable[Maintenance], known: Iterable[Maintenance]) -> tuple[Maintenance, ...]:
    """Return what is planned and not announced yet, whenever that was."""
    announced = {_span(each) for each in known}
    return tuple(each for each in planned if _span(each) not in announced)


def _span(planned: Maintenance) -> tuple[int, int, str]:
    return planned.starts_ms, planned.ends_ms, planned.reason


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)
