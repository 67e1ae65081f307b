"""A declared backup, started while the platform serves, and found again in its tool's own catalogue.

::

    {"backup": name, "started_ms": int | null (its command was not begun), "stopped_ms": int | null (nobody saw it end),
     "ok": bool, "why": text (empty where ok), "id": of the new entry in the tool's own catalogue | null}

``ok``: its command ended well, the catalogue holds an entry that began with it, and that one is verified and good.
Instants by our own clock. Nothing but the command runs while shoppers buy: the catalogue is read, and verified as it is
declared, when somebody asks for the result.
"""

import threading
from typing import Any, Final

from probes.backups.asking import Asked
from probes.backups.declared import Declared, declared_backups
from probes.backups.form import Backup, settled
from probes.backups.readers import READERS
from probes.clock import Clock, Deadline
from probes.errors import Garbage, LookFailed, NotSet, TimedOut
from probes.host.reach import shell_on
from probes.redaction import Redactor
from probes.target import Target
from probes.transports.command import Ran

_OPENING_S: Final = 60.0
_GLANCE_S: Final = 0.5
_RESOLUTION_MS: Final = 1_000
"""Catalogues write times to the second."""


def startable(target: Target) -> tuple[str, ...]:
    """Return the names of the declared backups that can be started: those with ``start``."""
    return tuple(declared.name for declared in declared_backups(target).values() if declared.start)


class HotBackup:
    """One backup that runs beside something else, in a thread of its own."""

    def __init__(self, target: Target, name: str, *, clock: Clock, redactor: Redactor, most_s: float) -> None:
        """Keep which one; its command is ended ``most_s`` seconds after the start.

        Raises:
            NotSet: no such backup is declared, it has no ``start``, or its password is not where the file says.
        """
        self._target, self._clock, self._most_s = target, clock, most_s
        self._declared = _startable(target, name)
        self._secrets = self._declared.secrets(target, redactor)
        self._asked, self._over = False, threading.Event()
        self._started_ms: int | None = None
        self._stopped_ms: int | None = None
        self._host_ms: tuple[int, int] | None = None
        self._failed: LookFailed | None = None

    def start(self) -> None:
        """Begin, and return at once: the command runs in a thread of its own."""
        self._asked = True
        threading.Thread(target=self._run, name=f"backup {self._declared.name}", daemon=True).start()

    def result(self, deadline: Deadline) -> dict[str, Any]:
        """Wait for the end of the backup, look for it in the catalogue, and return what came of it (above)."""
        failed, found = self._failure(deadline), None
        if failed is None:
            try:
                found = self._entry(deadline)
            except LookFailed as unread:
                failed = unread
        why = failed.detail if failed is not None else _why_not(found)
        return {
            "backup": self._declared.name,
            "started_ms": self._started_ms,
            "stopped_ms": self._stopped_ms,
            "ok": why == "",
            "why": why,
            "id": None if found is None else found.id,
        }

    def _failure(self, deadline: Deadline) -> LookFailed | None:
        if not self._asked:
            return NotSet("it was not started")
        # In glances: a run that is called off ends its deadlines.
        while not self._over.wait(min(_GLANCE_S, deadline.remaining_s())):
            if deadline.remaining_s() <= 0:
                return TimedOut("it was not over in time, and may still run")
        return self._failed

    def _run(self) -> None:
        whole = Deadline.after(self._clock, self._most_s)
        try:
            with shell_on(self._target, self._declared.host, whole.sooner(_OPENING_S)) as shell:
                asked = Asked(
                    declared=self._declared, shell=shell, deadline=whole, now_ms=self._now_ms(), secrets=self._secrets
                )
                before_ms = _host_ms(asked)
                self._started_ms = self._now_ms()
                ran = asked.run(self._declared.start)
                self._stopped_ms = self._now_ms()
                if ran.status != 0:
                    raise Garbage(_complaint(self._declared, ran))
                self._host_ms = (before_ms, _host_ms(asked))
        except LookFailed as failed:
            self._failed = failed
        finally:
            self._over.set()

    def _entry(self, deadline: Deadline) -> Backup | None:
        """Return the newest entry of the catalogue that began while the command ran, by the host's own clock."""
        if self._host_ms is None:
            return None
        with shell_on(self._target, self._declared.host, deadline) as shell:
            now_ms = self._now_ms()
            asked = Asked(declared=self._declared, shell=shell, deadline=deadline, now_ms=now_ms, secrets=self._secrets)
            backups = settled(READERS[self._declared.tool](asked).backups, now_ms=now_ms)
        first, last = self._host_ms[0] - _RESOLUTION_MS, self._host_ms[1] + _RESOLUTION_MS
        new = [each for each in backups if each.started_ms is not None and first <= each.started_ms <= last]
        return new[-1] if new else None

    def _now_ms(self) -> int:
        return round(self._clock.now().timestamp() * 1000)


def _startable(target: Target, name: str) -> Declared:
    known = declared_backups(target)
    if name not in known:
        raise NotSet(f"the target file declares no [[backups]] entry with name = {name!r}")
    if not known[name].start:
        raise NotSet(f"[[backups]] {name} cannot be started: give it start = [program, arguments ...]")
    return known[name]


def _host_ms(asked: Asked) -> int:
    ran = asked.shell.run(["date", "+%s"], deadline=asked.deadline)
    told = ran.stdout.decode("ascii", "replace").strip()
    if ran.status != 0 or not told.isdecimal():
        raise Garbage(f"{asked.shell.name} does not tell the time")
    return int(told) * 1000


def _complaint(declared: Declared, ran: Ran) -> str:
    return f"{declared.start[0]} on {declared.host} ended with status {ran.status}: {ran.complaint() or 'no word'}"


def _why_not(found: Backup | None) -> str:
    if found is None:
        return "its catalogue holds no entry that began while it ran"
    if found.good:
        return ""
    if found.error is not None or found.flaws:
        return found.error or f"its entry is {', '.join(found.flaws)}"
    return (found.verified.why if found.verified else "") or "it is not verified"
