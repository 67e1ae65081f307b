"""What the rules of the target file say of an outage: as soon as it is confirmed, and again when it has ended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.standing import IncidentClass, IncidentWord

NO_RULE = "no rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ``[[incident_rules]]``: a regular expression over the first failure's words, and the class it stands for."""

    match: re.Pattern[str]
    incident_class: IncidentClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A confirmed outage of a check: when the first failing probe was planned, its words, when it was confirmed."""

    check: str
    starts_ms: int
    why: str
    detected_ms: int


def word_on(
    outage: Outage, rules: Sequence[Rule], *, platform_id: str, said_ms: int, verified_ms: int | None = None
) -> IncidentWord:
    """Return what the first rule that matches says; ``unclassified`` where none does."""
    rule = next((each for each in rules if each.match.search(outage.why)), None)
    return IncidentWord(
        platform_id=platform_id,
        check=outage.check,
        starts_ms=outage.starts_ms,
        incident_class=rule.incident_class if rule else "unclassified",
        by=f"rule {rule.match.pattern}" if rule else NO_RULE,
        why=outage.why,
        said_ms=said_ms,
        detected_ms=outage.detected_ms,
        verified_ms=verified_ms,
    )
