"""The master of a load run, without Locust in it: waits for all workers, starts them together, writes the record.

Whoever runs it hands in what it hears (``hear``, ``lost``, ``stop``) and calls ``tick`` about once a second, all from
one thread; it says what to send, and each line of the record once it is on disk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from probes.errors import EvidenceError
from profiles.arrivals import arrivals
from profiles.gathering import Gathering
from profiles.plan import LoadPlan
from profiles.record import Ended, Footer, Header, Line, Lost, RecordFile, Second, Stopped
from profiles.stopping import StopConditions
from profiles.tally import OTHER, Slice, slice_of
from profiles.wire import HERE, OVER, PING, PLAN, PONG, READY, REFUSED, SECOND, START, STOP, UNABLE, proof, proved

LEAD_S: Final = 1.0
"""Second 0 begins that long after the start was told: time for the word to reach every worker."""

SILENT_S: Final = 10.0
"""A worker that told nothing for that long is lost: it tells something every second."""

SLACK_S: Final = 15.0
"""So long after the time to drain a worker may take to say that it is over."""

MAY_STOP_S: Final = 15.0
"""So long shoppers under way may go on at most where the run is stopped."""


AWAY_S: Final = 2.0
"""Who did not look for that long cannot say that others were silent meanwhile."""

MOST_FAILURES: Final = 2000
"""Kinds of failures that are told apart in a run; the rarer ones are counted together."""


@dataclass(slots=True, kw_only=True)
class _Peer:
    """A worker that is there: its connection, and when it was heard last (master's monotonic clock)."""

    client: str
    heard_s: float
    ready: bool = False
    pinged_ms: float = 0.0
    skew_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the conductor has of the world: the clocks, the wire, the record, and who listens to its lines.

    ``send(client, word, data)``; ``now`` is monotonic, in seconds; ``wall_ms`` the wall clock; ``stop_file_there``
    whether the plan's stop file exists. ``take_over`` keeps the trail of a worker on another machine.
    """

    send: Callable[[str, str, Mapping[str, Any]], None]
    now: Callable[[], float]
    wall_ms: Callable[[], int]
    record: RecordFile
    told: Callable[[Line], None]
    take_over: Callable[[int, str], None]
    stop_file_there: Callable[[], bool]
    tools: Mapping[str, str]


class Conductor:
    """One run. ``finished`` once the footer is on disk; nothing is written after it."""

    def __init__(self, plan: LoadPlan, *, secret: str, local: int, around: Around) -> None:
        """Begin to wait for workers; the first ``local`` of them are on this machine and know their numbers."""
        self.finished = False
        self._plan = plan
        self._secret = secret
        self._local = local
        self._around = around
        self._peers: dict[int, _Peer] = {}
        self._gathering = Gathering(plan.workers)
        self._conditions = StopConditions(plan=plan)
        self._total = Slice()
        self._arrivals = (arrival.at_s for arrival in arrivals(plan))
        self._next_at_s = next(self._arrivals, None)
        self._planned = 0
        self._let_go = False
        self._begun = False
        self._must_end_s: float | None = None
        self._looked_s = around.now()
        self._stopped = False
        self._ended: Ended = "planned"

    @property
    def running(self) -> bool:
        """Whether shoppers come: the start was told, and no stop."""
        return self._begun and not self._stopped and not self.finished

    def hear(self, client: str, word: str, data: Mapping[str, Any]) -> None:
        """Take what a worker said; of a stranger, only that it is here.

        Raises:
            EvidenceError: the record cannot be written.
        """
        if self.finished:
            return
        if word == HERE:
            self._here(client, data)
            return
        self._understand(client, word, data)
        self.tick()  # so that many who speak don't hide the one who is silent

    def _understand(self, client: str, word: str, data: Mapping[str, Any]) -> None:
        number = next((number for number, peer in self._peers.items() if peer.client == client), None)
        if number is None:
            return
        self._peers[number].heard_s = self._around.now()
        if word == READY:
            self._ready(number)
        elif word == PONG:
            self._pong(number, data)
        elif word == UNABLE:
            self.stop("unready", f"worker {number}: {data.get('why')}")
        elif word == SECOND:
            self._second(number, data)
        elif word == OVER:
            self._over(number, data)

    def go(self) -> None:
        """Let the run begin once all workers are there; whoever carries the words is ready himself.

        Raises:
            EvidenceError: the record cannot be written.
        """
        self._let_go = True
        self._start_when_all_there()

    def lost(self, worker: int, why: str) -> None:
        """Take that a worker is no more there.

        Raises:
            EvidenceError: the record cannot be written.
        """
        if self.finished or worker not in self._gathering.there:
            return
        if not self._begun:
            self.stop("unready", f"worker {worker}: {why}")
            return
        self._gathering.gone(worker)
        self._write(Lost(worker=worker, second=self._gathering.second, why=why))
        self._ended = "lost" if self._ended == "planned" else self._ended
        self.stop("lost-worker", f"worker {worker}: {why}")
        self._flush()

    def stop(self, why: str, detail: str) -> None:
        """Let nobody come any more, and write why; those under way go home. A second reason changes nothing.

        Raises:
            EvidenceError: the record cannot be written.
        """
        if self._stopped or self.finished:
            return
        begun = self._begun
        if not begun:
            self._begin(self._around.wall_ms())
        self._stopped = True
        self._ended = "stopped" if self._ended == "planned" else self._ended
        self._write(Stopped(why=why, detail=detail, second=self._gathering.second))
        self._must_end_s = self._around.now() + MAY_STOP_S + SLACK_S
        for peer in self._peers.values():
            self._around.send(peer.client, STOP, {})
        if not begun:
            self._finish()

    def tick(self) -> None:
        """Look who is silent, and whether it ought to be over.

        Raises:
            EvidenceError: the record cannot be written.
        """
        now = self._around.now()
        away_s, self._looked_s = now - self._looked_s, now
        if not self._begun or self.finished:
            return
        if away_s > AWAY_S:
            self._must_end_s = None if self._must_end_s is None else self._must_end_s + away_s
            for peer in self._peers.values():
                peer.heard_s = min(now, peer.heard_s + away_s)
        too_late = self._must_end_s is not None and now > self._must_end_s
        for number in sorted(self._gathering.there):
            if too_late:
                self.lost(number, "did not come to its end")
            elif now - self._peers[number].heard_s > SILENT_S + LEAD_S:
                self.lost(number, f"told nothing for {SILENT_S:g} s")

    def _here(self, client: str, data: Mapping[str, Any]) -> None:
        number = next((number for number, peer in self._peers.items() if peer.client == client), None)
        if number is None:
            number = self._number(data.get("worker"))
            why = None
            if not proved(self._secret, "worker", client, data.get("proof")):
                why = "its run secret is another one"
            elif number is None or self._begun:
                why = f"all {self._plan.workers} workers of the plan are there"
            if why is not None or number is None:
                self._around.send(client, REFUSED, {"why": why})
                return
            self._peers[number] = _Peer(client=client, heard_s=self._around.now())
        shown = proof(self._secret, "master", client)
        text = self._plan.encode().decode()
        self._around.send(client, PLAN, {"plan": text, "worker": number, "proof": shown})

    def _number(self, wanted: object) -> int | None:
        if isinstance(wanted, int):
            return wanted if 0 <= wanted < self._local and wanted not in self._peers else None
        free = (number for number in range(self._local, self._plan.workers) if number not in self._peers)
        return next(free, None)

    def _ready(self, number: int) -> None:
        peer = self._peers[number]
        peer.ready, peer.pinged_ms = True, self._around.wall_ms()
        self._around.send(peer.client, PING, {})

    def _pong(self, number: int, data: Mapping[str, Any]) -> None:
        peer, now_ms = self._peers[number], self._around.wall_ms()
        # On the same machine it is the same clock: what the two words took is no difference of clocks.
        peer.skew_ms = 0.0 if number < self._local else float(data["at_ms"]) - (peer.pinged_ms + now_ms) / 2
        self._start_when_all_there()

    def _start_when_all_there(self) -> None:
        there = [each for each in self._peers.values() if each.ready and each.skew_ms is not None]
        if not self._let_go or len(there) < self._plan.workers or self._begun:
            return
        now = self._around.now()
        self._begin(self._around.wall_ms() + round(LEAD_S * 1000))
        self._must_end_s = now + LEAD_S + self._plan.seconds + self._plan.drain_s + SLACK_S
        for peer in self._peers.values():
            peer.heard_s = now
            self._around.send(peer.client, START, {"in_s": LEAD_S})

    def _begin(self, started_ms: int) -> None:
        self._begun = True
        skews = tuple(
            self._peers[number].skew_ms if number in self._peers else None for number in range(self._plan.workers)
        )
        self._write(
            Header(
                run_id=self._plan.run_id,
                plan_sha256=self._plan.sha256(),
                model=self._plan.model,
                workers=self._plan.workers,
                started_ms=started_ms,
                tools=self._around.tools,
                skew_ms=skews,
            )
        )

    def _second(self, number: int, data: Mapping[str, Any]) -> None:
        try:
            counted, second, cpu = slice_of(data["slice"]), int(data["second"]), float(data["cpu_percent"])
        except (EvidenceError, KeyError, TypeError, ValueError) as error:
            self.lost(number, f"told what nobody understands: {error}")
            return
        if second > self._gathering.due(number):
            self.lost(number, f"told second {second}, though second {self._gathering.due(number)} was to come")
            return
        self._gathering.tell(number, second, counted, cpu)
        self._flush()

    def _over(self, number: int, data: Mapping[str, Any]) -> None:
        bug, trail = data.get("bug"), data.get("trail")
        if isinstance(trail, str) and number in self._gathering.there and number >= self._local:
            self._around.take_over(number, trail)
        if not bug and not self._stopped and self._gathering.due(number) < self._plan.seconds:
            self.lost(number, f"was over after {self._gathering.due(number)} s of {self._plan.seconds:g} s")
            return
        self._gathering.gone(number)
        if bug:
            self._ended = "broken"
            self.stop("broken", f"worker {number}: {bug}")
        self._flush()

    def _flush(self) -> None:
        for second, counted, cpu in self._gathering.take():
            planned = self._planned_in(second)
            line = Second.of(counted, second=second, at_ms=self._around.wall_ms(), planned=planned, cpu_percent=cpu)
            self._planned += planned
            self._count(counted)
            self._write(line)
            self._look(line)
        if not self._gathering.there and self._begun and not self.finished:
            self._finish()

    def _count(self, counted: Slice) -> None:
        self._total.add(counted)
        failures = self._total.failures
        if len(failures) > MOST_FAILURES:  # a shop that words each failure anew must not fill the memory of a long run
            for kind, count in failures.most_common()[MOST_FAILURES // 2 :]:
                del failures[kind]
                failures[kind[0], OTHER] += count

    def _look(self, line: Second) -> None:
        """Stop where a stop condition says so; after the last arrival there is nothing left to stop."""
        if not self.running or line.second >= self._plan.seconds:
            return
        stopped = self._conditions.after(line, now_ms=line.at_ms, stop_file_there=self._around.stop_file_there())
        if stopped is not None:
            self.stop(stopped.why, stopped.detail)

    def _planned_in(self, second: int) -> int:
        count = 0
        while self._next_at_s is not None and self._next_at_s < second + 1:
            count += 1
            self._next_at_s = next(self._arrivals, None)
        return count

    def _finish(self) -> None:
        self.finished = True
        ended_ms = self._around.wall_ms()
        self._write(Footer.of(self._total, ended_ms=ended_ms, ended=self._ended, planned=self._planned))

    def _write(self, line: Line) -> None:
        self._around.record.write(line)
        self._around.told(line)
