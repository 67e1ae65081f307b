"""The target file against the catalogue: thresholds may be stricter, never looser; ids must exist."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.catalogue.load import Catalogue
from conformance.catalogue.selection import near_misses
from probes.target import Target
from probes.target_check import Fault
from probes.target_file import read_target
from probes.target_values import fault_of
from reports.verdict import Requirement, looser


def target_for(path: Path, catalogue: Catalogue) -> Target:
    """Return the target of a file, read and held against the catalogue.

    Raises:
        SettingsError: with every fault of the file, those against the catalogue among them.
    """
    return read_target(path, further=lambda written: faults_against(written, catalogue))


def faults_against(written: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Fault]:
    """Yield what a parsed target file, sound or not, says that the catalogue does not allow."""
    waivers = written.get("waivers")
    for index, entry in enumerate(waivers if isinstance(waivers, list) else ()):
        check = entry.get("check") if isinstance(entry, dict) else None
        if isinstance(check, str) and check and check not in catalogue.by_id:
            yield ("waivers", index, "check"), _unknown(check, catalogue)
    for check in _table(written, "not_applicable"):
        if check not in catalogue.by_id:
            yield ("not_applicable", check), _unknown(check, catalogue)
    for check, metrics in _table(written, "thresholds").items():
        if check not in catalogue.by_id:
            yield ("thresholds", check), _unknown(check, catalogue)
        elif isinstance(metrics, dict):
            yield from _thresholds(("thresholds", check), catalogue.by_id[check], metrics)


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = written.get(name)
    return table if isinstance(table, dict) else {}


def _unknown(check: str, catalogue: Catalogue) -> str:
    return f"no requirement {check!r}; {near_misses(check, catalogue.by_id)}"


def _thresholds(path: tuple[str, str], requirement: Requirement, metrics: Mapping[str, Any]) -> Iterator[Fault]:
    bounds = {bound.metric: bound for bound in requirement.thresholds}
    for metric, value in metrics.items():
        bound = bounds.get(metric)
        if bound is None:
            yield (*path, metric), f"the clause has no such metric; it has: {', '.join(bounds) or 'none'}"
        elif fault_of("bound", value) is None and looser(dataclasses.replace(bound, value=value), bound):
            asked = f"{bound.operator} {bound.value:g} {bound.unit}"
            yield (*path, metric), f"{value:g} is looser than the clause's {asked}; only stricter bounds are taken"


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
