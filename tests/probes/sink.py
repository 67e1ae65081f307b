"""Where requests end that nobody answers: the last is kept."""

from probes.clock import Deadline, SystemClock
from probes.transports.port import Request, Response

DEADLINE = Deadline.after(SystemClock(), 60)


class Sink:
    """Takes requests and keeps the last."""

    def __init__(self) -> None:
        self.last = Request(method="GET", url="")
        self.forgotten = self.closed = False

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        assert deadline is DEADLINE
        self.last = request
        return Response(status=204, headers=(), body=b"", url=request.url, elapsed_s=0)

    def cookie(self, name: str) -> str | None:
        return f"cookie {name}"

    def forget(self) -> None:
        self.forgotten = True

    def close(self) -> None:
        self.closed = True
