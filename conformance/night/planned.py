"""The steps of a night with the time that each takes at most, by what is declared. Pure but for reading profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conformance.drilling.hand import LONGEST_S
from conformance.drilling.lasting import LONGEST_AFTER_S, RECORDING_S, after_s
from conformance.loading.lasting import ORDERLY_S, longest_s
from conformance.loading.planning import foreseen
from conformance.night.declared import placed
from conformance.observing import CLEANING_S
from probes.target import Target
from probes.target_drills import drill_entries, drill_limits
from probes.target_night import Night, Step

REPORTING_S: Final = 60.0
"""For judging, writing and signing a report."""

RECOVER: Final = "recover"
"""What comes first where a killed drill left something: nobody declares it."""

_HEALING_S: Final = 2 * LONGEST_S + RECORDING_S
_CONCLUDING_S: Final = CLEANING_S + REPORTING_S
ENDING_S: Final[Mapping[str, float]] = {
    "load": ORDERLY_S,
    "drill": 2 * LONGEST_S + LONGEST_AFTER_S,
    RECOVER: _HEALING_S,
    "examine": _CONCLUDING_S,
    "restore": _CONCLUDING_S,
}
"""So long after it was told to end a step is told once more: as long as the orderly end of a load, of a drill (its
fault is taken out, that is proven, orders are read back and taken away), or of an examination may take."""

STOPPING_S: Final = max(ENDING_S.values())
"""The longest of them: the unit of the night has to wait longer."""

KILLING_S: Final = 60.0
"""So long after that it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step: as it is written, its verb, what it names, and the seconds that it takes at most."""

    words: str
    verb: str
    name: str
    lasts_s: float


def planned(night: Night, target: Target, *, recover: bool) -> tuple[Planned, ...]:
    """Return the steps of a night in order; ``recover`` puts the healing after a killed drill before them.

    Raises:
        SettingsError: a profile or the adapter cannot be read.
    """
    own = tuple(_planned(step, target) for step in night.steps)
    return (Planned(words=RECOVER, verb=RECOVER, name="", lasts_s=LONGEST_S), *own) if recover else own


def _planned(step: Step, target: Target) -> Planned:
    name = placed(step, target.path.parent)
    return Planned(words=step.words, verb=step.verb, name=name, lasts_s=_lasts_s(step.verb, name, target))


def _lasts_s(verb: str, name: str, target: Target) -> float:
    if verb == "load":
        return _load_s(name, target)
    if verb == "drill":
        entry = next(each for each in drill_entries(target) if str(each["name"]) == name)
        return float(entry["deadman_s"]) + after_s(entry, drill_limits(target).max_orders)
    return target.limits.deadline_s + CLEANING_S + REPORTING_S


def _load_s(name: str, target: Target) -> float:
    drawn = foreseen(name, target)
    return longest_s(target, drawn.plan, accounts=drawn.accounts, orders=drawn.orders)


def over_by(plan: Sequence[Planned], starts: datetime, ends: datetime | None) -> datetime:
    """Return when a night that began is over at the latest; one that is not told to be over by then was killed."""
    longest = starts + timedelta(seconds=sum(each.lasts_s for each in plan))
    return (longest if ends is None else ends) + timedelta(seconds=STOPPING_S + 2 * KILLING_S)
