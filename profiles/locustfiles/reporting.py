"""Ties a locustfile to the run: master or worker, whichever this process is.

A locustfile of shoppers says, in one line at its end, ``Crowd = open_model(Shoppers)``. Locust finds the user class
``Crowd`` and starts one of it in each worker; it does nothing. Who lets the shoppers in is the worker's dispatcher.
"""

from typing import Any

import locust
from gevent.event import Event
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from profiles.locustfiles.dispatch import GreenTime, MakeShoppers, OpenPace
from profiles.locustfiles.master import Master
from profiles.locustfiles.worker import MakePace, Worker
from profiles.plan import LoadPlan
from profiles.tally import Tally


class Standing(locust.User):
    """Locust wants a user to run; this one stands still, and the dispatcher works beside it."""

    abstract = True

    @locust.task
    def stand(self) -> None:
        """Wait until Locust ends."""
        Event().wait()


def open_model(make: MakeShoppers) -> type[locust.User]:
    """Let the shoppers of ``make`` come by the plan, and return the user class that the locustfile must have.

    ``make(plan, worker, workers)`` is called in each worker once the plan has come, before the start; it raises
    ``SettingsError`` where this machine cannot walk the plan.
    """

    def pace_of(plan: LoadPlan, worker: int) -> Any:
        shoppers = make(plan, worker, plan.workers)

        def at_start(green: GreenTime, tally: Tally) -> OpenPace:
            return OpenPace(plan, worker, shoppers, green=green, tally=tally)

        return at_start

    tie(pace_of)
    return type("Crowd", (Standing,), {"abstract": False})


def tie(make: MakePace) -> None:
    """Take part in the run once Locust knows what this process is."""

    def begin(environment: Environment, runner: Any, **_more: Any) -> None:
        if isinstance(runner, MasterRunner):
            Master(environment, runner)
        elif isinstance(runner, WorkerRunner):
            Worker(environment, runner, make)

    locust.events.init.add_listener(begin)  # type: ignore[no-untyped-call]
