"""From selected requirements to the looks that they need, each once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.judges.judgement import Judgement
from conformance.judges.table import RECALLED
from probes.look import Probe
from probes.target import Target
from reports.verdict import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLook:
    """One probe on one subject."""

    probe: Probe
    subject: str

    @property
    def name(self) -> str:
        """``kind/subject``."""
        return f"{self.probe.name}/{self.subject}"


def plan(
    requirements: Iterable[Requirement],
    judgements: Mapping[str, Judgement],
    probes: Mapping[str, Probe],
    target: Target,
) -> tuple[PlannedLook, ...]:
    """Return the looks that the requirements need, with those that must come before, in the order of the table.

    Raises:
        KeyError: a judgement needs a kind that no probe yields and that is not recalled (a bug of ours).
    """
    needed: set[str] = set()
    waiting = [kind for kind in _kinds(requirements, judgements, target) if kind not in RECALLED]
    while waiting:
        kind = waiting.pop()
        if kind not in needed:
            needed.add(kind)
            waiting.extend(probes[kind].after)
    return tuple(
        PlannedLook(probe=probe, subject=subject)
        for name, probe in probes.items()
        if name in needed
        for subject in probe.subjects(target)
    )


def recalls(
    requirements: Iterable[Requirement], judgements: Mapping[str, Judgement], target: Target
) -> tuple[str, ...]:
    """Return the kinds that the requirements need out of the ledger, each once, in the order of their names."""
    return tuple(sorted({kind for kind in _kinds(requirements, judgements, target) if kind in RECALLED}))


def _kinds(requirements: Iterable[Requirement], judgements: Mapping[str, Judgement], target: Target) -> tuple[str, ...]:
    return tuple(
        kind
        for requirement in requirements
        if requirement.id in judgements and requirement.id not in target.not_applicable
        for kind in judgements[requirement.id].needs
    )
