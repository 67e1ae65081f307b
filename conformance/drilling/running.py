"""The course of a drill: permission, lock and dead man, steady state, fault, recovery, healing, comparison, record."""

import contextlib
import getpass
import json
import platform as machine
import secrets
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from conformance.drilling.buyers import Buyer, buyers
from conformance.drilling.comparing import compared, tidied
from conformance.drilling.hand import LONGEST_S, Answer
from conformance.drilling.keeping import keep
from conformance.drilling.permission import permission
from conformance.drilling.record import Record
from conformance.drilling.task import RECORDS, Task, reasons_against
from conformance.drilling.told import told_in
from conformance.drilling.watching import INTERVAL_S, SETTLE_S, Seen, Watcher
from conformance.loading.running import Asking
from probes.clock import rfc3339
from probes.errors import EvidenceError, LookFailed, SettingsError
from probes.target_watch import PLACING
from profiles.drills import deadman
from profiles.drills.course import Journey
from profiles.drills.fault import DISASTERS
from profiles.drills.token import Found, place_of

STEADY: Final = 5
"""So many journeys are walked before the fault, and after it is out; all must be good."""

DONE, WOUNDED, UNTOLD = 0, 1, 2
_LIMIT = "limit"
_RECOVERED = "recovered"
_TAIL_BYTES: Final = 1_000_000


class _Off(Exception):  # noqa: N818 - the drill is broken off, and says why
    """The drill ends before its fault was put in, or cannot go on."""


def drill(task: Task) -> int:
    """Drill once; return 0 where all of it came about, 1 where the host is not proven healed, 2 otherwise.

    Raises:
        SettingsError: it is refused; every reason at once.
        LookFailed: the host could not be asked for its permission.
        EvidenceError: the record, a trail or the ledger cannot be written.
    """
    if refused := reasons_against(task.target, task.drill, task.clock):
        raise SettingsError(*refused)
    token = permission(
        task.hand,
        task.target,
        task.limits.token_path,
        fault=task.drill.fault.name,
        lasts_s=task.drill.deadman_s,
        clock=task.clock,
    )
    run_id = f"drill-{time.strftime('%Y%m%dt%H%M%Sz', time.gmtime())}-{secrets.token_hex(3)}"
    record = Record(task.out / RECORDS / f"{run_id}.jsonl", task.clock)
    try:
        with Asking() as asking:
            return _Course(task=task, token=token, run_id=run_id, record=record, asking=asking).run()
    finally:
        record.close()


@dataclass(slots=True, kw_only=True)
class _Course:
    task: Task
    token: Found
    run_id: str
    record: Record
    asking: Asking
    injected_s: float = 0.0
    injected_ms: int = 0
    armed_s: float = 0.0
    buyers: Sequence[Buyer] = ()
    stopped: str | None = None
    healed: bool = True
    refused: bool = False
    place: deadman.Place = field(init=False)

    def __post_init__(self) -> None:
        self.place = deadman.Place(place=place_of(self.token), run_id=self.run_id)

    def run(self) -> int:
        task = self.task
        self._plan()
        task.store.start_run(
            self.run_id, {"tool": task.tool, "target_sha256": task.target.sha256, "drill": task.drill.name}
        )
        ended = "aborted"
        try:
            self._arm()
            ended = self._course()
        except SettingsError as error:
            self.record.say("over", ended, {"stopped": str(error)})
            self._keep()
            raise
        except (_Off, LookFailed) as error:
            self.stopped = str(error)
            task.say(f"broken off: {error}")
        finally:
            self._disarm()
        self.record.say("over", ended, {"stopped": self.stopped})
        return self._keep()

    def _course(self) -> str:
        """Go from the accounts to the tidying up; return how it ended."""
        task = self.task
        depth = str(task.drill.entry["depth"])
        with buyers(
            task.target, task.adapter, clock=task.clock, run_id=self.run_id, folder=task.out / "trails", depth=depth
        ) as self.buyers:
            try:
                self._steady("before")
                self._inject()
                why = self._watch()
                self._steady("after")
                self._told()
                self._compare(depth)
            except BaseException:
                self._disarm()  # before what was made is taken away: of a shop that is down, that may take long
                raise
            finally:
                self._tidy()
        if why in {_RECOVERED, _LIMIT}:
            return "planned"
        self.stopped = why
        return "stopped"

    def _plan(self) -> None:
        drill, platform = self.task.drill, self.task.target.platform
        self.record.say(
            "plan",
            self.run_id,
            {
                "drill": drill.name,
                "fault": drill.fault.name,
                "kind": drill.fault.kind,
                "disaster": drill.fault.kind if drill.fault.kind in DISASTERS else None,
                "host": drill.host,
                "environment": platform.environment,
                "platform": platform.id,
                "depth": drill.entry["depth"],
                "interval_s": INTERVAL_S,
                "limit_s": drill.limit_s,
                "deadman_s": drill.deadman_s,
                "offset_s": self.task.clock.offset_s,
                "host_offset_s": round(self.token.host_offset_s, 3),
                "place": self.place.place,
            },
        )

    def _arm(self) -> None:
        """Take the lock and arm the dead man.

        Raises:
            SettingsError: somebody else holds the lock, or the host lacks what it takes; nothing of ours is there.
            LookFailed: the host broke off; it may be armed.
        """
        drill, task = self.task.drill, self.task
        owner = {
            "run_id": self.run_id,
            "drill": drill.name,
            "platform": task.target.platform.id,
            "by": f"{getpass.getuser()}@{machine.node()}",
            "since": rfc3339(task.clock.now()),
            "heals_itself_after_s": drill.deadman_s,
        }
        scripts = drill.fault.scripts(drill.entry)
        self.armed_s = task.clock.monotonic_s()
        with self.record.step("arm") as ending:
            answer = task.hand.run(deadman.arming(self.place, scripts, owner=owner, seconds=drill.deadman_s))
            ending.ok = answer.status == 0 and answer.said == "armed"
            ending.detail = answer.said
            ending.facts = {"refused": not ending.ok}
        if not ending.ok:
            self.refused = True
            raise SettingsError(_held(drill.host, self.place.place, answer))
        task.say(f"{drill.host}: locked, and it heals itself after {drill.deadman_s:g} s")

    def _steady(self, phase: str) -> None:
        depth = str(self.task.drill.entry["depth"])
        with self.record.step(phase) as ending:
            watcher = self._watcher(depth)
            asked = self._asked if phase == "before" else _nobody
            _, seen = watcher.until(phase, lambda seen: "enough" if _begun(seen) >= STEADY else asked())
            failed = [journey for journey in seen.over if not journey.ok]
            ending.ok = not failed and len(seen.over) >= STEADY
            ending.detail = failed[0].why if failed else ""
            self.task.say(f"{phase}: {len(seen.over) - len(failed)} of {len(seen.over)} journeys to {depth} came about")
        if phase == "before" and not ending.ok:
            raise _Off(self._asked() or f"the platform is not steady before it: {ending.detail or 'stopped'}")

    def _watcher(self, depth: str) -> Watcher:
        return Watcher(
            walkers=tuple(partial(self._walk, buyer, depth) for buyer in self.buyers),
            clock=self.task.clock,
            note=self.record.journey,
        )

    def _walk(self, buyer: Buyer, depth: str, phase: str) -> Journey:
        if depth in PLACING and self._placed() >= self.task.limits.max_orders:
            depth = "checkout"
        return buyer.walk(depth, phase)

    def _placed(self) -> int:
        return sum(entry.kind == "order" for buyer in self.buyers for entry in buyer.trail.entries())

    def _inject(self) -> None:
        task = self.task
        with self.record.step("inject") as ending:
            self.healed = False  # from here on, though the answer may never come
            answer = task.hand.run(deadman.injecting(self.place))
            self.injected_s = answer.sent_s
            self.injected_ms = round(answer.sent_at.timestamp() * 1000)
            ending.ok, ending.detail = answer.status == 0, answer.said
            self.healed = answer.status == deadman.HELD
            if not self.healed:
                ending.facts = {"injected_ms": self.injected_ms, "injected_s": self.injected_s}
        if answer.status == deadman.HELD:
            raise _Off(f"the fault was not put in: {answer.said}")
        task.say(f"{task.drill.fault.en} on {task.drill.host}")
        with self.record.step("effect") as ending:
            answer = task.hand.run(deadman.proving(self.place))
            ending.ok, ending.detail = answer.status == 0, answer.said
            ending.facts = {"proved": ending.ok, "how": answer.said}
        task.say(f"effect: {'proven' if ending.ok else 'NOT proven'} ({answer.said})")

    def _watch(self) -> str:
        task = self.task
        with self.record.step("watch") as ending:
            why, seen = self._watcher(str(task.drill.entry["depth"])).until("during", self._over, then=self._revert)
            ending.ok, ending.detail = why == _RECOVERED, why
        failed = sum(not journey.ok for journey in seen.over)
        task.say(f"watched {len(seen.over)} journeys, {failed} failed: {why}")
        return why

    def _over(self, seen: Seen) -> str | None:
        """Say why the watch is over; None while it goes on."""
        now_s, drill = self.task.clock.monotonic_s(), self.task.drill
        since_s = now_s - self.injected_s
        if since_s >= SETTLE_S and seen.recovered_since(self.injected_s):
            return _RECOVERED
        if (asked := self._asked()) is not None:
            return asked
        if drill.limit_s is not None and since_s >= drill.limit_s and not _good(seen):
            return _LIMIT
        if seen.down_s(now_s, self.injected_s) >= self.task.limits.max_down_s:
            return f"the error budget is used up: {self.task.limits.max_down_s:g} s without a good journey"
        if now_s - self.armed_s >= drill.deadman_s * (1 - deadman.RESERVE):
            return "the dead man's time is nearly over"
        if drill.entry["depth"] in PLACING and self._placed() >= self.task.limits.max_orders:
            return f"the ceiling of {self.task.limits.max_orders} orders is reached: nothing tells if more come about"
        return None

    def _asked(self) -> str | None:
        """Return why somebody wants the drill to end; None while nobody does."""
        if self.asking.stop.is_set():
            return self.asking.why
        stop_file = self.task.limits.stop_file
        return f"{stop_file} was put there" if stop_file is not None and stop_file.exists() else None

    def _revert(self) -> None:
        task = self.task
        with self.record.step("revert") as ending:
            answer = task.hand.run(deadman.healing(self.place, who="harness", release=False), seconds=LONGEST_S)
            self.healed = answer.status == 0
            ending.ok, ending.detail = self.healed, answer.said
            ending.facts = {"proved": self.healed, "how": answer.said}
        task.say(f"taken out: {'proven' if self.healed else 'NOT proven'} ({answer.said})")

    def _told(self) -> None:
        entry = self.task.drill.entry
        with self.record.step("told") as ending:
            if "told_by" in entry:
                log = self.task.hand.run(f"tail -c {_TAIL_BYTES} {shlex.quote(entry['told_by'])}\n")
                offset_s = self.token.host_offset_s
                ending.facts = dict(told_in(log.text, entry, since_ms=self.injected_ms, host_offset_s=offset_s))
                ending.ok, ending.detail = log.status == 0, log.ran.complaint()

    def _compare(self, depth: str) -> None:
        with self.record.step("compare") as ending:
            if depth in PLACING:
                told: dict[str, Any] = compared(self.buyers)
                ending.facts = {"orders": told}
                wrong = [f"{len(told[name])} {name}" for name in ("lost", "doubled", "altered") if told[name]]
                ending.ok, ending.detail = not wrong, ", ".join(wrong)
                whole = ending.detail or "all whole"
                self.task.say(f"orders: {told['acknowledged']} acknowledged, {told['found']} found; {whole}")

    def _tidy(self) -> None:
        with self.record.step("tidy") as ending:
            left = tidied(self.buyers)
            ending.ok, ending.facts = not left, {"left_behind": list(left)}
        for words in left:
            self.task.say(words)

    def _disarm(self) -> None:
        """Prove once more that the fault is out, give the lock back, and fetch what the host noted; once is enough."""
        if self.refused or self.record.has("begin", "disarm"):
            return
        task = self.task
        try:
            with self.record.step("disarm") as ending:
                answer = task.hand.run(deadman.healing(self.place, who="harness", release=True), seconds=LONGEST_S)
                # A run that is not there shows that nothing was put in only where nothing was.
                self.healed = answer.status == 0 or (answer.status == deadman.HELD and self.healed)
                ending.ok, ending.detail = self.healed, answer.said
            journal = task.hand.run(deadman.collecting(self.place))
            self.record.say("host", task.drill.host, {"journal": journal.text, "healed": self.healed})
        except LookFailed as error:
            self.healed = False
            task.say(f"{task.drill.host} cannot be asked: {error}")
        except EvidenceError:
            with contextlib.suppress(LookFailed):  # the record cannot be written: the host is healed all the same
                task.hand.run(deadman.healing(self.place, who="harness", release=True), seconds=LONGEST_S)
            raise
        if not self.healed:
            task.say(
                f"{task.drill.host} is NOT proven healed; its dead man goes on trying. When it is back: "
                f"`duheng drill --recover`, or by hand on {task.drill.host}: {deadman.by_hand(self.place)}"
            )

    def _keep(self) -> int:
        task = self.task
        trails = tuple(buyer.trail.path for buyer in self.buyers)
        data = keep(self.record, task.target, task.store, task.clock, trails=trails)
        status = WOUNDED if not self.healed else DONE if data["complete"] and data["ended"] == "planned" else UNTOLD
        task.store.finish_run(self.run_id, {"exit": status})
        task.say(summary(data))
        return status


def summary(data: dict[str, Any]) -> str:
    """Return one line that says what a drill showed."""
    recovery = "no recovery by itself" if data["recovery_s"] is None else f"recovered in {data['recovery_s']:.1f} s"
    limit = "" if data["limit_s"] is None else f" (limit: {data['limit_s']:g} s)"
    return f"{data['drill']}: {data['ended']}; {recovery}{limit}; record {data['run_id']}"


def _begun(seen: Seen) -> int:
    return len(seen.over) + len(seen.under_way)


def _nobody() -> str | None:
    return None


def _good(seen: Seen) -> bool:
    return any(journey.ok for journey in seen.over[-1:])


def _held(host: str, place: str, answer: Answer) -> str:
    if answer.status != deadman.HELD:
        return f"{host}: the dead man could not be armed: {answer.said}"
    try:
        owner: dict[str, Any] = json.loads(answer.said)
        by_hand = deadman.by_hand(deadman.Place(place=place, run_id=str(owner["run_id"])))
        return (
            f"{host} is locked by another drill: {owner['drill']} of {owner['platform']}, by {owner['by']} since "
            f"{owner['since']} (run {owner['run_id']}); wait for its end; if it was killed, duheng drill --recover "
            f"where it ran, or on {host}: {by_hand}"
        )
    except (ValueError, KeyError, TypeError):
        return f"{host} is locked: {answer.said}"
