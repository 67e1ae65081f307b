"""A night: its steps one after the other, each written down before and after it, and one report at the end."""

import contextlib
import secrets
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from conformance.exits import INTERRUPTED
from conformance.night import course
from conformance.night.calls import CTRL_C, Calls
from conformance.night.commands import command
from conformance.night.keeping import Keeper
from conformance.night.left import drills_to_recover, last_record
from conformance.night.lock import Lock, locked
from conformance.night.planned import RECOVER, Planned, over_by
from conformance.night.record import FOLDER, Record, made
from conformance.night.schedule import Permission
from conformance.night.stepping import STOPPED, WINDOW, Ended, step, without_record
from conformance.night.telling import told
from conformance.turn import Open, said
from probes.clock import Clock
from probes.errors import DuhengError
from probes.target import Target

DONE, UNDONE = 0, 2
WOUND: Final = "wound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One night of a target. ``ledger_url`` and ``lang`` are handed on to the steps; ``say`` prints a line."""

    target: Target
    plan: tuple[Planned, ...]
    permission: Permission
    ledger: Open
    ledger_url: str | None
    lang: str
    out: Path
    tool: str
    clock: Clock
    say: Callable[[str], None]

    @property
    def keeper(self) -> Keeper:
        """Writes into the ledger."""
        return Keeper(target=self.target, ledger=self.ledger, clock=self.clock, tool=self.tool)

    @property
    def healing(self) -> str:
        """The command that heals what a killed drill left."""
        ledger = [] if self.ledger_url is None else ["--ledger", self.ledger_url]
        where = ["--target", str(self.target.path), "--out", str(self.out.absolute()), *ledger]
        return shlex.join(["duheng", "drill", "--recover", *where])

    @property
    def until(self) -> datetime | None:
        """When it has to be over."""
        return None if self.permission.span is None else self.permission.span.ends


def run(task: Task) -> int:
    """Run a night; return 0 where every step was done, else 2, or 130 where it was interrupted.

    Raises:
        SettingsError: another night of the platform runs.
        EvidenceError: journal, lock or ledger cannot be used.
    """
    now = task.clock.now()
    run_id = f"night-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    folder, platform_id = task.out / FOLDER, task.target.platform.id
    late = over_by(task.plan, now, task.until)
    lock_file = folder / f"{platform_id}.lock"
    with (
        Calls() as calls,
        locked(lock_file, task.ledger, platform_id=platform_id, run_id=run_id, now=now, over_by=late) as lock,
    ):
        for before in task.keeper.bring_in(folder):
            task.say(told(before))
        with contextlib.closing(Record(folder / f"{run_id}.jsonl", task.clock)) as record:
            record.say("plan", run_id, _plan(task, late))
            wounded = RECOVER if any(each.verb == RECOVER for each in task.plan) else ""
            own = _Course(task=task, run_id=run_id, record=record, lock=lock, calls=calls, wounded=wounded)
            return own.run()


def _plan(task: Task, late: datetime) -> dict[str, Any]:
    span = task.permission.span
    return {
        "platform": task.target.platform.id,
        "steps": [each.words for each in task.plan],
        "window": None if span is None else {"starts_ms": _ms(span.starts), "ends_ms": _ms(span.ends)},
        "over_by_ms": _ms(late),
    }


@dataclass(slots=True, kw_only=True)
class _Course:
    task: Task
    run_id: str
    record: Record
    lock: Lock
    calls: Calls
    wounded: str = ""
    restored: str = ""

    def run(self) -> int:
        task = self.task
        task.keeper.begin(self.record)
        try:
            for number, planned in enumerate(task.plan):
                self._one(number, planned)
        except DuhengError as error:
            self._end(str(error))
            raise
        self._end(self.calls.why)
        data = self.record.data()
        task.keeper.finish(self.record, data)
        task.say(told(data))
        if all(each["ended"] == "done" for each in data["steps"]):
            return DONE
        return INTERRUPTED if self.calls.why == CTRL_C else UNDONE

    def _end(self, why: str) -> None:
        self.record.say("over", self.run_id, {"ended": "stopped" if why else "planned", "why": why})

    def _one(self, number: int, planned: Planned) -> None:
        task, name, words = self.task, str(number), planned.words
        if missed := self._against(planned):
            self.record.say("end", name, {"ended": "missed", "cause": missed[0], "why": missed[1], "exit": None})
            task.say(f"{words}: missed, {missed[1]}")
            return
        log = self.record.path.with_suffix("") / f"{number}-{planned.verb}.log"
        made(log.parent)
        task.say(f"{words}: begun; what it says is in {log}")
        begun = task.clock.now()
        self.record.say("begin", name, {"step": words})
        task.keeper.tell(self.record)
        ended = step(
            planned,
            command(
                planned, task.target.path, out=task.out, ledger=task.ledger_url, lang=task.lang, restored=self.restored
            ),
            log,
            lock=self.lock,
            calls=self.calls,
            until=task.until,
            clock=task.clock,
        )
        ended = self._over(name, planned, ended, begun, log)
        task.keeper.tell(self.record)
        task.say(f"{words}: {ended.ended}{f', {ended.why}' if ended.why else ''}")

    def _against(self, planned: Planned) -> tuple[str, str] | None:
        """Return the cause and the sentence for which a step is left out; None where it may begin."""
        if self.calls.why:
            return STOPPED, f"the night was {self.calls.why}"
        if self.wounded and course.bars(planned.verb):
            who = "an earlier drill" if self.wounded == RECOVER else self.wounded
            return WOUND, f"{who} may have left a host that is not healed: {self.task.healing}"
        if not self.task.permission.fits(self.task.clock.now(), planned.lasts_s):
            until = self.task.until
            assert until is not None, "what has no end fits always"
            return WINDOW, f"it takes up to {planned.lasts_s:g} s, and the night ends at {said(until)}"
        return None

    def _over(self, name: str, planned: Planned, ended: Ended, begun: datetime, log: Path) -> Ended:
        """Write down how a step ended, also where the ledger does not tell what it left; return that."""
        record, looked = None, False
        try:
            with self.task.ledger() as store:
                record = last_record(store, self.task.target.platform.id, planned.verb, begun)
            looked = True
        finally:
            if looked and course.unproven(planned.verb, ended.exit, record):
                ended = without_record(ended, log)
            told = {"ended": ended.ended, "cause": ended.cause, "why": ended.why, "exit": ended.exit, "record": record}
            self.record.say("end", name, told)
        if planned.verb == "restore" and ended.ended == "done" and record is not None:
            self.restored = record
        self.wounded = self._wound(planned, ended)
        return ended

    def _wound(self, planned: Planned, ended: Ended) -> str:
        """Return which step may have left a host that is not healed, once this one is over; empty for none."""
        if planned.verb == RECOVER and ended.ended == "done":
            return ""
        # A drill says 64 as well where its evidence cannot be kept, or its host not be asked any more.
        untold = planned.verb == "drill" and drills_to_recover(self.task.out, self.task.target.platform.id)
        return planned.words if untold or course.wounds(planned.verb, ended.exit) else self.wounded


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
