"""Wrong on purpose: what was changed after signing, or signed by another, is refused by the answer *signature*."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from probes.errors import EvidenceError
from reports.signing import envelope
from reports.signing.answers import NAMES, Answer
from reports.signing.handed import Handed, hand_over
from reports.signing.verifier import verify
from tests.reports.dossiers import (
    dossier,
)
from tests.reports.signing.shelf import (
    FOREIGN,
    NOW,
    RELEASED,
    SIGNER,
    ask,
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
