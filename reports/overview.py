"""A report seen from above: by chapter, by cause, and how much of it could be told at all. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from probes.errors import Cause
from reports import words
from reports.finding import Finding
from reports.report import Report, tally
from reports.verdict import Requirement, Text, Undetermined, Violates, Word

Tally: TypeAlias = Mapping[Word | Literal["waived"], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter of one document. ``counting`` tallies what bears on the exit status, ``summary`` everything."""

    document: str
    chapter: str
    title: Text
    counting: Tally
    summary: Tally
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What could not be told for one cause; ``checks`` are its findings without the groups that follow from them."""

    cause: Cause
    findings: tuple[Finding, ...]
    checks: tuple[Finding, ...]
    counting: int
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the findings that count could be told (one way or the other, or not applicable)."""

    counting: int
    told: int

    @property
    def untold(self) -> int:
        """How many could not."""
        return self.counting - self.told


def chapters(report: Report) -> tuple[Chapter, ...]:
    """Return the chapters in the order in which the catalogue comes to them."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        found.setdefault((finding.requirement.document, finding.requirement.chapter), []).append(finding)
    return tuple(
        Chapter(
            document=document,
            chapter=chapter,
            title=_title(chapter, [finding.requirement for finding in findings]),
            counting=tally(finding for finding in findings if finding.counts),
            summary=tally(findings),
            findings=tuple(findings),
        )
        for (document, chapter), findings in found.items()
    )


def _title(chapter: str, requirements: list[Requirement]) -> Text:
    # The group that bears the chapter's number bears its title; a chapter without one is called by its number alone.
    for requirement in requirements:
        if requirement.node == "group" and requirement.clause == chapter:
            return requirement.title
    return Text(zh="", en="")


def unknowns(report: Report) -> tuple[Unknown, ...]:
    """Return what could not be told, by cause, the most worrying cause first."""
    found: dict[Cause, list[Finding]] = {}
    for finding in report.findings:
        if isinstance(finding.verdict, Undetermined):
            found.setdefault(finding.verdict.cause, []).append(finding)
    return tuple(
        Unknown(
            cause=cause,
            findings=tuple(found[cause]),
            checks=tuple(finding for finding in found[cause] if finding.requirement.node == "check"),
            counting=sum(finding.counts for finding in found[cause]),
            accepted=cause in report.header.accepted_causes,
        )
        for cause in words.CAUSE_ORDER
        if cause in found
    )


def violations(report: Report) -> tuple[Finding, ...]:
    """Return what violates: checks, and the groups that count for their members; other groups only repeat these."""
    return tuple(
        finding
        for finding in report.findings
        if isinstance(finding.verdict, Violates) and (finding.requirement.node == "check" or finding.counts)
    )


def coverage(report: Report) -> Coverage:
    """Return how much of what counts could be told."""
    counting = report.footer.counting
    told = counting["conforms"] + counting["violates"] + counting["not_applicable"]
    return Coverage(counting=told + counting["undetermined"], told=told)
