"""Records of drills, written by hand: seconds from the plan become instants of both clocks."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from probes.canonical import freeze
from probes.clock import rfc3339
from probes.shop.trail import Entry
from profiles.drills.course import Journey

BEGAN_MS = 1_795_327_000_000


def at(seconds: float) -> int:
    """Return the instant in ms so many seconds after the plan."""
    return BEGAN_MS + round(seconds * 1000)


def journal(*said: str) -> str:
    """Return a journal of the host: ``what``, or ``who what``; all of it with status 0."""
    lines = []
    for number, each in enumerate(said):
        who, _, what = each.rpartition(" ")
        note = {"at": "2026-11-22T06:00:00Z", "uptime_s": number, "who": who or "harness", "what": what, "status": 0}
        lines.append(json.dumps(note))
    return "\n".join(lines) + "\n"


@dataclass
class Scripted:
    """One record, entry by entry."""

    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the plan of a crash."""
        plan = {
            "drill": "crash",
            "fault": "software-crash",
            "kind": "software",
            "disaster": None,
            "host": "web1",
            "environment": "staging",
            "platform": "shop",
            "depth": "order",
            "interval_s": 0.5,
            "limit_s": 14_400.0,
            "deadman_s": 300.0,
            "offset_s": None,
            "host_offset_s": 0.01,
            "place": "/var/drill",
        }
        self._say("plan", "drill-20261122t060000z-abc123", 0, plan)

    def step(
        self,
        name: str,
        *,
        at_s: float,
        journeys: Sequence[tuple[float, float, bool]] = (),
        phase: str | None = None,
        **facts: Any,
    ) -> None:
        """Add a step, with its journeys (start, seconds, whether good)."""
        self._say("begin", name, at_s, {})
        for start_s, lasts_s, ok in journeys:
            journey = Journey(
                phase=phase or name,
                started_ms=at(start_s),
                ended_ms=at(start_s + lasts_s),
                started_s=start_s,
                ended_s=start_s + lasts_s,
                ok=ok,
                why="" if ok else "refused",
            )
            self._say("journey", "", start_s + lasts_s, asdict(journey))
        self._say("end", name, at_s + 0.05, {"ok": True, "detail": "", **facts})

    def host(self, journal: str) -> None:
        """Add what the host told."""
        self._say("host", "web1", 0, {"journal": journal})

    def over(self, ended: str, *, at_s: float, stopped: str | None = None) -> None:
        """Add the end."""
        self._say("over", ended, at_s, {"stopped": stopped})

    def killed_in(self, step: str) -> "Scripted":
        """Return this record up to where a step had begun and not ended."""
        cut = next(index for index, each in enumerate(self.entries) if (each.kind, each.id) == ("end", step))
        return Scripted.__new__(Scripted)._with(self.entries[:cut])

    def change(self, step: str, **facts: Any) -> None:
        """Change what a step's end says."""
        for index, each in enumerate(self.entries):
            if (each.kind, each.id) == ("end", step):
                changed = freeze({**each.facts, **facts})
                self.entries[index] = Entry(
                    seq=each.seq, at=each.at, who=each.who, kind=each.kind, id=each.id, facts=changed
                )

    def _with(self, entries: Sequence[Entry]) -> "Scripted":
        self.entries = list(entries)
        return self

    def _say(self, kind: str, name: str, at_s: float, facts: dict[str, Any]) -> None:
        instant = datetime.fromtimestamp(at(at_s) / 1000, UTC)
        self.entries.append(
            Entry(seq=len(self.entries) + 1, at=rfc3339(instant), who="drill", kind=kind, id=name, facts=freeze(facts))
        )
