"""An ``Http`` that remembers whether the platform answered: then our own network works, whatever the answer was."""

from dataclasses import dataclass

from probes.clock import Deadline
from probes.transports.port import Http, Request, Response


@dataclass(slots=True)
class Heard:
    """What was last heard of the platform: ``status`` is None where the last request was not answered."""

    status: int | None = None
    truncated: bool = False


class HearingHttp:
    """Passes everything on, and notes what was answered."""

    def __init__(self, inner: Http, heard: Heard) -> None:
        """Speak through ``inner``; note in ``heard``, which several sessions may share."""
        self._inner = inner
        self._heard = heard

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send; see the port."""
        self._heard.status = None
        response = self._inner.send(request, deadline=deadline)
        self._heard.status, self._heard.truncated = response.status, response.truncated
        return response

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of this session, or None."""
        return self._inner.cookie(name)

    def forget(self) -> None:
        """Drop all cookies."""
        self._inner.forget()

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
