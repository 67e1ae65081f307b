"""The declared night: its steps, and what in it the load profiles do not allow."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from probes.errors import SettingsError
from probes.target import Target
from probes.target_check import Fault
from probes.target_night import Night, Step, night_of, step_of
from probes.target_values import fault_of
from profiles.catalogue import PROFILES, load_profile

NO_NIGHT: Final = (
    "[night] steps: is missing; the target file declares no night. Write what it does, such as "
    '[night] steps = ["load:nightly", "examine"]'
)


def declared_night(target: Target) -> Night:
    """Return the night of a target.

    Raises:
        SettingsError: it declares none.
    """
    night = night_of(target)
    if night is None:
        raise SettingsError(NO_NIGHT)
    return night


def night_faults(written: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    """Yield the load profiles of ``[night]`` that are none; ``folder`` is that of the target file."""
    table = written.get("night")
    steps = table.get("steps") if isinstance(table, dict) else None
    if fault_of("night_steps", steps) is not None:
        return
    for number, step in enumerate(map(step_of, steps or ()), start=1):
        if step.verb == "load":
            yield from ((("night", "steps"), f"number {number}: {what}") for what in _profile_faults(step, folder))


def _profile_faults(step: Step, folder: Path) -> Sequence[str]:
    if step.name not in PROFILES and not step.name.endswith(".toml"):
        return [f"is no load profile; there are {', '.join(PROFILES)}, or name a profile file (.toml)"]
    try:
        load_profile(placed(step, folder))
    except SettingsError as error:
        return error.faults
    return []


def placed(step: Step, folder: Path) -> str:
    """Return what a step names; a profile's file as it is found from wherever the night runs."""
    own = step.verb == "load" and step.name not in PROFILES
    return str(folder / step.name) if own else step.name
