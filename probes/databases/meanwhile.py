"""What a declared database goes through while something else lasts: errors, connections, query times.

::

    {"name", "kind", "state": "read", "errors": statements that failed, by its log | null, "refused": connections that
     it refused because there were too many | null, "deadlocks": int | null, "connections_peak", "looks": so many times
     it was asked for them, "connections_max": int | null,
     "query_ms": {"count", "p50", "p95", "max", "p95_at_most", "how", "why"}, "why": what of it could not be read}
  | {"name", "kind", "state": "unread", "cause", "why"}

The database's own client asks on its host, under the declared account, every few seconds and in one statement. Its log
is read once, afterwards, from where it ended before.
"""

import json
import threading
from typing import Any, Final

from probes.clock import Clock, Deadline
from probes.databases import mariadb_figures, postgresql_figures
from probes.databases.declared import Declared
from probes.databases.figures import Counting, Figures, Logged, growth, query_times, refusals
from probes.databases.growing_log import LogFile, new_lines, sizes
from probes.databases.marked_session import CLIENTS, refused
from probes.errors import Garbage, LookFailed, TargetAway
from probes.redaction import Redactor
from probes.target import Target
from probes.transports.command import Shell

EVERY_S: Final = 5.0
_ASKING_S: Final = 20.0
_MARK: Final = "duheng-load"

COUNTINGS: dict[str, Counting] = {
    "postgresql": postgresql_figures.COUNTING,
    "mariadb": mariadb_figures.MARIADB,
    "mysql": mariadb_figures.MYSQL,
}


class WatchedDatabase:
    """Asks one database now and then, in a thread of its own, over the connection that its host is sampled by."""

    def __init__(self, target: Target, declared: Declared, *, clock: Clock, redactor: Redactor) -> None:
        """Keep which one."""
        self._target, self._declared, self._clock, self._redactor = target, declared, clock, redactor
        self._counting = COUNTINGS[declared.kind]
        self._password: str | None = None
        self._sizes: dict[str, LogFile] | None = None
        self._log_failed: LookFailed | None = None
        self._logged: Logged | None = None
        self._readings: list[Figures] = []
        self._failed: LookFailed | None = None
        self._unasked = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, shell: Shell, whole: Deadline) -> None:
        """Ask for the first time, and go on asking until ``end``; what fails is told in the end, not raised."""
        self._ended.clear()
        deadline = whole.sooner(_ASKING_S)
        try:
            self._password = self._declared.password(self._target, self._redactor)
            self._ask(shell, deadline)
        except LookFailed as failed:
            self._failed = failed
        try:
            self._sizes = sizes(shell, self._declared, deadline) if self._sizes is None else self._sizes
        except LookFailed as failed:
            self._log_failed = failed
        name = f"meanwhile {self._declared.name}"
        self._thread = threading.Thread(target=self._go_on, args=(shell, whole), name=name, daemon=True)
        self._thread.start()

    def end(self, shell: Shell, deadline: Deadline) -> None:
        """Ask for the last time, and read what the log grew by."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(deadline.remaining_s())
        try:
            self._ask(shell, deadline)
            self._unasked = False
        except LookFailed as failed:
            self._failed, self._unasked = failed, True
        if self._sizes is None:
            return
        try:
            self._logged = self._counting.logged(new_lines(shell, self._declared, self._sizes, deadline))
            self._log_failed = None
        except LookFailed as failed:
            self._log_failed = failed

    def told(self) -> dict[str, Any]:
        """Return what it went through."""
        own = {"name": self._declared.name, "kind": self._declared.kind}
        if len(self._readings) < 2:  # noqa: PLR2004 - before and after
            failed = self._failed or TargetAway("its host was not reached in time")
            return {**own, "state": "unread", "cause": failed.cause, "why": failed.detail}
        first, last = self._readings[0], self._readings[-1]
        logged = self._logged if self._log_failed is None else None
        silent = self._silent(last, logged)
        durations_ms = logged.durations_ms if logged is not None and logged.heard else None
        errors = None if logged is None or (silent and not logged.errors) else logged.errors
        counted = refusals(first, last, None if errors is None else logged)
        if self._unasked and not counted:  # whoever was refused after the last answer was not counted
            counted, silent = None, silent or (self._failed.detail if self._failed else "")
        return {
            **own,
            "state": "read",
            "errors": errors,
            "refused": counted,
            "deadlocks": growth(first.deadlocks, last.deadlocks),
            "connections_peak": max(each.connections for each in self._readings),
            "looks": len(self._readings),
            "connections_max": last.connections_max,
            "query_ms": query_times(first, last, durations_ms).data(),
            "why": silent,
        }

    def _silent(self, last: Figures, logged: Logged | None) -> str:
        if logged is None:
            return self._log_failed.detail if self._log_failed else "its log was not read"
        return self._counting.errors_of(last, logged)

    def _go_on(self, shell: Shell, whole: Deadline) -> None:
        while not self._ended.wait(EVERY_S) and whole.remaining_s() > 0:
            try:
                self._ask(shell, whole.sooner(_ASKING_S))
            except LookFailed as failed:
                self._failed = failed

    def _ask(self, shell: Shell, deadline: Deadline) -> None:
        client = CLIENTS[self._declared.kind]
        ran = shell.run(
            client.command(self._declared),
            deadline=deadline,
            stdin=self._counting.statement.encode(),
            secrets=client.variables(_MARK, self._password),
        )
        if ran.status != 0:
            raise refused(shell, client, self._declared, ran)
        try:
            self._readings.append(self._counting.figures(json.loads(ran.stdout)))
        except (ValueError, KeyError, TypeError) as error:
            raise Garbage(f"the client of {self._declared.name} printed no figures that are understood") from error
