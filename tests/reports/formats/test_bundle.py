import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.released import requirements_of
from probes.canonical import canonical_bytes, digest, freeze
from probes.errors import CAUSES, EvidenceError
from probes.observation import Observation, Reading, Unobserved
from reports.dossier import Dossier
from reports.formats import bundle
from reports.formats.bundle import read_bundle
from tests.reports.dossiers import PAGE, dossier, seen

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_objects = st.dictionaries(st.text(), _json, max_size=4)
_readings = st.one_of(
    st.builds(
        lambda data, page: Observation(
            header=seen("page", "home"), data=freeze(data), attachments=(digest(PAGE),) if page else ()
        ),
        _objects,
        st.booleans(),
    ),
    st.builds(
        lambda cause, detail: Unobserved(header=seen("page", "home"), cause=cause, detail=detail),
        st.sampled_from(CAUSES),
        st.text(),
    ),
)


@settings(max_examples=40, deadline=None)
@given(
    readings=st.lists(_readings, max_size=5).map(tuple),
    target=_objects,
    trail=st.none() | st.binary(max_size=50),
    more=st.lists(st.binary(max_size=50), max_size=3),
)
def test_round_trip(
    readings: tuple[Reading, ...], target: dict[str, Any], trail: bytes | None, more: list[bytes]
) -> None:
    made = dossier(verdicts={}, readings=readings, target=target, trail=trail)
    made = replace(made, attachments={**made.attachments, **{digest(each): each for each in more}})
    raw = bundle.render(made)
    back = read_bundle(raw, requirements_of)

    assert back.report == made.report
    assert [reading.id for reading in back.readings] == [reading.id for reading in made.readings]
    assert (back.attachments, back.catalogue_json, back.trail) == (made.attachments, made.catalogue_json, made.trail)
    assert canonical_bytes(back.target) == canonical_bytes(made.target)
    assert bundle.render(back) == raw


def test_bundle_holds_what_replay_needs_and_nothing_of_the_hour() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.render(dossier()))) as archive:
        entries = archive.infolist()

    assert [entry.filename for entry in entries] == [
        f"attachments/{digest(PAGE).removeprefix('sha256:')}",
        "catalogue.json",
        "readings.jsonl",
        "report.json",
        "target.json",
        "trail.jsonl",
        "waivers.json",
    ]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_reads_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle.render(dossier()))

    assert read_bundle(path, requirements_of).report == dossier().report
    with pytest.raises(EvidenceError, match="cannot be read"):
        read_bundle(tmp_path / "none.zip", requirements_of)


def members(whole: Dossier | None = None) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.render(whole or dossier()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["report.json", "readings.jsonl", "catalogue.json", "target.json", "waivers.json"])
def test_missing_member_is_named(name: str) -> None:
    left = [(each, content) for each, content in members().items() if each != name]

    with pytest.raises(EvidenceError, match=f"lacks {name}"):
        read_bundle(packed(left), requirements_of)


@pytest.mark.parametrize(
    "name", ["evil.sh", "../report.json", "/report.json", "attachments/", "attachments/../x", "attachments/" + "G" * 64]
)
def test_unknown_member_is_named(name: str) -> None:
    with pytest.raises(EvidenceError, match="no such member belongs in a bundle"):
        read_bundle(packed([*members().items(), (name, b"")]), requirements_of)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_member_is_named() -> None:
    with pytest.raises(EvidenceError, match=r"report\.json: stands twice"):
        read_bundle(packed([*members().items(), ("report.json", b"{}")]), requirements_of)


def test_attachment_that_is_not_what_its_name_says_is_named() -> None:
    with pytest.raises(EvidenceError, match=r"attachments/0{64}: the content is not what the name says"):
        read_bundle(packed([*members().items(), ("attachments/" + "0" * 64, b"x")]), requirements_of)


def test_missing_attachment_is_named() -> None:
    with pytest.raises(EvidenceError, match=r"attachments/[0-9a-f]{64}: missing"):
        read_bundle(bundle.render(replace(dossier(), attachments={})), requirements_of)


def test_waivers_that_the_report_does_not_hold_are_refused() -> None:
    with pytest.raises(EvidenceError, match=r"waivers\.json"):
        read_bundle(packed(list({**members(), "waivers.json": b"[]\n"}.items())), requirements_of)


def test_other_compressions_are_refused() -> None:
    with pytest.raises(EvidenceError, match="compressed in a way"):
        read_bundle(packed(list(members().items()), zipfile.ZIP_LZMA), requirements_of)


def _line(change: Callable[[bytes], bytes]) -> list[tuple[str, bytes]]:
    whole = members()
    return list({**whole, "readings.jsonl": change(whole["readings.jsonl"])}.items())


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw + b"[]\n",
        lambda raw: raw + b"{}\n",
        lambda raw: raw.replace(b'"kind":"shop"', b'"kind":7'),
        lambda raw: raw.replace(b'"kind":"shop"', b'"kind":"shop","kine":7'),
        lambda raw: raw.replace(b'"cause":"target"', b'"cause":"boredom"'),
        lambda raw: raw.replace(b'"clock_offset_s":0.25', b'"clock_offset_s":"0"', 1),
        lambda raw: raw.replace(b'"attachments":[]', b'"attachments":"x"', 1),
        lambda raw: raw.replace(b'"attachments":[]', b'"attachments":[7]', 1),
        lambda raw: raw.replace(b'"type":"observation"', b'"type":"vision"', 1),
    ],
)
def test_line_that_is_no_reading_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(EvidenceError, match=r"readings\.jsonl|not a reading"):
        read_bundle(packed(_line(change)), requirements_of)


@pytest.mark.parametrize("content", [b"[]", b'{"b":1,"a":2}', b"{", b"\xff"])
def test_target_that_is_no_canonical_object_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"target\.json"):
        read_bundle(packed(list({**members(), "target.json": content}.items())), requirements_of)


@pytest.mark.parametrize("raw", [b"", b"PK", b"not a zip file at all, whatever its name says", b"\0" * 100])
def test_what_is_no_zip_file_is_refused(raw: bytes) -> None:
    with pytest.raises(EvidenceError, match="not a sound zip file"):
        read_bundle(raw, requirements_of)


def test_cut_short_is_refused() -> None:
    raw = bundle.render(dossier())
    for length in range(0, len(raw), 97):
        with pytest.raises(EvidenceError):
            read_bundle(raw[:length], requirements_of)


def test_changed_bytes_never_escape_as_another_error() -> None:
    sound = bundle.render(dossier())
    for at in range(0, len(sound), 3):
        changed = sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :]
        try:
            read_bundle(changed, requirements_of)
        except EvidenceError:
            continue


def test_bomb_is_refused_before_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_MEMBER_BYTES", 100_000)
    bomb = packed(list({**members(), "trail.jsonl": b"\0" * 100_001}.items()))

    with pytest.raises(EvidenceError, match=r"trail\.jsonl: unpacks to more than 100000 bytes"):
        read_bundle(bomb, requirements_of)


def test_sum_of_all_members_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_TOTAL_BYTES", 2_000)

    with pytest.raises(EvidenceError, match="unpacks to more than"):
        read_bundle(bundle.render(dossier()), requirements_of)


def test_packed_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_BUNDLE_BYTES", 500)

    with pytest.raises(EvidenceError, match="larger than 500 bytes"):
        read_bundle(bundle.render(dossier()), requirements_of)


def test_directory_is_bounded_before_it_is_read() -> None:
    raw = bytearray(bundle.render(dossier()))
    struct.pack_into("<H", raw, len(raw) - 22 + 10, 20_001)

    with pytest.raises(EvidenceError, match="more than 20000 members"):
        read_bundle(bytes(raw), requirements_of)
    zip64 = raw[:-22] + b"PK\x06\x07" + b"\0" * 16 + bundle.render(dossier())[-22:]
    with pytest.raises(EvidenceError, match="zip64"):
        read_bundle(bytes(zip64), requirements_of)
