"""A drill's own record: each step stands on disk before it is done, so that a killed run tells where it was.

It is a trail, so nobody else writes it at the same time, and nobody recovers a run that lives.
``profiles.drills.course`` says what stands in it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from probes.clock import Clock
from probes.errors import DuhengError
from probes.redaction import Redactor
from probes.shop.trail import Entry, Trail
from profiles.drills.course import Journey

_WHO = "drill"


@dataclass(slots=True)
class Ending:
    """How a step ended; ``facts`` are what it found out."""

    ok: bool = True
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Record:
    """The record of one run, open for writing; to be closed."""

    def __init__(self, path: Path, clock: Clock, redactor: Redactor | None = None) -> None:
        """Open or make the file, and its folder; ``redactor`` knows what must not stand in it.

        Raises:
            EvidenceError: another process writes it, or it was altered.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._trail = Trail(path, clock)
        self._redactor = redactor or Redactor()

    def say(self, kind: str, name: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """Write an entry; it is on disk when this returns.

        What hosts and the owner's own commands print may hold a password, so texts are redacted; a plan is ours alone,
        and healing goes by its words.
        """
        told = facts if facts is None or kind == "plan" else self._redactor.json(facts)
        self._trail.append(who=_WHO, kind=kind, id=name, facts=told)

    @contextmanager
    def step(self, name: str) -> Iterator[Ending]:
        """Write down that a step begins; then how it ended, also where it did not come about.

        A step that ends by an exception that is none of ours has no end: the record of a crash.
        """
        self.say("begin", name)
        ending = Ending()
        try:
            yield ending
        except DuhengError as error:
            self.say("end", name, {**ending.facts, "ok": False, "detail": str(error)})
            raise
        self.say("end", name, {**ending.facts, "ok": ending.ok, "detail": ending.detail})

    def journey(self, journey: Journey) -> None:
        """Write down a journey."""
        self.say("journey", facts=asdict(journey))

    @property
    def path(self) -> Path:
        """Where it stands."""
        return self._trail.path

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, in order."""
        return self._trail.entries()

    def has(self, kind: str, name: str | None = None) -> bool:
        """Tell whether there is an entry of that kind, and of that name."""
        return any(entry.kind == kind and name in {None, entry.id} for entry in self.entries())

    def close(self) -> None:
        """Close it; everything is on disk already."""
        self._trail.close()
