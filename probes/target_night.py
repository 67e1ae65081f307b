"""What ``[night]`` declares, as values; and what in it does not go with the rest of the file.

Which load profiles there are is not known in this room: ``conformance.night.declared`` looks at that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Literal, TypeAlias, get_args

from probes.target import Target
from probes.target_tables.key import WEEKDAYS
from probes.target_values import fault_of

Fault: TypeAlias = tuple[tuple[str | int, ...], str]
Verb: TypeAlias = Literal["load", "drill", "restore", "examine"]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; ``name`` is its profile, its drill or its clauses, empty where it has none."""

    verb: Verb
    name: str = ""

    @property
    def words(self) -> str:
        """As it is written."""
        return f"{self.verb}:{self.name}" if self.name else self.verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From when until when by the clock, on nights that begin on these days (0 is Monday)."""

    begins: time
    ends: time
    days: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The ``[night]`` table; without ``hours`` the declared windows say when."""

    steps: tuple[Step, ...]
    hours: Hours | None


def night_of(target: Target) -> Night | None:
    """Return the night that a target declares; None where it declares none."""
    table = target.declared("night")
    if table is None:
        return None
    return Night(steps=tuple(map(step_of, table["steps"])), hours=_hours_of(table) if "from" in table else None)


def _hours_of(table: Mapping[str, Any]) -> Hours:
    return Hours(
        begins=time.fromisoformat(table["from"]),
        ends=time.fromisoformat(table["until"]),
        days=frozenset(WEEKDAYS.index(day) for day in table.get("days", WEEKDAYS)),
    )


def step_of(written: str) -> Step:
    """Return the step that sound text means."""
    verb, _, name = written.partition(":")
    return Step(verb=next(each for each in VERBS if each == verb), name=name)


def target_night_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between ``[night]`` and the rest of the file; values wrong alone are told elsewhere."""
    table = written.get("night")
    if not isinstance(table, dict):
        return
    yield from ((("night", key), what) for key, what in _hour_faults(table))
    if fault_of("night_steps", table.get("steps")) is None:
        yield from ((("night", "steps"), what) for what in _step_faults(written, tuple(map(step_of, table["steps"]))))


def _hour_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ("from" in table) != ("until" in table):
        lacking = "until" if "from" in table else "from"
        yield lacking, "is missing: hours have both, such as from = '01:00' and until = '05:00'"
    elif "from" in table and table["from"] == table["until"]:
        yield "until", "is the same as from: that is no time at all"
    if "days" in table and "from" not in table:
        yield "days", "says nothing without from and until"


def _step_faults(written: Mapping[str, Any], steps: tuple[Step, ...]) -> Iterator[str]:
    verbs = [step.verb for step in steps]
    if verbs.count("examine") != 1 or verbs[-1] != "examine":
        yield "must end with examine, and have it only there: it leaves the report"
    if "restore" in verbs and not _entries(written, "backups"):
        yield "restore needs a backup; declare it in [[backups]]"
    drills = [str(entry.get("name")) for entry in _entries(written, "drills")]
    for number, step in enumerate(steps, start=1):
        if step.verb == "drill" and step.name not in drills:
            yield f"number {number} is no declared drill; [[drills]] has: {', '.join(drills) or 'none'}"


def _entries(written: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = written.get(name)
    return [entry for entry in (value if isinstance(value, list) else ()) if isinstance(entry, dict)]
