"""The declared drills: each with its fault, and the limit that the clause sets, or a stricter one of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.catalogue.load import Catalogue
from probes.errors import SettingsError
from probes.target import Target
from probes.target_check import Fault as Wrong
from probes.target_drills import drill_entries
from probes.target_values import fault_of
from profiles.drills.fault import Entry, Fault, lacking
from profiles.drills.registry import FAULTS

CLAUSES: Final[Mapping[str, str]] = {
    "software": "SBT-3.1.1.2-sw-mttr",
    "hardware": "SBT-3.1.1.2-hw-mttr",
    "general": "SBT-3.1.1.4.1-general",
    "severe": "SBT-3.1.1.4.1-severe",
}
"""The clause that bounds the recovery from a kind of fault."""

_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill: its entry with defaults, its fault, and the seconds that recovery must stay under (None: unbound)."""

    entry: Entry
    fault: Fault
    limit_s: float | None

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.entry["name"])

    @property
    def host(self) -> str:
        """The declared name of the host that is hit."""
        return str(self.entry["host"])

    @property
    def deadman_s(self) -> float:
        """After so many seconds the host heals itself."""
        return float(self.entry["deadman_s"])


def drills_of(target: Target, catalogue: Catalogue) -> tuple[Drill, ...]:
    """Return the declared drills of a target that was held against ``drill_faults``."""
    return tuple(
        Drill(
            entry=entry,
            fault=FAULTS[entry["fault"]],
            limit_s=entry.get("limit_s") or _bound_s(FAULTS[entry["fault"]], catalogue),
        )
        for entry in drill_entries(target)
    )


def drill_named(target: Target, catalogue: Catalogue, name: str) -> Drill:
    """Return the drill of that name; a fault's name serves where one drill has it.

    Raises:
        SettingsError: there is none.
    """
    known = drills_of(target, catalogue)
    named = [drill for drill in known if drill.name == name] or [drill for drill in known if drill.fault.name == name]
    if len(named) != 1:
        names = ", ".join(drill.name for drill in known) or "none"
        raise SettingsError(
            f"the target file declares no [[drills]] entry named {name!r} (declared: {names}); "
            "`duheng drill --list` shows what can be drilled, and what each entry needs"
        )
    return named[0]


def drill_faults(written: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Wrong]:
    """Yield what in ``[[drills]]`` the faults, and the clauses' limits, do not allow."""
    entries = written.get("drills")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            continue
        name = entry.get("fault", entry.get("name"))
        fault = FAULTS.get(name) if isinstance(name, str) else None
        if fault is None:
            if fault_of("name", name) is None:
                yield ("drills", index, "fault"), f"is no known fault; known are: {', '.join(FAULTS)}"
            continue
        yield from ((("drills", index, "fault"), what) for what in lacking(fault, entry))
        limit_s, bound_s = entry.get("limit_s"), _bound_s(fault, catalogue)
        if bound_s is None or limit_s is None or fault_of("number", limit_s) is not None:
            continue
        if limit_s > bound_s:
            what = f"{limit_s:g} is looser than the clause's {bound_s:g} s; only stricter limits are taken"
            yield ("drills", index, "limit_s"), what


def _bound_s(fault: Fault, catalogue: Catalogue) -> float | None:
    clause = CLAUSES.get(fault.kind)
    if clause is None:
        return None
    return float(catalogue.by_id[clause].thresholds[0].value) * _HOUR_S
