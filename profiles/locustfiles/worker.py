"""A worker of a load run: it waits for the plan and the start, lets its shoppers in, and tells what they did."""

import gc
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.runners import WorkerRunner

from probes.errors import SettingsError
from profiles import variables, wire
from profiles.locustfiles.dispatch import GreenTime, Wakefulness
from profiles.plan import LoadPlan, decode_plan
from profiles.tally import Tally
from profiles.trails import trail_path

HERE_AGAIN_S: Final = 1.0
MASTER_SILENT_S: Final = 15.0
"""The master answers once a second; without it a worker must not go on alone."""

_REFUSED: Final = 3
_LOG: Final = logging.getLogger("duheng.load")


class Pace(Protocol):
    """What a worker does between start and end: a run that returns when all is over."""

    def run(self) -> None:
        """Do it; what it raises is a bug of ours, or a trail that cannot be written."""
        ...

    def stop(self) -> None:
        """Let nobody come any more."""
        ...


MakePace = Callable[[LoadPlan, int], "Callable[[GreenTime, Tally], Pace]"]
"""Called with the plan and the worker's number; gives what makes the pace at the start.

Raises ``SettingsError`` where this machine cannot walk the plan.
"""


class Worker:
    """One worker's side of the run."""

    def __init__(self, environment: Environment, runner: WorkerRunner, make: MakePace) -> None:
        """Listen to the master, and tell it that this worker is here."""
        self._runner = runner
        self._make = make
        self._secret = os.environ.get(variables.SECRET, "")
        self._planned = Event()
        self._begin: Callable[[GreenTime, Tally], Pace] | None = None
        self._pace: Pace | None = None
        self._trail: Path | None = None
        self._heard_s = time.monotonic()
        self._hear = {
            wire.PLAN: self._plan,
            wire.REFUSED: self._refused,
            wire.PING: self._ping,
            wire.START: self._start,
            wire.STOP: self._stop,
        }
        for word in wire.FROM_MASTER:
            runner.register_message(word, self._said)
        environment.events.heartbeat_received.add_listener(self._beat)  # type: ignore[no-untyped-call]
        gevent.spawn(self._announce)
        gevent.spawn(self._watch_master)

    def _said(self, msg: Any, **_more: Any) -> None:
        self._heard_s = time.monotonic()
        gevent.spawn(self._hear[msg.type], msg.data or {}).link_exception(self._failed)

    def _failed(self, doing: gevent.Greenlet) -> None:
        """Tell the master of a bug, so that nobody waits for this worker; what it was stands in the log."""
        bug = f"{type(doing.exception).__name__}: {doing.exception}"
        if self._pace is None:
            self._runner.send_message(wire.UNABLE, {"why": bug})
        else:
            self._over(bug)

    def _beat(self, **_more: Any) -> None:
        self._heard_s = time.monotonic()

    def _announce(self) -> None:
        own = os.environ.get(variables.WORKER)
        said = {
            "worker": None if own is None else int(own),
            "proof": wire.proof(self._secret, "worker", self._runner.client_id),
        }
        while not self._planned.is_set():
            self._runner.send_message(wire.HERE, said)
            self._planned.wait(HERE_AGAIN_S)

    def _watch_master(self) -> None:
        while time.monotonic() - self._heard_s < MASTER_SILENT_S:
            gevent.sleep(1)
        _LOG.error("nothing heard of the master for %g s: this worker ends", MASTER_SILENT_S)
        os._exit(_REFUSED)

    def _plan(self, said: Mapping[str, Any]) -> None:
        if self._planned.is_set():
            return
        self._planned.set()
        if not wire.proved(self._secret, "master", self._runner.client_id, said.get("proof")):
            self._refused({"why": "its run secret is another one"})
        try:
            plan, number = decode_plan(said["plan"]), int(said["worker"])
            self._trail = trail_path(plan, number)
            self._begin = self._make(plan, number)
        except SettingsError as error:
            _LOG.exception("this worker cannot walk the plan")
            self._runner.send_message(wire.UNABLE, {"why": "; ".join(error.faults)})
            return
        self._runner.send_message(wire.READY, {})

    def _refused(self, said: Mapping[str, Any]) -> None:
        _LOG.error("master and worker do not get together: %s", said.get("why"))
        os._exit(_REFUSED)

    def _ping(self, _said: Mapping[str, Any]) -> None:
        self._runner.send_message(wire.PONG, {"at_ms": time.time() * 1000})

    def _start(self, said: Mapping[str, Any]) -> None:
        assert self._begin is not None, "the start comes after the plan"
        green, tally = GreenTime(starts_at_s=time.monotonic() + float(said["in_s"])), Tally()
        self._pace = self._begin(green, tally)
        gc.collect()
        gc.freeze()  # what the program itself is made of is looked through no more
        running = gevent.spawn(self._pace.run)
        Reporter(self._runner, green, tally).report_until_over(running)
        bug = None if running.exception is None else f"{type(running.exception).__name__}: {running.exception}"
        self._over(bug)

    def _over(self, bug: str | None) -> None:
        """Tell that nothing more comes; whoever is not on the master's machine sends the trail along."""
        trail = None
        if variables.WORKER not in os.environ and self._trail is not None and self._trail.exists():
            trail = self._trail.read_text(encoding="utf-8")
        self._runner.send_message(wire.OVER, {"bug": bug, "trail": trail})

    def _stop(self, _said: Mapping[str, Any]) -> None:
        if self._pace is not None:
            self._pace.stop()


class Reporter:
    """Tells the master each second what was counted in it."""

    def __init__(self, runner: WorkerRunner, green: GreenTime, tally: Tally) -> None:
        """Report what ``tally`` counts."""
        self._runner = runner
        self._green = green
        self._tally = tally
        self._awake = Wakefulness(green)
        self._spent_s, self._at_s = _cpu_s(), time.monotonic()

    def report_until_over(self, running: gevent.Greenlet) -> None:
        """Report each second until the run is over, and the rest."""
        watching = gevent.spawn(self._awake.watch)
        second = 0
        while not running.dead:
            running.join(timeout=max(0.001, second + 1 - self._green.now()))
            if running.dead or self._green.now() >= second + 1:
                self._tell(second)
                second += 1
        watching.kill()

    def _tell(self, second: int) -> None:
        counted = self._tally.take()
        counted.late_ms_max = max(counted.late_ms_max, self._awake.take_ms())
        spent_s, at_s = _cpu_s(), time.monotonic()
        percent = 100 * (spent_s - self._spent_s) / max(1e-9, at_s - self._at_s)
        self._spent_s, self._at_s = spent_s, at_s
        said = {"second": second, "slice": counted.as_json(), "cpu_percent": round(percent, 1)}
        self._runner.send_message(wire.SECOND, said)


def _cpu_s() -> float:
    spent = os.times()
    return spent.user + spent.system
