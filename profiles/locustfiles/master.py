"""The master's side of a load run inside Locust: carries words between the conductor, the workers and ``launch``."""

import json
import os
import platform
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import gevent
import locust
from gevent.fileobject import FileObjectPosix
from gevent.queue import Empty, Queue
from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner

from profiles import variables
from profiles.conducting import Around, Conductor
from profiles.plan import LoadPlan, decode_plan
from profiles.record import Line, RecordFile
from profiles.trails import take_over
from profiles.wire import FROM_WORKERS

TICK_S: Final = 0.5

_Heard = tuple[str, str, Mapping[str, Any]]
"""Who said it (a connection, or "" for ``launch`` and Locust itself), the word, and what it says."""

_BROKEN: Final = 1
_LOST, _STOP, _GO = "lost", "stop", "go"


class Master:
    """One run's master. Everything that is heard goes through one queue, and is worked off by one greenlet."""

    def __init__(self, environment: Environment, runner: MasterRunner) -> None:
        """Read the plan, begin the record, listen, and tell ``launch`` on which port."""
        plan = decode_plan(Path(os.environ[variables.PLAN]).read_bytes())
        self._environment = environment
        self._runner = runner
        self._plan = plan
        self._told = os.fdopen(int(os.environ[variables.TOLD]), "wb", buffering=0)
        self._heard: Queue[_Heard] = Queue()
        self._conductor = self._conducts(plan)
        for word in FROM_WORKERS:
            runner.register_message(word, self._said)
        # Locust's own start is work that must not fall into second 0; users of a locustfile begin with it.
        locust_begun = environment.events.spawning_complete if plan.closed is None else environment.events.test_start
        locust_begun.add_listener(self._locust_begun)  # type: ignore[no-untyped-call]
        environment.events.test_stopping.add_listener(self._locust_stops)  # type: ignore[no-untyped-call]
        environment.events.quitting.add_listener(self._locust_quits)  # type: ignore[no-untyped-call]
        gevent.spawn(self._listen)
        gevent.spawn(self._work).link_exception(self._broken)
        self._tell({"line": "port", "port": runner.server.port})

    def _conducts(self, plan: LoadPlan) -> Conductor:
        around = Around(
            send=self._send,
            now=time.monotonic,
            wall_ms=lambda: time.time_ns() // 1_000_000,
            record=RecordFile(Path(plan.record)),
            told=self._tell_line,
            take_over=partial(take_over, plan),
            stop_file_there=lambda: plan.stop_file is not None and Path(plan.stop_file).exists(),
            tools={"locust": locust.__version__, "python": platform.python_version()},
        )
        local = int(os.environ[variables.LOCAL])
        return Conductor(plan, secret=os.environ.get(variables.SECRET, ""), local=local, around=around)

    def _send(self, client: str, word: str, data: Mapping[str, Any]) -> None:
        said = Message(word, dict(data), client)  # type: ignore[no-untyped-call]
        self._runner.server.send_to_client(said)

    def _tell_line(self, line: Line) -> None:
        self._tell(line.as_json())

    def _tell(self, values: Mapping[str, Any]) -> None:
        self._told.write(json.dumps(values).encode() + b"\n")

    def _said(self, msg: Any, **_more: Any) -> None:
        self._heard.put((msg.node_id, msg.type, msg.data or {}))

    def _listen(self) -> None:
        """Take what ``launch`` says on standard input; its end is the end of the harness, and the keeper's business."""
        with FileObjectPosix(0, "rb") as said:
            for line in said:
                values = json.loads(line)
                self._heard.put(("", values["word"], values))

    def _locust_begun(self, **_more: Any) -> None:
        self._heard.put(("", _GO, {}))

    def _locust_stops(self, **_more: Any) -> None:
        if self._environment.web_ui is None or not self._runner.worker_count:
            return  # Locust's own, for want of workers: the conductor knows better why
        self._heard.put(("", _STOP, {"why": "interrupted", "detail": "stopped on Locust's web page"}))

    def _locust_quits(self, **_more: Any) -> None:
        """Close the record where Locust ends before we do: somebody ended this process politely."""
        self._conductor.stop("terminated", "Locust ended before the run did; its log says why")

    def _work(self) -> None:
        while not self._conductor.finished:
            try:
                client, word, said = self._heard.get(timeout=TICK_S)
            except Empty:
                self._conductor.tick()
                continue
            self._take(client, word, said)
        self._environment.process_exit_code = 0
        self._runner.quit()
        if self._environment.web_ui is not None:
            self._environment.web_ui.stop()  # type: ignore[no-untyped-call]

    def _broken(self, _work: gevent.Greenlet) -> None:
        """End at once: without a record, and without stop conditions, nobody may come. The log says why."""
        os._exit(_BROKEN)

    def _take(self, client: str, word: str, said: Mapping[str, Any]) -> None:
        if client:
            self._conductor.hear(client, word, said)
        elif word == _GO:
            self._conductor.go()
        elif word == _LOST:
            self._conductor.lost(said["worker"], said["why"])
        elif word == _STOP:
            self._conductor.stop(said["why"], said["detail"])
