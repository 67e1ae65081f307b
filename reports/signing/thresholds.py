"""The third answer: was everything measured against the standard's bounds, or stricter ones?"""

from collections.abc import Iterator, Mapping, Sequence

from probes.canonical import digest
from reports.dossier import Dossier
from reports.report import Report
from reports.signing.answers import Step, bad, good, some
from reports.signing.released import Released
from reports.verdict import Requirement, Threshold, looser


def check_thresholds(dossier: Dossier, requirements: Sequence[Requirement], released: Released) -> Iterator[Step]:
    """Yield a step each for the catalogue, the target's own thresholds, and those under the findings.

    ``requirements`` are those of the catalogue in the bundle.
    """
    if digest(dossier.catalogue_json) in released.digests:
        standard = requirements
        yield good("条款目录的限值即已发布的限值", "the catalogue's thresholds are the released ones")
    else:
        # Of an unknown catalogue nothing is believed: this machine's own says what the standard asks.
        standard = released.requirements
        yield _catalogue_is_no_looser(requirements, standard)
    by_id = {requirement.id: requirement for requirement in standard}
    yield _target_is_no_looser(dossier.target, by_id)
    yield _findings_are_no_looser(dossier.report, by_id)


def _catalogue_is_no_looser(own: Sequence[Requirement], standard: Sequence[Requirement]) -> Step:
    by_id = {requirement.id: requirement for requirement in own}
    faults = [
        f"{requirement.id} {bound.metric}"
        for requirement in standard
        if requirement.id in by_id
        for bound in requirement.thresholds
        if not any(not looser(threshold, bound) for threshold in by_id[requirement.id].thresholds)
    ]
    if faults:
        return bad(f"条款目录的限值比标准宽：{some(faults)}", f"the catalogue is looser than released: {some(faults)}")
    return good("条款目录的限值不比已发布的宽", "the catalogue's thresholds are not looser than the released ones")


def _target_is_no_looser(target: Mapping[str, object], by_id: Mapping[str, Requirement]) -> Step:
    declared = target.get("thresholds", {})
    faults: list[str] = []
    count = 0
    for requirement_id, bounds in (declared if isinstance(declared, Mapping) else {"thresholds": None}).items():
        for metric, value in (bounds if isinstance(bounds, Mapping) else {"?": None}).items():
            count += 1
            if not _is_no_looser(value, metric, by_id.get(requirement_id)):
                faults.append(f"{requirement_id} {metric} = {value}")
    if faults:
        return bad(f"目标文件的限值比标准宽：{some(faults)}", f"the target file is looser: {some(faults)}")
    return good(f"目标文件自定的 {count} 个限值不比标准宽", f"{count} threshold(s) of the target file are not looser")


def _is_no_looser(value: object, metric: str, requirement: Requirement | None) -> bool:
    if requirement is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    bounds = [bound for bound in requirement.thresholds if bound.metric == metric]
    return bool(bounds) and not any(
        looser(Threshold(metric=metric, operator=bound.operator, value=value, unit=bound.unit), bound)
        for bound in bounds
    )


def _findings_are_no_looser(report: Report, by_id: Mapping[str, Requirement]) -> Step:
    faults: list[str] = []
    count = 0
    for finding in report.findings:
        own = finding.verdict.threshold
        # A group speaks with the words of one of its checks, which is looked at itself.
        if own is None or finding.requirement.node != "check":
            continue
        count += 1
        standard = by_id.get(finding.requirement.id)
        bounds = () if standard is None else tuple(b for b in standard.thresholds if b.metric == own.metric)
        if not bounds or all(looser(own, bound) for bound in bounds):
            faults.append(f"{finding.requirement.id} {own.metric} {own.operator} {own.value} {own.unit}".rstrip())
    if faults:
        return bad(f"结论所用的限值比标准宽：{some(faults)}", f"findings judged by a looser threshold: {some(faults)}")
    return good(f"{count} 个结论的限值不比标准宽", f"the thresholds of {count} finding(s) are not looser")
