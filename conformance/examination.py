"""One examination: settings in, readings gathered (or replayed), a dossier out.

The suites import this, and so does every collection: what looks at a platform is in ``conformance.observing``.
"""

import platform as machine
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.catalogue.load import Catalogue
from conformance.judging import findings_of, verdict_on, waivers_in_force
from probes.clock import Clock, rfc3339
from probes.errors import Cause
from probes.observation import Reading
from probes.shop.journey import Adapter
from probes.target import Target
from reports.dossier import Dossier, evidence_digest
from reports.finding import Waiver
from reports.report import Header, close
from reports.verdict import Requirement, Verdict


def tool_name() -> str:
    """Return ``duheng x.y.z``."""
    try:
        return f"duheng {version('duheng')}"
    except PackageNotFoundError:
        return "duheng (not installed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for: the scope, accepted causes, the language, where files go.

    ``restored`` is an earlier run in the ledger whose trial restores are taken, None where backups are restored now.
    """

    target: Target
    adapter: Adapter | None
    catalogue: Catalogue
    scope: tuple[Requirement, ...]
    scope_words: str
    accepted: tuple[Cause, ...]
    lang: str
    out: Path
    restored: str | None = None


@dataclass(slots=True)
class Examination:
    """A run in the making; ``verdicts`` grow as the judges speak."""

    order: Order
    clock: Clock
    run_id: str
    started: datetime
    readings: tuple[Reading, ...] = ()
    attachments: dict[str, bytes] = field(default_factory=dict)
    elapsed_s: dict[str, float] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    examined_at: datetime | None = None
    trail: bytes | None = None
    ledger_head: str = ""

    def judge(self, requirement: Requirement) -> Verdict:
        """Return the verdict on a check, or on an ``any`` group by its checks; checks are remembered."""
        if self.examined_at is None:
            raise RuntimeError("nothing was gathered yet")
        if requirement.node == "group":
            for child in self.order.scope:
                if child.parent == requirement.id:
                    self.judge(child)
            told = findings_of(self.order.scope, self.verdicts, self.order.target.declarations(), self.examined_at)
            return next(finding.verdict for finding in told if finding.requirement.id == requirement.id)
        if requirement.id not in self.verdicts:
            declarations = self.order.target.declarations()
            self.verdicts[requirement.id] = verdict_on(requirement, self.readings, declarations, self.examined_at)
        return self.verdicts[requirement.id]

    def waivers(self) -> Mapping[str, Waiver]:
        """Return the waivers in force, by requirement id."""
        return waivers_in_force(self.order.target.declarations(), self.examined_at or self.clock.now())

    def dossier(self) -> Dossier:
        """Close the report over the verdicts told so far and return it with all it stands on."""
        target, catalogue = self.order.target, self.order.catalogue
        examined_at = self.examined_at or self.clock.now()
        header = Header(
            run_id=self.run_id,
            started=rfc3339(self.started),
            finished=rfc3339(self.clock.now()),
            examined_at=rfc3339(examined_at),
            tool=tool_name(),
            platform_id=target.platform.id,
            platform_name=target.platform.name,
            base_url=target.platform.base_url,
            environment=target.platform.environment,
            vantage=machine.node(),
            clock_offset_s=self.clock.offset_s,
            target_sha256=target.sha256,
            catalogue_sha256=catalogue.sha256,
            evidence_count=len(self.readings),
            evidence_sha256=evidence_digest(self.readings),
            ledger_head=self.ledger_head,
            scope=self.order.scope_words,
            accepted_causes=self.order.accepted,
            lang=self.order.lang,
        )
        findings = findings_of(self.order.scope, self.verdicts, target.declarations(), examined_at)
        return Dossier(
            report=close(header, findings),
            readings=self.readings,
            attachments=self.attachments,
            catalogue_json=catalogue.canonical,
            target=target.declarations(),
            trail=self.trail,
        )


def begin(order: Order, clock: Clock) -> Examination:
    """Return a new examination with its own id."""
    started = clock.now()
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Examination(order=order, clock=clock, run_id=run_id, started=started)
