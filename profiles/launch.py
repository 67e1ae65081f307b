"""Runs one load plan: master and workers as child processes, watched to their end. Imports no Locust.

``run_load`` blocks until the run is over, whatever ends it, and leaves no process behind. What the platform does, and
what becomes of the children, is told by the record that comes back, never by an exception.
"""

import contextlib
import errno
import json
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from probes.errors import EvidenceError, SettingsError
from profiles import variables
from profiles.children.family import Family
from profiles.commands import ANY, LOOPBACK, SHOPPERS, environment, locustfiles, master_command, worker_command
from profiles.conducting import MAY_STOP_S, SLACK_S
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan, decode_plan
from profiles.salvage import salvage

MASTER: Final = "master"
LOOK_S: Final = 0.2
"""How long a Ctrl-C may take to be noticed."""

UP_S: Final = 120.0
"""So long all processes on this machine may take to come up."""

SILENT_S: Final = 60.0
"""A master that tells nothing for that long, though a run is on, hangs."""

END_S: Final = 10.0
"""So long the children may take to end by themselves once the record is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the master listens for workers, and how many of the plan's workers come from other machines.

    ``port`` 0 takes a free one, which is of no use to others.
    """

    bind: str = LOOPBACK
    port: int = 0
    away: int = 0


def run_load(
    plan_path: Path,
    *,
    secret: str,
    on_second: Callable[[Mapping[str, Any]], None],
    stop: threading.Event,
    why: Callable[[], str] = lambda: "interrupted",
    web_port: int | None = None,
    host: str | None = None,
    place: Place | None = None,
    shoppers: Path = SHOPPERS,
) -> LoadRecord:
    """Run a plan and return its record, complete or not.

    Args:
        plan_path: the plan (``LoadPlan.encode``); the children's logs go to the folder of its record.
        secret: the run's secret; it goes to the children by environment only.
        on_second: called with each line ``second`` of the record once it is on disk, in its plain form.
        stop: set by whoever wants the run to end; its record is kept.
        why: asked once ``stop`` is set: the code of ``profiles.stopping`` that the record keeps.
        web_port: port of Locust's web page on loopback; None for none.
        host: what the users of a locustfile of the user's own ask where it names no host.
        place: where the master listens; loopback and a free port if None.
        shoppers: the locustfile of an open model; ours unless a test has another.

    Raises:
        SettingsError: the plan is none, or a port is taken.
        EvidenceError: the record cannot be written, is there already, or was altered.
        OSError: no process can be started here.
    """
    plan = decode_plan(plan_path.read_bytes())
    place = place or Place()
    _free(place, web_port)
    if Path(plan.record).exists():
        raise EvidenceError(f"{plan.record}: is there already; a run writes a record of its own")
    # A locustfile of the user's own may read what lies beside it; ours need nothing.
    logs = Path(plan.record).parent
    with Family(logs=logs, folder=logs if plan.closed is None else Path.cwd()) as family:
        files = locustfiles(plan, shoppers)
        run = _Run(family, plan, secret=secret, files=files, place=place, on_second=on_second)
        told = run.start_master(plan_path, web_port, host)
        try:
            run.follow(told, stop, why)
        finally:
            os.close(told)
        if run.closed and (place.away or plan.closed is not None):
            family.wait(END_S)  # workers elsewhere are told to end, and a locustfile's own last words are awaited
    return salvage(plan, run.fault)


def _free(place: Place, web_port: int | None) -> None:
    wanted = {} if web_port is None else {f"Locust's web page on {LOOPBACK}:{web_port}": (LOOPBACK, web_port)}
    if place.port:
        wanted[f"workers on {place.bind}:{place.port}"] = (place.bind, place.port)
    faults = []
    for what, address in wanted.items():
        try:
            with socket.create_server((address[0].replace("*", ""), address[1])):
                pass
        except OSError as error:
            if (error.errno or 0) < 0:  # of the resolver, whose numbers are negative
                faults.append(f"cannot listen for {what}: {address[0]} is no address of IPv4; name another address")
            elif error.errno == errno.EADDRNOTAVAIL:
                faults.append(f"cannot listen for {what}: this machine has no such address; name one of its own")
            else:
                faults.append(f"cannot listen for {what}: {os.strerror(error.errno or 0)}; name another port")
    if faults:
        raise SettingsError(*faults)


class _Run:
    """One run as its watcher knows it."""

    def __init__(
        self,
        family: Family,
        plan: LoadPlan,
        *,
        secret: str,
        files: str,
        place: Place,
        on_second: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self.closed = False
        self.fault: str | None = None
        self._family = family
        self._plan = plan
        self._secret = secret
        self._files = files
        self._place = place
        self._local = max(0, plan.workers - place.away)
        self._on_second = on_second
        self._master = "the master" if plan.closed is None else f"Locust with {plan.closed.locustfile}"
        self._control: IO[bytes] | None = None
        self._heard_s = time.monotonic()
        self._running = False
        self._must_end_s: float | None = None
        self._shown = False
        self._gone: set[str] = set()
        self._rest = b""

    def start_master(self, plan_path: Path, web_port: int | None, host: str | None) -> int:
        """Start the master and return the descriptor on which it tells."""
        self._shown = web_port is not None
        told, telling = os.pipe()
        try:
            own = {
                variables.SECRET: self._secret,
                variables.PLAN: str(plan_path.absolute()),
                variables.TOLD: str(telling),
                variables.LOCAL: str(self._local),
            }
            place = self._place
            command = master_command(
                self._plan, self._files, bind=place.bind, port=place.port, web_port=web_port, host=host
            )
            self._control = self._family.start(MASTER, command, environment=environment(own), pass_fds=(telling,))
        except BaseException:
            os.close(told)
            raise
        finally:
            os.close(telling)
        return told

    def follow(self, told: int, stop: threading.Event, why: Callable[[], str]) -> None:
        """Take what the master tells, until the record is closed or there is nothing to wait for any more."""
        with selectors.DefaultSelector() as selector:
            selector.register(told, selectors.EVENT_READ)
            while not self.closed and self.fault is None:
                if selector.select(LOOK_S):
                    self._read(told)
                self._look(stop, why)

    def _read(self, told: int) -> None:
        raw = os.read(told, 1 << 20)
        if not raw:
            self.fault = self._ended(MASTER, self._master)
            return
        self._heard_s = time.monotonic()
        *lines, self._rest = (self._rest + raw).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, line: Mapping[str, Any]) -> None:
        kind = line["line"]
        if kind == "port":
            self._start_workers(line["port"])
        elif kind == "header":
            self._running = True
        elif kind == "second":
            self._on_second(line)
        elif kind == "footer":
            self.closed = True

    def _start_workers(self, port: int) -> None:
        host = LOOPBACK if self._place.bind in ANY else self._place.bind
        command = worker_command(self._plan, self._files, host=host, port=port)
        for number in range(self._local):
            own = {variables.SECRET: self._secret, variables.WORKER: str(number)}
            own |= {variables.WEB: "1"} if self._shown else {}
            self._family.start(_name(number), command, environment=environment(own))

    def _look(self, stop: threading.Event, why: Callable[[], str]) -> None:
        if self.closed or self.fault is not None:
            return
        now = time.monotonic()
        exits = self._family.exits()
        for number in range(self._local):
            if _name(number) in exits and _name(number) not in self._gone:
                self._gone.add(_name(number))
                self._say({"word": "lost", "worker": number, "why": self._ended(_name(number), "its process")})
        if stop.is_set() and self._must_end_s is None:
            self._must_end_s = now + MAY_STOP_S + SLACK_S + END_S
            self._say({"word": "stop", "why": why(), "detail": "the harness was told to end the run"})
        if self._must_end_s is not None and now > self._must_end_s:
            self.fault = "the run did not end when it was told to"
        elif self._running and now - self._heard_s > SILENT_S:
            self.fault = f"the master told nothing for {SILENT_S:g} s"
        elif not self._running and not self._place.away and now - self._heard_s > UP_S:
            self.fault = f"master and workers did not come up within {UP_S:g} s"

    def _say(self, values: Mapping[str, Any]) -> None:
        assert self._control is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended, which is told otherwise
            self._control.write(json.dumps(values).encode() + b"\n")

    def _ended(self, name: str, called: str) -> str:
        """Return a sentence about a child that ended: how, and the last it said where it had not begun yet."""
        self._family.wait_for(name, END_S)
        code = self._family.exits().get(name)
        how = "hangs" if code is None else f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        said = "" if self._running else self._family.last_words(name).replace(self._secret, "[secret]")
        return f"{called} {how}" + (f": {said}" if said else "")


def _name(number: int) -> str:
    return f"worker-{number}"
