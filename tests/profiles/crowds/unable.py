"""Shoppers that worker 1 cannot send out, as where its machine lacks a file of the target."""

from probes.errors import SettingsError
from profiles.arrivals import Arrival
from profiles.locustfiles.reporting import open_model
from profiles.pacing import Visit
from profiles.plan import LoadPlan


class Shoppers:
    def __init__(self, plan: LoadPlan, worker: int, workers: int) -> None:
        if worker == 1:
            raise SettingsError("shop.toml: is not on this machine")

    def enter(self, arrival: Arrival) -> Visit | None:
        return None


Crowd = open_model(Shoppers)
