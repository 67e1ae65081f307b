"""What a sender is given, without a drill around it: a task on this machine, a run's folder, and a small web server."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, TypeAlias

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_named
from conformance.drilling.sending import Sending
from conformance.drilling.task import Task
from probes.clock import Clock, SystemClock
from probes.redaction import Redactor
from probes.shop.opening import adapter_of
from profiles.drills.deadman import Place
from reports.ledger.location import open_ledger
from tests.conformance.drilling.web import answered_by
from tests.probes.drill_targets import PLATFORM, read

Answer: TypeAlias = Callable[[str, bytes], tuple[int, bytes] | None]
"""From method, path and body (``POST /login``, ``b"..."``) to status and content; None: the connection is closed."""

_TARGET = """{platform}hosts = {hosts}
[[hosts]]
name = "edge"
address = "local"
[[drills]]
name = "{fault}"
host = "edge"
deadman_s = 600
{keys}"""


class Skipping(SystemClock):
    """A clock that can be moved on: so much time has passed, though nobody waited for it."""

    def __init__(self) -> None:
        """Begin with this machine's time."""
        super().__init__()
        self.skipped_s = 0.0

    def monotonic_s(self) -> float:
        """Return the monotonic seconds, with those that were skipped."""
        return super().monotonic_s() + self.skipped_s


@contextmanager
def task_of(folder: Path, fault: str, *, listed: str = "", clock: Clock | None = None, **entry: Any) -> Iterator[Task]:
    """Give the task of a fault on this machine; ``entry`` are further keys of its ``[[drills]]`` entry."""
    catalogue, clock = load_catalogue("SBT"), clock or SystemClock()
    keys = "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
    hosts = json.dumps([listed] if listed else [])
    target = read(_TARGET.format(platform=PLATFORM, hosts=hosts, fault=fault, keys=keys), folder)
    adapter = adapter_of(target)
    assert adapter is not None
    with open_ledger(target.ledger_url, base=folder, clock=clock) as store:
        yield Task(
            target=target,
            adapter=adapter,
            drill=drill_named(target, catalogue, fault),
            store=store,
            out=folder,
            tool="test",
            clock=clock,
            say=print,
            redactor=Redactor(),
        )


def never() -> None:
    """Ask for no end."""


def sending(task: Task, folder: Path, asked: Callable[[], str | None] = never) -> Sending:
    """Return a sending of a run whose folder on the host is there."""
    made = Sending(task=task, place=Place(place=str(folder / "drill"), run_id="run-12345678"), asked=asked)
    Path(made.place.folder).mkdir()
    return made


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Give host and port of a web server that answers so."""

    class Answering(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = answer(f"{self.command} {self.path}", body)
            if told is None:
                self.close_connection = True
                return
            self.send_response(told[0])
            self.send_header("Content-Length", str(len(told[1])))
            self.end_headers()
            self.wfile.write(told[1])

        do_GET = do_POST = _answer  # noqa: N815 - the names that the library calls

        def log_message(self, *_: object) -> None:
            pass

    with answered_by(Answering) as place:
        yield place
