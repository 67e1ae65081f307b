"""The platform's own way back (``recover``): a command that is run on a host while the journeys are watched.

A drill that restores, rebuilds or switches over measures the owner's runbook, not one of ours. It is begun as soon as
the fault has taken effect; what people take to notice and to decide is not in its time.
"""

import contextlib
import shlex
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from conformance.drilling.hand import GRACE_S, Answer, Hand
from conformance.drilling.record import Record
from conformance.drilling.task import Task
from probes.errors import LookFailed
from profiles.drills.course import RECOVER


@dataclass(slots=True, kw_only=True)
class Runbook:
    """The runbook of one drill; it does nothing where the entry declares none. ``place``: where its id is noted."""

    task: Task
    record: Record
    run_id: str
    place: str
    _pool: ThreadPoolExecutor | None = None
    _running: "Future[Answer] | None" = None

    def begin(self, *, seconds: float) -> None:
        """Begin it on its host, which ends it after so many seconds, whatever becomes of us."""
        entry = self.task.drill.entry
        if "recover" not in entry:
            return
        self.record.say("begin", RECOVER)
        self.task.say(f"the way back is begun on {self._hand().host}")
        text = _RUN.format(noted=self._noted(), seconds=max(1, round(seconds)), command=shlex.join(entry["recover"]))
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="runbook")
        self._running = self._pool.submit(self._hand().run, text, seconds=seconds + GRACE_S)

    def under_way(self) -> bool:
        """Tell whether it still runs; what it said is put on record as soon as it does not."""
        if self._running is not None and self._running.done():
            self._end()
        return self._running is not None

    def stop(self) -> None:
        """End it on its host where it still runs, and wait for that."""
        if self.under_way():
            with contextlib.suppress(LookFailed):  # then its own time ends it there
                self._hand().run(_STOP.format(noted=self._noted()))
            self._end()
        if self._pool is not None:
            self._pool.shutdown()

    def _hand(self) -> Hand:
        entry = self.task.drill.entry
        host = str(entry.get("recover_on", entry["host"]))
        return Hand(target=self.task.target, host=host, root=bool(entry["root"]), clock=self.task.clock)

    def _noted(self) -> str:
        return shlex.quote(f"{self.place}.{self.run_id}.runbook")

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        try:
            answer = running.result()
            ok, detail = answer.status == 0, answer.said
        except LookFailed as error:
            ok, detail = False, str(error)
        self.record.say("end", RECOVER, {"ok": ok, "detail": detail})
        self.task.say(f"the way back {'came to its end' if ok else 'FAILED'} ({detail})")


# Both texts are read to their end before the first of them is done. timeout hands the signal on to what it runs.
_RUN: Final = """{{
(umask 077; echo $$ >{noted})
timeout -k 5 {seconds} {command} 2>&1 </dev/null &
trap 'kill -TERM $! 2>/dev/null' TERM
wait $!; status=$?
wait $! 2>/dev/null && status=0
rm -f {noted}
exit "$status"
}}
"""
_STOP: Final = """{{
! pid=$(cat {noted} 2>/dev/null) || kill -TERM "$pid"
exit
}}
"""
