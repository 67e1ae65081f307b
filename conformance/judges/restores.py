"""What the judges of trial restores read out of ``backup.restore``: what came back, and whether damage was noticed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.judges.backup_sets import RESTORE
from conformance.judges.judgement import Evidence
from probes.observation import Observation

_LACKING = re.compile(r"(does not exist|doesn't exist|no such file)", re.IGNORECASE)
"""What databases and programs say where a table or a file is not in the restored copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Objects of one kind of data: counted at backup time, found in the restored copy; None where nobody counted."""

    expected: int | None
    found: int | None
    equal: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """One trial restore. ``differ`` names what came back otherwise; ``refused`` whether a flipped byte was noticed.

    ``uncounted`` are sources that could not be counted, with the reason; ``lacks`` says why there is no manifest.
    """

    seen: Observation
    id: str
    done: bool
    why: str
    contents: Mapping[str, Content]
    compared: int
    differ: tuple[str, ...]
    uncounted: tuple[str, ...]
    lacks: str
    refused: bool | None
    refusal: str

    @property
    def name(self) -> str:
        """The backup's name in the target file."""
        return self.seen.header.subject

    @property
    def data(self) -> Mapping[str, Any]:
        """What the probe recorded."""
        return self.seen.data

    def line(self, shows: str) -> str:
        """Return how to see again what the restore shows."""
        return f"{self.data.get('host', 'host')}: restore {self.id} of {self.name} into the scratch place -> {shows}"


def restores(evidence: Evidence) -> tuple[Restored, ...]:
    """Return every trial restore that was made."""
    return tuple(restored(seen) for seen in evidence.of(RESTORE))


def restored(seen: Observation) -> Restored:
    """Return an observation as a trial restore."""
    data = seen.data
    flipped, kinds = data.get("flipped") or {}, data.get("kinds") or {}
    return Restored(
        seen=seen,
        id=str((data.get("backup") or {}).get("id")),
        done=bool(data["restored"]),
        why=str(data.get("complaint") or ""),
        contents={str(kind): _content(one) for kind, one in kinds.items()},
        compared=sum(len(one["sources"]) for one in kinds.values()),
        differ=tuple(_differing(kinds)),
        uncounted=tuple(_uncounted(kinds)),
        lacks=str((data.get("manifest") or {}).get("why") or ""),
        refused=_refused(flipped),
        refusal=str(flipped.get("why") or ""),
    )


def _refused(flipped: Mapping[str, Any]) -> bool | None:
    """Tell whether the flipped byte was noticed; a copy that did not pass before the flip tells nothing."""
    before = flipped.get("before", {"ok": True})
    sound = before is not None and before.get("ok") is True
    return flipped.get("refused") if flipped.get("tried") and sound else None


def _content(one: Mapping[str, Any]) -> Content:
    """Return what was counted of a kind of data; what could not be counted is neither there nor lacking."""
    why = next((str(source["why"]) for source in one["sources"] if _unknown(source)), "")
    if why:
        return Content(expected=one["expected"], found=None, equal=None, why=why)
    return Content(expected=one["expected"], found=one["found"], equal=one["equal"])


def _unknown(source: Mapping[str, Any]) -> bool:
    return source["sha256_found"] is None and _LACKING.search(str(source.get("why") or "")) is None


def _differing(kinds: Mapping[str, Any]) -> Iterator[str]:
    for one in kinds.values():
        for source in one["sources"]:
            if not _unknown(source) and source["sha256_expected"] != source["sha256_found"]:
                yield str(source["select"])


def _uncounted(kinds: Mapping[str, Any]) -> Iterator[str]:
    for one in kinds.values():
        yield from (f"{source['select']}: {source['why']}" for source in one["sources"] if _unknown(source))
