"""A report seen from above: by chapter, by cause, and how much of it could be told at all. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from probes.errors import Cause
from reports import strict_json, words
from reports.finding import Finding
from reports.report import Report, tally
from reports.verdict import Text, Undetermined, Violates, Word

Tally: TypeAlias = Mapping[Word | Literal["waived"], int]
Titles: TypeAlias = Mapping[tuple[str, str], Text]
NO_TITLES: Titles = MappingProxyType({})
_UNTITLED = Text(zh="", en="")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The whole catalogue, whatever was chosen of it: how many checks, and the titles by document and chapter."""

    checks: int
    titles: Titles


def whole(catalogue_json: bytes) -> Whole:
    """Return what the catalogue's record says of all of it.

    Raises:
        EvidenceError: if it is not JSON.
    """
    found = records(catalogue_json)
    return Whole(
        checks=sum(each.get("node") == "check" for each in found),
        titles={
            (str(each.get("document")), str(each["chapter"])): Text(zh=each["title"]["zh"], en=each["title"]["en"])
            for each in found
            if each.get("node") == "group" and each.get("clause") == each.get("chapter")
        },
    )


def records(catalogue_json: bytes) -> list[dict[str, Any]]:
    """Return the records of a catalogue, checked no further.

    Raises:
        EvidenceError: if it is not JSON.
    """
    value = strict_json.load(catalogue_json, what="catalogue.json")
    return [each for each in _list(value) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    records = value.get("requirements") if isinstance(value, dict) else value
    return records if isinstance(records, list) else []


def not_chosen(report: Report, checks: int | None) -> Text | None:
    """Return what must be said where the run was given a choice of checks; None where all were examined.

    ``checks`` is the number of checks in the catalogue, None (or 0) where it is not known.
    """
    number = sum(finding.requirement.node == "check" for finding in report.findings)
    if report.header.scope == words.ALL or number == checks:
        return None
    return words.chosen(number, checks if checks and checks > number else None)


def outcome(report: Report) -> Text:
    """Return what the exit status means for this report."""
    status = report.footer.exit
    counting = report.footer.counting
    if status != 2 or counting["waived"]:  # noqa: PLR2004 - the third exit status
        return words.EXITS[status]
    lead = Text(zh="没有不符合项", en="Nothing violates")
    if violations(report):
        lead = Text(zh="计入结论的条款没有不符合项", en="Nothing that counts violates")
    if counting["undetermined"]:
        return Text(zh=f"{lead.zh}；部分条款无法判定", en=f"{lead.en}; some clauses could not be told")
    return Text(zh=f"{lead.zh}；但也没有一项得出符合的结论", en=f"{lead.en}; but nothing was found to conform either")


def chapters(report: Report, titles: Titles = NO_TITLES) -> tuple[Chapter, ...]:
    """Return the chapters in the order in which the catalogue comes to them.

    ``titles`` (of ``whole``) name those whose own group is not in scope.
    """
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        found.setdefault((finding.requirement.document, finding.requirement.chapter), []).append(finding)
    return tuple(
        Chapter(
            document=document,
            chapter=chapter,
            title=_title(chapter, findings) or titles.get((document, chapter), _UNTITLED),
            counting=tally(finding for finding in findings if finding.counts),
            summary=tally(findings),
            findings=tuple(findings),
        )
        for (document, chapter), findings in found.items()
    )


def _title(chapter: str, findings: list[Finding]) -> Text | None:
    # The group that bears the chapter's number bears its title; a chapter without one is called by its number alone.
    for requirement in (finding.requirement for finding in findings):
        if requirement.node == "group" and requirement.clause == chapter:
            return requirement.title
    return None


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
