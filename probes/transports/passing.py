"""An ``Http`` over another one: what wraps a session to watch, hold back or alter requests begins here."""

from probes.clock import Deadline
from probes.transports.port import Http, Request, Response


class PassingHttp:
    """Passes everything on to a session; who wraps one overrides what is to be otherwise."""

    def __init__(self, inner: Http) -> None:
        """Wrap a session."""
        self._inner = inner

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request; raises as the wrapped session does."""
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
