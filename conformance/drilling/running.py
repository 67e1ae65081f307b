"""The course of a drill: permission, lock and dead man, steady state, fault, recovery, healing, comparison, record."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from conformance.drilling.became import became
from conformance.drilling.buyers import Buyer, buyers
from conformance.drilling.comparing import compared, tidied
from conformance.drilling.keeping import keep
from conformance.drilling.permission import permission
from conformance.drilling.record import Record
from conformance.drilling.runbook import Runbook
from conformance.drilling.senders import SENDERS
from conformance.drilling.sending import Sending
from conformance.drilling.stocked import Stocked
from conformance.drilling.task import RECORDS, Task, reasons_against
from conformance.drilling.watching import INTERVAL_S, SETTLE_S, Seen, Watcher
from conformance.drilling.wound import BrokenOff, Wound
from conformance.loading.running import Asking
from probes.errors import LookFailed, SettingsError
from probes.target_watch import PAYING, PLACING
from profiles.drills import deadman
from profiles.drills.course import Journey
from profiles.drills.fault import DISASTERS

STEADY: Final = 5
"""So many journeys are walked before the fault, and after it is out; all must be good."""

VAIN: Final = 20
VAIN_SHARE: Final = 0.05
"""After so many orders in vain the next one waits for this share of the time since the fault."""

DONE, WOUNDED, UNTOLD = 0, 1, 2
_LIMIT = "limit"
_RECOVERED = "recovered"


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
    record = Record(task.out / RECORDS / f"{run_id}.jsonl", task.clock, task.redactor)
    try:
        with Asking() as asking:
            wound = Wound(task=task, token=token, run_id=run_id, record=record)
            return _Course(task=task, wound=wound, run_id=run_id, record=record, asking=asking).run()
    finally:
        record.close()


@dataclass(slots=True, kw_only=True)
class _Course:
    task: Task
    wound: Wound
    run_id: str
    record: Record
    asking: Asking
    buyers: Sequence[Buyer] = ()
    stopped: str | None = None

    def run(self) -> int:
        task = self.task
        if task.drill.fault.cannot_be_reverted:
            task.say(f"what can not be reverted: {task.drill.fault.cannot_be_reverted}")
        self._plan()
        task.store.start_run(
            self.run_id, {"tool": task.tool, "target_sha256": task.target.sha256, "drill": task.drill.name}
        )
        ended = "aborted"
        try:
            self.wound.arm()
            ended = self._course()
        except SettingsError as error:
            self.record.say("over", ended, {"stopped": str(error)})
            self._keep()
            raise
        except (BrokenOff, LookFailed) as error:
            self.stopped = str(error)
            task.say(f"broken off: {error}")
        finally:
            self.wound.disarm()
        self.record.say("over", ended, {"stopped": self.stopped})
        return self._keep()

    def _course(self) -> str:
        """Go from the accounts to the tidying up; return how it ended."""
        task = self.task
        depth = str(task.drill.entry["depth"])
        with buyers(
            task.target,
            task.adapter,
            clock=task.clock,
            run_id=self.run_id,
            folder=task.out / "trails",
            depth=depth,
            patience_s=task.limits.journey_s,
        ) as self.buyers:
            stocked = Stocked(buyers=self.buyers, pays=depth == PAYING)
            try:
                if depth in PLACING:
                    stocked.begin(task.limits.max_orders)
                self._steady("before")
                stocked.look("before")
                self._not_asked()
                self.wound.inject()
                self._send()
                self.wound.prove()
                why = self._watch()
                stocked.look("during")
                self._steady("after")
                stocked.look("after")
                self.wound.tell()
                self._compare(depth, stocked)
            except BaseException:
                self.wound.disarm()  # before what was made is taken away: of a shop that is down, that may take long
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
                "host_offset_s": round(self.wound.token.host_offset_s, 3),
                "place": self.wound.place.place,
            },
        )

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
            raise BrokenOff(self._asked() or f"the platform is not steady before it: {ending.detail or 'stopped'}")

    def _watcher(self, depth: str) -> Watcher:
        return Watcher(
            walkers=tuple(partial(self._walk, buyer, depth) for buyer in self.buyers),
            clock=self.task.clock,
            note=self.record.journey,
            interval_s=self._interval_s,
        )

    def _interval_s(self) -> float:
        """Return the seconds until the next journey: longer and longer where many orders were tried in vain.

        Each of them may stand on the platform all the same, and counts for the ceiling: a recovery that takes an hour
        is still seen, to a twentieth of its time.
        """
        if self.wound.injected_s == 0.0 or self._vain() < VAIN:
            return INTERVAL_S
        return max(INTERVAL_S, VAIN_SHARE * (self.task.clock.monotonic_s() - self.wound.injected_s))

    def _walk(self, buyer: Buyer, depth: str, phase: str) -> Journey:
        if depth in PLACING and self._placed() >= self.task.limits.max_orders:
            depth = "checkout"
        return buyer.walk(depth, phase)

    def _placed(self) -> int:
        return sum(entry.kind == "order" for buyer in self.buyers for entry in buyer.trail.entries())

    def _vain(self) -> int:
        entries = (entry for buyer in self.buyers for entry in buyer.trail.entries())
        return sum(entry.kind == "order" and not entry.acknowledged for entry in entries)

    def _send(self) -> None:
        sender = SENDERS.get(self.task.drill.fault.name)
        if sender is None:
            return
        with self.record.step("send") as ending:
            sent = sender(Sending(task=self.task, place=self.wound.place, asked=self._asked_or_late))
            ending.detail, ending.facts = sent.how, {"shapes": dict(sent.shapes)}
        self.task.say(sent.how)

    def _watch(self) -> str:
        task = self.task
        runbook = Runbook(
            target=task.target,
            drill=task.drill,
            place=self.wound.place,
            record=self.record,
            clock=task.clock,
            say=task.say,
        )
        with self.record.step("watch") as ending:
            if self.wound.proved:  # what restores would overwrite what nothing happened to
                runbook.begin(seconds=self._left_s())
            try:
                why, seen = self._watcher(str(task.drill.entry["depth"])).until(
                    "during", lambda seen: self._over(seen, runbook), then=lambda: self._come_back(runbook)
                )
            finally:
                runbook.stop()
            ending.ok, ending.detail = why == _RECOVERED, why
        failed = sum(not journey.ok for journey in seen.over)
        task.say(f"watched {len(seen.over)} journeys, {failed} failed: {why}")
        return why

    def _come_back(self, runbook: Runbook) -> None:
        runbook.stop()  # it would be at work on what is taken out
        self.wound.revert()

    def _left_s(self) -> float:
        """Return the seconds until the dead man's time is nearly over."""
        since_s = self.task.clock.monotonic_s() - self.wound.armed_s
        return self.task.drill.deadman_s * (1 - deadman.RESERVE) - since_s

    def _over(self, seen: Seen, runbook: Runbook) -> str | None:
        """Say why the watch is over; None while it goes on."""
        now_s, drill = self.task.clock.monotonic_s(), self.task.drill
        since_s = now_s - self.wound.injected_s
        if not runbook.under_way() and since_s >= SETTLE_S and seen.recovered_since(self.wound.injected_s):
            return _RECOVERED
        if (asked := self._asked()) is not None:
            return asked
        if drill.limit_s is not None and since_s >= drill.limit_s and not _good(seen):
            return _LIMIT
        if seen.down_s(now_s, self.wound.injected_s) >= self.task.limits.max_down_s:
            return f"the error budget is used up: {self.task.limits.max_down_s:g} s without a good journey"
        if self._left_s() <= 0:
            return "the dead man's time is nearly over"
        if drill.entry["depth"] in PLACING and self._placed() >= self.task.limits.max_orders:
            return f"the ceiling of {self.task.limits.max_orders} orders is reached: nothing tells if more come about"
        return None

    def _asked_or_late(self) -> str | None:
        """Return why what is sent must end: what came after the dead man would be undone by nobody."""
        return self._asked() or (None if self._left_s() > 0 else "the dead man's time is nearly over")

    def _not_asked(self) -> None:
        if (why := self._asked()) is not None:
            raise BrokenOff(why)

    def _asked(self) -> str | None:
        """Return why somebody wants the drill to end; None while nobody does."""
        if self.asking.stop.is_set():
            return self.asking.why
        stop_file = self.task.limits.stop_file
        return f"{stop_file} was put there" if stop_file is not None and stop_file.exists() else None

    def _compare(self, depth: str, stocked: Stocked) -> None:
        with self.record.step("compare") as ending:
            if depth in PLACING:
                ending.facts = compared(self.buyers, stocked)
                said = tuple(became(ending.facts))
                wrong = [f"{each.of}: {each.wrong}" for each in said if each.wrong]
                ending.ok, ending.detail = not wrong, "; ".join(wrong)
                for each in said:
                    self.task.say(each.line)

    def _tidy(self) -> None:
        with self.record.step("tidy") as ending:
            left = tidied(self.buyers)
            ending.ok, ending.facts = not left, {"left_behind": list(left)}
        for words in left:
            self.task.say(words)

    def _keep(self) -> int:
        task = self.task
        trails = tuple(buyer.trail.path for buyer in self.buyers)
        data = keep(self.record, task.target, task.store, task.clock, trails=trails)
        status = (
            WOUNDED if not self.wound.healed else DONE if data["complete"] and data["ended"] == "planned" else UNTOLD
        )
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
