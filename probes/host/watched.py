"""One host that is sampled for as long as something else lasts; see ``meanwhile``, which watches all of them."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from probes.clock import Clock, Deadline
from probes.databases.declared import Declared
from probes.databases.meanwhile import WatchedDatabase
from probes.errors import Garbage, LookFailed, NotSet
from probes.host.declared import Host
from probes.host.reach import shell_on
from probes.host.remote import facts, watched
from probes.host.sampled import Sample, added_up, grown, samples_of, since
from probes.redaction import Redactor
from probes.target import Target
from probes.transports.command import Shell

CHUNK_S: Final = 120.0
"""So long is one run of the agent: what a connection that breaks takes with it, at most."""

EVERY_S: Final = 0.5
OPENING_S: Final = 60.0
_MARGIN_S: Final = 20.0
_ASKING_S: Final = 15.0
_AGAIN_S: Final = 5.0
_MOST_BREAKS: Final = 20


class WatchedHost:
    """Samples one host in a thread of its own; its databases are looked at in another, over the same connection."""

    def __init__(
        self, target: Target, host: Host, databases: Sequence[Declared], *, clock: Clock, redactor: Redactor,
        ended: threading.Event,
    ) -> None:  # fmt: skip
        """Keep what is looked at; it goes on until ``ended`` is set."""
        self.host = host
        self.ready, self.over = threading.Event(), threading.Event()
        self._target, self._clock, self._ended = target, clock, ended
        self._databases = tuple(WatchedDatabase(target, each, clock=clock, redactor=redactor) for each in databases)
        self._until = f"/tmp/duheng-ends-{secrets.token_hex(16)}"  # noqa: S108 - a name that nobody can guess
        self._reaching = threading.Lock()
        self._shell: Shell | None = None
        self._samples: list[Sample] = []
        self._counters: list[tuple[Any, Any]] = []
        self._clocks: dict[str, float] = {"ahead_s": 0.0, "within_s": 0.0}
        self._breaks: list[LookFailed] = []
        self._thread: threading.Thread | None = None

    def start(self, whole: Deadline) -> None:
        """Begin, and return at once; it is over by ``whole``, whatever happens."""
        self._thread = threading.Thread(
            target=self._run, args=(whole,), name=f"meanwhile {self.host.name}", daemon=True
        )
        self._thread.start()

    def ask_to_end(self, deadline: Deadline) -> None:
        """Let the run of the agent that is under way end now; where that cannot be said, it ends by itself."""
        if self._thread is None:
            self.over.set()
        with self._reaching:
            if self._shell is not None:
                with suppress(LookFailed):
                    self._shell.run(["touch", "--", self._until], deadline=deadline.sooner(_ASKING_S))

    def told(self, from_ms: int | None = None) -> dict[str, Any]:
        """Return what the host went through (its load: from an instant on); see ``meanwhile``."""
        databases = [each.told() for each in self._databases]
        samples = since(self._samples, from_ms)
        if not samples:
            why = self._breaks[0] if self._breaks else NotSet("nothing was sampled: it ended as it began")
            return {**unread(self.host, why), "databases": databases}
        return {
            **_who(self.host),
            "state": "read",
            **added_up(samples),
            "clock": self._clocks,
            "breaks": [failed.detail for failed in self._breaks],
            **grown(self._counters[0][0], self._counters[-1][1]),
            "databases": databases,
        }

    def _run(self, whole: Deadline) -> None:
        try:
            while not self._ended.is_set() and whole.remaining_s() > 0 and len(self._breaks) < _MOST_BREAKS:
                try:
                    self._connected(whole)
                except LookFailed as failed:
                    self._breaks.append(failed)
                    self.ready.set()
                    if isinstance(failed, NotSet):
                        return
                    self._ended.wait(min(_AGAIN_S, whole.remaining_s()))
        finally:
            self.ready.set()
            self.over.set()

    def _connected(self, whole: Deadline) -> None:
        with shell_on(self._target, self.host.name, whole.sooner(OPENING_S)) as shell, self._reachable(shell):
            # A short question first: it brings the agent there, and tells how far the host's clock is ahead.
            self._clocks = facts(shell, deadline=whole.sooner(OPENING_S), clock=self._clock, sections="clock")["clock"]
            for database in self._databases:
                database.begin(shell, whole)
            self.ready.set()
            try:
                while not self._ended.is_set() and whole.remaining_s() > 0:
                    self._chunk(shell, whole)
            finally:
                for database in self._databases:
                    database.end(shell, Deadline.after(self._clock, OPENING_S))

    @contextmanager
    def _reachable(self, shell: Shell) -> Iterator[None]:
        with self._reaching:
            self._shell = shell
        try:
            yield
        finally:
            with self._reaching:
                self._shell = None
            if self._ended.is_set():  # asked to end when there was nothing to end any more
                with suppress(LookFailed):
                    shell.run(["rm", "-f", "--", self._until], deadline=Deadline.after(self._clock, _ASKING_S))

    def _chunk(self, shell: Shell, whole: Deadline) -> None:
        seconds = min(CHUNK_S, whole.remaining_s())
        deadline = Deadline.after(self._clock, seconds + _MARGIN_S)
        document = watched(
            shell, seconds=seconds, every_s=EVERY_S, until=self._until, deadline=deadline, clock=self._clock
        )
        found = document.get("sections", {}).get("watch", {})
        if found.get("state") != "read":
            raise Garbage(f"the agent on {shell.name} could not watch: {found.get('why')}")
        try:
            rows = samples_of(found["data"]["samples"], ahead_ms=1000 * self._clocks["ahead_s"])
            self._counters.append((found["data"]["first"], found["data"]["last"]))
        except (KeyError, ValueError, TypeError) as error:
            raise Garbage(f"the agent on {shell.name} printed samples of another form") from error
        self._samples += rows


def unread(host: Host, failed: LookFailed) -> dict[str, Any]:
    """Return the record of a host that was not sampled."""
    return {**_who(host), "state": "unread", "cause": failed.cause, "why": failed.detail, "databases": []}


def _who(host: Host) -> dict[str, Any]:
    return {"host": host.name, "roles": list(host.roles), "site": host.site}
