"""Plain shoppers who write down for themselves between which two instants their step was over.

``shoppers-N.jsonl`` beside the trails: first ``[zero, zero]``, between which the worker's start of the run lies on the
machine's monotonic clock; then ``[planned start, before, after]`` of each shopper, in seconds from that start.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from probes.errors import LookFailed
from profiles.arrivals import Arrival
from profiles.locustfiles.dispatch import GreenTime, OpenPace
from profiles.locustfiles.reporting import Standing, tie
from profiles.pacing import Visit, Walk
from profiles.plan import LoadPlan
from profiles.tally import Tally
from tests.profiles.crowds import page


class Shoppers:
    """Each asks for the page, and notes when it had it, and when that was counted."""

    def __init__(self, plan: LoadPlan, worker: int, green: GreenTime) -> None:
        self._plan, self._green = plan, green
        self._notes = (Path(plan.trails) / f"shoppers-{worker}.jsonl").open("w", encoding="utf-8", buffering=1)
        before_s, now_s, after_s = time.monotonic(), green.now(), time.monotonic()
        self._note(before_s - now_s, after_s - now_s)

    def enter(self, arrival: Arrival) -> Visit | None:
        return self._visit

    def _visit(self, walk: Walk) -> None:
        try:
            with walk.step("page"):
                try:
                    page.read(self._plan)
                finally:
                    before_s = self._green.now()
        except LookFailed:
            self._note(walk.arrival.at_s, before_s, self._green.now())
            raise
        self._note(walk.arrival.at_s, before_s, self._green.now())

    def _note(self, *seconds: float) -> None:
        self._notes.write(json.dumps(seconds) + "\n")


def pace_of(plan: LoadPlan, worker: int) -> Callable[[GreenTime, Tally], OpenPace]:
    def at_start(green: GreenTime, tally: Tally) -> OpenPace:
        return OpenPace(plan, worker, Shoppers(plan, worker, green), green=green, tally=tally)

    return at_start


tie(pace_of)
Crowd: Any = type("Crowd", (Standing,), {"abstract": False})
