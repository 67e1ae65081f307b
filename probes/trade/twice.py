"""The same confirmation sent twice: over again with the same body, and by two sessions at the same instant."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from probes.clock import Deadline
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.telling import told
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response

_READS = frozenset({"GET", "HEAD"})
Came = TypeVar("Came")


class KeepingHttp(PassingHttp):
    """Keeps the requests that change something, to send them again."""

    def __init__(self, inner: Http) -> None:
        super().__init__(inner)
        self.kept: list[Request] = []

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request; raises as the wrapped session does."""
        if request.method not in _READS:
            self.kept.append(request)
        return super().send(request, deadline=deadline)


class MeetingHttp(PassingHttp):
    """Holds the first request that changes something until everybody at the barrier has one to send."""

    def __init__(self, inner: Http, barrier: threading.Barrier) -> None:
        super().__init__(inner)
        self._barrier = barrier
        self._met = False

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request, at the same instant as the others; raises as the wrapped session does."""
        if request.method not in _READS and not self._met:
            self._met = True
            with contextlib.suppress(threading.BrokenBarrierError):  # who did not come as far keeps nobody
                self._barrier.wait(deadline.remaining_s())
        return super().send(request, deadline=deadline)


def confirmed_together(sessions: tuple[ShopSession, ...]) -> tuple[Outcome, ...]:
    """Confirm the orders that lie ready in several sessions at the same instant; outcomes in their order.

    Raises:
        LookFailed: as a session does.
    """
    barrier = threading.Barrier(len(sessions))

    def confirm(session: ShopSession) -> Outcome:
        try:
            with session.through(lambda inner: MeetingHttp(inner, barrier)):
                return session.do("confirm_order")
        finally:
            barrier.abort()  # who has not met the others by now would make them wait in vain

    return together(tuple(partial(confirm, session) for session in sessions))


def together(acts: tuple[Callable[[], Came], ...]) -> tuple[Came, ...]:
    """Run acts at the same time, one thread each; what they return, in their order. Raises what one of them raises."""
    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return tuple(future.result() for future in [pool.submit(act) for act in acts])


def sent_again(session: ShopSession, request: Request, *, deadline: Deadline) -> Mapping[str, Any]:
    """Send a kept request once more in the same session: ``{"status", "request": line}``."""
    response = session.http.send(request, deadline=deadline)
    place = request.url.partition("?")[0]
    return {
        "status": response.status,
        "request": f"{session.who}: {request.method} {place} -> {response.status} (the same body again)",
    }


def fresh_orders(session: ShopSession, before: list[str] | None) -> list[dict[str, Any]] | None:
    """Return the orders that the list holds now and did not before, each read: ``[{"number", "read": told}]``."""
    after = numbers_listed(session)
    if before is None or after is None:
        return None
    return [
        {"number": number, "read": told(session.do("read_order", number=number), session.who)}
        for number in after
        if number not in before
    ]


def numbers_listed(session: ShopSession) -> list[str] | None:
    """Return the numbers in the list of one's own orders; None where it cannot be read."""
    listed = session.do("list_orders")
    if not isinstance(listed, Done):
        return None
    return sorted({str(order["number"]).strip() for order in listed.outputs["orders"] if order["number"] is not None})


def told_by(outcomes: tuple[Outcome, ...], sessions: tuple[ShopSession, ...]) -> list[dict[str, Any]]:
    """Return the outcomes as data, each as its session tells it."""
    return [told(outcome, session.who) for outcome, session in zip(outcomes, sessions, strict=True)]
