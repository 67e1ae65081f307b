"""What the standing record is made of: sealed runs of one state, announced maintenance, and what is said of outages.

Each is one entry of the ledger's chain; none is ever changed. A later word on the same outage stands beside the
earlier one and outranks it. Instants are whole milliseconds since 1970-01-01T00:00:00Z.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeVar, get_args

from probes.errors import EvidenceError
from reports.history import Run
from reports.ledger.entry import Draft, Entry, draft

INTERVAL: Final = "interval"
MAINTENANCE: Final = "maintenance"
INCIDENT: Final = "incident"

Seen = Literal["up", "down", "unknown"]
"""What a watcher can see; ``excluded`` is decided later, from announced maintenance."""

IncidentClass = Literal["software", "hardware", "network", "unclassified"]
INCIDENT_CLASSES: Final[tuple[IncidentClass, ...]] = get_args(IncidentClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One sealed run of one state, as one vantage point saw one check.

    ``tried`` counts the probes with a known answer that were planned to start in it, ``failed`` those of them that
    failed: an interval ends with the calendar day of the platform's zone, so days can be summed. ``day`` is that day
    (``YYYY-MM-DD``). ``every_ms`` is the interval of the probes, ``depth`` the last step that the check reaches
    (``page``, ``cart``, ``checkout``, ``order``, ``payment``). ``why`` says in a few words why it is down (the first
    failure) or unknown (``watcher away``, ``suspended``, ``clock stepped``, ``own network``, ``ledger away``);
    empty where up. ``source`` is ``watch`` or ``import sha256:...``.
    """

    platform_id: str
    check: str
    vantage: str
    state: Seen
    starts_ms: int
    ends_ms: int
    day: str
    tried: int
    failed: int
    every_ms: int
    depth: str
    why: str
    source: str

    def __post_init__(self) -> None:
        """Refuse an interval that cannot be.

        Raises:
            ValueError: it does not last, or counts what cannot be.
        """
        if self.ends_ms <= self.starts_ms:
            raise ValueError(f"an interval of {self.state} from {self.starts_ms} to {self.ends_ms} ms does not last")
        if not 0 <= self.failed <= self.tried or (self.state == "unknown" and self.tried):
            raise ValueError(f"an interval of {self.state} cannot have {self.failed} of {self.tried} probes failed")

    @property
    def run(self) -> Run:
        """Return it as a run of the algebra of ``reports.history``."""
        return Run(state=self.state, starts_ms=self.starts_ms, ends_ms=self.ends_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Planned maintenance, as the target file announced it; the chain holds when it was first read there.

    What was not announced before it began is no maintenance: it counts as it was seen.
    """

    platform_id: str
    starts_ms: int
    ends_ms: int
    announced_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWord:
    """What a rule or a person says of the outage of a check that began at ``starts_ms``; the last word counts.

    ``by`` is ``rule NAME`` or a person; ``why`` the reason. The four instants are when it was detected, decided upon,
    acted upon and verified, where they are known.
    """

    platform_id: str
    check: str
    starts_ms: int
    incident_class: IncidentClass
    by: str
    why: str
    said_ms: int
    detected_ms: int | None = None
    decided_ms: int | None = None
    acted_ms: int | None = None
    verified_ms: int | None = None


_KINDS: Final[dict[type[Any], str]] = {Interval: INTERVAL, Maintenance: MAINTENANCE, IncidentWord: INCIDENT}

Record = TypeVar("Record", Interval, Maintenance, IncidentWord)


def as_draft(record: Interval | Maintenance | IncidentWord) -> Draft:
    """Return the ledger's draft that keeps the record."""
    return draft(_KINDS[type(record)], asdict(record))


def as_bytes(record: Interval) -> bytes:
    """Return the bytes of an open run, for the ledger's notes outside the chain."""
    return as_draft(record).payload


def from_bytes(content: bytes) -> Interval:
    """Return the open run that the bytes keep.

    Raises:
        EvidenceError: they keep none.
    """
    try:
        value = json.loads(content)
    except ValueError as error:
        raise EvidenceError(f"a note of the ledger is no {INTERVAL}: {error}") from error
    return _record(Interval, value, "a note of the ledger")


def from_entry(kind: type[Record], entry: Entry) -> Record:
    """Return the record that an entry keeps, checked against its digest.

    Raises:
        EvidenceError: it was altered, or is no such record.
    """
    return _record(kind, entry.value(), f"ledger entry {entry.seq}")


def _record(kind: type[Record], value: Any, where: str) -> Record:
    try:
        return kind(**value)
    except (TypeError, ValueError) as error:
        raise EvidenceError(f"{where} is no {_KINDS[kind]}: {error}") from error
