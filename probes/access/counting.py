"""How many requests a part of a look costs: sessions counted while it runs."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from probes.clock import Deadline
from probes.shop.session import ShopSession
from probes.transports.port import Http, Request, Response


class CountingHttp:
    """Passes everything on and counts the requests."""

    def __init__(self, inner: Http, tally: list[int]) -> None:
        """Wrap a session; ``tally`` gets an entry a request."""
        self._inner = inner
        self._tally = tally

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Count and send; raises as the wrapped session does."""
        self._tally.append(1)
        return self._inner.send(request, deadline=deadline)

    def cookie(self, name: str) -> str | None:
        """Return a cookie of the wrapped session."""
        return self._inner.cookie(name)

    def forget(self) -> None:
        """Drop the wrapped session's cookies."""
        self._inner.forget()

    def close(self) -> None:
        """Close the wrapped session."""
        self._inner.close()


@contextmanager
def counted(sessions: Iterable[ShopSession]) -> Iterator[list[int]]:
    """Count the requests of these sessions; the length of what is yielded is their number."""
    tally: list[int] = []
    with ExitStack() as stack:
        for session in {id(each): each for each in sessions}.values():
            stack.enter_context(session.through(lambda inner: CountingHttp(inner, tally)))
        yield tally
