"""The fault on its host, from the lock to its return: arm, put in, prove, take out, tell, disarm; each on record."""

import contextlib
import getpass
import json
import platform as machine
import shlex
from dataclasses import dataclass, field
from typing import Final

from conformance.drilling.hand import LONGEST_S, Answer
from conformance.drilling.record import Record
from conformance.drilling.task import Task
from conformance.drilling.told import not_told, shapes_in, told_in
from probes.clock import rfc3339
from probes.errors import EvidenceError, LookFailed, SettingsError
from profiles.drills import deadman
from profiles.drills.token import Found, place_of

_TAIL_BYTES: Final = 1_000_000


class BrokenOff(Exception):  # noqa: N818 - the drill is broken off, and says why
    """The drill ends before its fault was put in, or cannot go on."""


@dataclass(slots=True, kw_only=True)
class Wound:
    """One run's fault on its host.

    ``injected_s`` and ``armed_s`` are of the monotonic clock. ``healed``: nothing of the fault is known to be there.
    ``proved``: it is known to have taken effect.
    """

    task: Task
    token: Found
    run_id: str
    record: Record
    injected_s: float = 0.0
    injected_ms: int = 0
    armed_s: float = 0.0
    proved: bool = False
    healed: bool = True
    refused: bool = False
    place: deadman.Place = field(init=False)

    def __post_init__(self) -> None:
        """Say where the run stands on the host."""
        self.place = deadman.Place(place=place_of(self.token), run_id=self.run_id)

    def arm(self) -> None:
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

    def inject(self) -> None:
        """Put the fault in.

        Raises:
            BrokenOff: it was not put in.
            LookFailed: the host broke off; it may be in.
        """
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
            raise BrokenOff(f"the fault was not put in: {answer.said}")
        task.say(f"{task.drill.fault.en} on {task.drill.host}")

    def prove(self) -> None:
        """Ask whether the fault took effect."""
        with self.record.step("effect") as ending:
            answer = self.task.hand.run(deadman.proving(self.place))
            self.proved = ending.ok = answer.status == 0
            ending.detail = answer.said
            ending.facts = {"proved": ending.ok, "how": answer.said}
        self.task.say(f"effect: {'proven' if ending.ok else 'NOT proven'} ({answer.said})")

    def revert(self) -> None:
        """Take the fault out; the lock is kept."""
        with self.record.step("revert") as ending:
            answer = self.task.hand.run(deadman.healing(self.place, who="harness", release=False), seconds=LONGEST_S)
            self.healed = answer.status == 0
            ending.ok, ending.detail = self.healed, answer.said
            ending.facts = {"proved": self.healed, "how": answer.said}
        self.task.say(f"taken out: {'proven' if self.healed else 'NOT proven'} ({answer.said})")

    def tell(self) -> None:
        """Ask the fault what it saw, and the platform's own log when it detected, decided, acted."""
        drill, offset_s = self.task.drill, self.token.host_offset_s
        with self.record.step("told") as ending:
            if drill.fault.scripts(drill.entry).tell:
                answer = self.task.hand.run(deadman.telling(self.place))
                ending.facts = {"shapes": dict(shapes_in(answer.text, host_offset_s=offset_s))}
                ending.detail = not_told(answer.ran)
                ending.ok = not ending.detail
            if "told_by" in drill.entry:
                log = self.task.hand.run(f"tail -c {_TAIL_BYTES} {shlex.quote(drill.entry['told_by'])}\n")
                told = told_in(log.text, drill.entry, since_ms=self.injected_ms, host_offset_s=offset_s)
                ending.facts = {**ending.facts, **told}
                ending.ok = ending.ok and log.status == 0
                ending.detail = ending.detail or log.ran.complaint()

    def disarm(self) -> None:
        """Prove once more that the fault is out, give the lock back, and fetch what the host noted; once is enough.

        Raises:
            EvidenceError: the record cannot be written; the host was healed all the same, where it could be asked.
        """
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


def _held(host: str, place: str, answer: Answer) -> str:
    if answer.status != deadman.HELD:
        return f"{host}: the dead man could not be armed: {answer.said}"
    try:
        owner = json.loads(answer.said)
        by_hand = deadman.by_hand(deadman.Place(place=place, run_id=str(owner["run_id"])))
        return (
            f"{host} is locked by another drill: {owner['drill']} of {owner['platform']}, by {owner['by']} since "
            f"{owner['since']} (run {owner['run_id']}); wait for its end; if it was killed, duheng drill --recover "
            f"where it ran, or on {host}: {by_hand}"
        )
    except (ValueError, KeyError, TypeError):
        return f"{host} is locked: {answer.said}"
