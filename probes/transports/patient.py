"""Asking a platform that asks us to wait: 429 and 503 with Retry-After are waited out within the deadline."""

import time
from collections.abc import Callable

from probes.clock import Clock, Deadline
from probes.errors import Throttled
from probes.shop.throttle import MAX_REPEATS, pause_s
from probes.transports.port import Http, Request, Response


def ask(
    session: Http, request: Request, *, deadline: Deadline, clock: Clock, pause: Callable[[float], None] = time.sleep
) -> Response:
    """Send a request that may be repeated (a GET), and wait where the platform asks for it.

    Raises:
        Throttled: the platform wants us to wait past the deadline, or again and again.
        LookFailed: as the session does.
    """
    repeats = 0
    while True:
        response = session.send(request, deadline=deadline)
        wanted_s = pause_s(response, repeats, clock.now())
        if wanted_s is None:
            return response
        if repeats >= MAX_REPEATS or wanted_s >= deadline.remaining_s():
            raise Throttled(f"answered {response.status}, asking us to come back in {wanted_s:.0f} s")
        pause(wanted_s)
        repeats += 1
