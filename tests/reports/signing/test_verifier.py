"""Wrong on purpose: each thing that is wrong is refused by the answer whose matter it is, and by no other."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.canonical import freeze
from probes.errors import EvidenceError
from probes.observation import Observation
from reports.finding import Finding
from reports.formats import report_json
from reports.report import close
from reports.signing import envelope, statement
from reports.signing.answers import NAMES, Answer
from reports.signing.handed import Handed, hand_over
from reports.signing.signer import sign_statement
from reports.signing.verifier import verify
from reports.verdict import Conforms, Violates
from tests.reports.dossiers import (
    ACCESS,
    DAY_S,
    FUNCTION,
    HISTORY,
    MTBF,
    READINGS,
    REQUIREMENTS,
    TARGET,
    VERDICTS,
    WAIVERS,
    catalogue_json,
    dossier,
    seen,
    text,
    with_finding_dropped,
    with_verdict,
)
from tests.reports.signing.shelf import (
    FOREIGN,
    NOW,
    RELEASED,
    SIGNER,
    ask,
    files_of,
    knowing,
    lay_out,
    refused,
    said,
)


def test_all_five_are_good_of_a_sound_folder(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier()))

    assert [answer.name for answer in answers] == list(NAMES)
    assert said(answers) == ""
    assert all(answer.good for answer in answers)
    words = " ".join(step.text.en for answer in answers for step in answer.steps)
    assert "proves integrity, not identity" in words
    assert "not witnessed" in words
    assert "clock offset of the examiner: +0.250 s" in words


@pytest.mark.parametrize("name", ["bundle.zip", "bundle.dsse.json"])
def test_a_file_of_the_folder_may_be_named(tmp_path: Path, name: str) -> None:
    assert all(answer.good for answer in ask(lay_out(tmp_path, dossier()) / name))


def test_unknown_clock_is_told(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier(clock_offset_s=None)))

    assert all(answer.good for answer in answers)
    assert "clock offset of the examiner: unknown" in answers[3].steps[-1].text.en


def test_a_thousand_changed_bytes_are_a_thousand_refusals(tmp_path: Path) -> None:
    sound = hand_over(lay_out(tmp_path, dossier()))
    assert sound.bundle is not None
    places = random.Random(10469)

    for _ in range(1000):
        at = places.randrange(len(sound.bundle) + len(sound.envelope))
        flip = places.randrange(1, 256)
        if at < len(sound.bundle):
            changed = replace(sound, bundle=_flipped(sound.bundle, at, flip))
        else:
            changed = replace(sound, envelope=_flipped(sound.envelope, at - len(sound.bundle), flip))
        answers = _verify(changed)
        assert refused(answers) == ["signature"], (at, flip)
        assert not any(answer.told for answer in answers[1:])


def test_every_byte_of_the_signature_file_matters(tmp_path: Path) -> None:
    sound = hand_over(lay_out(tmp_path, dossier()))

    for at in range(len(sound.envelope)):
        assert refused(_verify(replace(sound, envelope=_flipped(sound.envelope, at, 0x20)))) == ["signature"], at


@pytest.mark.parametrize("also", [b"\n", b" ", b"\0"])
def test_bytes_behind_the_signature_are_refused(tmp_path: Path, also: bytes) -> None:
    sound = hand_over(lay_out(tmp_path, dossier()))

    assert refused(_verify(replace(sound, envelope=sound.envelope + also))) == ["signature"]


def test_changed_byte_on_disk_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    for name in ("bundle.zip", "report.json", "findings.csv"):
        sound = (folder / name).read_bytes()
        (folder / name).write_bytes(_flipped(sound, len(sound) // 2, 1))
        answers = ask(folder)
        assert refused(answers) == ["signature"]
        assert f"changed since they were signed: {name}" in said(answers)
        (folder / name).write_bytes(sound)


def test_foreign_key_is_refused(tmp_path: Path) -> None:
    answers = ask(lay_out(tmp_path, dossier(), signer=FOREIGN))

    assert refused(answers) == ["signature"]
    assert "is not the given one" in said(answers)


def test_foreign_signature_under_our_key_id_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier(), signer=FOREIGN)
    foreign = envelope.decode((folder / envelope.FILE).read_bytes())
    (folder / envelope.FILE).write_bytes(envelope.encode(replace(foreign, key_id=SIGNER.key_id)))

    assert "does not fit" in said(ask(folder))


def test_missing_and_extra_files_are_refused_by_name(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    (folder / "note.txt").write_text("hello")
    assert "not signed: note.txt" in said(ask(folder))
    (folder / "note.txt").unlink()
    (folder / "findings.csv").unlink()
    assert "missing from the folder: findings.csv" in said(ask(folder / "bundle.zip"))


def test_bundle_and_signature_alone_suffice_and_the_rest_is_told(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    (folder / "findings.csv").unlink()
    (folder / "report.json").unlink()
    (tmp_path / "holiday.jpg").write_bytes(b"beside it in a folder of downloads")
    answers = ask(folder / "bundle.zip")

    assert all(answer.good for answer in answers)
    assert answers[0].steps[-1].text.en == "not handed over: findings.csv, report.json"
    assert refused(ask(folder)) == ["signature"]  # as a folder it holds what nobody signed


def test_absent_bundle_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    (folder / "bundle.zip").unlink()

    assert "bundle.zip is missing" in said(ask(folder))


def test_absent_signature_file_cannot_be_verified(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    (folder / envelope.FILE).unlink()

    with pytest.raises(EvidenceError, match=r"bundle\.dsse\.json: cannot be read"):
        hand_over(folder)


def test_endless_signature_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / envelope.FILE).write_bytes(b" " * 1_000_001)

    with pytest.raises(EvidenceError, match="larger than 1000000 bytes"):
        hand_over(tmp_path)


def test_other_files_cannot_be_handed_over(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="hand over an output folder"):
        hand_over(lay_out(tmp_path, dossier()) / "report.json")


def test_statement_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier())
    payload = b'{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"x","subject":[]}'
    (folder / envelope.FILE).write_bytes(_sealed(payload))

    assert "statement cannot be read" in said(ask(folder))


# --- completeness: all of these are signed by the known key


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


def test_finding_judged_by_a_looser_threshold_is_refused(tmp_path: Path) -> None:
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=800.0))
    answers = ask(lay_out(tmp_path, dossier(verdicts=with_verdict("SBT-3.3-mtbf", own))))

    assert refused(answers) == ["thresholds"]
    assert "SBT-3.3-mtbf mtbf >= 800.0 h" in said(answers)


def test_threshold_that_the_standard_has_not_is_refused(tmp_path: Path) -> None:
    own = Violates(reason=text("slow"), observations=(FUNCTION.id,), threshold=replace(MTBF, metric="seconds"))

    assert refused(ask(lay_out(tmp_path, dossier(verdicts=with_verdict("SBT-3.6-may", own))))) == ["thresholds"]


@pytest.mark.parametrize(
    "declared",
    [
        {"SBT-3.3-mtbf": {"mtbf": 8499}},
        {"SBT-3.3-mtbf": {"mttr": 9000}},
        {"SBT-3.3-mtbf": {"mtbf": True}},
        {"SBT-3.3-mtbf": 9000},
        {"SBT-9": {"mtbf": 9000}},
        ["SBT-3.3-mtbf"],
    ],
)
def test_looser_threshold_of_the_target_is_refused(tmp_path: Path, declared: object) -> None:
    answers = ask(lay_out(tmp_path, dossier(target={**TARGET, "thresholds": declared})))

    assert refused(answers) == ["thresholds"]


def test_looser_catalogue_is_refused_by_two_answers(tmp_path: Path) -> None:
    loose = tuple(
        replace(each, thresholds=(replace(MTBF, value=85.0),)) if each.id == "SBT-3.3-mtbf" else each
        for each in REQUIREMENTS
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=85.0))
    whole = dossier(requirements=loose, verdicts=with_verdict("SBT-3.3-mtbf", own))

    assert refused(ask(lay_out(tmp_path, whole))) == ["completeness", "thresholds"]


def test_earlier_release_is_held_against_its_own_thresholds(tmp_path: Path) -> None:
    earlier = tuple(
        replace(each, thresholds=(replace(MTBF, value=8000.0),)) if each.thresholds else each for each in REQUIREMENTS
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=8000.0))
    whole = dossier(requirements=earlier, verdicts=with_verdict("SBT-3.3-mtbf", own))
    both = knowing(catalogue_json(), catalogue_json(earlier))

    assert said(ask(lay_out(tmp_path, whole), released=both)) == ""


# --- time


@pytest.mark.parametrize(
    "header",
    [
        {"started": "2026-11-21T08:02:00.000000Z"},
        {"examined_at": "2026-11-21T08:01:01.000000Z"},
        {"finished": "2026-11-21T08:00:30.000000Z"},
        {"examined_at": "2026-11-21T08:00:04.000000Z"},
        {"started": "2026-11-21T08:00:06.000000Z"},
        {"finished": "2026-11-23T08:00:00.000000Z"},
        {"started": "yesterday"},
        {"examined_at": "0001-01-01T00:00:00+14:00"},
        {"started": "2026-11-21T08:00:00"},
    ],
)
def test_disorder_of_instants_is_refused(tmp_path: Path, header: dict[str, Any]) -> None:
    assert "time" in refused(ask(lay_out(tmp_path, dossier(**header))))


def test_evidence_of_an_earlier_run_may_not_come_after_the_examination(tmp_path: Path) -> None:
    later = Observation(
        header=seen("watch", "home", observed_at="2026-11-21T09:00:00.000000Z", run_id="watch-2"), data=freeze({})
    )

    assert refused(ask(lay_out(tmp_path, dossier(readings=(*READINGS, later))))) == ["time"]


def test_expired_waiver_is_refused(tmp_path: Path) -> None:
    expired = {"SBT-3.2-access": replace(WAIVERS["SBT-3.2-access"], expires_at="2026-11-21T16:00:55+08:00")}

    assert said(ask(lay_out(tmp_path, dossier(waivers=expired)))) == "waivers that had expired: SBT-3.2-access"


# --- freshness


def test_stale_evidence_is_refused(tmp_path: Path) -> None:
    stale = replace(
        HISTORY,
        header=replace(HISTORY.header, observed_at="2025-06-01T00:00:00.000000Z"),
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], observations=(stale.id,))
    whole = dossier(readings=(*READINGS[:2], stale, READINGS[3]), verdicts=with_verdict("SBT-3.3-mtbf", own))
    answers = ask(lay_out(tmp_path, whole))

    assert refused(answers) == ["freshness"]
    assert "SBT-3.3-mtbf (538.3 d)" in said(answers)


def test_not_older_than_asks_about_today(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier(verdicts={k: v for k, v in VERDICTS.items() if k != "SBT-3.3-mtbf"}))

    assert all(answer.good for answer in ask(folder, not_older_than_s=2 * DAY_S))
    assert refused(ask(folder, not_older_than_s=DAY_S / 2)) == ["freshness"]


def test_nothing_told_is_not_fresh_today(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier(verdicts={}, waivers={}))

    assert refused(ask(folder, not_older_than_s=DAY_S)) == ["freshness"]


def _verify(handed: Handed) -> tuple[Answer, ...]:
    return verify(handed, key=SIGNER.public, released=RELEASED, now=NOW)


def _flipped(raw: bytes, at: int, flip: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :]


def _sealed(payload: bytes) -> bytes:
    signature = SIGNER.private.sign(envelope.pae(envelope.PAYLOAD_TYPE, payload))
    return envelope.encode(
        envelope.Envelope(
            payload=payload, payload_type=envelope.PAYLOAD_TYPE, key_id=SIGNER.key_id, signature=signature
        )
    )


def _uncounted(finding: Finding) -> Finding:
    return replace(finding, counts=False) if finding.requirement.id == "SBT-3.2-access" else finding
