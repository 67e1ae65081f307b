"""``bundle.zip``: all that a stranger needs to check the report and to judge it again."""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from probes.canonical import canonical_bytes, digest, freeze
from probes.errors import EvidenceError
from probes.observation import Observation, Reading, from_record, to_record
from reports.dossier import Dossier
from reports.formats.report_json import encode, report_from_json
from reports.report import Report
from reports.strict_json import load_canonical
from reports.verdict import Requirement

RequirementsOf: TypeAlias = Callable[[bytes], Sequence[Requirement]]

REPORT = "report.json"
READINGS = "readings.jsonl"
CATALOGUE = "catalogue.json"
TARGET = "target.json"
WAIVERS = "waivers.json"
TRAIL = "trail.jsonl"
ATTACHMENTS = "attachments/"

MAX_BUNDLE_BYTES = 256 * 2**20
MAX_MEMBERS = 20_000
MAX_DIRECTORY_BYTES = 200 * MAX_MEMBERS
MAX_MEMBER_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 512 * 2**20

_REQUIRED = frozenset({REPORT, READINGS, CATALOGUE, TARGET, WAIVERS})
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_END_RECORD = struct.Struct("<4s4H2LH")
_ATTACHMENT = re.compile(r"attachments/[0-9a-f]{64}")


def render(dossier: Dossier) -> bytes:
    """Return the bundle: sorted names, fixed dates, so the same dossier gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_members(dossier).items()):
            entry = zipfile.ZipInfo(name, date_time=_FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is written
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _members(dossier: Dossier) -> dict[str, bytes]:
    members = {
        REPORT: encode(dossier.report),
        READINGS: b"".join(canonical_bytes(to_record(reading)) + b"\n" for reading in dossier.readings),
        CATALOGUE: dossier.catalogue_json,
        TARGET: canonical_bytes(dossier.target),
        WAIVERS: waivers_json(dossier.report),
    }
    for name, content in dossier.attachments.items():
        members[ATTACHMENTS + name.removeprefix("sha256:")] = content
    if dossier.trail is not None:
        members[TRAIL] = dossier.trail
    return members


def waivers_json(report: Report) -> bytes:
    """Return the waivers that stand under the findings, as ``waivers.json`` holds them."""
    waived = [finding.waiver for finding in report.findings if finding.waiver is not None]
    records = [
        {
            "requirement_id": waiver.requirement_id,
            "reason": waiver.reason,
            "owner": waiver.owner,
            "expires_at": waiver.expires_at,
        }
        for waiver in waived
    ]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_bundle(source: Path | bytes, requirements_of: RequirementsOf) -> Dossier:
    """Return the dossier that a bundle holds; ``requirements_of`` reads the catalogue's bytes.

    Strict: bounded sizes, no member that is not known, none twice, attachments that are what their names say,
    readings in canonical encoding.

    Raises:
        EvidenceError: naming the member that is wrong; also whatever ``requirements_of`` raises of that kind.
    """
    members = _unpack(_content(source))
    catalogue_json = members[CATALOGUE]
    report = report_from_json(members[REPORT], requirements_of(catalogue_json))
    if members[WAIVERS] != waivers_json(report):
        raise EvidenceError(f"{WAIVERS}: not the waivers that stand in the report")
    target = load_canonical(members[TARGET], what=TARGET)
    if not isinstance(target, dict):
        raise EvidenceError(f"{TARGET}: not an object")
    readings = _readings(members[READINGS])
    attachments = _attachments(members)
    for reading in readings:
        for name in reading.attachments if isinstance(reading, Observation) else ():
            if name not in attachments:
                raise EvidenceError(f"{ATTACHMENTS}{name.removeprefix('sha256:')}: missing; {reading.id} names it")
    return Dossier(
        report=report,
        readings=readings,
        attachments=attachments,
        catalogue_json=catalogue_json,
        target=freeze(target),
        trail=members.get(TRAIL),
    )


def _content(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        raw = source
    else:
        try:
            with source.open("rb") as file:
                raw = file.read(MAX_BUNDLE_BYTES + 1)
        except OSError as error:
            raise EvidenceError(f"{source}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BUNDLE_BYTES:
        raise EvidenceError(f"the bundle is larger than {MAX_BUNDLE_BYTES} bytes")
    return raw


_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,  # encrypted; and, as NotImplementedError, a compression that this Python has not
)


def _unpack(raw: bytes) -> dict[str, bytes]:
    _check_end_record(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = _read_members(archive)
    except _BROKEN as error:
        raise EvidenceError(f"the bundle is not a sound zip file: {error}") from error
    if missing := sorted(_REQUIRED.difference(members)):
        raise EvidenceError(f"the bundle lacks {', '.join(missing)}")
    return members


def _check_end_record(raw: bytes) -> None:
    # Looked at before zipfile reads the directory: a directory of millions of entries must not be read at all.
    end = raw[-_END_RECORD.size :]
    if len(end) < _END_RECORD.size or not end.startswith(b"PK\x05\x06"):
        raise EvidenceError("the bundle is not a sound zip file: its end record is missing; is it cut short?")
    _, _, _, _, members, directory_bytes, _, _ = _END_RECORD.unpack(end)
    if members > MAX_MEMBERS or directory_bytes > MAX_DIRECTORY_BYTES:
        raise EvidenceError(f"the bundle has more than {MAX_MEMBERS} members")
    if raw[-_END_RECORD.size - 20 : -_END_RECORD.size].startswith(b"PK\x06\x07"):
        raise EvidenceError("the bundle is a zip64 file, which no bundle is")


def _read_members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    left = MAX_TOTAL_BYTES
    for entry in archive.infolist():
        name = entry.filename
        if name in members:
            raise EvidenceError(f"{name}: stands twice in the bundle")
        if not _is_known(name):
            raise EvidenceError(f"{name!r}: no such member belongs in a bundle")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise EvidenceError(f"{name}: compressed in a way that no bundle uses")
        bound = min(left, MAX_MEMBER_BYTES)
        # What the entry says of its size is only its word; what comes out is counted.
        with archive.open(entry) as file:
            content = file.read(bound + 1)
        if len(content) > bound or entry.file_size > bound:
            raise EvidenceError(f"{name}: unpacks to more than {bound} bytes")
        members[name] = content
        left -= len(content)
    return members


def _is_known(name: str) -> bool:
    return name in _REQUIRED or name == TRAIL or _ATTACHMENT.fullmatch(name) is not None


def _readings(raw: bytes) -> tuple[Reading, ...]:
    if raw and not raw.endswith(b"\n"):
        raise EvidenceError(f"{READINGS}: the last line is cut short")
    readings: list[Reading] = []
    for number, line in enumerate(raw.split(b"\n")[:-1], start=1):
        what = f"{READINGS}:{number}"
        record = load_canonical(line, what=what)
        if not isinstance(record, dict) or not _is_well_typed(record):
            raise EvidenceError(f"{what}: not a reading")
        reading = from_record(record)
        if canonical_bytes(to_record(reading)) != line:
            raise EvidenceError(f"{what}: holds more than a reading")
        readings.append(reading)
    return tuple(readings)


_TEXTS = ("platform_id", "kind", "subject", "observed_at", "vantage", "probe_version", "run_id")


def _is_well_typed(record: Mapping[str, Any]) -> bool:
    offset = record.get("clock_offset_s")
    names = record.get("attachments", [])
    return (
        all(isinstance(record.get(name), str) for name in _TEXTS)
        and (offset is None or (isinstance(offset, int | float) and not isinstance(offset, bool)))
        and isinstance(record.get("data", {}), dict)
        and isinstance(record.get("detail", ""), str)
        and isinstance(names, list)
        and all(isinstance(name, str) for name in names)
    )


def _attachments(members: Mapping[str, bytes]) -> dict[str, bytes]:
    attachments: dict[str, bytes] = {}
    for name, content in members.items():
        if name.startswith(ATTACHMENTS):
            promised = "sha256:" + name.removeprefix(ATTACHMENTS)
            if digest(content) != promised:
                raise EvidenceError(f"{name}: the content is not what the name says")
            attachments[promised] = content
    return attachments
