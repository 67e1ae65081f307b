"""What was asked of ``duheng drill``: from options to the drill, the list, the plan, the recovery."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_named, drills_of
from conformance.drilling.recovering import NOTHING, Recovery, recover
from conformance.drilling.running import UNTOLD, WOUNDED, drill
from conformance.drilling.task import Task, reasons_against
from conformance.drilling.telling import listed, plan
from conformance.examination import tool_name
from conformance.exits import USAGE
from conformance.places import ledger_of, target_path, usual_target
from conformance.session import redactor_of
from conformance.whole_target import whole_target
from probes.clock import SystemClock
from probes.errors import LookFailed, SettingsError
from probes.shop.opening import adapter_of
from probes.target_drills import drill_limits
from profiles.drills.registry import FAULTS

Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options; ``action`` is empty for the drill itself. ``say`` prints an answer, ``note`` how it goes on."""

    name: str | None
    action: Literal["", "list", "plan", "recover"]
    target: Path | None
    ledger: str | None
    out: Path
    say: Say
    note: Say


def act(asked: Asked) -> int:
    """Do what was asked; return the exit status.

    Raises:
        SettingsError: wrong usage, faults of the target file, or the drill is refused.
        EvidenceError: the record or the ledger cannot be used.
    """
    catalogue, clock = load_catalogue(), SystemClock()
    if asked.action == "list" and usual_target(asked.target) is None:
        return _told(asked.say, listed(FAULTS, ()))  # what there is to be declared
    target = whole_target(target_path(asked.target), catalogue)
    if asked.action == "list":
        return _told(asked.say, listed(FAULTS, drills_of(target, catalogue)))
    redactor = redactor_of(target)

    def note(words: str) -> None:
        asked.note(redactor.text(words))

    if asked.action == "recover":
        with ledger_of(target, asked.ledger).open(clock) as store:
            drills = drills_of(target, catalogue)
            wounded = recover(
                Recovery(
                    target=target,
                    drills=drills,
                    store=store,
                    out=asked.out,
                    clock=clock,
                    say=note,
                    redactor=redactor,
                )
            )
            return UNTOLD if wounded == NOTHING else WOUNDED if wounded else 0
    if asked.name is None:
        raise SettingsError("which drill? `duheng drill --list` names them")
    chosen = drill_named(target, catalogue, asked.name)
    if asked.action == "plan":
        refused = reasons_against(target, chosen, clock)
        _told(asked.say, plan(target, chosen, drill_limits(target), refused))
        return USAGE if refused else 0
    adapter = adapter_of(target)
    if adapter is None:
        raise SettingsError("[platform] adapter: a drill is watched by journeys, which need one")
    with ledger_of(target, asked.ledger).open(clock) as store:
        task = Task(
            target=target,
            adapter=adapter,
            drill=chosen,
            store=store,
            out=asked.out,
            tool=tool_name(),
            clock=clock,
            say=note,
            redactor=redactor,
        )
        try:
            return drill(task)
        except LookFailed as error:
            raise SettingsError(f"{chosen.host} cannot be asked for its permission: {error}") from error


def _told(say: Say, lines: Iterable[str]) -> int:
    for line in lines:
        say(line)
    return 0
