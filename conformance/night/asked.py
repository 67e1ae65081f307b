"""What was asked of ``duheng night``: from options to the night, or to its plan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from conformance.catalogue.load import load_catalogue
from conformance.examination import tool_name
from conformance.exits import USAGE
from conformance.night import telling
from conformance.night.declared import declared_night
from conformance.night.left import drills_to_recover
from conformance.night.planned import planned
from conformance.night.running import Task, run
from conformance.night.schedule import permission
from conformance.places import ledger_of, target_path
from conformance.whole_target import whole_target
from probes.clock import SystemClock
from probes.errors import SettingsError
from probes.target import Target
from probes.target_night import Night

Say: TypeAlias = Callable[[str], None]
_WRITING: Final = ("load", "drill", "restore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options; ``say`` prints an answer, ``note`` how it goes on."""

    plan_only: bool
    target: Path | None
    ledger: str | None
    out: Path
    lang: str
    say: Say
    note: Say


def act(asked: Asked) -> int:
    """Do what was asked; return the exit status.

    Raises:
        SettingsError: wrong usage, faults of the target file, or no night may begin; every reason at once.
        EvidenceError: journal, lock or ledger cannot be used.
    """
    clock = SystemClock()
    target = whole_target(target_path(asked.target), load_catalogue())
    night = declared_night(target)
    open_now = permission(night, target, clock.now())
    ledger = ledger_of(target, asked.ledger)
    refused = (*_against(night, target, ledger.url), *open_now.reasons)
    steps = planned(night, target, recover=drills_to_recover(asked.out, target.platform.id))
    if asked.plan_only:
        for line in telling.plan(target, steps, open_now, refused):
            asked.say(line)
        return USAGE if refused else 0
    if refused:
        raise SettingsError(*refused)
    return run(
        Task(
            target=target,
            plan=steps,
            permission=open_now,
            ledger=partial(ledger.open, clock),
            ledger_url=asked.ledger,
            lang=asked.lang,
            out=asked.out,
            tool=tool_name(),
            clock=clock,
            say=asked.note,
        )
    )


def _against(night: Night, target: Target, ledger_url: str) -> Iterator[str]:
    writing = [step.words for step in night.steps if step.verb in _WRITING]
    if writing and not target.platform.authorised:
        yield (
            f"[platform] authorised: {', '.join(writing)} are done on a platform only where its owner agreed; "
            "once they have, write authorised = true"
        )
    if ledger_url.startswith("memory:"):
        yield "[ledger] url: a ledger in memory ends with each step; a night needs one in a file or a server"
