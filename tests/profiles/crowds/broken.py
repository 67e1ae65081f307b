"""Shoppers with a bug of ours in the third of them, and one in making them where ``search_terms`` say so."""

from profiles.arrivals import Arrival
from profiles.locustfiles.reporting import open_model
from profiles.pacing import Visit, Walk
from profiles.plan import LoadPlan


class Shoppers:
    def __init__(self, plan: LoadPlan, worker: int, workers: int) -> None:
        if plan.search_terms:
            raise KeyError(plan.search_terms[0])

    def enter(self, arrival: Arrival) -> Visit | None:
        return self._visit

    def _visit(self, walk: Walk) -> None:
        with walk.step("page"):
            if walk.arrival.number == 2:
                raise ZeroDivisionError("a bug of ours")


Crowd = open_model(Shoppers)
