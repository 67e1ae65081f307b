"""Listens beside a locustfile of the user's own: its requests go into the same record as those of our shoppers.

Its users wait for each answer before they go on, so a shop that stands still is asked less: the record says
``"model": "closed"``, and is never judged.
"""

import sys
from collections.abc import Iterator
from typing import Any

import locust

from profiles.locustfiles.dispatch import GreenTime
from profiles.locustfiles.reporting import tie
from profiles.plan import LoadPlan
from profiles.tally import Tally


class ClosedPace:
    """Locust lets its users in; this one counts until the end."""

    def __init__(self, plan: LoadPlan, green: GreenTime, tally: Tally) -> None:
        """Count what Locust's users ask from second 0 on."""
        self._ends_s = plan.seconds
        self._green = green
        self._tally = tally
        locust.events.request.add_listener(self._asked)  # type: ignore[no-untyped-call]

    def run(self) -> None:
        """Return at the end of the plan, or when the run is stopped."""
        self._green.sleep_until(self._ends_s)

    def stop(self) -> None:
        """Do not wait for the end."""
        self._green.stop()

    def _asked(
        self, request_type: str, name: str, response_time: float | None, exception: BaseException | None, **_more: Any
    ) -> None:
        if self._green.now() >= 0:
            why = None if exception is None else f"{type(exception).__name__}: {exception}"
            self._tally.step(f"{request_type} {name}".strip(), max(0.0, response_time or 0.0) / 1000, why)


def _users(under: type[locust.User]) -> Iterator[type[locust.User]]:
    """Yield the user classes that the locustfile made: it was imported before this one."""
    for kind in under.__subclasses__():
        if not kind.abstract and not kind.__module__.startswith("locust."):
            yield kind
        yield from _users(kind)


def _make(plan: LoadPlan, _worker: int) -> Any:
    return lambda green, tally: ClosedPace(plan, green, tally)


if next(_users(locust.User), None) is None:
    sys.exit("No User class in it; a locustfile has at least one, such as: class Visitor(FastHttpUser)")

tie(_make)
