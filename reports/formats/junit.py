"""``junit.xml`` for build servers: a test case fails there exactly where it keeps the exit status from being 0."""

import re

from lxml import etree

from reports.dossier import Dossier
from reports.finding import Finding
from reports.report import Report
from reports.verdict import Conforms, NotApplicable, Undetermined, Violates, word

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(dossier: Dossier) -> bytes:
    """Return JUnit XML: a suite a chapter, a case for each finding that counts or is a check.

    Violates is a failure, undetermined an error (type ``undetermined:CAUSE``). What cannot bear on the exit status
    (waived, not counting, of an accepted cause, not applicable) is skipped, with the verdict in its message.
    """
    report = dossier.report
    told = [finding for finding in report.findings if finding.counts or finding.requirement.node == "check"]
    root = etree.Element("testsuites", name="duheng")
    chapters: dict[str, list[Finding]] = {}
    for finding in told:
        chapters.setdefault(f"{finding.requirement.document} {finding.requirement.chapter}", []).append(finding)
    for chapter, findings in chapters.items():
        _add_suite(root, chapter, findings, report)
    if report.footer.exit != 0 and root.find(".//failure") is None and root.find(".//error") is None:
        _add_nothing_conforms(root, report)
    _add_sums(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_suite(root: etree._Element, name: str, findings: list[Finding], report: Report) -> None:
    suite = etree.SubElement(root, "testsuite", name=_clean(name), timestamp=_clean(report.header.started))
    for finding in findings:
        _add_case(suite, finding, report)


def _add_case(suite: etree._Element, finding: Finding, report: Report) -> None:
    requirement, verdict = finding.requirement, finding.verdict
    classname = f"{requirement.document}.{requirement.clause}"
    case = etree.SubElement(suite, "testcase", classname=_clean(classname), name=_clean(requirement.id))
    if isinstance(verdict, Conforms):
        return
    excuse = _excuse(finding, report)
    told = f"undetermined:{verdict.cause}" if isinstance(verdict, Undetermined) else word(verdict)
    if excuse is not None:
        etree.SubElement(case, "skipped", message=_clean(f"{told} ({excuse}): {verdict.reason.en}"))
        return
    element = etree.SubElement(
        case, "failure" if isinstance(verdict, Violates) else "error", type=told, message=_clean(verdict.reason.en)
    )
    element.text = _clean("\n".join(_details(finding)))


def _excuse(finding: Finding, report: Report) -> str | None:
    verdict = finding.verdict
    if isinstance(verdict, NotApplicable):
        return "not applicable"
    if finding.waiver is not None:
        return f"waived by {finding.waiver.owner} until {finding.waiver.expires_at}: {finding.waiver.reason}"
    if not finding.counts:
        return "shown, does not count"
    if isinstance(verdict, Undetermined) and verdict.cause in report.header.accepted_causes:
        return "accepted on the command line"
    return None


def _details(finding: Finding) -> list[str]:
    requirement, verdict = finding.requirement, finding.verdict
    lines = [requirement.title.zh, requirement.title.en, verdict.reason.zh, verdict.reason.en]
    if verdict.measured is not None:
        lines.append(f"measured: {verdict.measured.metric} = {verdict.measured.value} {verdict.measured.unit}".rstrip())
    if verdict.threshold is not None:
        bound = verdict.threshold
        lines.append(f"threshold: {bound.metric} {bound.operator} {bound.value} {bound.unit}".rstrip())
    if isinstance(verdict, Violates):
        lines.extend(f"repeat: {line}" for line in verdict.repeat)
    lines.extend(f"observation: {observation}" for observation in verdict.observations)
    return lines


def _add_nothing_conforms(root: etree._Element, report: Report) -> None:
    # Without this an examination with exit 2 in which nothing conforms could look green on a build server.
    suite = etree.SubElement(root, "testsuite", name="examination", timestamp=_clean(report.header.started))
    case = etree.SubElement(suite, "testcase", classname="duheng", name="something-conforms")
    etree.SubElement(case, "error", type="undetermined:settings", message="Nothing that counts conforms.")


def _add_sums(root: etree._Element) -> None:
    for element in (*root.findall("testsuite"), root):
        element.set("tests", str(len(element.findall(".//testcase"))))
        element.set("failures", str(len(element.findall(".//failure"))))
        element.set("errors", str(len(element.findall(".//error"))))
        element.set("skipped", str(len(element.findall(".//skipped"))))


def _clean(text: str) -> str:
    """Replace what XML 1.0 cannot hold: a shop's answer may contain it."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
