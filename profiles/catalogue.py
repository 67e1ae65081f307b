"""Load profiles: data, not code. The shipped ones by name, and the reader of any.

A profile is a TOML file::

    en = "..."                    # one line, in both languages
    zh = "..."
    arrivals = "poisson"          # or "even"
    think_s = 2.0                 # between the end of a step and the next
    room_s = 60.0                 # there is room for as many shoppers as arrive in so many seconds at the highest rate
    drain_s = 60.0                # so long shoppers under way may go on after the last stage

    [[stages]]                    # one after the other
    of_peak = 0.2                 # a share of the target's [load] peak_rate_per_s; or rate_per_s = 1.0
    seconds = 600
    ramp = true                   # linearly from the rate before; else at once

    [mix]                         # shares of shoppers (profiles/shoppers.py), which add up to 1
    browse = 0.5
    order = 0.5

    [budgets]                     # optional: dropped_share, error_share, latency_p99_s
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from probes.errors import SettingsError
from profiles.fields import Fields
from profiles.plan import ARRIVALS, MOST_RATE, MOST_SECONDS, Budgets, Stage, read_budgets, read_mix

LEAST_ROOM: Final = 20
"""Shoppers for whom there is always room, however few arrive."""

_LOADS: Final = Path(__file__).with_name("loads")

PROFILES: Final[Mapping[str, Path]] = MappingProxyType(
    {
        "smoke": _LOADS / "smoke.toml",
        "nightly": _LOADS / "nightly.toml",
        "peak": _LOADS / "peak.toml",
        "soak": _LOADS / "soak.toml",
    }
)
"""The one table of shipped profiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileStage:
    """A stage as a profile has it: ``rate_per_s``, or ``of_peak``, a share of the declared peak; the other is None."""

    rate_per_s: float | None
    of_peak: float | None
    seconds: float
    ramp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How hard, how long, and by whom; what it comes to on a platform depends on the peak that is declared there."""

    name: str
    en: str
    zh: str
    stages: tuple[ProfileStage, ...]
    mix: Mapping[str, float]
    arrivals: Literal["poisson", "even"] = "poisson"
    think_s: float = 1.0
    room_s: float = 60.0
    drain_s: float = 60.0
    budgets: Budgets = field(default_factory=Budgets)

    @property
    def seconds(self) -> float:
        """How long arrivals come."""
        return math.fsum(stage.seconds for stage in self.stages)

    @property
    def needs_peak(self) -> bool:
        """Whether it says nothing without a declared peak."""
        return any(stage.of_peak is not None for stage in self.stages)

    def stages_at(self, peak_rate_per_s: float | None) -> tuple[Stage, ...]:
        """Return the stages in shoppers a second.

        Raises:
            SettingsError: the profile counts in shares of the peak, and none is declared.
        """
        if self.needs_peak and peak_rate_per_s is None:
            raise SettingsError(
                f"[load] peak_rate_per_s: is missing; the profile {self.name} counts in shares of it: "
                "write how many shoppers a second arrive at the platform's declared peak"
            )
        peak = peak_rate_per_s or 0.0
        return tuple(
            Stage(
                rate_per_s=stage.rate_per_s if stage.rate_per_s is not None else (stage.of_peak or 0.0) * peak,
                seconds=stage.seconds,
                ramp=stage.ramp,
            )
            for stage in self.stages
        )

    def room(self, peak_rate_per_s: float | None) -> int:
        """Return how many shoppers may be under way at once.

        Raises:
            SettingsError: as ``stages_at``.
        """
        highest = max((stage.rate_per_s for stage in self.stages_at(peak_rate_per_s)), default=0.0)
        return max(LEAST_ROOM, math.ceil(highest * self.room_s))


def load_profile(name: str) -> Profile:
    """Return a shipped profile by its name, or one in a file by its path, which ends in ``.toml``.

    Raises:
        SettingsError: there is no such profile, or it is none; all faults at once.
    """
    path = PROFILES.get(name)
    if path is None and not name.endswith(".toml"):
        raise SettingsError(
            f"no load profile {name!r}; there are {', '.join(PROFILES)}, "
            "or name a profile file (.toml) or a locustfile of your own (.py)"
        )
    path = path or Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot read the load profile: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: the load profile is not UTF-8") from error
    return read_profile(text, name=path.stem, place=name if name in PROFILES else str(path))


def read_profile(text: str, *, name: str, place: str) -> Profile:
    """Return the profile that TOML holds; ``place`` is where a fault says that it stands.

    Raises:
        SettingsError: it is no TOML, or no profile; all faults at once.
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's own is a ValueError; so is a number of 5,000 digits
        raise SettingsError(f"{place}: not TOML: {error}") from error
    faults: list[str] = []
    fields = Fields(values, place=place, faults=faults)
    usual = Profile(name=name, en="", zh="", stages=(), mix={})
    profile = Profile(
        name=name,
        en=fields.text("en", default=name),
        zh=fields.text("zh", default=name),
        stages=_stages(fields),
        mix=_mix(fields),
        arrivals="even" if fields.one_of("arrivals", ARRIVALS, default=usual.arrivals) == "even" else "poisson",
        think_s=fields.number("think_s", least=0, most=3600, default=usual.think_s),
        room_s=fields.number("room_s", above=0, most=3600, default=usual.room_s),
        drain_s=fields.number("drain_s", least=0, most=3600, default=usual.drain_s),
        budgets=read_budgets(fields.table("budgets", default={})),
    )
    fields.done()
    if faults:
        raise SettingsError(*faults)
    return profile


def _mix(fields: Fields) -> Mapping[str, float]:
    mix = read_mix(fields.table("mix")) if "mix" in fields else {}
    if not mix:
        fields.fault("mix", "is missing; say who comes, such as browse = 1.0")
    return MappingProxyType(dict(mix))


def _stages(fields: Fields) -> tuple[ProfileStage, ...]:
    stages = tuple(_stage(each) for each in fields.tables("stages", default=()))
    if not stages:
        fields.fault("stages", "is missing; say how fast and how long, with [[stages]]")
    elif not any(stage.rate_per_s or stage.of_peak for stage in stages):
        fields.fault("stages", "no stage has a rate above 0, so nobody would come")
    if math.fsum(stage.seconds for stage in stages) > MOST_SECONDS:
        fields.fault("stages", f"last longer than {MOST_SECONDS:,.0f} s (7 days); the longest run is that")
    return stages


def _stage(fields: Fields) -> ProfileStage:
    rate, share = "rate_per_s" in fields, "of_peak" in fields
    if rate == share:
        fields.faults.append(f"{fields.place}: has {'both' if rate else 'neither'} of rate_per_s and of_peak; give one")
    stage = ProfileStage(
        rate_per_s=fields.number("rate_per_s", least=0, most=MOST_RATE) if rate else None,
        of_peak=fields.number("of_peak", least=0, most=10) if share else None,
        seconds=fields.number("seconds", above=0, most=MOST_SECONDS),
        ramp=fields.flag("ramp", default=False),
    )
    fields.done()
    return stage
