"""A finding: a requirement, what was told of it, and a waiver beside it (never instead of it)."""

from dataclasses import dataclass

from reports.verdict import Requirement, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted deviation: it changes what counts, never what was measured.

    ``expires_at`` is RFC 3339 with its UTC offset; at that instant the waiver is over.
    """

    requirement_id: str
    reason: str
    owner: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was told of one requirement; ``counts`` says whether it bears on the exit status."""

    requirement: Requirement
    verdict: Verdict
    counts: bool
    waiver: Waiver | None = None
