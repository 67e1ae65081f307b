"""The steps of a night with the time that each takes at most, by what is declared. Pure but for reading profiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conformance.drilling.hand import LONGEST_S
from conformance.drilling.task import RECORDING_S
from conformance.loading.cleaning import time_for
from conformance.loading.running import ACCOUNT_S, PREPARING_S
from conformance.night.declared import placed
from conformance.observing import CLEANING_S
from probes.target import Target
from probes.target_drills import drill_entries
from probes.target_load import load_limits
from probes.target_night import Night, Step
from profiles.catalogue import Profile, load_profile
from profiles.shoppers import SHOPPERS

REPORTING_S: Final = 60.0
"""For judging, writing and signing a report."""

STOPPING_S: Final = 1800.0
KILLING_S: Final = 60.0
"""So long after it was told to end a step is told once more; so long after that it is killed."""

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
        return _load_s(load_profile(name), target)
    if verb == "drill":
        deadman_s = {str(entry["name"]): float(entry["deadman_s"]) for entry in drill_entries(target)}
        return deadman_s[name] + RECORDING_S
    return target.limits.deadline_s + CLEANING_S + REPORTING_S


def _load_s(profile: Profile, target: Target) -> float:
    """Return the seconds that a load takes where each of its phases takes all that it may.

    Orders are those that it plans to place, and no more than it may; accounts are counted where they are declared.
    """
    limits, peak = load_limits(target), load_limits(target).peak_rate_per_s or 0.0
    share = sum(part for shopper, part in profile.mix.items() if SHOPPERS[shopper].orders)
    rates = ((peak * (each.of_peak or 0.0) if each.rate_per_s is None else each.rate_per_s) for each in profile.stages)
    come = sum(rate * each.seconds for rate, each in zip(rates, profile.stages, strict=True))
    orders = min(limits.max_orders, math.ceil(share * come))
    preparing = PREPARING_S + ACCOUNT_S * (limits.accounts or 0)
    reading_back = cleaning = time_for(orders)
    return preparing + profile.seconds + profile.drain_s + reading_back + cleaning


def over_by(plan: Sequence[Planned], starts: datetime, ends: datetime | None) -> datetime:
    """Return when a night that began is over at the latest; one that is not told to be over by then was killed."""
    longest = starts + timedelta(seconds=sum(each.lasts_s for each in plan))
    return (longest if ends is None else ends) + timedelta(seconds=STOPPING_S + 2 * KILLING_S)
