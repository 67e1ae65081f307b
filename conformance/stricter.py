"""The target file against the catalogue: thresholds may be stricter, never looser; ids must exist."""

import dataclasses
from collections.abc import Mapping

from conformance.catalogue.load import Catalogue
from probes.errors import SettingsError
from probes.target import Target
from reports.verdict import Operator, Requirement, Threshold

_LOOSER: Mapping[Operator, int] = {">=": -1, ">": -1, "<=": 1, "<": 1}


def faults_against(target: Target, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what the target file says that the catalogue does not allow; each with table, id and what to do."""
    faults: list[str] = []
    for check, metrics in target.thresholds.items():
        faults += _thresholds(target, catalogue.by_id.get(check), check, metrics)
    known = [("waivers", entry.check) for entry in target.waivers]
    known += [("not_applicable", check) for check in target.not_applicable]
    faults += [
        f"{target.path.name}: [{table}] {check}: there is no such requirement; `duheng explain --list` shows them"
        for table, check in known
        if check not in catalogue.by_id
    ]
    return tuple(faults)


def _thresholds(target: Target, requirement: Requirement | None, check: str, metrics: Mapping[str, float]) -> list[str]:
    place = f"{target.path.name}: [thresholds.{check}]"
    if requirement is None:
        return [f"{place}: there is no such requirement; `duheng explain --list` shows them"]
    bounds = {bound.metric: bound for bound in requirement.thresholds}
    faults = []
    for metric, value in metrics.items():
        bound = bounds.get(metric)
        if bound is None:
            known = ", ".join(bounds) or "none"
            faults.append(f"{place} {metric}: the clause has no such metric; it has: {known}")
        elif looser(bound, value):
            faults.append(
                f"{place} {metric}: {value:g} is looser than the clause's "
                f"{bound.operator} {bound.value:g} {bound.unit}; only stricter bounds are taken"
            )
    return faults


def looser(bound: Threshold, value: float) -> bool:
    """Tell whether ``value`` would ask less than the bound does."""
    if bound.operator == "==":
        return value != bound.value
    return (value - bound.value) * _LOOSER[bound.operator] > 0


def check_against(target: Target, catalogue: Catalogue) -> None:
    """Refuse a target file that the catalogue does not allow.

    Raises:
        SettingsError: with every fault.
    """
    if faults := faults_against(target, catalogue):
        raise SettingsError(*faults)


def tightened(requirement: Requirement, declarations: Mapping[str, object]) -> Requirement:
    """Return the requirement with the stricter bounds of the target file's declarations."""
    tables = declarations.get("thresholds", {})
    metrics = tables.get(requirement.id) if isinstance(tables, Mapping) else None
    if not metrics:
        return requirement
    bounds = tuple(
        dataclasses.replace(bound, value=float(metrics[bound.metric])) if bound.metric in metrics else bound
        for bound in requirement.thresholds
    )
    return dataclasses.replace(requirement, thresholds=bounds)
