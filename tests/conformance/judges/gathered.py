"""What was gathered of one platform, as plain values by kind and subject: how judges of whole platforms are tested."""

from dataclasses import dataclass, field

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from probes.errors import Cause
from probes.observation import Reading
from reports.verdict import Verdict
from tests.conformance.judges.evidence import NOW, Data, requirement, seen, unseen


@dataclass(kw_only=True)
class Gathered:
    """Data by kind and subject, or the cause for which a subject has none; and what the target file declares."""

    kinds: dict[str, dict[str, Data | Cause]] = field(default_factory=dict)
    declared: Data = field(default_factory=dict)

    def readings(self) -> tuple[Reading, ...]:
        """Return all that was gathered."""
        return tuple(
            seen(kind, told, subject) if isinstance(told, dict) else unseen(kind, told, subject)
            for kind, subjects in self.kinds.items()
            for subject, told in subjects.items()
        )

    def told(self, own_id: str) -> Verdict:
        """Judge one check on it."""
        return judge(requirement(own_id), JUDGEMENTS[own_id], self.readings(), self.declared, NOW)
