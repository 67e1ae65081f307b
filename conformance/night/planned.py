"""The steps of a night with the time that each takes at most, by what is declared. Pure but for reading profiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conformance.drilling.hand import LONGEST_S
from conformance.drilling.task import RECORDING_S
from conformance.loading.refusing import CLEANING
from conformance.night.declared import placed
from conformance.observing import CLEANING_S
from probes.target import Target
from probes.target_drills import drill_entries
from probes.target_night import Night, Step
from profiles.catalogue import load_profile

REPORTING_S: Final = 60.0
"""For judging, writing and signing a report."""

STOPPING_S: Final = 1800.0
"""Within so long after its time was up a night is over, or it was killed."""

RECOVER: Final = "recover"
"""What comes first where a killed drill left something: nobody declares it."""


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
        SettingsError: a profile cannot be read.
    """
    own = tuple(_planned(step, target) for step in night.steps)
    return (Planned(words=RECOVER, verb=RECOVER, name="", lasts_s=LONGEST_S), *own) if recover else own


def _planned(step: Step, target: Target) -> Planned:
    name = placed(step, target.path.parent)
    return Planned(words=step.words, verb=step.verb, name=name, lasts_s=_lasts_s(step.verb, name, target))


def _lasts_s(verb: str, name: str, target: Target) -> float:
    if verb == "load":
        profile = load_profile(name)
        return profile.seconds + profile.drain_s + CLEANING.total_seconds()
    if verb == "drill":
        deadman_s = {str(entry["name"]): float(entry["deadman_s"]) for entry in drill_entries(target)}
        return deadman_s[name] + RECORDING_S
    return target.limits.deadline_s + CLEANING_S + REPORTING_S


def over_by(plan: Sequence[Planned], starts: datetime, ends: datetime | None) -> datetime:
    """Return when a night that began is over at the latest; one that is not told to be over by then was killed."""
    longest = starts + timedelta(seconds=sum(each.lasts_s for each in plan))
    return (longest if ends is None else min(longest, ends)) + timedelta(seconds=STOPPING_S)
