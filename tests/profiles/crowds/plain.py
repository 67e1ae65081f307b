"""Shoppers who ask for one page, over a plain socket: nothing of the suites' own stands between them and the clock.

The address is the first of the plan's ``product_urls``, as ``HOST:PORT``.
"""

import socket

from probes.errors import TargetAway
from profiles.arrivals import Arrival
from profiles.locustfiles.reporting import open_model
from profiles.pacing import Visit, Walk
from profiles.plan import LoadPlan


class Shoppers:
    """Each opens one connection, reads one answer and leaves."""

    def __init__(self, plan: LoadPlan, worker: int, workers: int) -> None:
        host, _, port = plan.product_urls[0].rpartition(":")
        self._address = (host, int(port))

    def enter(self, arrival: Arrival) -> Visit | None:
        return self._visit

    def _visit(self, walk: Walk) -> None:
        with walk.step("page"):
            try:
                with socket.create_connection(self._address, timeout=30) as connection:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                    while connection.recv(4096):
                        pass
            except OSError as error:
                raise TargetAway(f"no page: {error}") from error


Crowd = open_model(Shoppers)
