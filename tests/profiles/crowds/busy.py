"""Shoppers that keep the processor to themselves: one worker cannot do what is planned."""

import time

from profiles.arrivals import Arrival
from profiles.locustfiles.reporting import open_model
from profiles.pacing import Visit, Walk
from profiles.plan import LoadPlan

BUSY_S = 0.03


class Shoppers:
    def __init__(self, plan: LoadPlan, worker: int, workers: int) -> None:
        pass

    def enter(self, arrival: Arrival) -> Visit | None:
        return self._visit

    def _visit(self, walk: Walk) -> None:
        with walk.step("think hard"):
            until_s = time.thread_time() + BUSY_S
            while time.thread_time() < until_s:
                pass


Crowd = open_model(Shoppers)
