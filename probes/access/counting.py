"""How many requests a part of a look costs: sessions counted while it runs."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from probes.clock import Deadline
from probes.shop.session import ShopSession
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response


class CountingHttp(PassingHttp):
    """Passes everything on and counts the requests."""

    def __init__(self, inner: Http, tally: list[int]) -> None:
        """Wrap a session; ``tally`` gets an entry a request."""
        super().__init__(inner)
        self._tally = tally

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Count and send; raises as the wrapped session does."""
        self._tally.append(1)
        return super().send(request, deadline=deadline)


@contextmanager
def counted(sessions: Iterable[ShopSession]) -> Iterator[list[int]]:
    """Count the requests of these sessions; the length of what is yielded is their number."""
    tally: list[int] = []
    with ExitStack() as stack:
        for session in {id(each): each for each in sessions}.values():
            stack.enter_context(session.through(lambda inner: CountingHttp(inner, tally)))
        yield tally
