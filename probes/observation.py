"""What a look brought home: an Observation, or an Unobserved with its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from probes.canonical import Frozen, canonical_bytes, digest, freeze, thaw
from probes.clock import parse_rfc3339
from probes.errors import CAUSES, Cause, EvidenceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where and when a look was taken, and by what.

    ``kind`` is the name of the probe's entry in ``probes.registry``; ``subject`` the part of the target;
    ``observed_at`` RFC 3339 in UTC with microseconds, ending in ``Z``; ``clock_offset_s`` the known offset of our
    clock (seconds, ours minus true) or None where it is unknown; ``vantage`` the machine that looked.
    """

    platform_id: str
    kind: str
    subject: str
    observed_at: str
    clock_offset_s: float | None
    vantage: str
    probe_version: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen: JSON data (frozen) and attachments by ``sha256:...``."""

    header: Header
    data: Mapping[str, Frozen]
    attachments: tuple[str, ...] = ()
    _digest: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        """SHA-256 of the canonical record; taken once, since a catalogue of thousands of backups is asked often."""
        if not self._digest:
            self._digest.append(digest(canonical_bytes(to_record(self))))
        return self._digest[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unobserved:
    """What could not be seen, and why."""

    header: Header
    cause: Cause
    detail: str

    @property
    def id(self) -> str:
        """SHA-256 of the canonical record."""
        return digest(canonical_bytes(to_record(self)))


Reading: TypeAlias = Observation | Unobserved

_HEADER_FIELDS = (
    "platform_id",
    "kind",
    "subject",
    "observed_at",
    "clock_offset_s",
    "vantage",
    "probe_version",
    "run_id",
)


def to_record(reading: Reading) -> dict[str, Any]:
    """Return the JSON record whose canonical bytes are kept, hashed and signed."""
    record: dict[str, Any] = {name: getattr(reading.header, name) for name in _HEADER_FIELDS}
    match reading:
        case Observation():
            record |= {"type": "observation", "data": thaw(reading.data), "attachments": list(reading.attachments)}
        case Unobserved():
            record |= {"type": "unobserved", "cause": reading.cause, "detail": reading.detail}
    return record


def from_record(record: Mapping[str, Any]) -> Reading:
    """Return the reading that a record describes.

    Raises:
        EvidenceError: if the record is not one that ``to_record`` writes.
    """
    try:
        header = Header(**{name: record[name] for name in _HEADER_FIELDS})
        parse_rfc3339(header.observed_at)
        if record["type"] == "observation":
            data = freeze(record["data"])
            return Observation(header=header, data=data, attachments=tuple(record["attachments"]))
        if record["type"] == "unobserved" and record["cause"] in CAUSES:
            return Unobserved(header=header, cause=cast("Cause", record["cause"]), detail=record["detail"])
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"not a reading: {error!r}") from error
    raise EvidenceError(f"not a reading: type {record['type']!r}")
