"""The platform's own way back (``recover``): a command that is run on a host while the journeys are watched.

A drill that restores, rebuilds or switches over measures the owner's runbook, not one of ours. It is begun as soon as
the fault has taken effect; what people take to notice and to decide is not in its time.
"""

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from conformance.drilling.declared import Drill
from conformance.drilling.hand import GRACE_S, Answer, Hand
from conformance.drilling.record import Record
from conformance.drilling.watching import SETTLE_S
from probes.clock import Clock
from probes.errors import LookFailed
from probes.target import Target
from profiles.drills import way_back
from profiles.drills.course import RECOVER
from profiles.drills.deadman import Place

ENDING_S: Final = way_back.ENDING_S + GRACE_S


@dataclass(slots=True, kw_only=True)
class Runbook:
    """The runbook of one run; it does nothing where the drill declares none."""

    target: Target
    drill: Drill
    place: Place
    record: Record
    clock: Clock
    say: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    _ends_s: float = 0.0
    _settled_s: float = 0.0
    _lost: str | None = None
    _pool: ThreadPoolExecutor | None = None
    _running: "Future[Answer] | None" = None

    def begin(self, *, seconds: float) -> None:
        """Begin it on its host, which ends it after so many seconds, whatever becomes of us."""
        entry = self.drill.entry
        if "recover" not in entry:
            return
        self.record.say("begin", RECOVER)
        self._ends_s = self.clock.monotonic_s() + seconds + ENDING_S  # reached late, and killed
        self.say(f"the way back is begun on {self.host}")
        run = self.place.folder if self.host == self.drill.host else None
        text = way_back.running(self._noted, entry["recover"], seconds=seconds, run=run)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="runbook")
        self._running = self._pool.submit(self._hand.run, text, seconds=seconds + GRACE_S)

    def under_way(self) -> bool:
        """Tell whether it still runs; what it said is put on record as soon as it does not.

        Its good end is watched for a while: what it brought back may show a moment later.
        """
        if self._running is not None and self._running.done():
            self._end()
        return self._running is not None or self.clock.monotonic_s() < self._settled_s

    def stop(self) -> None:
        """End it on its host where it may still run, and wait for that.

        Where its host cannot be asked, its own time is waited for: it would be at work on what is taken out. Then its
        step has no end on record, and ``--recover`` calls it off.
        """
        called_off = False
        self.under_way()
        if self._running is not None or self._lost is not None:
            with contextlib.suppress(LookFailed):  # then its own time ends it there
                self.call_off(then=self._end)
                called_off = True
        self._end()
        if self._pool is not None:
            self._pool.shutdown()
        if self._lost is not None and called_off:
            self._told(ok=False, detail=self._lost)
            self._lost = None
        elif self._lost is not None and self.host != self.drill.host:  # on its own host the fault's revert ends it
            self.say(f"{self.host} cannot be asked: waiting until the way back's own time is over there")
            self.pause(max(0.0, self._ends_s - self.clock.monotonic_s()))

    def call_off(self, *, then: Callable[[], None] = lambda: None) -> None:
        """End it on its host, whoever began it; ``then`` is done once it is asked to.

        Raises:
            LookFailed: the host cannot be asked.
        """
        answer = self._hand.run(way_back.calling_off(self._noted), seconds=ENDING_S)
        then()
        if answer.text.strip():
            self._hand.run(way_back.clearing(self._noted))

    @property
    def host(self) -> str:
        """The declared name of the host on which it runs."""
        return str(self.drill.entry.get("recover_on", self.drill.host))

    @property
    def _hand(self) -> Hand:
        return self._on(self.host)

    def _on(self, host: str) -> Hand:
        return Hand(target=self.target, host=host, root=bool(self.drill.entry["root"]), clock=self.clock)

    @property
    def _noted(self) -> str:
        return f"{self.place.folder}.runbook"

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        try:
            answer = running.result()
        except LookFailed as error:  # it may be at work there all the same
            self._lost = str(error)
            self.say(f"the way back on {self.host} is out of sight ({error})")
            return
        why = self._unknown() if answer.status == 0 else None
        self._told(ok=answer.status == 0 and why is None, detail=why or answer.said)
        if answer.status == 0:
            self._settled_s = self.clock.monotonic_s() + SETTLE_S

    def _unknown(self) -> str | None:
        """Let the drill's host know of the good end, without which it keeps nothing; say why it does not."""
        if self.host == self.drill.host:
            return None
        try:
            answer = self._on(self.drill.host).run(way_back.ended_well(self.place.folder))
        except LookFailed as error:
            return f"it came to a good end, of which {self.drill.host} does not know: {error}"
        return None if answer.status == 0 else f"its good end cannot be noted on {self.drill.host}: {answer.said}"

    def _told(self, *, ok: bool, detail: str) -> None:
        self.record.say("end", RECOVER, {"ok": ok, "detail": detail})
        self.say(f"the way back {'came to its end' if ok else 'FAILED'} ({detail})")
