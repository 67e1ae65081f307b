"""Wrong on purpose: what is missing, doubled, exchanged or does not follow is refused by the answer *completeness*."""

from dataclasses import replace
from pathlib import Path

import pytest

from probes.canonical import freeze
from probes.observation import Observation
from reports.finding import Finding
from reports.formats import report_json
from reports.report import close
from reports.signing import envelope, statement
from reports.signing.signer import sign_statement
from reports.verdict import Conforms
from tests.reports.dossiers import (
    ACCESS,
    FUNCTION,
    READINGS,
    REQUIREMENTS,
    VERDICTS,
    dossier,
    seen,
    text,
    with_finding_dropped,
    with_verdict,
)
from tests.reports.signing.shelf import (
    SIGNER,
    ask,
    files_of,
    knowing,
    lay_out,
    refused,
    said,
)


def test_dropped_observation_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    answers = ask(lay_out(tmp_path, replace(whole, readings=tuple(r for r in READINGS if r is not FUNCTION))))

    assert refused(answers) == ["completeness"]
    assert "the report counts 4 readings, the bundle holds 3" in said(answers)
    assert f"SBT-3.1-function: {FUNCTION.id}" in said(answers)


def test_dropped_observation_with_the_count_made_to_fit_is_refused(tmp_path: Path) -> None:
    left = tuple(r for r in READINGS if r is not FUNCTION)
    answers = ask(lay_out(tmp_path, dossier(readings=left)))

    assert refused(answers) == ["completeness"]
    assert "evidence that findings name is missing" in said(answers)


def test_exchanged_observation_is_refused(tmp_path: Path) -> None:
    other = replace(FUNCTION, data=freeze({"number": "100018"}))
    answers = ask(lay_out(tmp_path, replace(dossier(), readings=(*READINGS[1:], other))))

    assert refused(answers) == ["completeness"]
    assert "not those the report counts" in said(answers)


@pytest.mark.parametrize("own_id", [each.id for each in REQUIREMENTS])
def test_removed_finding_is_refused(tmp_path: Path, own_id: str) -> None:
    answers = ask(lay_out(tmp_path, with_finding_dropped(dossier(), own_id)))

    assert refused(answers) == ["completeness"]
    assert f"without a finding: {own_id}" in said(answers)


def test_doubled_finding_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    findings = (*whole.report.findings, whole.report.findings[1])
    answers = ask(lay_out(tmp_path, replace(whole, report=close(whole.report.header, findings))))

    assert refused(answers) == ["completeness"]
    assert "twice or beyond the scope: SBT-3.1-function" in said(answers)


def test_scope_narrower_than_the_findings_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier(scope="3.1")))

    assert refused(answers) == ["completeness"]


def test_scope_of_some_clauses_is_complete_with_their_findings(tmp_path: Path) -> None:
    part = tuple(each for each in REQUIREMENTS if each.id.startswith("SBT-4"))
    whole = dossier()
    findings = tuple(each for each in whole.report.findings if each.requirement in part)
    narrowed = close(replace(whole.report.header, scope="4"), findings)

    assert said(ask(lay_out(tmp_path, replace(whole, report=narrowed)))) == ""


def test_scope_of_nothing_known_is_refused(tmp_path: Path) -> None:
    assert "scope cannot be understood" in said(ask(lay_out(tmp_path, dossier(scope="9.9"))))


def test_unreleased_catalogue_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier()), released=knowing(b"another"))

    assert refused(answers) == ["completeness"]
    assert "was never released" in said(answers)


def test_catalogue_that_the_report_does_not_name_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier(catalogue_sha256="sha256:" + "1" * 64)))

    assert refused(answers) == ["completeness"]


def test_exchanged_target_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, replace(dossier(), target=freeze({"platform": {"id": "other"}}))))

    assert refused(answers) == ["completeness"]
    assert "target in the bundle" in said(answers)


def test_dropped_attachment_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, replace(dossier(), attachments={})))

    assert refused(answers) == ["completeness"]
    assert f"missing; {ACCESS.id} names it" in said(answers)
    assert [answer.told for answer in answers] == [True, True, False, False, False]


def test_conforming_without_evidence_is_refused(tmp_path: Path) -> None:
    green = with_verdict("SBT-3.4-document", Conforms(reason=text("trust me"), observations=()))
    answers = ask(lay_out(tmp_path, dossier(verdicts=green)))

    assert "told conforming without evidence: SBT-3.4-document" in said(answers)


def test_conforming_on_what_was_not_seen_is_refused(tmp_path: Path) -> None:
    green = with_verdict("SBT-4.1-disk", Conforms(reason=text("silence"), observations=(READINGS[3].id,)))

    assert "SBT-4.1-disk" in said(ask(lay_out(tmp_path, dossier(verdicts=green))))


def test_evidence_of_another_platform_is_refused(tmp_path: Path) -> None:
    stranger = Observation(header=seen("shop", "buyer_a", platform_id="elsewhere"), data=freeze({}))
    answers = ask(lay_out(tmp_path, dossier(readings=(*READINGS, stranger))))

    assert said(answers) == "evidence of another platform: elsewhere"


def test_group_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    findings = tuple(
        replace(each, verdict=VERDICTS["SBT-3.1-function"]) if each.requirement.id == "SBT-3" else each
        for each in whole.report.findings
    )
    answers = ask(lay_out(tmp_path, replace(whole, report=close(whole.report.header, findings))))

    assert said(answers) == "does not follow from the checks below it: SBT-3"


def test_check_that_no_longer_counts_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    findings = tuple(_uncounted(each) for each in whole.report.findings)
    answers = ask(lay_out(tmp_path, replace(whole, report=close(whole.report.header, findings))))

    assert "does not follow from the checks below it: SBT-3.2-access" in said(answers)


def test_footer_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    whole = dossier(waivers={})
    rosy = replace(whole.report, footer=replace(whole.report.footer, exit=0))
    answers = ask(lay_out(tmp_path, replace(whole, report=rosy)))

    assert refused(answers) == ["completeness"]
    assert "footer" in said(answers)


def test_cause_that_cannot_be_accepted_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    header = replace(whole.report.header, accepted_causes=("target",))
    answers = ask(lay_out(tmp_path, replace(whole, report=replace(whole.report, header=header))))

    assert "cannot be accepted: target" in said(answers)


def test_report_beside_the_bundle_must_be_the_one_inside(tmp_path: Path) -> None:
    whole = dossier()
    rosy = replace(whole.report.header, environment="disposable")
    files = {**files_of(whole), "report.json": report_json.encode(replace(whole.report, header=rosy))}
    answers = ask(lay_out(tmp_path, whole, files=files))

    assert said(answers) == "report.json is not the report in the bundle"


def test_statement_about_another_run_is_refused(tmp_path: Path) -> None:
    whole = dossier()
    folder = lay_out(tmp_path, whole)
    other = replace(statement.make(files_of(whole), whole.report), run_id="another")
    (folder / envelope.FILE).write_bytes(sign_statement(other, SIGNER))

    assert said(ask(folder)) == "the signed statement and the report tell of different runs"


def test_broken_bundle_is_refused_though_signed(tmp_path: Path) -> None:
    whole = dossier()
    answers = ask(lay_out(tmp_path, whole, files={**files_of(whole), "bundle.zip": b"PK but not a zip file"}))

    assert refused(answers) == ["completeness"]


# --- thresholds


def _uncounted(finding: Finding) -> Finding:
    return replace(finding, counts=False) if finding.requirement.id == "SBT-3.2-access" else finding
