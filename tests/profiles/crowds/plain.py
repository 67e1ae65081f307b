"""Shoppers who ask for one page."""

from profiles.arrivals import Arrival
from profiles.locustfiles.reporting import open_model
from profiles.pacing import Visit, Walk
from profiles.plan import LoadPlan
from tests.profiles.crowds import page


class Shoppers:
    """Each opens one connection, reads one answer and leaves."""

    def __init__(self, plan: LoadPlan, worker: int, workers: int) -> None:
        self._plan = plan

    def enter(self, arrival: Arrival) -> Visit | None:
        return self._visit

    def _visit(self, walk: Walk) -> None:
        with walk.step("page"):
            page.read(self._plan)


Crowd = open_model(Shoppers)
