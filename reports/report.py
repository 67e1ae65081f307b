"""The report: header, a finding for every requirement in scope, footer; and the exit status it stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from probes.errors import Cause
from reports.finding import Finding, Waiver
from reports.verdict import (
    ACCEPTABLE,
    Conforms,
    NotApplicable,
    Requirement,
    Text,
    Undetermined,
    Verdict,
    Violates,
    Word,
    merge_all,
    merge_any,
    word,
)

Exit: TypeAlias = Literal[0, 1, 2]
ACCEPTABLE_CAUSES: tuple[Cause, ...] = ACCEPTABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who examined what, when, with which clock; instants are RFC 3339 UTC, digests ``sha256:...``.

    ``examined_at`` is the instant that every judge was given. ``evidence_sha256`` is the digest over the sorted ids
    of all readings of the run, ``evidence_count`` their number: a dropped observation shows. ``trail_sha256`` may be
    None where the run created nothing.
    """

    run_id: str
    started: str
    finished: str
    examined_at: str
    tool: str
    platform_id: str
    platform_name: str
    base_url: str
    environment: str
    vantage: str
    clock_offset_s: float | None
    target_sha256: str
    catalogue_sha256: str
    evidence_count: int
    evidence_sha256: str
    ledger_head: str
    scope: str
    accepted_causes: tuple[Cause, ...]
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """Counts over all findings, and over those that count; without it a report is refused."""

    total: int
    summary: Mapping[Word | Literal["waived"], int]
    counting: Mapping[Word | Literal["waived"], int]
    exit: Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Header, findings in catalogue order, footer."""

    header: Header
    findings: tuple[Finding, ...]
    footer: Footer


NOT_SELECTED = Undetermined(
    reason=Text(zh="本次检查没有选中该条款。", en="This run did not select the clause."), cause="settings"
)


def conclude(
    requirements: Sequence[Requirement],
    verdicts: Mapping[str, Verdict],
    waivers: Mapping[str, Waiver],
) -> tuple[Finding, ...]:
    """Return one finding for *every* requirement: groups are computed, what was not judged is undetermined.

    ``requirements`` is the scope in catalogue order; ``verdicts`` what the judges told, by check id; ``waivers`` those
    in force at the examination, by requirement id.
    """
    children: dict[str, list[Requirement]] = {}
    by_id = {requirement.id: requirement for requirement in requirements}
    for requirement in requirements:
        if requirement.parent is not None:
            children.setdefault(requirement.parent, []).append(requirement)
    told: dict[str, Verdict] = {}

    def tell(requirement: Requirement) -> Verdict:
        if requirement.id not in told:
            if requirement.node == "check":
                told[requirement.id] = verdicts.get(requirement.id, NOT_SELECTED)
            else:
                below = [child for child in children.get(requirement.id, ()) if _weighs(child, requirement)]
                parts = [tell(child) for child in below]
                told[requirement.id] = merge_any(parts) if requirement.aggregate == "any" else merge_all(parts)
        return told[requirement.id]

    return tuple(
        Finding(
            requirement=requirement,
            verdict=tell(requirement),
            counts=counts(requirement, by_id, told[requirement.id]),
            waiver=waivers.get(requirement.id),
        )
        for requirement in requirements
    )


def _weighs(child: Requirement, parent: Requirement) -> bool:
    # A permission never pulls a group of requirements down; in a group of permissions it is all there is.
    return child.kind != "permission" or parent.kind == "permission"


def counts(requirement: Requirement, by_id: Mapping[str, Requirement], verdict: Verdict) -> bool:
    """Tell whether the requirement bears on the exit status.

    Checks count in ``all`` groups; in an ``any`` group the outermost such group counts for its members. Only
    requirements, and conditionals whose condition holds (anything but not applicable), can count.
    """
    if requirement.kind not in {"requirement", "conditional"}:
        return False
    if requirement.kind == "conditional" and isinstance(verdict, NotApplicable):
        return False
    if requirement.node == "group" and requirement.aggregate != "any":
        return False
    above = requirement.parent
    while above is not None and above in by_id:
        if by_id[above].aggregate == "any":
            return False
        above = by_id[above].parent
    return True


def tally(findings: Iterable[Finding]) -> dict[Word | Literal["waived"], int]:
    """Count findings by verdict; ``waived`` counts those that stand under their verdict as well."""
    numbers: dict[Word | Literal["waived"], int] = {
        "conforms": 0,
        "violates": 0,
        "undetermined": 0,
        "not_applicable": 0,
        "waived": 0,
    }
    for finding in findings:
        numbers[word(finding.verdict)] += 1
        numbers["waived"] += finding.waiver is not None
    return numbers


def exit_of(findings: Iterable[Finding], accepted: Iterable[Cause] = ()) -> Exit:
    """Return 0, 1 or 2 as the contract says; with nothing conforming it is never 0.

    Raises:
        ValueError: if ``accepted`` names a cause that may not be accepted.
    """
    causes = frozenset(accepted)
    if refused := causes.difference(ACCEPTABLE_CAUSES):
        raise ValueError(f"these causes cannot be accepted: {', '.join(sorted(refused))}")
    counting = [finding for finding in findings if finding.counts]
    unwaived = [finding.verdict for finding in counting if finding.waiver is None]
    if any(isinstance(verdict, Violates) for verdict in unwaived):
        return 1
    if any(isinstance(verdict, Undetermined) and verdict.cause not in causes for verdict in unwaived):
        return 2
    if not any(isinstance(finding.verdict, Conforms) for finding in counting):
        return 2
    return 0


def close(header: Header, findings: tuple[Finding, ...]) -> Report:
    """Return the finished report: the footer is computed, never given."""
    footer = Footer(
        total=len(findings),
        summary=tally(findings),
        counting=tally(finding for finding in findings if finding.counts),
        exit=exit_of(findings, header.accepted_causes),
    )
    return Report(header=header, findings=findings, footer=footer)
