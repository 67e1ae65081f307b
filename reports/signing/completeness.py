"""The second answer: is everything there that must be, and does it add up?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from probes.canonical import canonical_bytes, digest
from probes.errors import EvidenceError
from probes.observation import Observation
from reports.dossier import Dossier, evidence_digest
from reports.formats.report_json import encode
from reports.report import Report, close, conclude
from reports.signing.answers import Step, bad, good, some
from reports.signing.handed import Handed
from reports.signing.released import Released
from reports.signing.statement import Statement
from reports.verdict import Conforms, Requirement, word


def check_completeness(
    dossier: Dossier, requirements: Sequence[Requirement], told: Statement, handed: Handed, released: Released
) -> Iterator[Step]:
    """Yield a step for each thing that must be there; every refusal is told, not only the first.

    ``requirements`` are those of the catalogue in the bundle.
    """
    yield _statement_fits(told, dossier.report)
    if handed.report_json is not None:
        yield _same_report(handed.report_json, dossier)
    yield _catalogue_is_released(dossier, released)
    yield _target_is_the_one(dossier)
    yield _every_requirement(dossier.report, requirements, released)
    yield _all_evidence(dossier)
    yield _evidence_of_findings(dossier)
    yield _one_platform(dossier)
    yield _adds_up(dossier.report)


def _statement_fits(told: Statement, report: Report) -> Step:
    header = report.header
    said = (told.run_id, told.tool, told.exit, told.catalogue_sha256, told.target_sha256)
    held = (header.run_id, header.tool, report.footer.exit, header.catalogue_sha256, header.target_sha256)
    if said != held:
        return bad("签名声明与包内报告不是同一次检查", "the signed statement and the report tell of different runs")
    return good(f"检查编号 {header.run_id}，{header.tool}", f"run {header.run_id}, {header.tool}")


def _same_report(beside: bytes, dossier: Dossier) -> Step:
    if beside != encode(dossier.report):
        return bad("report.json 与包内的报告不同", "report.json is not the report in the bundle")
    return good("report.json 与包内的报告相同", "report.json is the report in the bundle")


def _catalogue_is_released(dossier: Dossier, released: Released) -> Step:
    found = digest(dossier.catalogue_json)
    if found != dossier.report.header.catalogue_sha256:
        return bad("包内条款目录不是报告所用的目录", "the catalogue in the bundle is not the one the report names")
    if found not in released.digests:
        return bad(f"条款目录 {found} 从未发布", f"the catalogue {found} was never released")
    return good(f"条款目录是已发布版本 {found}", f"the catalogue is a released one, {found}")


def _target_is_the_one(dossier: Dossier) -> Step:
    if digest(canonical_bytes(dossier.target)) != dossier.report.header.target_sha256:
        return bad("包内目标声明不是报告所用的声明", "the target in the bundle is not the one the report names")
    return good("目标声明与报告一致", "the target is the one the report names")


def _every_requirement(report: Report, requirements: Sequence[Requirement], released: Released) -> Step:
    try:
        scope = [requirement.id for requirement in released.in_scope(report.header.scope, requirements)]
    except EvidenceError as error:
        return bad(f"检查范围无法理解：{error}", f"the scope cannot be understood: {error}")
    found = [finding.requirement.id for finding in report.findings]
    missing = [each for each in scope if each not in set(found)]
    if missing:
        return bad(f"范围内的条款没有结论：{some(missing)}", f"in scope, but without a finding: {some(missing)}")
    if beyond := sorted((Counter(found) - Counter(scope)).keys()):
        return bad(f"重复或超出范围的结论：{some(beyond)}", f"findings twice or beyond the scope: {some(beyond)}")
    if not scope:
        return bad("检查范围是空的", "the scope is empty")
    return good(
        f"范围“{report.header.scope}”内的 {len(scope)} 条要求各有一个结论",
        f"each of the {len(scope)} requirements in scope ({report.header.scope}) has its finding",
    )


def _all_evidence(dossier: Dossier) -> Step:
    header = dossier.report.header
    if len(dossier.readings) != header.evidence_count:
        return bad(
            f"报告记有 {header.evidence_count} 条证据，包内有 {len(dossier.readings)} 条",
            f"the report counts {header.evidence_count} readings, the bundle holds {len(dossier.readings)}",
        )
    if evidence_digest(dossier.readings) != header.evidence_sha256:
        return bad("包内证据不是报告所记的证据", "the readings in the bundle are not those the report counts")
    return good(
        f"{len(dossier.readings)} 条证据与 {len(dossier.attachments)} 个附件齐全",
        f"all {len(dossier.readings)} readings and {len(dossier.attachments)} attachments are there",
    )


def _evidence_of_findings(dossier: Dossier) -> Step:
    ids = {reading.id for reading in dossier.readings}
    seen = {reading.id for reading in dossier.readings if isinstance(reading, Observation)}
    lost: list[str] = []
    empty: list[str] = []
    for finding in dossier.report.findings:
        named = finding.verdict.observations
        lost.extend(f"{finding.requirement.id}: {each}" for each in named if each not in ids)
        # Nothing goes green without evidence: something seen must stand behind it.
        if isinstance(finding.verdict, Conforms) and seen.isdisjoint(named):
            empty.append(finding.requirement.id)
    if lost:
        return bad(f"结论引用的证据不在包内：{some(lost)}", f"evidence that findings name is missing: {some(lost)}")
    if empty:
        return bad(f"没有证据的“符合”：{some(empty)}", f"told conforming without evidence: {some(empty)}")
    return good("结论引用的证据都在包内", "all evidence that findings name is there")


def _one_platform(dossier: Dossier) -> Step:
    platform = dossier.report.header.platform_id
    strangers = sorted({reading.header.platform_id for reading in dossier.readings} - {platform})
    if strangers:
        return bad(f"证据属于其他平台：{some(strangers)}", f"evidence of another platform: {some(strangers)}")
    return good(f"全部证据属于平台 {platform}", f"all evidence belongs to the platform {platform}")


def _adds_up(report: Report) -> Step:
    findings = report.findings
    again = conclude(
        [finding.requirement for finding in findings],
        {finding.requirement.id: finding.verdict for finding in findings if finding.requirement.node == "check"},
        {finding.requirement.id: finding.waiver for finding in findings if finding.waiver is not None},
    )
    # Words and counting are compared, not sentences: those may be put better in a later version.
    differs = [
        one.requirement.id
        for one, other in zip(findings, again, strict=True)
        if (word(one.verdict), one.counts) != (word(other.verdict), other.counts)
    ]
    if differs:
        return bad(f"由下级结论推不出：{some(differs)}", f"does not follow from the checks below it: {some(differs)}")
    try:
        footer = close(report.header, findings).footer
    except ValueError as error:
        return bad(f"页脚无法重算：{error}", f"the footer cannot be computed again: {error}")
    if footer != report.footer:
        return bad("页脚的计数或退出码与结论不符", "the footer's counts or exit status do not follow from the findings")
    return good(
        f"分组、计数与退出码（{footer.exit}）重算一致", f"groups, counts and exit status ({footer.exit}) follow again"
    )
